/** A pair of Clusters in one distributed topology, as small as the functions under test allow. */
import type { PromotionToken } from '../../src/model/token.ts';
import type { PromotionPlan } from '../../src/operations/promotion.ts';
import type { Cluster, ClusterSpec, ClusterStatus } from '../../src/model/cluster.ts';
import { barmanPlugin, phases } from '../../src/model/cluster.ts';
import type { InstanceStatus } from '../../src/model/instance-status.ts';
import type { Pod } from '../../src/model/kubernetes.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { emptySnapshot } from '../../src/model/snapshot.ts';

export interface Overrides {
  replica?: Partial<NonNullable<ClusterSpec['replica']>> | undefined;
  spec?: Partial<ClusterSpec>;
  status?: Partial<ClusterStatus>;
  annotations?: Record<string, string>;
}

/** A healthy member of the topology of `cluster-eu` (primary) and `cluster-us` (replica). */
export function member(name: 'cluster-eu' | 'cluster-us', over: Overrides = {}): Cluster {
  const entry = (other: string) => ({
    name: other,
    connectionParameters: { host: `${other}-rw.example.org`, user: 'streaming_replica' },
    plugin: { name: barmanPlugin, parameters: { barmanObjectName: other, serverName: other } },
  });
  return {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      resourceVersion: '1',
      annotations: over.annotations ?? {},
    },
    spec: {
      instances: 3,
      plugins: [{ name: barmanPlugin, isWALArchiver: true, parameters: { barmanObjectName: name, serverName: name } }],
      externalClusters: [entry('cluster-eu'), entry('cluster-us')],
      replica: {
        self: name,
        primary: 'cluster-eu',
        source: name === 'cluster-eu' ? 'cluster-us' : 'cluster-eu',
        ...over.replica,
      },
      ...over.spec,
    },
    status: {
      phase: phases.healthy,
      instances: 3,
      readyInstances: 3,
      instanceNames: [1, 2, 3].map(serial => `${name}-${serial}`),
      currentPrimary: `${name}-1`,
      targetPrimary: `${name}-1`,
      systemID: '7711301592564678675',
      conditions: [{ type: 'ContinuousArchiving', status: 'True' }],
      ...over.status,
    },
  };
}

export const primaryStatus = (over: Partial<InstanceStatus> = {}): InstanceStatus => ({
  isPrimary: true,
  systemID: '7711301592564678675',
  timeLineID: 3,
  currentLsn: '0/E0000A0',
  isArchivingWAL: true,
  lastArchivedWAL: '00000003000000000000000D',
  ...over,
});

export const standbyStatus = (over: Partial<InstanceStatus> = {}): InstanceStatus => ({
  isPrimary: false,
  systemID: '7711301592564678675',
  timeLineID: 3,
  receivedLsn: '0/E0000A0',
  replayLsn: '0/E0000A0',
  isWalReceiverActive: true,
  ...over,
});

export function pod(cluster: string, serial: number, ready = true): Pod {
  const name = `${cluster}-${serial}`;
  return {
    metadata: {
      name,
      namespace: 'default',
      labels: {
        'cnpg.io/cluster': cluster,
        'cnpg.io/podRole': 'instance',
        'cnpg.io/instanceName': name,
        'cnpg.io/instanceRole': serial === 1 ? 'primary' : 'replica',
      },
      ownerReferences: [
        {
          apiVersion: 'postgresql.cnpg.io/v1',
          kind: 'Cluster',
          name: cluster,
          uid: `uid-${cluster}`,
          controller: true,
        },
      ],
    },
    spec: { nodeName: `node-${serial}` },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

/** A connected context with one Cluster, its pods and, when given, the status of its instances by serial. */
export function snapshotOf(
  context: string,
  cluster: Cluster,
  statuses: Record<number, InstanceStatus> = {},
): ContextSnapshot {
  const { name } = cluster.metadata;
  return {
    ...emptySnapshot(context, `https://${context}.example.org`),
    state: 'connected',
    seenAt: 0,
    clusters: [cluster],
    pods: [1, 2, 3].map(serial => pod(name, serial)),
    services: ['rw', 'ro', 'r'].map(kind => ({
      metadata: { name: `${name}-${kind}`, namespace: 'default', labels: { 'cnpg.io/cluster': name } },
      spec: {
        selector:
          kind === 'r'
            ? { 'cnpg.io/podRole': 'instance' }
            : { 'cnpg.io/instanceRole': kind === 'rw' ? 'primary' : 'replica' },
      },
    })),
    objectStores: ['cluster-eu', 'cluster-us'].map(store => ({
      metadata: { name: store, namespace: 'default' },
      spec: { configuration: { destinationPath: `s3://archive-${store}/` } },
    })),
    instanceStatus: Object.fromEntries(
      Object.entries(statuses).map(([serial, status]) => [
        `default/${name}-${serial}`,
        { kind: 'read', status, readAt: 0 },
      ]),
    ),
  };
}

/** The same in so many namespaces. */
export function repeated(one: ContextSnapshot, times: number): ContextSnapshot {
  const namespaces = Array.from({ length: times }, (_, index) => `ns-${index}`);
  const inAll = <T extends { metadata: { namespace?: string } }>(objects: T[]): T[] =>
    namespaces.flatMap(namespace => objects.map(o => ({ ...o, metadata: { ...o.metadata, namespace } })));
  return {
    ...one,
    clusters: inAll(one.clusters),
    pods: inAll(one.pods),
    services: inAll(one.services),
    objectStores: inAll(one.objectStores),
    instanceStatus: Object.fromEntries(
      namespaces.flatMap(namespace =>
        Object.entries(one.instanceStatus).map(([key, reading]) => [key.replace('default', namespace), reading]),
      ),
    ),
  };
}

/** The switchover from cluster-eu to cluster-us. */
export const switchover: PromotionPlan = {
  from: { context: 'eu', namespace: 'default', name: 'cluster-eu' },
  to: { context: 'us', namespace: 'default', name: 'cluster-us' },
};

/** A demotion token as an operator has written it. */
export const demotionToken: PromotionToken = {
  latestCheckpointTimelineID: '3',
  redoWalFile: '00000003000000000000000E',
  databaseSystemIdentifier: '7711301592564678675',
  latestCheckpointREDOLocation: '0/E000028',
  timeOfLatestCheckpoint: 'Mon Nov 23 10:29:23 2026',
  operatorVersion: '1.30.0',
};
