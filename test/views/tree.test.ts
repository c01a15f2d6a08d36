import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptySnapshot } from '../../src/model/snapshot.ts';
import type { TreeNode } from '../../src/views/tree/nodes.ts';
import { buildTree } from '../../src/views/tree/nodes.ts';
import { member, primaryStatus, snapshotOf, standbyStatus } from '../support/clusters.ts';

/** The tree as indented lines, as a reader sees it fully expanded. */
const lines = (nodes: readonly TreeNode[], depth = 0): string[] =>
  nodes.flatMap(node => [
    `${'  '.repeat(depth)}${node.label}${node.description ? ` | ${node.description}` : ''}`,
    ...lines(node.children, depth + 1),
  ]);

const flat = (nodes: readonly TreeNode[]): TreeNode[] => nodes.flatMap(node => [node, ...flat(node.children)]);

const eu = () =>
  snapshotOf('eu', member('cluster-eu'), {
    1: primaryStatus(),
    2: standbyStatus(),
    3: standbyStatus({ replayLsn: '0/D0000A0' }),
  });
const us = () => snapshotOf('us', member('cluster-us'), { 1: standbyStatus(), 2: standbyStatus() });

test('topology, both Kubernetes clusters, Clusters and what belongs to them', () => {
  assert.deepEqual(lines(buildTree([eu(), us()])), [
    'cluster-eu ⇄ cluster-us | primary: cluster-eu',
    '  eu | connected',
    '    cluster-eu | primary cluster · healthy · 3/3 ready',
    '      cluster-eu-1 | primary · timeline 3',
    '      cluster-eu-2 | standby · streaming · lag 0 B',
    '      cluster-eu-3 | standby · streaming · lag 16 MB',
    '      Services | 3',
    '        cluster-eu-r | → any instance',
    '        cluster-eu-ro | → standbys',
    '        cluster-eu-rw | → cluster-eu-1 (primary)',
    '      WAL archive | s3://archive-cluster-eu/cluster-eu · archive_command · last 00000003000000000000000D',
    '      Backups | none completed',
    '  us | connected',
    '    cluster-us | replica cluster · healthy · 3/3 ready',
    '      cluster-us-1 | designated primary · streaming · lag 0 B',
    '      cluster-us-2 | standby · streaming · lag 0 B',
    '      cluster-us-3 | standby · lag unknown',
    '      Services | 3',
    '        cluster-us-r | → any instance',
    '        cluster-us-ro | → standbys',
    '        cluster-us-rw | → cluster-us-1 (designated primary, read-only)',
    '      WAL archive | s3://archive-cluster-us/cluster-us · archive_command',
    "      Source's WAL archive | s3://archive-cluster-eu/cluster-eu · restore_command",
    '      Backups | none completed',
    'Kubernetes Contexts | 2 of 2 connected',
    '  eu | connected · 1 Cluster',
    '  us | connected · 1 Cluster',
  ]);
});

test('an unreachable side shows its error, its last state as stale, and the other side is untouched', () => {
  const dead = { ...us(), state: 'failed' as const, error: 'connect ECONNREFUSED', seenAt: Date.UTC(2026, 0, 1, 3) };
  const shown = lines(buildTree([eu(), dead]));
  assert.ok(shown.includes('  us | cannot be read, last seen 03:00:00 UTC'));
  assert.ok(shown.includes('    connect ECONNREFUSED'));
  assert.ok(shown.includes('    cluster-us | replica cluster · healthy · 3/3 ready · stale'));
  assert.ok(shown.includes('    cluster-eu | primary cluster · healthy · 3/3 ready'));
});

test('a context that failed says so once, and shows nothing as good', () => {
  const failed = {
    ...us(),
    state: 'failed' as const,
    error: 'connect ECONNREFUSED',
    unread: { Pod: 'connect ECONNREFUSED' },
  };
  const tree = buildTree([eu(), failed]);
  assert.equal(lines(tree).filter(line => line.includes('Pod: ')).length, 0);
  const icons = (nodes: readonly TreeNode[]): TreeNode[] => nodes.flatMap(node => [node, ...icons(node.children)]);
  const colors = icons(tree)
    .filter(({ kind, context }) => kind === 'instance' && context === 'us')
    .map(({ icon }) => icon.color);
  assert.deepEqual(new Set(colors), new Set(['disabledForeground']));
});

test('a side that was never reached is named as missing, beside the context that failed', () => {
  const dead = { ...emptySnapshot('eu', 'https://eu'), state: 'failed' as const, error: 'getaddrinfo ENOTFOUND eu' };
  const shown = lines(buildTree([dead, us()]));
  assert.ok(shown.includes('  cluster-eu | not seen; not connected: eu'));
  assert.ok(shown.includes('    getaddrinfo ENOTFOUND eu'));
});

test('two primaries and no primary are alarms', () => {
  const both = buildTree([eu(), snapshotOf('us', member('cluster-us', { replica: { primary: 'cluster-us' } }))]);
  assert.match(both[0]?.description ?? '', /TWO PRIMARIES/);
  assert.equal(both[0]?.icon.id, 'error');
  const none = buildTree([
    snapshotOf('eu', member('cluster-eu', { replica: { primary: 'cluster-us' }, status: { demotionToken: 't' } })),
    us(),
  ]);
  assert.match(none[0]?.description ?? '', /no primary: switchover from cluster-eu under way/);
});

test('kinds that could not be read say why', () => {
  assert.ok(
    lines(buildTree([{ ...eu(), unread: { Pod: 'pods is forbidden' } }, us()])).includes('    Pod: pods is forbidden'),
  );
});

test('nothing is open: contexts are offered; problems of the kubeconfig are shown', () => {
  assert.deepEqual(lines(buildTree([emptySnapshot('eu', 'https://eu')], ['bad.yaml: not YAML'])), [
    'Kubernetes Contexts | 0 of 1 connected',
    '  eu | not connected',
    'bad.yaml: not YAML',
  ]);
  assert.deepEqual(buildTree([]), []);
  assert.deepEqual(lines(buildTree([], ['no such file'])), ['no such file', 'Choose Kubeconfig…', 'Start Playground']);
});

test('ids are unique and do not depend on state', () => {
  const ids = flat(buildTree([eu(), us()])).map(node => node.id);
  assert.equal(new Set(ids).size, ids.length);
  const after = flat(buildTree([{ ...eu(), state: 'failed' }, us()])).map(node => node.id);
  assert.deepEqual(
    ids.filter(id => !after.includes(id)),
    [],
  );
});
