/** What the menus of a Cluster's row go by: its role, and what is in force. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeNode } from '../../src/views/tree/nodes.ts';
import { buildTree } from '../../src/views/tree/nodes.ts';
import type { Overrides } from '../support/clusters.ts';
import { member, primaryStatus, snapshotOf, standbyStatus } from '../support/clusters.ts';

const nodesOf = (nodes: readonly TreeNode[]): TreeNode[] => nodes.flatMap(node => [node, ...nodesOf(node.children)]);

function states(eu: Overrides = {}, us: Overrides = {}): string[] {
  const snapshots = [
    snapshotOf('eu', member('cluster-eu', eu), { 1: primaryStatus() }),
    snapshotOf('us', member('cluster-us', us), { 1: standbyStatus() }),
  ];
  return nodesOf(buildTree(snapshots))
    .filter(({ kind }) => kind === 'cluster')
    .map(({ contextValue }) => contextValue ?? '');
}

const primaryUs = { replica: { primary: 'cluster-us' } };
const table: [string, Overrides, Overrides, string[]][] = [
  ['all is well', {}, {}, ['cluster.primary', 'cluster.replica']],
  ['two primaries: both may be the former one', {}, primaryUs, ['cluster.primary.former', 'cluster.primary.former']],
  [
    'demoted, and nobody promoted: there is a way back',
    { ...primaryUs, status: { demotionToken: 't' } },
    {},
    ['cluster.replica.demoted', 'cluster.replica'],
  ],
  [
    'after a switchover there is none, and the token was used',
    { ...primaryUs, status: { demotionToken: 't' } },
    { replica: { primary: 'cluster-us', promotionToken: 't' }, status: { lastPromotionToken: 't' } },
    ['cluster.replica', 'cluster.primary.used-token'],
  ],
  [
    'a token that is not used: it is neither a second primary nor a former one',
    {},
    { replica: { primary: 'cluster-us', promotionToken: 't' } },
    ['cluster.primary', 'cluster.primary.pending-token'],
  ],
  [
    'fenced',
    { annotations: { 'cnpg.io/fencedInstances': '["*"]' } },
    {},
    ['cluster.primary.fenced', 'cluster.replica'],
  ],
];
for (const [title, eu, us, wanted] of table) test(title, () => assert.deepEqual(states(eu, us), wanted));
