/**
 * The operator of one Kubernetes cluster. It knows the API server only over HTTP and PostgreSQL only as a model. For each
 * Cluster it does one thing after the other: the first that is due by what it sees.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Backup, Cluster } from '../../model/cluster.ts';
import {
  demotionInProgress,
  isReplicaCluster,
  phases,
  switchoverInProgress,
  topologyName,
} from '../../model/cluster.ts';
import type { Buckets } from '../object-store/bucket.ts';
import type { World } from '../postgres/world.ts';
import { adopt } from './adoption.ts';
import { runSchedule, takeBackup } from './backups.ts';
import type { AnyObject, ApiEndpoint, Client, Resource } from './client.ts';
import { createClient, resources } from './client.ts';
import { demote } from './demotion.ts';
import { applyFencing } from './fencing.ts';
import { applyHibernation } from './hibernation.ts';
import { awaitReady, recreatePod } from './instances.ts';
import { promote } from './promotion.ts';
import type { Reconciliation } from './reconciliation.ts';
import {
  archivingFails,
  archivingWorks,
  podsOf,
  ready,
  reportInstances,
  setConditions,
  setPhase,
  setStatus,
} from './reconciliation.ts';
import { restartInPlace, rollingRestart } from './restart.ts';
import { failOver, switchOver } from './switchover.ts';

export interface OperatorOptions {
  /** Name of the Kubernetes cluster. */
  site: string;
  api: ApiEndpoint;
  world: World;
  buckets: Buckets;
  /** How many times faster than real operators were recorded; 1 by default. */
  speed?: number;
  signal: AbortSignal;
  log?: (message: string) => void;
}

/** Seconds between two looks at a Cluster at which nothing happened. */
const resync = 2;

export function runOperator(options: OperatorOptions): void {
  const { signal, log = () => undefined } = options;
  const client = createClient(options.api, signal);
  const running = new Map<string, () => void>();

  const begin = (cluster: AnyObject): void => {
    const key = `${cluster.metadata.namespace ?? ''}/${cluster.metadata.name}`;
    const wake = running.get(key);
    if (wake) return wake();
    running.set(key, () => undefined);
    const r = reconciliationOf(options, client, cluster);
    operate(r, options.buckets, set => running.set(key, set))
      .catch((error: unknown) => {
        if (!signal.aborted) log(`${key}: ${String(error)}`);
      })
      .finally(() => running.delete(key));
  };
  const wakeOwner = (object: AnyObject): void => {
    const owner = object.metadata.labels?.['cnpg.io/cluster'];
    if (owner !== undefined) running.get(`${object.metadata.namespace ?? ''}/${owner}`)?.();
  };
  client.watch(resources.clusters, ({ object }) => begin(object));
  client.watch(resources.pods, ({ type, object }) => {
    if (type === 'DELETED') wakeOwner(object);
  });
}

function reconciliationOf(options: OperatorOptions, client: Client, cluster: AnyObject): Reconciliation {
  const { world, site, signal, speed = 1, log = () => undefined } = options;
  const { namespace = 'default', name } = cluster.metadata;
  const key = `${site}/${namespace}/${name}`;
  const database = world.databases.get(key) ?? {
    key,
    topologyName: name,
    instances: new Map(),
    leader: '',
    source: undefined,
    archive: undefined,
    linkCut: false,
    sinceSwitch: 0,
  };
  world.databases.set(key, database);
  return {
    client,
    world,
    database,
    namespace,
    name,
    site,
    log,
    pause: seconds => sleep((seconds * 1000) / speed, undefined, { signal }),
  };
}

/** Until the Cluster is deleted. A procedure that fails is looked at again: what is due is found by looking. */
async function operate(r: Reconciliation, buckets: Buckets, onWake: (wake: () => void) => void): Promise<void> {
  for (;;) {
    try {
      const cluster = await r.client.get<Cluster>(resources.clusters, r.namespace, r.name);
      if (!cluster) return await forget(r);
      if (await actOn(r, cluster, buckets)) continue;
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') return;
      r.log(`${r.name}: ${String(error)}`);
      await r.pause(0.5);
    }
    await Promise.race([new Promise<void>(resolve => onWake(resolve)), r.pause(resync)]);
  }
}

