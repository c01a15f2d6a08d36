/** In which order manifests are applied, and which of them must go another way. */
import type { Cluster } from './cluster.ts';
import { isReplicaCluster, tokenUsed } from './cluster.ts';
import type { KubernetesObject } from './kubernetes.ts';

/** What others refer to comes first: a Cluster cannot archive before its ObjectStore is there. */
const order = [
  'ObjectStore',
  'ImageCatalog',
  'ClusterImageCatalog',
  'Cluster',
  'DatabaseRole',
  'Database',
  'Publication',
  'Subscription',
  'Pooler',
  'ScheduledBackup',
  'Backup',
];

const rank = (object: KubernetesObject): number => {
  const at = order.indexOf(object.kind ?? '');
  // A replica cluster is born from its primary.
  const isReplica = object.kind === 'Cluster' && 'spec' in object && isReplicaCluster(object as Cluster);
  return at === -1 ? order.length : at + (isReplica ? 0.5 : 0);
};

/** Those of the same kind stay in the order in which they are written. */
export const inApplyOrder = <T extends { object: KubernetesObject }>(manifests: readonly T[]): T[] =>
  manifests.toSorted((a, b) => rank(a.object) - rank(b.object));

/**
 * Would it change who is primary? That takes a demotion, a token and a promotion in this order, on both sides.
 * @param live `undefined`: it is to be created
 * @returns what it would do, in words; `undefined`: it changes no role
 */
export function roleChange(written: KubernetesObject, live: KubernetesObject | undefined): string | undefined {
  if (written.kind !== 'Cluster' || !live) return undefined;
  const [before, after] = [live as Cluster, written as Cluster].map(isReplicaCluster);
  if (before === after) return undefined;
  return after
    ? `${live.metadata.name} is the primary cluster, and would be demoted`
    : `${live.metadata.name} is a replica cluster, and would be promoted`;
}

/**
 * Would it change a promotion token? It belongs to one promotion; only one that was used may go.
 * @param planned what the API server would make of it: what is not written is not always removed
 * @returns what it would do, in words; `undefined`: it changes none
 */
export function tokenChange(planned: KubernetesObject, live: KubernetesObject | undefined): string | undefined {
  if (planned.kind !== 'Cluster' || !live) return undefined;
  const [old, now] = [live as Cluster, planned as Cluster].map(({ spec }) => spec.replica?.promotionToken || undefined);
  if (old === now || (now === undefined && tokenUsed(live as Cluster))) return undefined;
  return now === undefined
    ? `${live.metadata.name} has a promotion token that is not used yet; without it the promotion would be a failover`
    : `${live.metadata.name} would get another promotion token, which only a promotion gives it`;
}
