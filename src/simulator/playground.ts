/**
 * Everything a newcomer needs in place of two real Kubernetes clusters: API servers, operators, PostgreSQL with growing
 * WAL, an object store, manifests and a kubeconfig.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments, stringify } from 'yaml';
import type { Cluster } from '../model/cluster.ts';
import { phases } from '../model/cluster.ts';
import { faultControlFile } from '../model/playground-fault.ts';
import type { Faults } from './api/faults.ts';
import { kindOf } from './api/kinds.ts';
import type { ApiServer } from './api/server.ts';
import { startApiServer } from './api/server.ts';
import type { Buckets } from './object-store/bucket.ts';
import { createBucket } from './object-store/bucket.ts';
import type { ObjectStoreServer } from './object-store/server.ts';
import { startObjectStore } from './object-store/server.ts';
import type { AnyObject, Client } from './operator/client.ts';
import { createClient, resources } from './operator/client.ts';
import { runOperator } from './operator/operator.ts';
import type { RunningControl } from './playground-faults.ts';
import { offerFaults } from './playground-faults.ts';
import { projectFolder } from './project-folder.ts';
import type { InstanceLogs } from './postgres/logs.ts';
import { createInstanceLogs } from './postgres/logs.ts';
import type { World } from './postgres/world.ts';
import { createWorld } from './postgres/world.ts';

export interface PlaygroundOptions {
  /** For the manifests; created when missing. Files of the same names are written anew. The kubeconfig lands beside it. */
  directory: string;
  /** How many times faster than recorded clusters; 1 by default. */
  speed?: number;
  loadBytesPerSecond?: number;
  archiveTimeoutSeconds?: number;
  /** Milliseconds by which all clocks of both sides, and of the object store, are ahead of this machine's. */
  clockAhead?: number;
  log?: (message: string) => void;
}

export interface Playground {
  /** Path of a kubeconfig with a context for each side. */
  kubeconfig: string;
  directory: string;
  contexts: readonly string[];
  s3: { endpoint: string; accessKeyId: string; secretAccessKey: string };
  /** What is stored, by name: `archive-eu`. */
  buckets: Buckets;
  world: World;
  /** By context. */
  faults: Record<string, Faults>;
  stop(): Promise<void>;
}

export const sides = ['eu', 'us'] as const;
type Side = (typeof sides)[number];

const clusterKind = kindOf({ apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster' });

/** Milliseconds between two steps of PostgreSQL's time. */
const tick = 250;
/** Milliseconds until both sides must be healthy. */
const startLimit = 20_000;

/** @throws Error when the manifests are not there or a side does not become healthy */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { speed = 1, log = () => undefined } = options;
  const { clockAhead = 0 } = options;
  const now = (): Date => new Date(Date.now() + clockAhead);
  const world = createWorld({ ...options, now });
  const logs = createInstanceLogs(world);
  const stopping = new AbortController();
  const buckets = new Map([...sides].map(side => [`archive-${side}`, createBucket()]));
  const keys = { accessKeyId: 'playground', secretAccessKey: randomBytes(16).toString('hex') };
  const store = await startObjectStore({ buckets, keys: { [keys.accessKeyId]: keys.secretAccessKey }, now });
  const servers = new Map<Side, { server: ApiServer; token: string }>();
  let control: RunningControl | undefined;
  const stop = async (): Promise<void> => {
    clearInterval(clock);
    stopping.abort();
    await Promise.all([store.stop(), control?.stop(), ...[...servers.values()].map(({ server }) => server.stop())]);
  };
  const clock = setInterval(() => {
    world.tick((tick / 1000) * speed);
    logs.observe();
  }, tick);
  try {
    const manifests = readManifests(store);
    writeManifests(options.directory, manifests);
    for (const side of sides) servers.set(side, await startSide(side, world, logs, store));
    for (const [side, { server, token }] of servers) {
      const api = { url: server.url, token };
      const client = createClient(api, stopping.signal);
      offerObjectStore(server);
      await createCredentials(client, keys);
      for (const [file, text] of manifests) if (file.startsWith(`${side}/`)) await apply(client, text);
      runOperator({ site: side, api, world, buckets, speed, signal: stopping.signal, log });
    }
    await allHealthy(servers);
    control = await offerFaults({ world, buckets, servers, faults: faultsBySide(servers) });
  } catch (error) {
    await stop();
    throw error;
  }
  const beside = path.dirname(options.directory);
  const kubeconfig = path.join(beside, 'playground.kubeconfig');
  fs.writeFileSync(kubeconfig, kubeconfigOf(servers), { mode: 0o600 });
  const { url, token } = control;
  fs.writeFileSync(path.join(beside, faultControlFile), JSON.stringify({ url, token }), { mode: 0o600 });
  return {
    kubeconfig,
    directory: options.directory,
    contexts: sides,
    s3: { endpoint: store.endpoint, ...keys },
    buckets,
    world,
    faults: faultsBySide(servers),
    stop,
  };
}

const faultsBySide = (servers: ReadonlyMap<Side, { server: ApiServer }>): Record<string, Faults> =>
  Object.fromEntries([...servers].map(([side, { server }]) => [side, server.faults]));

async function startSide(
  side: Side,
  world: World,
  logs: InstanceLogs,
  store: ObjectStoreServer,
): Promise<{ server: ApiServer; token: string }> {
  const token = randomBytes(16).toString('hex');
  const server = await startApiServer({
    tokens: { [token]: `playground-${side}` },
    now: () => world.now(),
    portForward: (_, pod, port) =>
      pod === storePod.name && port === storePort
        ? net.connect(Number(new URL(store.endpoint).port), '127.0.0.1')
        : `failed to connect to port ${port}: connection refused`,
    log: (namespace, pod) => logs.of(`${side}/${namespace}/${pod}`),
    proxy(namespace, pod, wanted) {
      const name = pod.replace(/-\d+$/, '');
      const database = world.databases.get(`${side}/${namespace}/${name}`);
      const status = database && world.status(database, pod);
      if (!status) return { code: 503, body: `error trying to reach service: dial tcp: connection refused` };
      if (wanted !== '/pg/status') return { code: 404, body: '404 page not found' };
      return { code: 200, body: JSON.stringify(status) };
    },
  });
  return { server, token };
}

const storePort = 9000;
const storePod = { name: 'object-store-0', namespace: 'storage' };

/** The object store inside the Kubernetes cluster as well: `http://object-store.storage.svc:9000`. */
function offerObjectStore({ store }: ApiServer): void {
  const metadata = { name: 'object-store', namespace: storePod.namespace };
  const slice = { ...metadata, labels: { 'kubernetes.io/service-name': metadata.name } };
  const objects = [
    { apiVersion: 'v1', kind: 'Pod', metadata: storePod },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: storePort }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: slice,
      addressType: 'IPv4',
      ports: [{ port: storePort }],
      endpoints: [{ conditions: { ready: true }, targetRef: { kind: 'Pod', ...storePod } }],
    },
  ];
  for (const object of objects) store.create(kindOf(object), object);
}

