import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SoughtObject } from '../../src/model/live-object.ts';
import { liveObjects } from '../../src/model/live-object.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { emptySnapshot } from '../../src/model/snapshot.ts';

const object = (namespace: string, name = 'a') => ({ metadata: { name, namespace }, spec: {} });
const context = (name: string, snapshot: Partial<ContextSnapshot>): ContextSnapshot => ({
  ...emptySnapshot(name, ''),
  state: 'connected',
  seenAt: 7,
  ...snapshot,
});
const snapshots = [
  context('eu', { clusters: [object('pg'), object('pg', 'b')], objectStores: [object('pg')] as never }),
  context('us', { clusters: [object('pg'), object('two')] }),
  context('lost', { state: 'failed', clusters: [object('pg')] }),
  emptySnapshot('closed', ''),
];

const cases: [what: string, sought: Omit<SoughtObject, 'kind'>, ...found: string[]][] = [
  ['in every context that has one', { name: 'a', namespace: 'pg' }, 'eu/pg', 'us/pg'],
  ['in the context of its place', { name: 'a', namespace: 'pg', context: 'us' }, 'us/pg'],
  ['without a namespace only where no other is meant', { name: 'a' }, 'eu/pg'],
  ['that is in none', { name: 'c' }],
  ['in a context that is not connected', { name: 'a', context: 'lost' }],
];
for (const [what, sought, ...found] of cases)
  test(`a live Cluster ${what}`, () =>
    assert.deepEqual(
      liveObjects(snapshots, { kind: 'Cluster', ...sought }).map(
        each => `${each.context}/${each.object.metadata.namespace}`,
      ),
      found,
    ));

test('live objects of other kinds, with the time; kinds that are not followed have none', () => {
  assert.deepEqual(liveObjects(snapshots, { kind: 'ObjectStore', name: 'a' }), [
    { context: 'eu', object: object('pg'), readAt: 7 },
  ]);
  for (const kind of ['Secret', 'ImageCatalog', 'constructor', '__proto__'])
    assert.deepEqual(liveObjects(snapshots, { kind, name: 'a' }), []);
});