/** @returns whether something was done, so that it is worth looking again at once */
async function actOn(r: Reconciliation, cluster: Cluster, buckets: Buckets): Promise<boolean> {
  const { database } = r;
  const replica = isReplicaCluster(cluster);
  database.topologyName = topologyName(cluster);
  database.source = replica ? cluster.spec.replica?.source : undefined;
  const leader = database.instances.get(database.leader);
  if (!leader) {
    await adopt(r, cluster, buckets);
    return true;
  }
  if (await applyHibernation(r, cluster)) return false;
  const { phase, targetPrimary = '' } = cluster.status ?? {};
  const pods = new Set((await podsOf(r)).map(pod => pod.metadata.name));
  const missing = [...database.instances.keys()].find(name => !pods.has(name));
  if (!pods.has(database.leader)) await failOver(r, cluster);
  else if (missing !== undefined) await bringBack(r, cluster, missing);
  else if (switchoverInProgress(cluster)) await switchOver(r, targetPrimary);
  else if (replica && (!leader.inRecovery || demotionInProgress(cluster))) await demote(r);
  else if (!replica && leader.inRecovery && phase !== phases.unrecoverable) await promote(r, cluster);
  else if (await applyFencing(r, cluster)) return true;
  else if (phase === phases.restartingInPlace) await restartInPlace(r);
  else if (phase !== phases.healthy && (replica || phase !== phases.unrecoverable)) await settle(r, cluster);
  else if (database.instances.size < (cluster.spec.instances ?? 1)) await addInstance(r, cluster);
  else if (await rollingRestart(r, cluster)) return true;
  else return steady(r, cluster);
  return true;
}

async function steady(r: Reconciliation, cluster: Cluster): Promise<boolean> {
  await reportInstances(r);
  await reportArchiving(r, cluster);
  if (!cluster.spec.replica?.promotionToken && cluster.status?.lastPromotionToken)
    await setStatus(r, { lastPromotionToken: null });
  const ofCluster = async (resource: Resource): Promise<AnyObject[]> =>
    (await r.client.list(resource)).items.filter(
      ({ metadata, spec }) => metadata.namespace === r.namespace && (spec as Backup['spec'])?.cluster?.name === r.name,
    );
  for (const schedule of await ofCluster(resources.scheduledBackups)) await runSchedule(r, schedule);
  for (const backup of (await ofCluster(resources.backups)) as Backup[])
    if (backup.status?.phase === undefined) await takeBackup(r, cluster, backup);
  return false;
}

async function reportArchiving(r: Reconciliation, cluster: Cluster): Promise<void> {
  const { archive } = r.database;
  if (!archive) return;
  const shown = cluster.status?.conditions?.find(c => c.type === 'ContinuousArchiving')?.status === 'True';
  const { last, lastFailed } = archive;
  const failing = lastFailed !== undefined && (!last || lastFailed.at > last.at);
  if (failing && shown)
    await setConditions(r, [archivingFails('unexpected failure invoking barman-cloud-wal-archive: exit status 2')]);
  if (!failing && !shown) await setConditions(r, [archivingWorks]);
}

async function bringBack(r: Reconciliation, cluster: Cluster, name: string): Promise<void> {
  r.world.stop(r.database, name, false);
  await reportInstances(r);
  await setPhase(r, 'Waiting for the instances to become active', 'Some instances are not yet active. Please wait.');
  await recreatePod(r, cluster, name);
  await awaitReady(r, name, 8);
  await heal(r);
}

async function addInstance(r: Reconciliation, cluster: Cluster): Promise<void> {
  const serials = [...r.database.instances.keys()].map(name => Number(name.slice(r.name.length + 1)));
  const name = `${r.name}-${Math.max(...serials) + 1}`;
  await setPhase(r, 'Creating a new replica', `Creating replica ${name}`);
  await recreatePod(r, cluster, name);
  await awaitReady(r, name, 8);
  await heal(r);
}

/** Ends what an interrupted procedure has left, or what a corrected spec has made good. */
async function settle(r: Reconciliation, cluster: Cluster): Promise<void> {
  for (const instance of r.database.instances.values()) instance.running = !instance.fenced;
  const token = cluster.spec.replica?.promotionToken;
  if (token !== undefined && !isReplicaCluster(cluster)) await setStatus(r, { lastPromotionToken: token });
  await heal(r);
}

const heal = (r: Reconciliation): Promise<void> =>
  setConditions(r, [ready(true)], { phase: phases.healthy, phaseReason: null });

async function forget(r: Reconciliation): Promise<void> {
  r.world.databases.delete(r.database.key);
  // As the garbage collector does with what a deleted Cluster owns; it may be back under the same name already.
  const current = await r.client.get(resources.clusters, r.namespace, r.name);
  const { pods, services, secrets, persistentVolumeClaims, leases } = resources;
  for (const resource of [services, secrets, leases, pods, persistentVolumeClaims])
    for (const { metadata } of (await r.client.list(resource)).items)
      if (
        metadata.namespace === r.namespace &&
        metadata.ownerReferences?.some(
          ({ kind, name, uid }) => kind === 'Cluster' && name === r.name && uid !== current?.metadata.uid,
        )
      )
        await r.client.remove(resource, r.namespace, metadata.name);
}
