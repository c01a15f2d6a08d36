/** What is made of the tree, and when: with hundreds of Clusters only what somebody has opened. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { momentOf } from '../../src/model/moment.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import type { TreeNode } from '../../src/views/tree/nodes.ts';
import { sceneOf, treeOf } from '../../src/views/tree/nodes.ts';
import { createRows } from '../../src/views/tree/rows.ts';
import { member, primaryStatus, repeated, snapshotOf, standbyStatus } from '../support/clusters.ts';

const eu = (over: Parameters<typeof member>[1] = {}) =>
  snapshotOf('eu', member('cluster-eu', over), { 1: primaryStatus(), 2: standbyStatus(), 3: standbyStatus() });
const us = () => snapshotOf('us', member('cluster-us'), { 1: standbyStatus(), 2: standbyStatus(), 3: standbyStatus() });
const tree = (...snapshots: ContextSnapshot[]): TreeNode[] => treeOf(sceneOf(snapshots, momentOf(0)));
const count = (nodes: readonly TreeNode[]): number => nodes.reduce((sum, { children }) => sum + 1 + count(children), 0);
const byThemselves = ({ expanded }: TreeNode): boolean => expanded;

/** The row after a click on each of the labels, from above. */
function opened(rows: ReturnType<typeof createRows>, ...labels: string[]): TreeNode {
  let children = rows.roots();
  let found: TreeNode | undefined;
  for (const label of labels) {
    found = children.find(node => node.label === label);
    assert.ok(found, `${label} is not in ${children.map(node => node.label).join(', ')}`);
    children = rows.childrenOf(found);
  }
  assert.ok(found);
  return found;
}

const pair = 'cluster-eu ⇄ cluster-us';

test('of many nothing is made below what nobody has opened, and then only that', () => {
  const rows = createRows(byThemselves);
  rows.replace(tree(repeated(eu(), 50), repeated(us(), 50)), true);
  assert.equal(count(rows.roots()), 50 + 1 + 2, 'topologies, contexts');
  const cluster = opened(rows, pair, 'us', 'cluster-us');
  assert.ok(cluster.children.length > 5);
  assert.equal(count(rows.roots()), 50 + 1 + 2 + (2 + 2 + count(cluster.children)));
});

test('of a few all is open, so all is made', () => {
  const rows = createRows(byThemselves);
  rows.replace(tree(eu(), us()), true);
  assert.ok(rows.find('instance ["us","default","cluster-us"] cluster-us-1'));
});

test('a row stays the same object, and what was opened follows the changes', () => {
  const rows = createRows(() => false);
  rows.replace(tree(eu(), us()), true);
  const cluster = opened(rows, pair, 'eu', 'cluster-eu');
  const third = cluster.children.find(({ label }) => label === 'cluster-eu-3');
  assert.equal(rows.parentOf(cluster)?.label, 'eu');
  const gone = eu();
  gone.pods.pop();
  const changes = rows.replace(tree(gone, us()), false);
  assert.deepEqual(
    (changes as TreeNode[]).map(({ label }) => label),
    [pair],
    'the topology tells of the trouble',
  );
  assert.equal(rows.find(cluster.id), cluster);
  assert.equal(
    cluster.children.find(({ label }) => label === 'cluster-eu-3'),
    third,
  );
  assert.match(third?.description ?? '', /^no pod/);
});

test('what changes where nobody has looked is not drawn', () => {
  const rows = createRows(() => false);
  rows.replace(tree(eu(), us()), true);
  assert.deepEqual(rows.replace(tree({ ...eu(), services: [] }, us()), false), []);
  opened(rows, pair, 'eu', 'cluster-eu');
  assert.deepEqual(
    (rows.replace(tree(eu(), us()), false) as TreeNode[]).map(({ label }) => label),
    ['cluster-eu'],
  );
});

test('what VS Code forgot is made again when it asks', () => {
  const rows = createRows(() => false);
  rows.replace(tree(eu(), us()), true);
  opened(rows, pair, 'eu', 'cluster-eu');
  assert.equal(rows.replace(tree(eu(), us()), true), 'all');
  assert.equal(rows.find('cluster ["eu","default","cluster-eu"]'), undefined);
  assert.ok(opened(rows, pair, 'eu', 'cluster-eu').children.length > 5);
});

test('a row that is not there any more has no children made', () => {
  const rows = createRows(() => false);
  rows.replace(tree(eu(), us()), true);
  const [topology] = rows.roots();
  assert.ok(topology);
  rows.replace(tree(), false);
  assert.deepEqual(rows.childrenOf(topology), []);
});
