import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import type { InstanceStatus } from '../../src/model/instance-status.ts';
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
    '  eu | default',
    '    cluster-eu | primary cluster · 3/3 ready',
    '      cluster-eu-1 | primary · timeline 3',
    '        Writes at | 0/E0000A0 · timeline 3',
    '        Kubernetes node | node-1',
    '      cluster-eu-2 | lag 0 B · standby · streaming',
    '        Replayed | 0/E0000A0 · timeline 3',
    '        Kubernetes node | node-2',
    '      cluster-eu-3 | lag 16 MB · standby · streaming',
    '        Replayed | 0/D0000A0 (received 0/E0000A0) · timeline 3',
    '        Kubernetes node | node-3',
    '      Services | 3',
    '        cluster-eu-r | → cluster-eu-1, cluster-eu-2, cluster-eu-3',
    '        cluster-eu-ro | → cluster-eu-2, cluster-eu-3',
    '        cluster-eu-rw | → cluster-eu-1',
    '      WAL archive | archived · s3://archive-cluster-eu/cluster-eu',
    '      External Clusters | 2',
    '        cluster-eu | this Cluster · cluster-eu-rw.example.org · archive',
    '        cluster-us | source once demoted · cluster-us-rw.example.org · archive',
    '      Backups | none completed',
    '      Plugins | 1',
    '        barman-cloud.cloudnative-pg.io | archives WAL',
    '  us | default',
    '    cluster-us | replica cluster · 3/3 ready',
    '      Fed by cluster-eu | streaming · lag 0 B',
    '      cluster-us-1 | lag 0 B · designated primary · streaming',
    '        Replayed | 0/E0000A0 · timeline 3',
    '        Kubernetes node | node-1',
    '      cluster-us-2 | lag 0 B · standby · streaming',
    '        Replayed | 0/E0000A0 · timeline 3',
    '        Kubernetes node | node-2',
    '      cluster-us-3 | lag unknown · standby',
    '        Kubernetes node | node-3',
    '      Services | 3',
    '        cluster-us-r | → cluster-us-1, cluster-us-2, cluster-us-3',
    '        cluster-us-ro | → cluster-us-2, cluster-us-3',
    '        cluster-us-rw | → cluster-us-1 (read-only)',
    '      WAL archive | nothing archived by cluster-us-1 yet · s3://archive-cluster-us/cluster-us',
    "      Source's WAL archive | s3://archive-cluster-eu/cluster-eu",
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
  assert.ok(shown.includes('  us | cannot be read, last seen 03:00:00 UTC · default'));
  assert.ok(shown.includes('    connect ECONNREFUSED'));
  assert.ok(shown.includes('    cluster-us | stale · replica cluster · 3/3 ready'));
  assert.ok(shown.includes('    cluster-eu | primary cluster · 3/3 ready'));
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

test('a primary that is down is said at its topology, and nothing of its archive', () => {
  const dead = { ...eu(), pods: eu().pods.slice(1), instanceStatus: {} };
  const shown = lines(tree([dead, us()]));
  assert.match(shown[0] ?? '', /primary: cluster-eu IS DOWN$/);
  assert.match(shown[1] ?? '', /^  Primary down \| cluster-eu accepts no writes: its primary cluster-eu-1 has no pod/);
  assert.ok(
    shown.some(line => /WAL archive \| state unknown/.test(line)),
    shown.join('\n'),
  );
});

test('how a replica cluster is fed: what is interrupted, and what is not known', () => {
  const fed = (status: Partial<InstanceStatus> | undefined): string | undefined =>
    lines(tree([eu(), snapshotOf('us', member('cluster-us'), status && { 1: standbyStatus(status) })]))
      .find(line => line.includes('Fed by'))
      ?.trim();
  assert.equal(fed({}), 'Fed by cluster-eu | streaming · lag 0 B');
  assert.match(fed({ isWalReceiverActive: false }) ?? '', /\| streaming interrupted · from the archive · lag 0 B/);
  assert.equal(fed(undefined), 'Fed by cluster-eu | not known · lag unknown');
});

test('an instance whose status cannot be read says so, and the right that is missing is named', () => {
  const reading = { kind: 'failed' as const, reason: 'HTTP 403', readAt: 0 };
  const shown = lines(
    tree([
      eu(),
      { ...us(), instanceStatus: { 'default/cluster-us-2': reading }, unread: { InstanceStatus: 'HTTP 403' } },
    ]),
  );
  assert.ok(
    shown.some(line => /cluster-us-2 \| lag unknown · standby · status unreadable/.test(line)),
    shown.join('\n'),
  );
  assert.ok(
    shown.some(line => line.trim() === 'Status by pods/proxy: HTTP 403'),
    shown.join('\n'),
  );
});

