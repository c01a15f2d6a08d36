/**
 * The product's client and the simulated operator against two real API servers: what the simulator answers is right only as
 * far as these agree with it.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { Failure } from '../../src/errors.ts';
import { connect } from '../../src/kubernetes/index.ts';
import type { Connection } from '../../src/kubernetes/contract.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { phases } from '../../src/model/cluster.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { blocking } from '../../src/operations/checks.ts';
import { failOver } from '../../src/operations/failover.ts';
import { readOtherSide } from '../../src/operations/other-side.ts';
import { prepareOperation, runOperation, throwIfBlocked } from '../../src/operations/run-operation.ts';
import { preparePromotion, runPromotion } from '../../src/operations/run.ts';
import type { Buckets } from '../../src/simulator/object-store/bucket.ts';
import type { AnyObject, Client } from '../../src/simulator/operator/client.ts';
import { createClient, resources } from '../../src/simulator/operator/client.ts';
import { runOperator } from '../../src/simulator/operator/operator.ts';
import { createWorld } from '../../src/simulator/postgres/world.ts';
import { buildTree } from '../../src/views/tree/nodes.ts';
import type { TreeNode } from '../../src/views/tree/nodes.ts';
import { switchover } from '../support/clusters.ts';
import { healthySurroundings } from '../support/surroundings.ts';
import type { ControlPlane } from './control-plane.ts';
import { findBinaries, startControlPlane } from './control-plane.ts';
import { clusterNamed, firstOfWatch, installKinds, kubeconfigOf } from './objects.ts';
import { openRelay } from './relay.ts';

const binaries = findBinaries();
const needsBinaries = { skip: typeof binaries === 'string' ? `no API server: ${binaries}` : false, timeout: 180_000 };

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-real-'));
const kubeconfig = path.join(directory, 'kubeconfig');
const stopping = new AbortController();
const world = createWorld({ loadBytesPerSecond: 400_000 });
const buckets: Buckets = new Map();
const speed = 10;

/** To be stopped, also when the second one does not start. */
const started: ControlPlane[] = [];
let planes: Record<'eu' | 'us', ControlPlane>;
let clients: Record<'eu' | 'us', Client>;
const connections: Connection[] = [];
const clock = setInterval(() => world.tick(0.25 * speed), 250);

async function open(context: string, file = kubeconfig): Promise<Connection> {
  const connection = await connect(
    { context, files: [file], allowExecPlugins: false, log: () => undefined },
    stopping.signal,
  );
  connections.push(connection);
  return connection;
}

/** Resolves with the first snapshot that passes. */
function until(connection: Connection, passes: (snapshot: ContextSnapshot) => boolean): Promise<ContextSnapshot> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`timed out; ${JSON.stringify(connection.snapshot().error)}`)),
      60_000,
    );
    const look = (): void => {
      if (!passes(connection.snapshot())) return;
      clearTimeout(timer);
      listening.dispose();
      resolve(connection.snapshot());
    };
    const listening = connection.onDidChange(look);
    look();
  });
}

async function start(folder: string): Promise<ControlPlane> {
  const plane = await startControlPlane(folder);
  started.push(plane);
  return plane;
}

before(
  async () => {
    if (typeof binaries === 'string') return;
    // One after the other: each needs a core to start.
    const eu = await start(binaries.folder);
    const us = await start(binaries.folder);
    planes = { eu, us };
    fs.writeFileSync(kubeconfig, kubeconfigOf({ eu: eu.admin, us: us.admin, viewer: eu.viewer, nobody: us.viewer }));
    clients = { eu: createClient(eu.admin, stopping.signal), us: createClient(us.admin, stopping.signal) };
    for (const client of Object.values(clients)) await installKinds(client);
  },
  { timeout: 300_000 },
);

after(async () => {
  clearInterval(clock);
  for (const connection of connections) connection.close();
  stopping.abort();
  await Promise.all(started.map(plane => plane.stop()));
  fs.rmSync(directory, { recursive: true, force: true });
});

/** The playground's manifests of a side. */
async function apply(side: 'eu' | 'us'): Promise<void> {
  const folder = path.resolve(import.meta.dirname, '../../media/playground', side);
  const resourceOf: Record<string, (typeof resources)[keyof typeof resources]> = {
    Cluster: resources.clusters,
    ObjectStore: resources.objectStores,
  };
  for (const file of ['objectstores.yaml', `cluster-${side}.yaml`])
    for (const document of parseAllDocuments(fs.readFileSync(path.join(folder, file), 'utf8'))) {
      const object = document.toJS() as AnyObject;
      await clients[side].create(resourceOf[object.kind as string] ?? resources.clusters, object);
    }
}

