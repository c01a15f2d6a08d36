/** Clusters and topologies where one is picked: what tells each from others of its name. */
import { isReplicaCluster, isStandalone } from '../model/cluster.ts';
import type { ContextSnapshot } from '../model/snapshot.ts';
import type { Member, Topology } from '../model/topology.ts';
import { topologyLabel } from '../model/topology.ts';

export interface Choice {
  label: string;
  description: string;
  detail: string;
}

/** @param state of its context */
export function clusterChoice({ address, cluster }: Member, state: ContextSnapshot['state'] | undefined): Choice {
  const source = cluster.spec.replica?.source;
  const role = isReplicaCluster(cluster)
    ? `${isStandalone(cluster) ? 'standalone replica' : 'replica cluster'}${source === undefined ? '' : ` of ${source}`}`
    : 'primary cluster';
  const timeline = cluster.status?.timelineID;
  const phase = [cluster.status?.phase, timeline && `timeline ${timeline}`].filter(Boolean).join(' · ');
  return {
    label: address.name,
    description: `${role} · context ${address.context} · namespace ${address.namespace}`,
    detail: state === 'failed' ? `${address.context} cannot be read; as last seen: ${phase || 'nothing'}` : phase,
  };
}

/** Stages of one system often have topologies of the same names. */
export const topologyChoice = (topology: Topology): Choice => ({
  label: topologyLabel(topology),
  description: topology.members
    .map(({ address }) => `${address.context} · ${address.namespace}`)
    .filter((each, at, all) => all.indexOf(each) === at)
    .join(', '),
  detail: topology.missing.length > 0 ? `not found: ${topology.missing.join(', ')}` : '',
});
