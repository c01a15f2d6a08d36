import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptySnapshot } from '../../src/model/snapshot.ts';
import type { TreeNode } from '../../src/views/tree/nodes.ts';
import { buildTree } from '../../src/views/tree/nodes.ts';
import { momentOf } from '../../src/model/moment.ts';
import { member, primaryStatus, snapshotOf, standbyStatus } from '../support/clusters.ts';

const tree = (snapshots: Parameters<typeof buildTree>[0], problems?: string[]): TreeNode[] =>
  buildTree(snapshots, problems, momentOf(0));

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
  assert.deepEqual(lines(tree([eu(), us()])), [
    'cluster-eu ⇄ cluster-us | primary: cluster-eu',
    '  eu | default · connected',
    '    cluster-eu | primary cluster · healthy · 3/3 ready',
    '      cluster-eu-1 | primary · timeline 3',
    '        Writes at | 0/E0000A0 · timeline 3',
    '        Kubernetes node | node-1',
    '      cluster-eu-2 | standby · streaming · lag 0 B',
    '        Replayed | 0/E0000A0 · timeline 3',
    '        Kubernetes node | node-2',
    '      cluster-eu-3 | standby · streaming · lag 16 MB',
    '        Replayed | 0/D0000A0 (received 0/E0000A0) · timeline 3',
    '        Kubernetes node | node-3',
    '      Services | 3',
    '        cluster-eu-r | → cluster-eu-1, cluster-eu-2, cluster-eu-3',
    '        cluster-eu-ro | → cluster-eu-2, cluster-eu-3',
    '        cluster-eu-rw | → cluster-eu-1',
    '      WAL archive | s3://archive-cluster-eu/cluster-eu · last 00000003000000000000000D',
    '      External Clusters | 2',
    '        cluster-eu | this Cluster · cluster-eu-rw.example.org · archive',
    '        cluster-us | source once demoted · cluster-us-rw.example.org · archive',
    '      Backups | none completed',
    '      Plugins | 1',
    '        barman-cloud.cloudnative-pg.io | archives WAL',
    '  us | default · connected',
    '    cluster-us | replica cluster · healthy · 3/3 ready',
    '      Fed by cluster-eu | streaming · lag 0 B',
    '      cluster-us-1 | designated primary · streaming · lag 0 B',
    '        Replayed | 0/E0000A0 · timeline 3',
    '        Kubernetes node | node-1',
    '      cluster-us-2 | standby · streaming · lag 0 B',
    '        Replayed | 0/E0000A0 · timeline 3',
    '        Kubernetes node | node-2',
    '      cluster-us-3 | standby · lag unknown',
    '        Kubernetes node | node-3',
    '      Services | 3',
    '        cluster-us-r | → cluster-us-1, cluster-us-2, cluster-us-3',
    '        cluster-us-ro | → cluster-us-2, cluster-us-3',
    '        cluster-us-rw | → cluster-us-1 (read-only)',
    '      WAL archive | s3://archive-cluster-us/cluster-us · nothing archived since the start',
    "      Source's WAL archive | s3://archive-cluster-eu/cluster-eu · restore_command",
    '      External Clusters | 2',
    '        cluster-eu | source · cluster-eu-rw.example.org · archive',
    '        cluster-us | this Cluster · cluster-us-rw.example.org · archive',
    '      Backups | none completed',
    '      Plugins | 1',
    '        barman-cloud.cloudnative-pg.io | archives WAL',
    'Kubernetes Contexts | 2 of 2 connected',
    '  eu | connected · 1 Cluster',
    '  us | connected · 1 Cluster',
  ]);
});

test('when all is well nothing is marked as troubled, and only Clusters are open', () => {
  const all = flat(tree([eu(), us()]));
  assert.deepEqual(
    all.filter(({ trouble }) => trouble).map(({ label }) => label),
    [],
  );
  assert.deepEqual(
    new Set(all.filter(n => n.expanded).map(({ kind }) => kind)),
    new Set(['topology', 'place', 'cluster']),
  );
});

test('an unreachable side shows its error, its last state as stale, and the other side is untouched', () => {
  const dead = { ...us(), state: 'failed' as const, error: 'connect ECONNREFUSED', seenAt: Date.UTC(1970, 0, 1, 3) };
  const shown = lines(tree([eu(), dead]));
  assert.ok(shown.includes('  us | default · cannot be read, last seen 03:00:00 UTC'));
  assert.ok(shown.includes('    connect ECONNREFUSED'));
  assert.ok(shown.includes('    cluster-us | stale · replica cluster · healthy · 3/3 ready'));
  assert.ok(shown.includes('    cluster-eu | primary cluster · healthy · 3/3 ready'));
});

test('a context that failed says so once, and shows nothing as good', () => {
  const failed = {
    ...us(),
    state: 'failed' as const,
    error: 'connect ECONNREFUSED',
    unread: { Pod: 'connect ECONNREFUSED' },
  };
  const shown = tree([eu(), failed]);
  assert.equal(lines(shown).filter(line => line.includes('Pod: ')).length, 0);
  const icons = (nodes: readonly TreeNode[]): TreeNode[] => nodes.flatMap(node => [node, ...icons(node.children)]);
  const colors = icons(shown)
    .filter(({ kind, context }) => kind === 'instance' && context === 'us')
    .map(({ icon }) => icon.color);
  assert.deepEqual(new Set(colors), new Set(['disabledForeground']));
});

test('a side that was never reached is named as missing, beside the context that failed', () => {
  const dead = { ...emptySnapshot('eu', 'https://eu'), state: 'failed' as const, error: 'getaddrinfo ENOTFOUND eu' };
  const shown = lines(tree([dead, us()]));
  assert.ok(shown.includes('  cluster-eu | not seen; not connected: eu'));
  assert.ok(shown.includes('    getaddrinfo ENOTFOUND eu'));
});

test('two primaries and no primary are alarms', () => {
  const both = tree([eu(), snapshotOf('us', member('cluster-us', { replica: { primary: 'cluster-us' } }))]);
  assert.match(both[0]?.description ?? '', /TWO PRIMARIES/);
  assert.equal(both[0]?.icon.id, 'error');
  const none = tree([
    snapshotOf('eu', member('cluster-eu', { replica: { primary: 'cluster-us' }, status: { demotionToken: 't' } })),
    us(),
  ]);
  assert.match(none[0]?.description ?? '', /no primary: switchover from cluster-eu under way/);
});

test('kinds that could not be read say why', () => {
  assert.ok(
    lines(tree([{ ...eu(), unread: { Pod: 'pods is forbidden' } }, us()])).includes('    Pod: pods is forbidden'),
  );
});

test('nothing is open: contexts are offered; problems of the kubeconfig are shown', () => {
  assert.deepEqual(lines(tree([emptySnapshot('eu', 'https://eu')], ['bad.yaml: not YAML'])), [
    'Kubernetes Contexts | 0 of 1 connected',
    '  eu | not connected',
    'bad.yaml: not YAML',
  ]);
  assert.deepEqual(tree([]), []);
  assert.deepEqual(lines(tree([], ['no such file'])), ['no such file', 'Choose Kubeconfig…', 'Start Playground']);
});

test('ids are unique and do not depend on state', () => {
  const ids = flat(tree([eu(), us()])).map(node => node.id);
  assert.equal(new Set(ids).size, ids.length);
  const after = flat(tree([{ ...eu(), state: 'failed' }, us()])).map(node => node.id);
  assert.deepEqual(
    ids.filter(id => !after.includes(id)),
    [],
  );
});
