import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bench, cluster, clusters } from './requests.ts';

test('a created object gets an identity and can be read', async t => {
  const { send } = await bench(t);
  const { code, body } = await send('POST', clusters, { ...cluster('a'), status: { phase: 'made up' } });
  assert.equal(code, 201);
  assert.match(body.metadata.uid, /^[0-9a-f-]{36}$/);
  assert.equal(body.metadata.generation, 1);
  assert.equal(body.metadata.namespace, 'default');
  assert.equal(body.status, undefined);
  assert.deepEqual(await send('GET', `${clusters}/a`), { code: 200, body });
});

test('a list names its kind and version and comes in pages', async t => {
  const { send, store } = await bench(t);
  for (const name of ['a', 'b', 'c']) await send('POST', clusters, cluster(name));
  const { body: first } = await send('GET', `${clusters}?limit=2`);
  assert.equal(first.apiVersion, 'postgresql.cnpg.io/v1');
  assert.equal(first.kind, 'ClusterList');
  assert.equal(first.metadata.resourceVersion, String(store.version()));
  assert.equal(first.metadata.remainingItemCount, 1);
  const { body: second } = await send('GET', `${clusters}?limit=2&continue=${first.metadata.continue}`);
  assert.equal(second.metadata.continue, undefined);
  assert.deepEqual(
    [...first.items, ...second.items].map(item => item.metadata.name),
    ['a', 'b', 'c'],
  );
});

test('labels and namespaces select', async t => {
  const { send } = await bench(t);
  const elsewhere = clusters.replace('default', 'other');
  await send('POST', clusters, cluster('a', {}, { tier: 'gold' }));
  await send('POST', clusters, cluster('b', {}, { tier: 'iron' }));
  await send('POST', elsewhere, cluster('c', {}, { tier: 'gold' }));
  const all = '/apis/postgresql.cnpg.io/v1/clusters';
  const cases: [path: string, names: string[]][] = [
    [all, ['a', 'b', 'c']],
    [clusters, ['a', 'b']],
    [`${all}?labelSelector=tier%3Dgold`, ['a', 'c']],
    [`${all}?labelSelector=tier%3D%3Dgold`, ['a', 'c']],
    [`${clusters}?labelSelector=tier!%3Dgold`, ['b']],
    [`${clusters}?labelSelector=tier`, ['a', 'b']],
    [`${clusters}?labelSelector=nothing`, []],
    [`${all}?fieldSelector=metadata.name%3Dc`, ['c']],
  ];
  for (const [path, names] of cases) {
    const { body } = await send('GET', path);
    assert.deepEqual(
      body.items.map((item: { metadata: { name: string } }) => item.metadata.name),
      names,
      path,
    );
  }
});

test('the generation counts changes of the spec, not of labels or status', async t => {
  const { send, patch } = await bench(t);
  await send('POST', clusters, cluster('a'));
  const generations = [
    await patch(`${clusters}/a`, { metadata: { labels: { x: 'y' } } }),
    await patch(`${clusters}/a/status`, { status: { phase: 'fine' } }),
    await patch(`${clusters}/a`, { spec: { instances: 4 } }),
    await patch(`${clusters}/a`, { spec: { instances: 4 } }),
  ].map(({ body }) => body.metadata.generation);
  assert.deepEqual(generations, [1, 1, 2, 2]);
});

test('status and the rest are written apart', async t => {
  const { send, patch } = await bench(t);
  await send('POST', clusters, cluster('a'));
  const status = await patch(`${clusters}/a/status`, { spec: { instances: 9 }, status: { phase: 'fine' } });
  assert.deepEqual([status.body.spec.instances, status.body.status.phase], [3, 'fine']);
  const main = await patch(`${clusters}/a`, { spec: { instances: 5 }, status: { phase: 'broken' } });
  assert.deepEqual([main.body.spec.instances, main.body.status.phase], [5, 'fine']);
});

test('a dry run answers as the write would and stores nothing', async t => {
  const { send, patch, store } = await bench(t);
  await send('POST', clusters, cluster('a'));
  const before = store.version();
  assert.equal((await send('POST', `${clusters}?dryRun=All`, cluster('b'))).code, 201);
  assert.equal((await patch(`${clusters}/a?dryRun=All`, { spec: { instances: 9 } })).body.spec.instances, 9);
  assert.equal((await send('DELETE', `${clusters}/a?dryRun=All`)).code, 200);
  assert.equal(store.version(), before);
  assert.equal((await send('GET', `${clusters}/a`)).body.spec.instances, 3);
});

test('a merge patch deletes by null and replaces lists', async t => {
  const { send, patch } = await bench(t);
  await send('POST', clusters, cluster('a', { env: [{ name: 'a' }, { name: 'b' }], logLevel: 'info' }));
  const { body } = await patch(`${clusters}/a`, {
    spec: { env: [{ name: 'c' }], logLevel: null, storage: { storageClass: null, size: '1Gi' } },
  });
  assert.deepEqual(body.spec, { instances: 3, env: [{ name: 'c' }], storage: { size: '1Gi' } });
});

test('a JSON patch is done whole or not at all', async t => {
  const { send, patch } = await bench(t);
  await send('POST', clusters, cluster('a'));
  const replace = { op: 'replace', path: '/spec/instances', value: 5 };
  const refused = await patch(`${clusters}/a`, [replace, { op: 'test', path: '/spec/instances', value: 7 }], 'json');
  assert.equal(refused.code, 422);
  assert.equal((await send('GET', `${clusters}/a`)).body.spec.instances, 3);
  assert.equal((await patch(`${clusters}/a`, [replace], 'json')).body.spec.instances, 5);
});

test('server-side apply owns fields, reports conflicts by manager and gives up what it no longer names', async t => {
  const { send, patch } = await bench(t);
  const apply = (manager: string, spec: object, force = false) =>
    patch(`${clusters}/a?fieldManager=${manager}&force=${force}`, cluster('a', spec), 'apply');
  assert.equal((await apply('one', { logLevel: 'info' })).code, 201);
  const refused = await apply('two', { logLevel: 'debug' });
  assert.equal(refused.code, 409);
  assert.match(refused.body.message, /^Apply failed with 1 conflict: conflict with "one".*: \.spec\.logLevel$/);
  const forced = await apply('two', { logLevel: 'debug', maxSyncReplicas: 1 }, true);
  assert.deepEqual([forced.code, forced.body.spec.logLevel], [200, 'debug']);
  assert.equal((await apply('one', {})).body.spec.logLevel, 'debug');
  assert.equal((await apply('two', { logLevel: 'debug' })).body.spec.maxSyncReplicas, undefined);
  const unnamed = await patch(`${clusters}/a`, cluster('a'), 'apply');
  assert.equal(unnamed.code, 400);
  await send('DELETE', `${clusters}/a`);
});
