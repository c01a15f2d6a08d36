/** What makes a primary cluster accept writes again must not make it the second one. Pure. */
import type { Cluster } from '../model/cluster.ts';
import { isReplicaCluster } from '../model/cluster.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { OtherMembers } from '../model/other-members.ts';
import { isWriter } from '../model/other-members.ts';
import type { Check } from './checks.ts';
import { check } from './checks.ts';

/** Nothing for a replica cluster, and for a Cluster that has no other side. */
export function noSecondPrimary(cluster: Cluster, { writers, unseen }: OtherMembers): Check[] {
  if (isReplicaCluster(cluster) || (!cluster.spec.replica && writers.length + unseen.length === 0)) return [];
  const { name } = cluster.metadata;
  const title = `No other member of its topology is primary`;
  if (writers.length > 0)
    return [
      {
        ...check(
          'blocks',
          title,
          false,
          `${writers.join(', ')} is primary now`,
          `${name} would be a second primary. Leave it as it is, rescue what must be rescued, then "CNPG: Rebuild Former Primary…"; to start it all the same, point no application to it.`,
        ),
        yields: true,
      },
    ];
  if (unseen.length > 0)
    return [
      check(
        'warns',
        title,
        'unknown',
        `${unseen.join(', ')} cannot be seen now`,
        `Connect its context first: if it was promoted meanwhile, ${name} is a second primary.`,
      ),
    ];
  return [check('blocks', title, true, 'all that are known are replica clusters', '')];
}

/**
 * Would an applied manifest make a Cluster a writer that is none now?
 * @param live `undefined`: it is to be created
 * @returns why it is refused, or what is to be said before
 */
export function secondPrimary(
  planned: KubernetesObject,
  live: KubernetesObject | undefined,
  { writers, unseen }: OtherMembers,
): { refused?: string; warning?: string } {
  if (planned.kind !== 'Cluster' || !isWriter(planned as Cluster)) return {};
  const { name } = planned.metadata;
  const begins = !live || !isWriter(live as Cluster);
  const how = live ? 'would be started again as a primary' : 'would be created as a primary';
  if (begins && writers.length > 0) return { refused: `${writers.join(', ')} is primary now, and ${name} ${how}` };
  if (writers.length > 0) return { warning: `${writers.join(', ')} is primary as well as ${name}.` };
  if (begins && unseen.length > 0)
    return { warning: `${name} ${how}, and ${unseen.join(', ')} cannot be seen: there may be a primary already.` };
  return {};
}