test('a Cluster is seen when it is created, changed and deleted', needsBinaries, async () => {
  const connection = await open('eu');
  await until(connection, snapshot => snapshot.state === 'connected');
  await clients.eu.create(resources.clusters, clusterNamed('short'));
  const seen = await until(connection, ({ clusters }) => clusters.length === 1);
  const resourceVersion = seen.clusters[0]?.metadata.resourceVersion ?? '';

  const write = { kind: 'Cluster', namespace: 'default', name: 'short', patch: { spec: { instances: 2 } } } as const;
  const dry = await connection.patch<Cluster>(write, { dryRun: true }, stopping.signal);
  assert.equal(dry.object.spec.instances, 2);
  const stored = await connection.get<Cluster>('Cluster', 'default', 'short', stopping.signal);
  assert.equal(stored.spec.instances, 1);

  await connection.patch(write, { dryRun: false }, stopping.signal);
  await until(connection, ({ clusters }) => clusters[0]?.spec.instances === 2);
  await assert.rejects(
    connection.patch({ ...write, resourceVersion }, { dryRun: false }, stopping.signal),
    (error: unknown) => error instanceof Failure && /the object has been modified/.test(error.message),
  );
  await clients.eu.remove(resources.clusters, 'default', 'short');
  await until(connection, ({ clusters }) => clusters.length === 0);
});

test('an unknown field is refused in the words of the API server', needsBinaries, async () => {
  const connection = await open('eu');
  await clients.eu.create(resources.clusters, clusterNamed('strict'));
  const patch = { unknownField: 1 };
  await assert.rejects(
    connection.patch(
      { kind: 'Cluster', namespace: 'default', name: 'strict', patch },
      { dryRun: true },
      stopping.signal,
    ),
    (error: unknown) => error instanceof Failure && error.message.includes('unknownField'),
  );
  await clients.eu.remove(resources.clusters, 'default', 'strict');
});

test(
  'without rights the words of the API server are shown; with rights in one namespace that one is',
  needsBinaries,
  async () => {
    const nobody = await open('nobody');
    const refused = await until(nobody, ({ state }) => state === 'failed');
    assert.match(refused.error ?? '', /cannot list resource "clusters"/);

    const rights = { api: 'apis/rbac.authorization.k8s.io/v1' };
    await clients.eu.create(
      { ...rights, plural: 'roles' },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'view-clusters', namespace: 'default' },
        rules: [
          {
            apiGroups: ['postgresql.cnpg.io', 'barmancloud.cnpg.io'],
            resources: ['*'],
            verbs: ['get', 'list', 'watch'],
          },
          { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list', 'watch'] },
        ],
      },
    );
    await clients.eu.create(
      { ...rights, plural: 'rolebindings' },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'view-clusters', namespace: 'default' },
        subjects: [{ kind: 'User', name: 'viewer', apiGroup: 'rbac.authorization.k8s.io' }],
        roleRef: { kind: 'Role', name: 'view-clusters', apiGroup: 'rbac.authorization.k8s.io' },
      },
    );
    for (const namespace of ['default', 'kube-public'])
      await clients.eu.create(resources.clusters, clusterNamed('mine', namespace));
    const viewer = await open('viewer');
    const seen = await until(viewer, ({ state, clusters }) => state === 'connected' && clusters.length > 0);
    assert.deepEqual(
      seen.clusters.map(({ metadata }) => metadata.namespace),
      ['default'],
    );
    for (const namespace of ['default', 'kube-public']) await clients.eu.remove(resources.clusters, namespace, 'mine');
    const access = { verb: 'patch', group: 'postgresql.cnpg.io', resource: 'clusters', namespace: 'default' } as const;
    assert.equal((await viewer.canI(access, stopping.signal)).allowed, false);
    assert.equal((await viewer.canI({ ...access, verb: 'list' }, stopping.signal)).allowed, true);
  },
);

test('watches go on after the API server was away', needsBinaries, async () => {
  const connection = await open('us');
  await until(connection, ({ state }) => state === 'connected');
  await planes.us.restart();
  await clients.us.create(resources.clusters, clusterNamed('after'));
  await until(connection, ({ clusters, state }) => state === 'connected' && clusters.length === 1);
  await clients.us.remove(resources.clusters, 'default', 'after');
});

