/** Fencing: PostgreSQL of a fenced instance is shut down, its pod stays and is not ready. Nobody takes over. */
import type { Cluster } from '../../model/cluster.ts';
import { fencedInstances } from '../../model/cluster.ts';
import type { Instance } from '../postgres/instance.ts';
import { awaitReady, setPodReady } from './instances.ts';
import type { Reconciliation } from './reconciliation.ts';
import { reportInstances } from './reconciliation.ts';

/** @returns whether something was done */
export async function applyFencing(r: Reconciliation, cluster: Cluster): Promise<boolean> {
  const names = fencedInstances(cluster);
  const wanted = ({ name }: Instance): boolean => names.includes('*') || names.includes(name);
  const changed = [...r.database.instances.values()].filter(instance => wanted(instance) !== instance.fenced);
  if (changed.length === 0) return false;
  for (const instance of changed.filter(wanted)) await shutDown(r, instance);
  for (const instance of changed.filter(each => !wanted(each))) await startAgain(r, instance);
  return true;
}

async function shutDown(r: Reconciliation, instance: Instance): Promise<void> {
  await r.pause(0.5);
  instance.fenced = true;
  r.world.stop(r.database, instance.name, true);
  await setPodReady(r, instance.name, false);
  await reportInstances(r);
}

async function startAgain(r: Reconciliation, instance: Instance): Promise<void> {
  instance.fenced = false;
  await r.pause(1);
  r.world.start(r.database, instance.name);
  await awaitReady(r, instance.name, 3);
}
