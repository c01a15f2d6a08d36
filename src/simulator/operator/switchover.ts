/** Another instance of the same Cluster becomes (designated) primary: asked for, or because the old one is gone. */
import type { Cluster } from '../../model/cluster.ts';
import { phases } from '../../model/cluster.ts';
import { awaitReady, createPod, recreatePod, setPodReady, setRole } from './instances.ts';
import type { Reconciliation } from './reconciliation.ts';
import {
  archivingFails,
  archivingWorks,
  event,
  holdLease,
  leaderOf,
  precise,
  ready,
  reportInstances,
  reportReadiness,
  setConditions,
  setPhase,
  setStatus,
} from './reconciliation.ts';

/** `status.targetPrimary` was set by a client, together with phase and reason. */
export async function switchOver(r: Reconciliation, target: string): Promise<void> {
  const old = r.database.leader;
  await setRole(r, old, 'unhealthy');
  await r.pause(1.6);
  r.world.stop(r.database, old, true);
  await holdLease(r, '');
  await setPodReady(r, old, false);
  await reportReadiness(r);
  await r.pause(0.2);
  await takeOver(r, target);
  await r.pause(1);
  r.world.start(r.database, old);
  await reportInstances(r);
  await setRole(r, old, 'replica');
  await setRole(r, target, 'primary');
  await awaitReady(r, old, 14);
  await setConditions(r, [ready(true)], { phase: phases.healthy, phaseReason: null });
}

async function takeOver(r: Reconciliation, target: string): Promise<void> {
  const wasPrimary = !leaderOf(r).inRecovery;
  await holdLease(r, target);
  await r.pause(2);
  r.database.leader = target;
  if (wasPrimary) r.world.promote(r.database);
  if (r.database.archive) await setConditions(r, [archivingFails('switchover in progress, refusing archiving')]);
  await setStatus(r, { currentPrimary: target, currentPrimaryTimestamp: precise(r) });
  await r.pause(1.2);
  if (r.database.archive) await setConditions(r, [archivingWorks]);
}

/** The pod of the (designated) primary is gone. */
export async function failOver(r: Reconciliation, cluster: Cluster): Promise<void> {
  const old = r.database.leader;
  r.world.stop(r.database, old, false);
  await r.pause(0.2);
  await reportInstances(r);
  await setStatus(r, { danglingPVC: [old] });
  await event(r, 'Cluster', r.name, 'FailingOver', `Current primary isn't healthy, initiating a failover from ${old}`);
  await setConditions(r, [ready(false)], {
    phase: phases.failover,
    phaseReason: `Initiating a failover from ${old}`,
  });
  await r.pause(0.1);
  await setStatus(r, { targetPrimary: 'pending', targetPrimaryTimestamp: precise(r) });
  const target = mostAdvanced(r, old);
  await event(r, 'Cluster', r.name, 'FailoverTarget', `Failing over from ${old} to ${target}`);
  await setPhase(r, phases.failover, `Failing over from ${old} to ${target}`);
  await setStatus(r, { targetPrimary: target, targetPrimaryTimestamp: precise(r) });
  // The new primary waits until the dead one's lease has run out.
  await r.pause(16);
  await takeOver(r, target);
  await reportInstances(r);
  await setRole(r, target, 'primary');
  await createPod(r, cluster, old);
  await setPhase(r, 'Waiting for the instances to become active', 'Some instances are not yet active. Please wait.');
  await recreatePod(r, cluster, old);
  await awaitReady(r, old, 8);
  await setConditions(r, [ready(true)], { phase: phases.healthy, phaseReason: null });
}

function mostAdvanced(r: Reconciliation, old: string): string {
  const standbys = [...r.database.instances.values()].filter(i => i.name !== old && i.running);
  const best = standbys.reduce((a, b) => (b.position > a.position ? b : a), standbys[0] ?? leaderOf(r));
  return best.name;
}
