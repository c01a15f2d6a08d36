import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesRoom } from '../src/connections.ts';
import { createConnections } from '../src/connections.ts';
import type { Connection, PolledClusters } from '../src/kubernetes/contract.ts';
import { member, snapshotOf } from './support/clusters.ts';

function fake(fails: string[] = []) {
  const connected: string[] = [];
  const polled: PolledClusters[] = [];
  const room: KubernetesRoom = {
    readKubeconfig: files => ({
      contexts: ['eu', 'us'].map(name => ({
        name,
        server: `https://${name}`,
        namespace: 'default',
        user: name,
        runsExecPlugin: false,
      })),
      current: 'eu',
      problems: [],
      files: [...files],
    }),
    connect: async ({ context }) => {
      connected.push(context);
      if (fails.includes(context)) throw new Error(`no ${context}`);
      const snapshot = snapshotOf(context, member(context === 'eu' ? 'cluster-eu' : 'cluster-us'));
      return {
        context,
        snapshot: () => snapshot,
        onDidChange: () => ({ dispose: () => undefined }),
        pollInstanceStatus: (wanted: PolledClusters) => void polled.push(wanted),
        close: () => undefined,
      } as unknown as Connection;
    },
  };
  const connections = createConnections({
    room: async () => room,
    files: () => ['kubeconfig'],
    wanted: () => [],
    allowExecPlugins: () => false,
    log: () => undefined,
  });
  return { connections, connected, polled };
}

test('reading the kubeconfig contacts nothing', async () => {
  const { connections, connected } = fake();
  await connections.reload();
  assert.deepEqual(
    connections.snapshots().map(s => s.state),
    ['closed', 'closed'],
  );
  assert.deepEqual(connected, []);
});

test('a context that is opened before the kubeconfig was looked at is shown', async () => {
  const { connections } = fake();
  await connections.open('us');
  assert.deepEqual(
    connections.snapshots().map(({ context, state }) => `${context} ${state}`),
    ['eu closed', 'us connected'],
  );
});

test('a context is opened once, however often it is asked for', async () => {
  const { connections, connected } = fake();
  await connections.reload();
  const [first, second] = await Promise.all([connections.open('eu'), connections.open('eu')]);
  assert.equal(first, second);
  assert.deepEqual(connected, ['eu']);
});

test('a context that cannot be opened shows why and leaves the others alone', async () => {
  const { connections } = fake(['us']);
  await connections.reload();
  const results = await Promise.allSettled([connections.open('eu'), connections.open('us')]);
  assert.deepEqual(
    results.map(result => result.status),
    ['fulfilled', 'rejected'],
  );
  assert.deepEqual(
    connections.snapshots().map(s => [s.state, s.error]),
    [
      ['connected', undefined],
      ['failed', 'no us'],
    ],
  );
});

test('instance status is read only while somebody looks', async () => {
  const { connections, polled } = fake();
  await connections.reload();
  await connections.open('eu');
  const cluster = { context: 'eu', namespace: 'default', name: 'cluster-eu' };
  connections.pollInstances('tree', { all: true, closely: [] });
  connections.pollInstances('picture', { all: false, closely: [{ ...cluster, context: 'us' }] });
  connections.pollInstances('picture', { all: false, closely: [cluster] });
  connections.pollInstances('tree', undefined);
  connections.pollInstances('picture', undefined);
  const none = { closely: [], loosely: [] };
  assert.deepEqual(polled, [
    none,
    { closely: [], loosely: ['default/cluster-eu'] },
    { closely: ['default/cluster-eu'], loosely: [] },
    none,
  ]);
});
