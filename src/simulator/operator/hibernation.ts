/** Hibernation: all pods are deleted and the volumes kept, as long as the annotation says `on`. Not recorded; as CNPG documents it. */
import type { Cluster } from '../../model/cluster.ts';
import { condition, hibernated } from '../../model/cluster.ts';
import { resources } from './client.ts';
import { awaitReady, recreatePod } from './instances.ts';
import type { Reconciliation } from './reconciliation.ts';
import { podsOf, ready, reportInstances, setConditions, setPhase, setStatus } from './reconciliation.ts';
import { phases } from '../../model/cluster.ts';

const type = 'cnpg.io/hibernation';

/** @returns whether it is hibernated or was just woken, so that nothing else is to be done now */
export async function applyHibernation(r: Reconciliation, cluster: Cluster): Promise<boolean> {
  const state = condition(cluster, type);
  if (!hibernated(cluster)) {
    if (state === undefined) return false;
    await wake(r, cluster);
    return true;
  }
  if (state?.status !== 'True') await hibernate(r);
  return true;
}

async function hibernate(r: Reconciliation): Promise<void> {
  const say = (reason: string, message: string, status: 'True' | 'False' = 'False'): Promise<void> =>
    setConditions(r, [{ type, status, reason, message }]);
  await say('DeletingPods', 'Hibernation is in progress');
  const { leader } = r.database;
  const names = (await podsOf(r)).map(({ metadata }) => metadata.name);
  // The primary goes first, so that the standbys receive all it has written.
  for (const name of names.toSorted((a, b) => Number(b === leader) - Number(a === leader))) {
    r.world.stop(r.database, name, true);
    await r.client.remove(resources.pods, r.namespace, name);
    await r.pause(0.3);
    await reportInstances(r);
  }
  await setStatus(r, { danglingPVC: [...r.database.instances.keys()] });
  await say('Hibernated', 'Cluster has been hibernated', 'True');
}

async function wake(r: Reconciliation, cluster: Cluster): Promise<void> {
  await setConditions(r, [type, ready(false)]);
  await setPhase(r, 'Waiting for the instances to become active', 'Some instances are not yet active. Please wait.');
  const { leader, instances } = r.database;
  for (const name of [leader, ...[...instances.keys()].filter(each => each !== leader)]) {
    await recreatePod(r, cluster, name);
    await awaitReady(r, name, 2);
  }
  await setConditions(r, [ready(true)], { phase: phases.healthy, phaseReason: null });
}
