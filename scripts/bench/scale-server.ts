/**
 * Two simulated API servers with as many Clusters as a large company has, in a process of their own: `scale.ts` starts it.
 * Objects are as long as real ones, since reading them is most of the work.
 */
import type { ApiServer } from '../../src/simulator/api/server.ts';
import { startApiServer } from '../../src/simulator/api/server.ts';
import type { Kind } from '../../src/simulator/api/kinds.ts';
import { kindOf } from '../../src/simulator/api/kinds.ts';
import type { StoredObject } from '../../src/simulator/api/store.ts';

const clusters = 300;
const instances = 3;
const cnpg = 'postgresql.cnpg.io/v1';
const kinds = {
  cluster: kindOf({ apiVersion: cnpg, kind: 'Cluster' }),
  backup: kindOf({ apiVersion: cnpg, kind: 'Backup' }),
  objectStore: kindOf({ apiVersion: 'barmancloud.cnpg.io/v1', kind: 'ObjectStore' }),
  pod: kindOf({ apiVersion: 'v1', kind: 'Pod' }),
  service: kindOf({ apiVersion: 'v1', kind: 'Service' }),
  claim: kindOf({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }),
};

export type ToServer =
  | { type: 'change'; seconds: number; perSecond: number }
  | { type: 'outage'; milliseconds: number };
export type FromServer =
  | { type: 'ready'; urls: string[] }
  | { type: 'changed'; events: number }
  | { type: 'back'; lists: number; watches: number };

/** As managed fields are: a path for each field, of about this many characters. */
const managedFields = (length: number): object[] => [
  {
    manager: 'manager',
    operation: 'Update',
    time: '2026-03-01T10:00:00Z',
    fieldsV1: Object.fromEntries(
      Array.from({ length: length / 60 }, (_, at) => [`f:field-number-${at}`, { 'f:one': {}, 'f:another': {} }]),
    ),
  },
];

function clusterObject(side: string, other: string, at: number): StoredObject {
  const name = `${side}-${at}`;
  const server = (of: string): object => ({
    name: `${of}-${at}`,
    connectionParameters: {
      host: `${of}-${at}-rw.databases.example.org`,
      user: 'streaming_replica',
      dbname: 'postgres',
    },
    sslKey: { name: `${of}-${at}-replication`, key: 'tls.key' },
    sslCert: { name: `${of}-${at}-replication`, key: 'tls.crt' },
    plugin: {
      name: 'barman-cloud.cloudnative-pg.io',
      parameters: { barmanObjectName: `archive-${of}`, serverName: `${of}-${at}` },
    },
  });
  const names = Array.from({ length: instances }, (_, index) => `${name}-${index + 1}`);
  return {
    apiVersion: cnpg,
    kind: 'Cluster',
    metadata: { name, namespace: 'databases', managedFields: managedFields(3000) },
    spec: {
      instances,
      storage: { size: '100Gi' },
      postgresql: { parameters: { max_connections: '200', shared_buffers: '1GB', wal_keep_size: '1GB' } },
      replica: { self: name, primary: `eu-${at}`, source: `eu-${at}` },
      externalClusters: [server(side), server(other)],
      plugins: [
        {
          name: 'barman-cloud.cloudnative-pg.io',
          isWALArchiver: true,
          parameters: { barmanObjectName: `archive-${side}`, serverName: name },
        },
      ],
    },
    status: {
      phase: 'Cluster in healthy state',
      instances,
      readyInstances: instances,
      currentPrimary: names[0],
      targetPrimary: names[0],
      timelineID: 1,
      instanceNames: names,
      instancesStatus: { healthy: names },
      healthyPVC: names,
      instancesReportedState: Object.fromEntries(
        names.map((instance, index) => [
          instance,
          { isPrimary: index === 0 && side === 'eu', timeLineID: 1, ip: '10.1.2.3' },
        ]),
      ),
      conditions: ['Ready', 'ContinuousArchiving', 'LastBackupSucceeded', 'ConsistentSystemID'].map(type => ({
        type,
        status: 'True',
        reason: 'AsExpected',
        message: 'As it should be',
        lastTransitionTime: '2026-03-01T10:00:00Z',
      })),
      certificates: { expirations: { [`${name}-ca`]: '2099-12-01 10:00:00 +0000 UTC' } },
    },
  };
}

function podObject(cluster: string, at: number): StoredObject {
  const name = `${cluster}-${at}`;
  const role = at === 1 ? 'primary' : 'replica';
  const container = {
    name: 'postgres',
    image: 'ghcr.io/cloudnative-pg/postgresql:18.1-system-trixie',
    command: ['/controller/manager', 'instance', 'run', '--status-port-tls', '--log-level=info'],
    env: Array.from({ length: 12 }, (_, index) => ({ name: `VARIABLE_${index}`, value: 'as the operator sets it' })),
    volumeMounts: Array.from({ length: 6 }, (_, index) => ({ name: `volume-${index}`, mountPath: `/a/path/${index}` })),
    livenessProbe: { httpGet: { path: '/healthz', port: 8000, scheme: 'HTTPS' }, periodSeconds: 10, timeoutSeconds: 5 },
    resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '1', memory: '2Gi' } },
  };
  const spec = { nodeName: 'node-7', containers: [container], initContainers: [{ ...container, name: 'bootstrap' }] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'databases',
      labels: {
        'cnpg.io/cluster': cluster,
        'cnpg.io/instanceName': name,
        'cnpg.io/instanceRole': role,
        'cnpg.io/podRole': 'instance',
      },
      annotations: { 'cnpg.io/podSpec': JSON.stringify(spec) },
      managedFields: managedFields(4000),
    },
    spec,
    status: {
      phase: 'Running',
      podIP: '10.1.2.3',
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(type => ({ type, status: 'True' })),
      containerStatuses: [{ name: 'postgres', ready: true, restartCount: 0, image: container.image }],
    },
  };
}