test('why something failed comes before what it was, because rows are cut off at their end', () => {
  const error = 'Watch clusters in context us: HTTP 401: Unauthorized. Log in again.';
  const failed = { ...us(), state: 'failed' as const, error };
  const shown = tree([eu(), failed], ['/home/dba/kube.yaml cannot be used as a kubeconfig: there is no such file.']);
  const problems = flat(shown).filter(({ kind }) => kind === 'problem');
  assert.deepEqual(
    [...new Set(problems.map(({ label, description }) => `${label} | ${description}`))],
    [
      'HTTP 401: Unauthorized. Log in again. | Watch clusters in context us',
      'there is no such file. | /home/dba/kube.yaml cannot be used as a kubeconfig',
    ],
  );
  assert.ok(problems.some(({ tooltip }) => tooltip.includes(error)));
  const context = lines(shown).find(line => /^  us .* · HTTP 401/.test(line));
  assert.equal(context, '  us | cannot be read, last seen 00:00:00 UTC · HTTP 401: Unauthorized. Log in again.');
});

test('kinds that could not be read say why', () => {
  const shown = tree([{ ...eu(), pods: [], unread: { Pod: 'pods is forbidden' } }, us()]);
  assert.ok(lines(shown).includes('    Pod: pods is forbidden'));
  const contexts = shown.find(({ kind }) => kind === 'contexts');
  assert.equal(contexts?.trouble, 'error');
  assert.deepEqual(
    contexts.children.map(({ icon }) => icon.id),
    ['warning', 'pass'],
  );
});

test('of a pod that may not be read is not said that it is gone', () => {
  const instance = (unread: ContextSnapshot['unread']): string =>
    lines(tree([{ ...eu(), pods: [], unread }, us()])).find(line => line.includes('cluster-eu-1 |')) ?? '';
  assert.match(instance({}), /no pod/);
  assert.match(instance({ Pod: 'pods is forbidden' }), /pod cannot be read/);
});

