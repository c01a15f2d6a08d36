/** Who else in a topology accepts writes now: asked before something makes a Cluster a writer again. Pure. */
import type { Cluster } from './cluster.ts';
import { fencedInstances, hibernated, isReplicaCluster } from './cluster.ts';
import type { Address } from './kubernetes.ts';
import { sameAddress } from './kubernetes.ts';
import type { ContextSnapshot } from './snapshot.ts';
import type { Bindings } from './topology.ts';
import { findTopologies, topologyWith } from './topology.ts';

export interface OtherMembers {
  /** Names of members that are primary by their manifest, and neither fenced nor hibernated. */
  writers: string[];
  /** Names of members that cannot be seen now. */
  unseen: string[];
}

export const noOthers: OtherMembers = { writers: [], unseen: [] };

/** Together, or one by one. */
export function allFenced(cluster: Cluster): boolean {
  const [fenced, names] = [fencedInstances(cluster), cluster.status?.instanceNames ?? []];
  return fenced.includes('*') || (names.length > 0 && names.every(name => fenced.includes(name)));
}

/** It accepts writes, or does as soon as it can. */
export const isWriter = (cluster: Cluster): boolean =>
  !isReplicaCluster(cluster) && !hibernated(cluster) && !allFenced(cluster);

/** @param asIf the Cluster at this address as it would be, which may not be there yet */
export function otherMembers(
  snapshots: readonly ContextSnapshot[],
  bindings: Bindings,
  address: Address,
  asIf?: Cluster,
): OtherMembers {
  const seen = asIf ? snapshots.map(snapshot => withCluster(snapshot, address, asIf)) : snapshots;
  const topology = topologyWith(findTopologies(seen, bindings), address);
  if (!topology) return noOthers;
  const others = topology.members.filter(member => !sameAddress(member.address, address));
  const readable = new Set(snapshots.filter(({ state }) => state === 'connected').map(({ context }) => context));
  return {
    writers: others
      .filter(({ address: { context }, cluster }) => readable.has(context) && isWriter(cluster))
      .map(nameOf),
    unseen: [...others.filter(({ address: { context } }) => !readable.has(context)).map(nameOf), ...topology.missing],
  };
}

const nameOf = ({ name }: { name: string }): string => name;

function withCluster(snapshot: ContextSnapshot, { context, namespace, name }: Address, cluster: Cluster) {
  if (snapshot.context !== context) return snapshot;
  const others = snapshot.clusters.filter(
    ({ metadata }) => metadata.name !== name || (metadata.namespace ?? 'default') !== namespace,
  );
  return { ...snapshot, clusters: [...others, cluster] };
}