const labelled = (cluster: string, name: string, more: object): StoredObject => ({
  metadata: {
    name,
    namespace: 'databases',
    labels: { 'cnpg.io/cluster': cluster },
    managedFields: managedFields(1000),
  },
  ...more,
});

function fill({ store }: ApiServer, side: string, other: string): void {
  const status = (object: StoredObject, kind: Kind): void => void store.create(kind, object);
  for (const archive of [side, other])
    status(
      labelled(side, `archive-${archive}`, {
        spec: { configuration: { destinationPath: `s3://archive-${archive}/` } },
      }),
      kinds.objectStore,
    );
  for (let at = 0; at < clusters; at++) {
    const name = `${side}-${at}`;
    status(clusterObject(side, other, at), kinds.cluster);
    for (let instance = 1; instance <= instances; instance++) {
      status(podObject(name, instance), kinds.pod);
      const claim = { spec: { resources: { requests: { storage: '100Gi' } } }, status: { phase: 'Bound' } };
      status(labelled(name, `${name}-${instance}`, claim), kinds.claim);
    }
    for (const service of ['rw', 'ro', 'r'])
      status(
        labelled(name, `${name}-${service}`, {
          spec: {
            type: 'ClusterIP',
            clusterIP: '10.96.0.7',
            ports: [{ port: 5432 }],
            selector: { 'cnpg.io/cluster': name },
          },
        }),
        kinds.service,
      );
    for (const day of [1, 2])
      status(
        labelled(name, `${name}-backup-${day}`, {
          spec: { cluster: { name }, method: 'plugin' },
          status: { phase: 'completed', stoppedAt: `2026-03-0${day}T10:00:00Z` },
        }),
        kinds.backup,
      );
  }
}

const [primaryStatus, standbyStatus] = [
  { isPrimary: true, currentLsn: '3/5000060', isArchivingWAL: true, lastArchivedWAL: '000000010000000300000004' },
  { isPrimary: false, receivedLsn: '3/5000060', replayLsn: '3/5000060', isWalReceiverActive: true },
].map(status => JSON.stringify({ systemID: '7500000000000000001', timeLineID: 1, ...status }));

const lists = { lists: 0, watches: 0 };
const servers = await Promise.all(
  ['eu', 'us'].map(() =>
    startApiServer({
      tokens: { bench: 'bench' },
      // All is well: `eu` is the primary of each topology.
      proxy: (_, pod) => ({ code: 200, body: (/^eu-\d+-1$/.test(pod) ? primaryStatus : standbyStatus) ?? '' }),
      allow: ({ verb }) => {
        if (verb === 'list') lists.lists++;
        if (verb === 'watch') lists.watches++;
        return true;
      },
    }),
  ),
);
for (const [index, server] of servers.entries()) fill(server, index === 0 ? 'eu' : 'us', index === 0 ? 'us' : 'eu');

let counter = 0;

/** What changes most: states of pods and Clusters. */
function change({ store }: ApiServer, side: string): void {
  const at = counter++ % clusters;
  const name = `${side}-${at}`;
  const which = counter % 10;
  if (which === 0) return set(store.get(kinds.backup, 'databases', `${name}-backup-1`), kinds.backup);
  if (which < 6) return set(store.get(kinds.pod, 'databases', `${name}-${(counter % instances) + 1}`), kinds.pod);
  set(store.get(kinds.cluster, 'databases', name), kinds.cluster);
  function set(object: StoredObject, kind: Kind): void {
    store.update(kind, { ...object, status: { ...(object['status'] as object), heartbeat: counter } });
  }
}

const say = (message: FromServer): void => void process.send?.(message);

process.on('message', (message: ToServer) => {
  if (message.type === 'change') makeChanges(message.seconds, message.perSecond);
  else void outage(message.milliseconds);
});

function makeChanges(seconds: number, perSecond: number): void {
  const began = performance.now();
  let events = 0;
  const timer = setInterval(() => {
    const elapsed = (performance.now() - began) / 1000;
    for (const wanted = Math.min(seconds, elapsed) * perSecond; events < wanted; events++)
      change(servers[events % 2] as ApiServer, events % 2 === 0 ? 'eu' : 'us');
    if (elapsed < seconds) return;
    clearInterval(timer);
    say({ type: 'changed', events });
  }, 10);
}

async function outage(milliseconds: number): Promise<void> {
  await Promise.all(servers.map(({ faults }) => faults.unreachable(true)));
  await new Promise(resolve => setTimeout(resolve, milliseconds));
  lists.lists = lists.watches = 0;
  await Promise.all(servers.map(({ faults }) => faults.unreachable(false)));
  // By then the longest pause has ended.
  await new Promise(resolve => setTimeout(resolve, milliseconds * 2 + 3000));
  say({ type: 'back', ...lists });
}

say({ type: 'ready', urls: servers.map(({ url }) => url) });

process.on('disconnect', () => process.exit());