test('what was deleted unseen is gone when the version seen last is too old', needsBinaries, async () => {
  const relay = await openRelay(planes.us.admin.url);
  const file = path.join(directory, 'relayed');
  fs.writeFileSync(file, kubeconfigOf({ relayed: { ...planes.us.admin, url: relay.url } }));
  await clients.us.create(resources.clusters, clusterNamed('unseen'));
  const connection = await open('relayed', file);
  try {
    const { clusters } = await until(connection, snapshot => snapshot.clusters.length === 1);
    await relay.cut();
    await until(connection, ({ state }) => state === 'failed');
    await clients.us.remove(resources.clusters, 'default', 'unseen');
    // Started anew, an API server knows no changes of before.
    await planes.us.restart();
    const version = clusters[0]?.metadata.resourceVersion ?? '';
    assert.equal(await firstOfWatch(planes.us.admin, resources.clusters, version), 410);
    assert.equal(connection.snapshot().clusters.length, 1, 'shown until it is known to be gone');
    await relay.mend();
    connection.retry();
    await until(connection, ({ state, clusters: shown }) => state === 'connected' && shown.length === 0);
  } finally {
    connection.close();
    await relay.cut();
  }
});

test('a topology is shown and its replica cluster promoted', needsBinaries, async () => {
  for (const side of ['eu', 'us'] as const) {
    await apply(side);
    runOperator({ site: side, api: planes[side].admin, world, buckets, speed, signal: stopping.signal });
  }
  const [eu, us] = [await open('eu'), await open('us')];
  const healthy = ({ clusters }: ContextSnapshot): boolean =>
    clusters[0]?.status?.phase === phases.healthy && clusters[0].status.readyInstances === 3;
  await until(eu, snapshot => healthy(snapshot) && snapshot.pods.length === 3);
  await until(us, snapshot => healthy(snapshot) && snapshot.pods.length === 3);

  const shown = flatten(buildTree([eu.snapshot(), us.snapshot()]));
  assert.ok(
    shown.some(
      ({ label, description }) => label === 'cluster-eu ⇄ cluster-us' && description.includes('primary: cluster-eu'),
    ),
  );
  assert.equal(shown.filter(({ kind }) => kind === 'instance').length, 6);

  const apiOf = ({ context }: { context: string }): Connection => (context === 'eu' ? eu : us);
  const prepared = await preparePromotion(switchover, apiOf, healthySurroundings(), stopping.signal);
  // There is no kubelet here that could be asked through the API server.
  assert.deepEqual(
    blocking(prepared.checks).filter(({ outcome }) => outcome === 'failed'),
    [],
  );
  const quiet = (): void => undefined;
  const end = await runPromotion(
    switchover,
    apiOf,
    { onStep: quiet, onSides: quiet, onToken: quiet, onTrouble: quiet },
    { interval: 100, stepLimit: 60_000, confirmed: ['demote', 'promote'] },
    stopping.signal,
  );
  // Whether the former primary follows is asked of its instance manager, and there is none.
  assert.equal(end.kind, 'completed', JSON.stringify(end));
  assert.match(end.kind === 'completed' ? end.issues.join() : '', /could not be verified/);
  const after = await until(us, healthy);
  assert.equal(after.clusters[0]?.status?.instancesReportedState?.['cluster-us-1']?.isPrimary, true);
  const former = await until(eu, ({ clusters }) => clusters[0]?.spec.replica?.primary === 'cluster-us');
  assert.equal(former.clusters[0]?.status?.instancesReportedState?.['cluster-eu-1']?.isPrimary, false);
});

test('a failover is carried to its end, though no instance can be asked', needsBinaries, async () => {
  const [eu, us] = connections.slice(-2);
  assert.ok(eu && us);
  const operation = failOver(switchover.from, (_cluster, signal) =>
    readOtherSide({ name: 'cluster-us', address: undefined, connect: async () => us }, signal),
  );
  const prepared = await prepareOperation(operation, eu, stopping.signal);
  throwIfBlocked(operation.title, prepared.checks);
  const quiet = (): void => undefined;
  const end = await runOperation(
    operation,
    eu,
    prepared,
    { onWritten: quiet, onProgress: quiet, onTrouble: quiet },
    { interval: 100, limit: 60_000, writeLimit: 5000 },
    stopping.signal,
  );
  assert.ok(end.kind === 'completed', JSON.stringify(end));
  assert.match(end.evidence, /cluster-eu-1 accepts writes on timeline 4/);
  assert.match(end.issues.join(), /could not be verified/);
});

const flatten = (nodes: readonly TreeNode[]): TreeNode[] => nodes.flatMap(node => [node, ...flatten(node.children)]);
