/** From replica cluster to primary cluster, with a token (controlled) or without (failover). */
import type { Cluster } from '../../model/cluster.ts';
import { isReplicaCluster, phases } from '../../model/cluster.ts';
import type { PromotionToken } from '../../model/token.ts';
import { decodeToken } from '../../model/token.ts';
import { rollOut } from './instances.ts';
import type { Reconciliation } from './reconciliation.ts';
import {
  archivingFails,
  archivingWorks,
  consistentSystemId,
  holdLease,
  precise,
  readCluster,
  ready,
  reportInstances,
  setConditions,
  setPhase,
  setStatus,
} from './reconciliation.ts';
import { restartInPlace } from './restart.ts';

const promoting = [phases.promoting, 'Replica cluster promotion in progress'] as const;
const applying = ['Applying configuration', 'PostgreSQL configuration changed'] as const;

export async function promote(r: Reconciliation, cluster: Cluster): Promise<void> {
  const promotionToken = cluster.spec.replica?.promotionToken;
  await setStatus(r, { demotionToken: null });
  await r.pause(0.1);
  if (promotionToken) {
    const token = decodeToken(promotionToken);
    if (typeof token === 'string' || (await refused(r, token))) return unrecoverable(r);
    await endRecovery(r, 2);
    await setStatus(r, { lastPromotionToken: promotionToken });
    await historyIsArchived(r);
    await reportInstances(r);
    await rollOut(r);
  } else {
    await begin(r, applying);
    // No token is waited for: the restarts begin while PostgreSQL still ends its recovery.
    await Promise.all([endRecovery(r, 3.8).then(() => historyIsArchived(r)), rollOut(r)]);
  }
  await restartInPlace(r);
}

async function endRecovery(r: Reconciliation, seconds: number): Promise<void> {
  await holdLease(r, r.database.leader);
  await r.pause(seconds);
  r.world.promote(r.database);
}

async function begin(r: Reconciliation, [phase, reason]: readonly [string, string]): Promise<void> {
  await setConditions(r, [ready(false)], { phase, phaseReason: reason });
}

/** Waits until everything up to the token is replayed. */
async function refused(r: Reconciliation, token: PromotionToken): Promise<boolean> {
  await begin(r, promoting);
  await r.pause(0.2);
  await setPhase(r, ...applying);
  await r.pause(0.15);
  await setPhase(r, ...promoting);
  for (;;) {
    const reached = r.world.reached(r.database, token);
    if (reached === 'yes') return false;
    if (reached === 'never' || isReplicaCluster(await readCluster(r))) return true;
    await r.pause(0.5);
  }
}

async function unrecoverable(r: Reconciliation): Promise<void> {
  if (isReplicaCluster(await readCluster(r))) return;
  await setConditions(r, [ready(false)], {
    phase: phases.unrecoverable,
    phaseReason: 'Promotion token content is not correct for current instance',
  });
}

/** The history file of the new timeline is refused until the operator knows the new primary. */
async function historyIsArchived(r: Reconciliation): Promise<void> {
  await setConditions(r, [consistentSystemId], { currentPrimaryTimestamp: precise(r) });
  if (!r.database.archive) return r.pause(1.7);
  const refusing = archivingFails('switchover in progress, refusing archiving');
  await r.pause(0.4);
  await setConditions(r, [refusing]);
  await r.pause(0.8);
  await setConditions(r, [archivingWorks]);
  await r.pause(0.2);
  await setConditions(r, [refusing]);
  await r.pause(0.4);
}
