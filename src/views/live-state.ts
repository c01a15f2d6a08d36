/** What a connected context says of a Cluster that a manifest describes, in a few words. */
import { isReplicaCluster, phases, tokenPending } from '../model/cluster.ts';
import type { ContextSnapshot } from '../model/snapshot.ts';
import type { Member } from '../model/topology.ts';
import { membersOf } from '../model/topology.ts';

/** As the manifest has it. */
export interface Written {
  name: string;
  namespace?: string;
  replicaCluster: boolean;
}

const liveOf = (written: Written, snapshots: readonly ContextSnapshot[]): Member[] =>
  snapshots
    .filter(({ state }) => state === 'connected')
    .flatMap(membersOf)
    .filter(
      ({ address }) =>
        address.name === written.name && (written.namespace === undefined || address.namespace === written.namespace),
    );

/** Is it to be promoted with a token that it has not used? */
export const waitsForPromotion = (written: Written, snapshots: readonly ContextSnapshot[]): boolean =>
  liveOf(written, snapshots).some(({ cluster }) => tokenPending(cluster));

/** `Live in eu: primary cluster, healthy, 3/3 ready`, one for each context that has it; what differs in role is in capitals. */
export const liveStates = (written: Written, snapshots: readonly ContextSnapshot[]): string[] =>
  liveOf(written, snapshots).map(({ address, cluster }) => {
    const replica = isReplicaCluster(cluster);
    const role = replica ? 'replica cluster' : 'primary cluster';
    const { phase, readyInstances = 0 } = cluster.status ?? {};
    return [
      `Live in ${address.context}: ${replica === written.replicaCluster ? role : `${role.toUpperCase()}, not what is written here`}`,
      phase === phases.healthy ? 'healthy' : (phase ?? 'no status yet'),
      `${readyInstances}/${cluster.spec.instances ?? 1} ready`,
    ].join(', ');
  });
