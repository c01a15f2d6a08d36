import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm } from '../../src/model/alarm.ts';
import { momentOf } from '../../src/model/moment.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { emptySnapshot } from '../../src/model/snapshot.ts';
import { newAlarms, statusBarWords } from '../../src/views/alarms/words.ts';
import { sceneOf } from '../../src/views/tree/nodes.ts';
import { member, primaryStatus, snapshotOf, standbyStatus } from '../support/clusters.ts';

const eu = () => snapshotOf('eu', member('cluster-eu'), { 1: primaryStatus(), 2: standbyStatus(), 3: standbyStatus() });
const us = (replayLsn = '0/E0000A0') => snapshotOf('us', member('cluster-us'), { 1: standbyStatus({ replayLsn }) });
const promoted = snapshotOf('us', member('cluster-us', { replica: { primary: 'cluster-us' } }));
const demoted = snapshotOf(
  'eu',
  member('cluster-eu', { replica: { primary: 'cluster-us' }, status: { demotionToken: 't' } }),
);

const bars: [string, Parameters<typeof sceneOf>[0], string | undefined, string?][] = [
  ['nothing is open', [emptySnapshot('eu', '')], undefined],
  ['all is well', [eu(), us()], '$(database) cluster-eu → cluster-us 0 B'],
  ['a little behind', [eu(), us('0/D0000A0')], '$(database) cluster-eu → cluster-us 16 MB'],
  [
    'streaming is interrupted',
    [eu(), snapshotOf('us', member('cluster-us'), { 1: standbyStatus({ isWalReceiverActive: false }) })],
    '$(database) cluster-eu → cluster-us 0 B, streaming interrupted',
  ],
  [
    'the primary is down',
    [{ ...eu(), pods: eu().pods.slice(1) }, us()],
    '$(error) Primary down: cluster-eu-1',
    'error',
  ],
  [
    'lag is not known',
    [eu(), snapshotOf('us', member('cluster-us'))],
    '$(database) cluster-eu → cluster-us lag unknown',
  ],
  ['a side cannot be read', [{ ...eu(), state: 'failed' }, us()], '$(question) eu cannot be read'],
  [
    'a context that no member is in cannot be read',
    [eu(), us(), { ...emptySnapshot('lab', ''), state: 'failed' }],
    '$(database) cluster-eu → cluster-us 0 B',
  ],
  [
    'one where the missing member may be cannot be read',
    [us(), { ...emptySnapshot('eu', ''), state: 'failed' }],
    '$(question) eu cannot be read',
  ],
  ['a member was not found', [us()], '$(question) cluster-eu not found'],
  ['a switchover', [demoted, us()], '$(sync) Switchover under way: cluster-eu, cluster-us'],
  ['the worst alarm', [eu(), promoted], '$(error) Two primaries: cluster-eu, cluster-us', 'error'],
];
/** Another pair beside the first one. */
const orders = (snapshot: ContextSnapshot): ContextSnapshot =>
  JSON.parse(
    JSON.stringify(snapshot).replaceAll('cluster-', 'orders-').replaceAll('"default', '"orders'),
  ) as ContextSnapshot;
const both = (a: ContextSnapshot, b: ContextSnapshot): ContextSnapshot => ({
  ...a,
  clusters: [...a.clusters, ...orders(b).clusters],
  pods: [...a.pods, ...orders(b).pods],
  instanceStatus: { ...a.instanceStatus, ...orders(b).instanceStatus },
});
const dry = snapshotOf('us', member('cluster-us'), { 1: standbyStatus({ isWalReceiverActive: false }) });
bars.push(
  [
    'two topologies',
    [both(eu(), eu()), both(us(), us('0/D0000A0'))],
    '$(database) 2 topologies, furthest behind: orders-us 16 MB',
  ],
  [
    'of two topologies one does not stream',
    [both(eu(), eu()), both(dry, us('0/D0000A0'))],
    '$(database) 2 topologies, furthest behind: cluster-us 0 B, streaming interrupted',
  ],
  [
    'of two topologies one is not known',
    [both(eu(), eu()), both(dry, snapshotOf('us', member('cluster-us')))],
    '$(database) 2 topologies, furthest behind: orders-us lag unknown',
  ],
);
for (const [name, snapshots, text, severity = 'none'] of bars)
  test(`status bar: ${name}`, () => {
    const words = statusBarWords(sceneOf(snapshots, momentOf(0)));
    assert.equal(words?.text, text);
    if (words) assert.equal(words.severity, severity);
  });

const alarm = (id: string, severity: Alarm['severity'] = 'error'): Alarm => ({
  id,
  kind: 'lag',
  severity,
  title: id,
  sentence: id,
  lookAt: id,
  addresses: [],
  topologyId: undefined,
});

test('an alarm is told once while it lasts, and again when it comes back', () => {
  const steps: [string[], string[], string[]][] = [
    // raised, undecided, expected to be told
    [['a'], [], ['a']],
    [['a', 'b'], [], ['b']],
    [['b'], ['a'], []],
    [['a', 'b'], [], []],
    [['b'], [], []],
    [['a', 'b'], [], ['a']],
  ];
  let told: ReadonlySet<string> = new Set();
  for (const [raised, undecided, expected] of steps) {
    const next = newAlarms(told, { alarms: raised.map(id => alarm(id)), undecided: new Set(undecided) });
    assert.deepEqual(
      next.fresh.map(({ id }) => id),
      expected,
    );
    ({ told } = next);
  }
});

test('a notice is not told', () =>
  assert.deepEqual(newAlarms(new Set(), { alarms: [alarm('a', 'notice')], undecided: new Set() }).fresh, []));