/** File name below the folder → text, with the endpoint of the object store filled in. */
function readManifests(store: ObjectStoreServer): Map<string, string> {
  const folder = projectFolder('media', 'playground');
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Map(
    files
      .filter(file => /\.(yaml|md|cnpglintignore)$/.test(file))
      .map(file => [
        file.split(path.sep).join('/'),
        fs
          .readFileSync(path.join(folder, file), 'utf8')
          .replaceAll(/endpointURL: https:\/\/s3\.\w+\.example\.com/g, `endpointURL: ${store.endpoint}`),
      ]),
  );
}

function writeManifests(directory: string, manifests: ReadonlyMap<string, string>): void {
  for (const [file, text] of manifests) {
    const target = path.join(directory, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }
}

const resourceOf: Record<string, (typeof resources)[keyof typeof resources]> = {
  Cluster: resources.clusters,
  ObjectStore: resources.objectStores,
  ScheduledBackup: resources.scheduledBackups,
};

/** Comes before the operator, so that ObjectStores are there when it looks at the Cluster. */
async function apply(client: Client, text: string): Promise<void> {
  for (const document of parseAllDocuments(text)) {
    const object = document.toJS() as AnyObject | null;
    const resource = object?.kind === undefined ? undefined : resourceOf[object.kind];
    if (object && resource) await client.create(resource, object);
  }
}

async function createCredentials(
  client: Client,
  keys: { accessKeyId: string; secretAccessKey: string },
): Promise<void> {
  await client.create(resources.secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'archive-credentials', namespace: 'default' },
    type: 'Opaque',
    data: { ACCESS_KEY_ID: btoa(keys.accessKeyId), ACCESS_SECRET_KEY: btoa(keys.secretAccessKey) },
  });
}

async function allHealthy(servers: ReadonlyMap<Side, { server: ApiServer }>): Promise<void> {
  const limit = Date.now() + startLimit;
  const unhealthy = (): string[] =>
    [...servers.values()].flatMap(({ server }) =>
      (server.store.list(clusterKind) as unknown as Cluster[])
        .filter(({ status }) => status?.phase !== phases.healthy || (status.readyInstances ?? 0) === 0)
        .map(({ metadata }) => metadata.name),
    );
  while (unhealthy().length > 0) {
    if (Date.now() > limit) throw new Error(`not healthy in time: ${unhealthy().join(', ')}`);
    await sleep(50);
  }
}

function kubeconfigOf(servers: ReadonlyMap<Side, { server: ApiServer; token: string }>): string {
  const entries = [...servers];
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': sides[0],
    // Clients send a token over plain HTTP only when told that it need not be safe; it never leaves this machine.
    clusters: entries.map(([name, { server }]) => ({
      name,
      cluster: { server: server.url, 'insecure-skip-tls-verify': true },
    })),
    users: entries.map(([side, { token }]) => ({ name: `playground-${side}`, user: { token } })),
    contexts: entries.map(([name]) => ({
      name,
      context: { cluster: name, user: `playground-${name}`, namespace: 'default' },
    })),
  });
}