test('nothing is open: contexts are offered; problems of the kubeconfig are shown', () => {
  assert.deepEqual(lines(tree([emptySnapshot('eu', 'https://eu')], ['bad.yaml: not YAML'])), [
    'Kubernetes Contexts | 0 of 1 connected',
    '  eu | not connected',
    'not YAML | bad.yaml',
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

test('trouble comes first in a row, and is passed on to what is above', () => {
  const troubled = eu();
  const [cluster] = troubled.clusters;
  assert.ok(cluster);
  cluster.status = { ...cluster.status, phase: 'Failing over', phaseReason: 'cluster-eu-1 is gone', readyInstances: 2 };
  cluster.metadata.annotations = { 'cnpg.io/fencedInstances': '["cluster-eu-2"]' };
  const [, , third] = troubled.pods;
  assert.ok(third);
  third.status = {
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }],
  };
  const shown = tree([troubled, us()]);
  const text = lines(shown);
  for (const line of [
    '    cluster-eu | Failing over · 2/3 ready · primary cluster',
    '      Failing over | cluster-eu-1 is gone',
    '      cluster-eu-2 | fenced · lag 0 B · standby',
    '      cluster-eu-3 | unschedulable · standby',
    '        Unschedulable | 0/3 nodes',
  ])
    assert.ok(
      text.some(each => each.startsWith(line)),
      `${line}\n${text.slice(0, 12).join('\n')}`,
    );
  assert.deepEqual(
    shown[0]?.children.map(({ trouble }) => trouble),
    ['warning', undefined],
  );
});

test('poolers, databases, schedules, plugins and certificates, each with its state', () => {
  const now = Date.UTC(2026, 10, 24, 12);
  const full = eu();
  const [cluster] = full.clusters;
  assert.ok(cluster);
  cluster.status = {
    ...cluster.status,
    image: 'ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie@sha256:00',
    certificates: {
      expirations: {
        'cluster-eu-ca': '2026-12-01 12:00:00 +0000 UTC',
        old: '2026-11-23 12:00:00 +0000 UTC',
        late: '2027-02-21 09:43:30 +0000 UTC',
      },
    },
    pluginStatus: [{ name: 'barman-cloud.cloudnative-pg.io', version: '0.14.0' }],
  };
  const about = { namespace: 'default', generation: 2 };
  const spec = { cluster: { name: 'cluster-eu' } };
  const shown = lines(
    buildTree(
      [
        {
          ...full,
          poolers: [
            {
              metadata: { ...about, name: 'pool' },
              spec: { ...spec, type: 'rw', instances: 3, pgbouncer: { paused: true } },
              status: { instances: 2 },
            },
          ],
          databases: [
            {
              metadata: { ...about, name: 'app' },
              spec: { ...spec, name: 'app', owner: 'app' },
              status: { applied: true, observedGeneration: 2 },
            },
            {
              metadata: { ...about, name: 'bad' },
              spec: { ...spec, name: 'bad' },
              status: { applied: false, message: 'role "x" does not exist' },
            },
          ],
          databaseRoles: [
            {
              metadata: { ...about, name: 'dba' },
              spec: { ...spec, name: 'dba', login: true },
              status: { applied: true, observedGeneration: 1 },
            },
          ],
          publications: [{ metadata: { ...about, name: 'pub' }, spec: { ...spec, name: 'p', dbname: 'app' } }],
          subscriptions: [
            {
              metadata: { ...about, name: 'sub' },
              spec: { ...spec, name: 's', dbname: 'app', publicationName: 'p', externalClusterName: 'old' },
              status: { applied: true },
            },
          ],
          scheduledBackups: [
            {
              metadata: { ...about, name: 'nightly', creationTimestamp: '2026-11-01T00:00:00Z' },
              spec: { ...spec, schedule: '0 0 2 * * *' },
              status: { lastScheduleTime: '2026-11-24T02:00:00Z' },
            },
            {
              metadata: { ...about, name: 'stuck', creationTimestamp: '2026-11-01T00:00:00Z' },
              spec: { ...spec, schedule: '0 0 3 * * *' },
              status: { lastScheduleTime: '2026-11-20T03:00:00Z' },
            },
            { metadata: { ...about, name: 'weekly' }, spec: { ...spec, schedule: '@weekly', suspend: true } },
          ],
          backups: [
            {
              metadata: { ...about, name: 'b2' },
              spec,
              status: {
                phase: 'failed',
                startedAt: '2026-11-24T11:00:00Z',
                stoppedAt: '2026-11-24T11:01:00Z',
                error: 'exit status 4',
              },
            },
            {
              metadata: { ...about, name: 'b1' },
              spec,
              status: { phase: 'completed', startedAt: '2026-11-24T02:00:00Z', stoppedAt: '2026-11-24T02:10:00Z' },
            },
          ],
        },
      ],
      [],
      momentOf(now),
    ),
  );
  const from = shown.findIndex(line => line.trim().startsWith('Backups'));
  assert.deepEqual(
    shown.slice(
      from,
      shown.findIndex(line => line.startsWith('  cluster-us')),
    ),
    [
      '      Backups | last completed 10 h ago · the last one failed',
      '        nightly | every day at 02:00 UTC · next in 14 h',
      '        stuck | OVERDUE since 2026-11-21 03:00:00 UTC · every day at 03:00 UTC',
      '        weekly | suspended · on Sunday at 00:00 UTC',
      '        b2 | failed · 59 min ago · exit status 4',
      '        b1 | completed · 10 h ago',
      '      Poolers | 1',
      '        pool | rw · PAUSED · 2/3 pods · session',
      '      Databases | 2',
      '        app | app · owner app',
      '        bad | NOT APPLIED: role "x" does not exist · bad',
      '      Roles | 1',
      '        dba | a newer version is not applied yet · dba · login',
      '      Publications | 1',
      '        pub | not applied yet · app.p',
      '      Subscriptions | 1',
      '        sub | app.s · of p on old',
      '      Plugins | 1',
      '        barman-cloud.cloudnative-pg.io | 0.14.0 · archives WAL',
      '      Certificates | first EXPIRED 24 h ago',
      '        old | EXPIRED 24 h ago',
      '        cluster-eu-ca | expires in 7 d',
      '        late | expires in 89 d',
      '      PostgreSQL 18.4 | timeline 3 · system 7711301592564678675',
    ],
  );
});

test('a standalone replica is shown with its source, apart from topologies', () => {
  const alone = snapshotOf('us', member('cluster-us', { spec: { replica: { enabled: true, source: 'onpremise' } } }));
  const shown = lines(tree([alone]));
  assert.ok(
    shown.includes('  cluster-us | us · standalone replica of onpremise · 3/3 ready'),
    shown.slice(0, 3).join('\n'),
  );
});
