/** Restarts: of the primary in its pod, and of all instances one after the other when the Cluster's annotation asks for it. */
import type { Cluster } from '../../model/cluster.ts';
import { annotations, phases } from '../../model/cluster.ts';
import { resources } from './client.ts';
import { awaitReady, recreatePod, restartStandby } from './instances.ts';
import type { Reconciliation } from './reconciliation.ts';
import {
  archivingWorks,
  leaderOf,
  podsOf,
  readCluster,
  ready,
  reportInstances,
  setConditions,
  setPhase,
  setStatus,
} from './reconciliation.ts';

/** PostgreSQL of the primary is restarted while its pod stays: in a promotion the second short write outage. */
export async function restartInPlace(r: Reconciliation): Promise<void> {
  const leader = leaderOf(r);
  leader.running = false;
  await r.pause(1.1);
  leader.running = true;
  if (r.database.archive) await setConditions(r, [archivingWorks]);
  await r.pause(3.7);
  await reportInstances(r);
  await setConditions(r, [ready(true)], { phase: phases.healthy, phaseReason: 'Primary instance restarted in-place' });
  await setStatus(r, { phaseReason: null });
}

const reason = 'cluster has been explicitly restarted via annotation';

/**
 * A pod that has not the Cluster's time of restart is created anew: standbys first, then the primary without a switchover.
 * Not recorded; as CNPG documents it for `primaryUpdateMethod: restart`.
 * @returns whether something was done
 */
export async function rollingRestart(r: Reconciliation, cluster: Cluster): Promise<boolean> {
  const wanted = cluster.metadata.annotations?.[annotations.restartedAt];
  if (wanted === undefined) return false;
  const old = (await podsOf(r))
    .filter(({ metadata }) => metadata.annotations?.[annotations.restartedAt] !== wanted)
    .map(({ metadata }) => metadata.name);
  if (old.length === 0) return false;
  const { leader } = r.database;
  for (const name of old.filter(each => each !== leader).toReversed()) await restartStandby(r, name, reason);
  if (old.includes(leader)) await recreateLeader(r);
  await setConditions(r, [ready(true)], { phase: phases.healthy, phaseReason: null });
  return true;
}

async function recreateLeader(r: Reconciliation): Promise<void> {
  const { leader } = r.database;
  await setPhase(r, 'Primary instance is being restarted without a switchover', reason);
  r.world.stop(r.database, leader, true);
  await r.client.remove(resources.pods, r.namespace, leader);
  await recreatePod(r, await readCluster(r), leader);
  await awaitReady(r, leader, 4);
}
