import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptySnapshot } from '../../src/model/snapshot.ts';
import { momentOf } from '../../src/model/moment.ts';
import { changedNodes } from '../../src/views/tree/changes.ts';
import { filterTree } from '../../src/views/tree/filter.ts';
import { messageFor } from '../../src/views/tree/message.ts';
import type { TreeNode } from '../../src/views/tree/nodes.ts';
import { buildTree, sceneOf } from '../../src/views/tree/nodes.ts';
import { member, primaryStatus, repeated, snapshotOf, standbyStatus } from '../support/clusters.ts';

const eu = (currentLsn = '0/E0000A0') =>
  snapshotOf('eu', member('cluster-eu'), { 1: primaryStatus({ currentLsn }), 2: standbyStatus(), 3: standbyStatus() });
const us = () => snapshotOf('us', member('cluster-us'), { 1: standbyStatus(), 2: standbyStatus(), 3: standbyStatus() });
const tree = (...snapshots: Parameters<typeof buildTree>[0]): TreeNode[] => buildTree(snapshots, [], momentOf(0));
const labels = (nodes: readonly TreeNode[]): string[] => nodes.flatMap(node => [node.label, ...labels(node.children)]);

const filters: [string, string[]][] = [
  ['us standby', ['cluster-eu ⇄ cluster-us', 'us', 'cluster-us', 'cluster-us-2', 'cluster-us-3']],
  ['DESIGNATED', ['cluster-eu ⇄ cluster-us', 'us', 'cluster-us', 'cluster-us-1']],
  ['nothing like that', []],
];
for (const [filter, expected] of filters)
  test(`filter "${filter}"`, () => {
    const { roots, matches } = filterTree(tree(eu(), us()), filter);
    const shown = labels(roots).filter(label => !/^(Replayed|Kubernetes node)$/.test(label));
    assert.deepEqual(shown, expected);
    assert.equal(matches.length === 0, expected.length === 0);
  });

test('an empty filter shows all, and what matches keeps what is below it', () => {
  const all = tree(eu(), us());
  assert.deepEqual(filterTree(all, '  ').roots, all);
  assert.deepEqual(filterTree(all, 'eu ⇄').roots, [all[0]]);
});

test('a filter does not hide an alarm', () => {
  const both = tree(eu(), snapshotOf('us', member('cluster-us', { replica: { primary: 'cluster-us' } })));
  assert.ok(labels(filterTree(both, 'contexts').roots).includes('Two primaries'));
});

test('only what changed is drawn anew', () => {
  const before = tree(eu(), us());
  assert.deepEqual(changedNodes(before, tree(eu(), us())), []);
  const changes = changedNodes(before, tree(eu('0/E0001A0'), us()));
  assert.ok(
    changes !== 'all' && changes.length > 0 && changes.every(id => /^(instance|feed|detail) /.test(id)),
    String(changes),
  );
  assert.deepEqual(changedNodes(before, tree(eu())), ['topology cluster-eu cluster-us', 'contexts']);
  assert.equal(changedNodes(before, tree()), 'all');
  assert.deepEqual(changedNodes(before, tree({ ...eu(), services: [] }, us())), [
    'cluster ["eu","default","cluster-eu"]',
  ]);
});

const messages: [string, Parameters<typeof sceneOf>[0], RegExp | undefined][] = [
  ['no context', [], undefined],
  ['nothing connected', [emptySnapshot('eu', '')], /Nothing is contacted yet/],
  ['connecting', [{ ...emptySnapshot('eu', ''), state: 'connecting' }], /Connecting/],
  [
    'forbidden',
    [{ ...emptySnapshot('eu', ''), state: 'failed', error: 'clusters is forbidden: User "x"' }],
    /may not list Clusters/,
  ],
  [
    'not installed',
    [{ ...emptySnapshot('eu', ''), state: 'failed', error: 'CloudNativePG is not installed in …' }],
    /not installed in eu/,
  ],
  ['no Cluster', [{ ...emptySnapshot('eu', ''), state: 'connected' }], /No Cluster was found in eu/],
  ['something to see', [eu(), us()], undefined],
];
for (const [name, snapshots, expected] of messages)
  test(`message: ${name}`, () => {
    const said = messageFor(sceneOf(snapshots, momentOf(0)), '', 0);
    if (expected) assert.match(said ?? '', expected);
    else assert.equal(said, undefined);
  });

test('message: a filter that finds nothing', () =>
  assert.equal(messageFor(sceneOf([eu()], momentOf(0)), 'x', 0), 'Nothing matches "x".'));

test('of three hundred pairs nothing opens by itself, and nothing is drawn anew when nothing has changed', () => {
  const snapshots = [repeated(eu(), 300), repeated(us(), 300)];
  const first = tree(...snapshots);
  assert.equal(first.length, 301);
  assert.deepEqual(
    first.filter(({ expanded }) => expanded),
    [],
    'with so many nothing opens by itself',
  );
  assert.deepEqual(changedNodes(first, tree(...snapshots)), []);
});
