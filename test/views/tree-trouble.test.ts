/** A folded node shows the trouble of what is inside without having made it: it must say the same as what is made. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { momentOf } from '../../src/model/moment.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import type { TreeNode, Trouble } from '../../src/views/tree/node.ts';
import { unfold, worst } from '../../src/views/tree/node.ts';
import { sceneOf, treeOf } from '../../src/views/tree/nodes.ts';
import { member, primaryStatus, snapshotOf, standbyStatus } from '../support/clusters.ts';
import { recordedMoments } from '../support/recordings.ts';
import { needsReference } from '../support/shared.ts';

const now = Date.UTC(2026, 10, 24, 12);
type Change = (snapshot: ContextSnapshot) => Partial<ContextSnapshot>;

const healthy = (name: 'cluster-eu' | 'cluster-us'): ContextSnapshot => {
  const leader = name === 'cluster-eu' ? primaryStatus() : standbyStatus();
  const snapshot = snapshotOf(name.slice(-2), member(name), { 1: leader, 2: standbyStatus(), 3: standbyStatus() });
  for (const reading of Object.values(snapshot.instanceStatus)) reading.readAt = now;
  return snapshot;
};

const about = (name: string) => ({ metadata: { namespace: 'default', name } });
const spec = { cluster: { name: 'cluster-us' } };
const status =
  (change: NonNullable<ContextSnapshot['clusters'][0]['status']>): Change =>
  ({ clusters }) => ({ clusters: clusters.map(cluster => ({ ...cluster, status: { ...cluster.status, ...change } })) });
const annotation =
  (name: string, value: string): Change =>
  ({ clusters }) => ({
    clusters: clusters.map(cluster => ({
      ...cluster,
      metadata: { ...cluster.metadata, annotations: { [name]: value } },
    })),
  });
const leaderSays =
  (change: object): Change =>
  ({ instanceStatus }) => ({
    instanceStatus: {
      ...instanceStatus,
      'default/cluster-us-1': { kind: 'read', status: standbyStatus(change), readAt: now },
    },
  });
const expires = (date: string): Change =>
  status({ certificates: { expirations: { ca: `${date} 12:00:00 +0000 UTC` } } });

const troubles: [string, Change, Trouble][] = [
  ['nothing', () => ({}), undefined],
  ['a phase', status({ phase: 'Failing over' }), 'warning'],
  ['a condition', status({ conditions: [{ type: 'Ready', status: 'False' }] }), 'warning'],
  ['a switched off operator', annotation('cnpg.io/reconciliationLoop', 'disabled'), 'warning'],
  ['fencing', annotation('cnpg.io/fencedInstances', '["cluster-us-2"]'), 'warning'],
  ['no archiving', annotation('cnpg.io/skipWalArchiving', 'enabled'), 'warning'],
  ['failing archiving', leaderSays({ lastFailedWAL: '000000030000000000000001', isArchivingWAL: false }), 'error'],
  ['streaming that is interrupted', leaderSays({ isWalReceiverActive: false }), 'warning'],
  ['a paused replay is no trouble of a designated primary alone', leaderSays({ replayPaused: true }), 'warning'],
  ['a designated primary that writes', leaderSays({ isPrimary: true }), 'warning'],
  ['a lost pod', ({ pods }) => ({ pods: pods.slice(0, 2) }), 'warning'],
  ['an empty service', ({ pods }) => ({ pods: pods.map(pod => ({ ...pod, status: {} })) }), 'warning'],
  ['pods that may not be read', () => ({ pods: [], unread: { Pod: 'forbidden' } }), undefined],
  [
    'an instance without a node',
    ({ pods }) => ({
      pods: pods.map(pod => ({ ...pod, status: { conditions: [{ type: 'PodScheduled', status: 'False' }] } })),
    }),
    'warning',
  ],
  [
    'an unbound volume',
    () => ({
      claims: [
        {
          metadata: { ...about('cluster-us-1').metadata, labels: { 'cnpg.io/cluster': 'cluster-us' } },
          status: { phase: 'Pending' },
        },
      ],
    }),
    'warning',
  ],
  ['a lost ObjectStore', () => ({ objectStores: [] }), 'warning'],
  ['ObjectStores that may not be read', () => ({ objectStores: [], unread: { ObjectStore: 'forbidden' } }), undefined],
  ['a failed backup', () => ({ backups: [{ ...about('b'), spec, status: { phase: 'failed' } }] }), 'warning'],
  [
    'a failed backup before a good one',
    () => ({
      backups: [
        { ...about('a'), spec, status: { phase: 'failed', startedAt: '2026-11-01T00:00:00Z' } },
        { ...about('b'), spec, status: { phase: 'completed', startedAt: '2026-11-02T00:00:00Z' } },
      ],
    }),
    undefined,
  ],
  [
    'a late schedule',
    () => ({
      scheduledBackups: [
        {
          ...about('s'),
          spec: { ...spec, schedule: '0 0 3 * * *' },
          status: { lastScheduleTime: '2026-11-20T03:00:00Z' },
        },
      ],
    }),
    'warning',
  ],
  ['a refused database', () => ({ databases: [{ ...about('d'), spec, status: { applied: false } }] }), 'error'],
  [
    'a database called PAUSED',
    () => ({ databases: [{ ...about('d'), spec: { ...spec, name: 'PAUSED' } }] }),
    undefined,
  ],
  [
    'a paused pooler',
    () => ({ poolers: [{ ...about('p'), spec: { ...spec, pgbouncer: { paused: true } } }] }),
    'warning',
  ],
  ['a certificate with time left', expires('2027-02-01'), undefined],
  ['a certificate that ends', expires('2026-12-01'), 'warning'],
  ['a certificate that has ended', expires('2026-11-01'), 'error'],
  ['a lost side', ({ pods }) => ({ pods: pods.slice(1), state: 'failed', error: 'connect ECONNREFUSED' }), undefined],
];

for (const [name, change, expected] of troubles)
  test(`trouble of a folded Cluster: ${name}`, () => {
    const us = healthy('cluster-us');
    const changed = { ...us, ...change(us) };
    for (const snapshots of [[healthy('cluster-eu'), changed], [changed]]) {
      const folded = treeOf(sceneOf(snapshots, momentOf(now)));
      unfold(folded, ({ kind }) => kind !== 'cluster');
      const cluster = find(folded, 'cluster ["us","default","cluster-us"]');
      assert.deepEqual(cluster?.children, []);
      assert.equal(cluster?.trouble, expected);
      assertSame(snapshots, now);
    }
  });

for (const scenario of [
  '05-controlled-switchover-a-to-b',
  '07-emergency-failover',
  '10-archive-failing',
  '11-in-cluster-failover',
])
  test(`trouble of folded nodes in ${scenario}`, needsReference, () => {
    for (const { now: at, snapshots } of recordedMoments(scenario)) assertSame(snapshots, at);
  });

/** Each node says the worst of itself and what is below it, folded as unfolded. */
function assertSame(snapshots: readonly ContextSnapshot[], at: number): void {
  const scene = sceneOf(snapshots, momentOf(at));
  const tree = treeOf(scene);
  unfold(tree);
  const visit = (node: TreeNode): void => {
    const inside = worst(node.children.map(({ trouble }) => trouble));
    assert.equal(worst([node.trouble, inside]), node.trouble, `${node.id} hides ${inside}`);
    // Members and instances also show the alarms of their topology.
    const alarmed = scene.judgement.alarms.some(({ severity }) => severity !== 'notice');
    const shows = ['topology', 'place', 'cluster', 'others'].includes(node.kind);
    if (shows && !alarmed) assert.equal(node.trouble, inside, node.id);
    node.children.forEach(visit);
  };
  // A context says of itself only whether it can be read at all.
  tree.filter(({ kind }) => kind !== 'contexts').forEach(visit);
}

function find(nodes: readonly TreeNode[], id: string): TreeNode | undefined {
  for (const node of nodes) {
    const found = node.id === id ? node : find(node.children, id);
    if (found) return found;
  }
  return undefined;
}
