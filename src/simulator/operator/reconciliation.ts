/** What the operator's procedures share: one Cluster, its PostgreSQL instances, and the ways to change and report. */
import type { Cluster } from '../../model/cluster.ts';
import type { Condition, Pod } from '../../model/kubernetes.ts';
import type { Instance } from '../postgres/instance.ts';
import type { Database, World } from '../postgres/world.ts';
import type { Client } from './client.ts';
import { resources } from './client.ts';

export const operatorVersion = '1.30.0';

export interface Reconciliation {
  client: Client;
  world: World;
  database: Database;
  namespace: string;
  name: string;
  /** Name of the Kubernetes cluster, for node names. */
  site: string;
  /** Waits for so many seconds of PostgreSQL's and Kubernetes' time. @throws when the operator stops */
  pause(seconds: number): Promise<void>;
  log(message: string): void;
}

export const leaderOf = (r: Reconciliation): Instance => {
  const leader = r.database.instances.get(r.database.leader);
  if (!leader) throw new Error(`${r.name} has no instance "${r.database.leader}"`);
  return leader;
};

/** @throws when the Cluster was deleted */
export async function readCluster(r: Reconciliation): Promise<Cluster> {
  const cluster = await r.client.get<Cluster>(resources.clusters, r.namespace, r.name);
  if (!cluster) throw new Error(`Cluster ${r.name} is gone`);
  return cluster;
}

/** Merges fields into the status; null removes one. */
export const setStatus = (r: Reconciliation, status: object): Promise<void> =>
  r.client.statusPatch(resources.clusters, r.namespace, r.name, status);

export const setPhase = (r: Reconciliation, phase: string, reason: string | null): Promise<void> =>
  setStatus(r, { phase, phaseReason: reason });

type NewCondition = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** Sets conditions, or removes those of the types given as strings, together with other fields of the status. */
export async function setConditions(
  r: Reconciliation,
  changes: readonly (NewCondition | string)[],
  status: object = {},
): Promise<void> {
  const { status: current } = await readCluster(r);
  let conditions = current?.conditions ?? [];
  for (const change of changes) {
    if (typeof change === 'string') {
      conditions = conditions.filter(c => c.type !== change);
      continue;
    }
    const old = conditions.find(c => c.type === change.type);
    const lastTransitionTime = old?.status === change.status ? old.lastTransitionTime : now(r);
    const next = { ...change, ...(lastTransitionTime !== undefined && { lastTransitionTime }) };
    conditions = old ? conditions.map(c => (c === old ? next : c)) : [...conditions, next];
  }
  await setStatus(r, { ...status, conditions });
}

/** `Ready`, as it goes along with the phase. */
export const ready = (yes: boolean): NewCondition =>
  yes
    ? { type: 'Ready', status: 'True', reason: 'ClusterIsReady', message: 'Cluster is Ready' }
    : { type: 'Ready', status: 'False', reason: 'ClusterIsNotReady', message: 'Cluster Is Not Ready' };

export const consistentSystemId: NewCondition = {
  type: 'ConsistentSystemID',
  status: 'True',
  reason: 'Unique',
  message: 'A single, unique system ID was found across reporting instances.',
};

export const archivingWorks: NewCondition = {
  type: 'ContinuousArchiving',
  status: 'True',
  reason: 'ContinuousArchivingSuccess',
  message: 'Continuous archiving is working',
};

export const archivingFails = (message: string): NewCondition => ({
  type: 'ContinuousArchiving',
  status: 'False',
  reason: 'ContinuousArchivingFailing',
  message,
});

/** RFC 3339 with microseconds, as PostgreSQL's times and metav1.MicroTime are written. */
export const precise = (r: Reconciliation): string => r.world.now().toISOString().replace('Z', '000Z');

/** RFC 3339 with seconds, as metav1.Time is written. */
export const now = (r: Reconciliation): string => `${r.world.now().toISOString().slice(0, 19)}Z`;

/** An event about the Cluster or one of its pods. */
export async function event(
  r: Reconciliation,
  kind: 'Cluster' | 'Pod',
  name: string,
  reason: string,
  message: string,
): Promise<void> {
  const at = now(r);
  const unique = `${r.world.now().getTime().toString(16)}${Math.floor(Math.random() * 0xffff).toString(16)}`;
  await r.client.create(resources.events, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${unique}`, namespace: r.namespace },
    involvedObject: {
      apiVersion: kind === 'Pod' ? 'v1' : 'postgresql.cnpg.io/v1',
      kind,
      name,
      namespace: r.namespace,
    },
    reason,
    message,
    type: 'Normal',
    source: { component: 'cloudnative-pg' },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  });
}

/** Who holds the Lease of the Cluster is the one that may be primary. */
export const holdLease = (r: Reconciliation, holder: string): Promise<void> =>
  r.client.mergePatch(resources.leases, r.namespace, r.name, {
    spec: { holderIdentity: holder, acquireTime: precise(r), renewTime: precise(r) },
  });

/** Which instances are ready, by their pods. */
export async function reportReadiness(r: Reconciliation, seen?: readonly Pod[]): Promise<void> {
  const pods = seen ?? (await podsOf(r));
  const healthy = pods.filter(isReady).map(pod => pod.metadata.name);
  const names = [...r.database.instances.keys()];
  await setStatus(r, {
    instances: names.length,
    instanceNames: names,
    readyInstances: healthy.length,
    instancesStatus: {
      healthy,
      replicating: orNull(pods.filter(pod => !isReady(pod)).map(pod => pod.metadata.name)),
      failed: orNull(names.filter(name => !pods.some(pod => pod.metadata.name === name))),
    },
  });
}

/** What each instance says of itself. */
export async function reportInstances(r: Reconciliation): Promise<void> {
  const pods = await podsOf(r);
  // A pod that goes meanwhile is either in both reports or in none.
  await reportReadiness(r, pods);
  const { status: old } = await readCluster(r);
  const gone = Object.keys(old?.instancesReportedState ?? {}).map(name => [name, null] as const);
  const states = pods.flatMap(pod => {
    const said = r.world.status(r.database, pod.metadata.name);
    if (!said) return [];
    const { isPrimary, timeLineID } = said;
    return [[pod.metadata.name, { ip: pod.status?.podIP, isPrimary, timeLineID }] as const];
  });
  const leader = r.world.status(r.database, r.database.leader);
  await setStatus(r, {
    instancesReportedState: Object.fromEntries([...gone, ...states]),
    // A demoted Cluster is without the system identifier until it is primary again.
    ...(leader?.isPrimary && { timelineID: leader.timeLineID, systemID: leader.systemID }),
  });
}

const orNull = (names: string[]): string[] | null => (names.length === 0 ? null : names);

export async function podsOf(r: Reconciliation): Promise<Pod[]> {
  const { items } = await r.client.list(resources.pods);
  return items
    .filter(({ metadata }) => metadata.namespace === r.namespace && metadata.labels?.['cnpg.io/cluster'] === r.name)
    .map(pod => pod as Pod);
}

const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True') ?? false;
