/** What the language server is told of live Clusters, and when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Connections } from '../src/connections.ts';
import { tellLiveClusters } from '../src/live-clusters.ts';
import type { Cluster, ObjectStore } from '../src/model/cluster.ts';
import type { Pod } from '../src/model/kubernetes.ts';
import type { ContextSnapshot } from '../src/model/snapshot.ts';
import { emptySnapshot } from '../src/model/snapshot.ts';
import type { LanguageService, LiveFacts } from '../src/views/language-client.ts';

test('each context once, and again only when something changed that matters', async () => {
  let snapshots: ContextSnapshot[] = [];
  let change = (): void => undefined;
  const connections = {
    snapshots: () => snapshots,
    onDidChange(listener: () => void) {
      change = listener;
      return { dispose: () => undefined };
    },
  } as unknown as Connections;
  const told: [string, LiveFacts][] = [];
  const service = { liveClusters: (...each: (typeof told)[number]) => told.push(each) } as unknown as LanguageService;
  tellLiveClusters(connections, Promise.resolve(service));
  let stores: ObjectStore[] = [];
  const tell = async (state: ContextSnapshot['state'], ...clusters: Cluster[]): Promise<number> => {
    snapshots = [{ ...emptySnapshot('eu', ''), state, clusters, objectStores: stores }];
    change();
    await Promise.resolve();
    return told.length;
  };
  const cluster = (status: Cluster['status']): Cluster => ({
    metadata: { name: 'a', namespace: 'pg', labels: { x: 'y' } },
    spec: { instances: 3, replica: { primary: 'a', source: 'b' } },
    status: { readyInstances: 3, ...status },
  });
  assert.equal(await tell('connecting'), 0);
  assert.equal(await tell('connected', cluster({ timelineID: 1 })), 1);
  assert.deepEqual(told[0], [
    'eu',
    {
      clusters: [
        {
          metadata: { name: 'a', namespace: 'pg' },
          spec: { replica: { primary: 'a', source: 'b' } },
          status: { timelineID: 1 },
        },
      ],
      objectStores: [],
    },
  ]);
  assert.equal(await tell('connected', cluster({ timelineID: 1, readyInstances: 2 })), 1);
  assert.equal(await tell('failed', cluster({ timelineID: 2 })), 1);
  assert.equal(await tell('connected', cluster({ timelineID: 2 })), 2);
  assert.equal(await tell('closed'), 2);
  assert.equal(await tell('connected', cluster({ timelineID: 2 })), 3);
  const pod: Pod = {
    metadata: {
      name: 'a-1',
      namespace: 'pg',
      labels: { 'cnpg.io/cluster': 'a' },
      annotations: { 'cnpg.io/operatorVersion': '1.30.0' },
    },
  };
  snapshots = [{ ...emptySnapshot('eu', ''), state: 'connected', clusters: [cluster({})], pods: [pod] }];
  change();
  await Promise.resolve();
  assert.deepEqual(told.pop()?.[1].clusters[0]?.metadata.annotations, { 'cnpg.io/operatorVersion': '1.30.0' });
  stores = [{ metadata: { name: 's', namespace: 'pg', labels: {} }, spec: { configuration: {} } } as ObjectStore];
  assert.equal(await tell('connected'), 4);
  assert.deepEqual(told[3], ['eu', { clusters: [], objectStores: [{ name: 's', namespace: 'pg' }] }]);
});
