import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm, Judgement } from '../../src/model/alarm.ts';
import { judge } from '../../src/model/alarms.ts';
import { phases } from '../../src/model/cluster.ts';
import type { InstanceStatus } from '../../src/model/instance-status.ts';
import type { Moment } from '../../src/model/moment.ts';
import { momentOf, staleAfter } from '../../src/model/moment.ts';
import type { Positions } from '../../src/model/positions.ts';
import { addPositions, positionKey } from '../../src/model/positions.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { findTopologies } from '../../src/model/topology.ts';
import type { Overrides } from '../support/clusters.ts';
import { member, primaryStatus, snapshotOf, standbyStatus } from '../support/clusters.ts';

const eu = (over: Overrides = {}, status: Partial<InstanceStatus> = {}): ContextSnapshot =>
  snapshotOf('eu', member('cluster-eu', over), { 1: primaryStatus(status), 2: standbyStatus(), 3: standbyStatus() });
const us = (over: Overrides = {}, status: Partial<InstanceStatus> = {}): ContextSnapshot =>
  snapshotOf('us', member('cluster-us', over), { 1: standbyStatus(status), 2: standbyStatus(), 3: standbyStatus() });

const judged = (snapshots: ContextSnapshot[], moment: Moment = momentOf(0)): Judgement =>
  judge(findTopologies(snapshots), snapshots, moment);
const short = ({ severity, kind, addresses, instance }: Alarm): string =>
  [severity, kind, ...addresses.map(a => a.name), ...(instance ? [instance] : [])].join(' ');
const failing = { type: 'ContinuousArchiving', status: 'False' as const, message: 'exit status 4' };
const ready = { type: 'Ready', status: 'True' as const };
const failed = { isArchivingWAL: false, lastFailedWAL: '00000003000000000000000E' };
const gone: ContextSnapshot = { ...eu(), state: 'failed', error: 'connect ECONNREFUSED' };
const promotedUs = { replica: { primary: 'cluster-us' } };
const withToken = { primary: 'cluster-us', promotionToken: 't' };
const refusedUs: Overrides = { replica: withToken, status: { phase: phases.unrecoverable } };
const waitingUs: Overrides = { replica: withToken, status: { phase: phases.promoting } };

test('who cannot be promoted with its token is led out, refused at once, waiting after ten minutes', () => {
  const switched = {
    type: 'ReplicaClusterSwitch',
    status: 'True' as const,
    lastTransitionTime: '1970-01-01T00:00:00Z',
  };
  const demoted = eu(
    { ...promotedUs, status: { demotionToken: 't', conditions: [switched] } },
    { isPrimary: false, replayLsn: '0/E0000A0' },
  );
  for (const [state, minutes, said] of [
    [refusedUs, 0, /None of cluster-eu and cluster-us accepts writes. cluster-us says/],
    [waitingUs, 20, /ago and cluster-us still waits for WAL up to its promotion token/],
  ] as const) {
    const now = momentOf(minutes * 60_000);
    const [alarm] = judged(minutes > 0 ? [fresh(demoted), fresh(us(state))] : [demoted, us(state)], now).alarms;
    assert.match(alarm?.sentence ?? '', said);
    assert.deepEqual([alarm?.wayOut?.way, alarm?.wayOut?.address.name], ['withdraw promotion', 'cluster-us']);
    assert.match(alarm?.lookAt ?? '', /Removing only the token would be a failover/);
  }
});

test('the alarm of a lost, demoted side leads to its token, with the time of the last knowledge', () => {
  const lost: ContextSnapshot = {
    ...eu({ ...promotedUs, status: { demotionToken: 't' } }),
    state: 'failed',
    seenAt: 1000,
  };
  const [alarm] = judged([lost, us()], momentOf(60_000)).alarms;
  assert.match(alarm?.sentence ?? '', /cluster-eu cannot be read, and was demoted when last seen at 00:00:01 UTC/);
  assert.match(alarm?.lookAt ?? '', /Promote with a Saved Token…" promotes cluster-us without any loss/);
  assert.deepEqual([alarm?.wayOut?.way, alarm?.wayOut?.address.name], ['promote with token', 'cluster-us']);
});

test('by whose clock: a side that is minutes behind makes no switchover stuck', () => {
  const switched = {
    type: 'ReplicaClusterSwitch',
    status: 'True' as const,
    lastTransitionTime: '1970-01-01T00:00:00Z',
  };
  const side = (clockAhead?: number): ContextSnapshot => ({
    ...eu(
      { ...promotedUs, status: { demotionToken: 't', conditions: [switched] } },
      { isPrimary: false, replayLsn: '0/E0000A0' },
    ),
    clockAhead,
  });
  const now = momentOf(20 * 60_000);
  const severity = (clockAhead?: number) => judged([fresh(side(clockAhead)), fresh(us())], now).alarms[0]?.severity;
  assert.equal(severity(), 'error');
  assert.equal(severity(-19 * 60_000), 'notice');
  assert.equal(severity(20 * 60_000), 'error');
});

/** What its instances say was read a moment ago. */
const fresh = (snapshot: ContextSnapshot): ContextSnapshot => ({
  ...snapshot,
  instanceStatus: Object.fromEntries(
    Object.entries(snapshot.instanceStatus).map(([key, reading]) => [key, { ...reading, readAt: 20 * 60_000 }]),
  ),
});

const table: [string, ContextSnapshot[], string[]][] = [
  ['all is well', [eu(), us()], []],
  ['both are primary by manifest', [eu(), us(promotedUs)], ['error two-primaries cluster-eu cluster-us']],
  [
    'a replica by manifest accepts writes',
    [eu(), us({}, { isPrimary: true, currentLsn: '0/F000000' })],
    ['error two-primaries cluster-eu cluster-us'],
  ],
  [
    'a demoted primary whose instance was asked before the demotion',
    [eu({ ...promotedUs, status: { demotionToken: 't' } }), us(promotedUs)],
    [],
  ],
  ['the former primary cannot be read', [gone, us(promotedUs)], []],
  [
    'nobody is primary',
    [eu({ replica: { primary: 'cluster-us' } }, { isPrimary: false, replayLsn: '0/E0000A0' }), us()],
    ['error no-primary cluster-eu cluster-us'],
  ],
  [
    'a demotion is under way',
    [eu({ ...promotedUs, status: { demotionToken: 't' } }, { isPrimary: false, replayLsn: '0/E0000A0' }), us()],
    ['notice no-primary cluster-eu cluster-us'],
  ],
  [
    'a switchover is stuck: the token was wrong',
    [
      eu({ ...promotedUs, status: { demotionToken: 't' } }, { isPrimary: false, replayLsn: '0/E0000A0' }),
      us({ status: { phase: phases.unrecoverable } }),
    ],
    ['error no-primary cluster-eu cluster-us'],
  ],
  [
    'a switchover is stuck: the token was refused',
    [
      eu({ ...promotedUs, status: { demotionToken: 't' } }, { isPrimary: false, replayLsn: '0/E0000A0' }),
      us(refusedUs),
    ],
    ['error no-primary cluster-eu cluster-us'],
  ],
  ['beside a primary a refused token makes no second one', [eu(), us(refusedUs)], ['error token-refused cluster-us']],
  ['the other side is unread', [gone, us(refusedUs)], ['error token-refused cluster-us']],
  ['the other side was never seen', [us(refusedUs)], ['error token-refused cluster-us']],
  ['it is being promoted with a token', [eu({ ...promotedUs, status: { demotionToken: 't' } }), us(waitingUs)], []],
  [
    'beside a primary that may still be a second one',
    [eu(), us(waitingUs)],
    ['error two-primaries cluster-eu cluster-us'],
  ],
  ['nobody is primary, but one side is unread', [{ ...eu(promotedUs), state: 'failed' }, us()], []],
  [
    'the demoted side was lost before the other was promoted',
    [{ ...eu({ ...promotedUs, status: { demotionToken: 't' } }), state: 'failed', seenAt: 1000 }, us()],
    ['error no-primary cluster-eu cluster-us'],
  ],
  [
    'the demoted side was lost after the other was promoted',
    [{ ...eu({ ...promotedUs, status: { demotionToken: 't' } }), state: 'failed' }, us(promotedUs)],
    [],
  ],
  [
    'the side that was to be promoted was lost after the demotion',
    [
      eu({ ...promotedUs, status: { demotionToken: 't' } }, { isPrimary: false, replayLsn: '0/E0000A0' }),
      { ...us(), state: 'failed' },
    ],
    ['error no-primary cluster-eu cluster-us'],
  ],
  [
    'the new primary was lost',
    [
      eu({ ...promotedUs, status: { demotionToken: 't' } }, { isPrimary: false, replayLsn: '0/E0000A0' }),
      { ...us(promotedUs), state: 'failed' },
    ],
    [],
  ],
  ['a member was not found', [us()], []],
  [
    'archiving fails by condition',
    [eu({ status: { conditions: [failing] } }), us()],
    ['error archive-failing cluster-eu'],
  ],
  ['a replica fails to archive, its standbys hide it', [eu(), us({}, failed)], ['error archive-failing cluster-us']],
  [
    'archiving fails, but is switched off',
    [eu({ annotations: { 'cnpg.io/skipWalArchiving': 'enabled' }, status: { conditions: [failing] } }), us()],
    [],
  ],
  ['archiving failed once and works again', [eu({}, { lastFailedWAL: '00000003.history' }), us()], []],
  [
    'other system',
    [eu(), us({ status: { systemID: '7711301592564678676' } })],
    ['error system-ids cluster-eu cluster-us'],
  ],
  [
    'other system, known from the instance only',
    [eu(), us({ status: { systemID: '' } }, { systemID: '1' })],
    ['error system-ids cluster-eu cluster-us'],
  ],
  [
    'a replica on a later timeline that does not stream',
    [eu(), us({}, { timeLineID: 4, isWalReceiverActive: false })],
    ['error future-timeline cluster-us cluster-us-1'],
  ],
  ['a replica that streams says an old timeline', [eu(), us({}, { timeLineID: 1 })], []],
  [
    'a replica that went on after the timeline began',
    [eu({}, { timeLineID: 4 }), us({}, { isWalReceiverActive: false, replayLsn: '0/20000000' })],
    ['error diverged cluster-us cluster-us-1'],
  ],
  [
    'a little further may be the time between two questions',
    [eu({}, { timeLineID: 4 }), us({}, { isWalReceiverActive: false, replayLsn: '0/E0000F0' })],
    [],
  ],
  [
    '2 GB behind',
    [eu({}, { currentLsn: '0/8E0000A0' }), us()],
    [
      'warning lag cluster-eu cluster-eu-2',
      'warning lag cluster-eu cluster-eu-3',
      'warning lag cluster-us cluster-us-1',
    ],
  ],
  [
    'late on purpose',
    [eu({}, { currentLsn: '0/8E0000A0' }), us({ replica: { minApplyDelay: '8h' } })],
    ['warning lag cluster-eu cluster-eu-2', 'warning lag cluster-eu cluster-eu-3'],
  ],
];
for (const [name, snapshots, expected] of table)
  test(name, () => assert.deepEqual(judged(snapshots).alarms.map(short), expected));

const minutesAgo = (minutes: number): string => new Date(3_600_000 - minutes * 60_000).toISOString();
/** The leader's pod as it is at one o'clock. */
const leaderPod = (snapshot: ContextSnapshot, minutes: number): ContextSnapshot => ({
  ...snapshot,
  pods: snapshot.pods.map((each, at) =>
    at === 0
      ? {
          ...each,
          status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(minutes) }] },
        }
      : each,
  ),
});
const leaderGone = (snapshot: ContextSnapshot): ContextSnapshot => ({ ...snapshot, pods: snapshot.pods.slice(1) });
const notReady = (minutes: number): Overrides => ({
  status: {
    phase: 'Failing over',
    conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(minutes) }],
  },
});

const leaders: [string, ContextSnapshot[], string[]][] = [
  ['the primary is not ready for long', [leaderPod(eu(), 2), us()], ['error leader-down cluster-eu cluster-eu-1']],
  ['the primary restarts', [leaderPod(eu(), 0.2), us()], []],
  ['the primary has no pod', [leaderGone(eu(notReady(2))), us()], ['error leader-down cluster-eu cluster-eu-1']],
  ['no pod, and its operator says nothing', [leaderGone(eu()), us()], ['error leader-down cluster-eu cluster-eu-1']],
  [
    'its pod has just gone, which its operator does not know yet',
    [leaderGone(eu({ status: { conditions: [ready] } })), us()],
    [],
  ],
  ['the designated primary', [eu(), leaderPod(us(), 2)], ['warning leader-down cluster-us cluster-us-1']],
  ['pods may not be read', [{ ...eu(), pods: [], unread: { Pod: 'forbidden' } }, us()], []],
  ['fenced', [leaderPod(eu({ annotations: { 'cnpg.io/fencedInstances': '["*"]' } }), 2), us()], []],
  ['hibernated', [leaderGone(eu({ ...notReady(2), annotations: { 'cnpg.io/hibernation': 'on' } })), us()], []],
  ['a lost side', [{ ...leaderPod(eu(), 2), state: 'failed' }, us()], []],
];
for (const [name, snapshots, expected] of leaders)
  test(`leader: ${name}`, () => {
    const { alarms, undecided } = judged(snapshots, momentOf(3_600_000));
    assert.deepEqual(alarms.map(short), expected);
    if (/restarts|lost|may not|does not know/.test(name))
      assert.ok(undecided.has('leader-down ["eu","default","cluster-eu"]'));
    for (const { sentence, lookAt } of alarms) assert.doesNotMatch(sentence + lookAt, /undefined|NaN/);
  });

test('a primary that is down: for how long, what the operator says, and what to do', () => {
  const [alarm] = judged([leaderPod(eu(notReady(2)), 2), us()], momentOf(3_600_000)).alarms;
  assert.equal(
    alarm?.sentence,
    'cluster-eu accepts no writes: its primary cluster-eu-1 has not been ready for 2 min. The operator says: Failing over.',
  );
  assert.match(alarm?.lookAt ?? '', /events of cluster-eu-1.*"CNPG: Fail Over to Replica Cluster…"/);
});

test('what was read too long ago says nothing, and lifts nothing', () => {
  const snapshots = [eu({}, { currentLsn: '0/8E0000A0' }), us()];
  const { alarms, undecided } = judged(snapshots, momentOf(staleAfter + 1));
  assert.deepEqual(alarms, []);
  assert.ok(undecided.has('lag ["us","default","cluster-us"] cluster-us-1'));
});

test('the lag limit is a setting', () => {
  const snapshots = [eu({}, { currentLsn: '0/E0100A0' }), us()];
  assert.equal(judged(snapshots, momentOf(0, { lagLimit: 1024n })).alarms.length, 3);
});

test('a designated primary that gets nothing for minutes while the primary goes on', () => {
  const at = (minutes: number): number => minutes * 60_000;
  const positions = new Map([
    [
      positionKey('eu', 'default', 'cluster-eu-1'),
      [
        { at: 0, lsn: 0n },
        { at: at(10), lsn: 0x8000000n },
      ],
    ],
    [
      positionKey('us', 'default', 'cluster-us-1'),
      [
        { at: 0, lsn: 0n },
        { at: at(10), lsn: 0n },
      ],
    ],
  ]);
  const read = (snapshot: ContextSnapshot): ContextSnapshot => ({
    ...snapshot,
    instanceStatus: Object.fromEntries(
      Object.entries(snapshot.instanceStatus).map(([key, reading]) => [key, { ...reading, readAt: at(10) }]),
    ),
  });
  const archived = { lastArchivedWAL: '000000030000000000000010' };
  const snapshots = [eu({}, archived), us({}, { isWalReceiverActive: false })].map(read);
  assert.deepEqual(judged(snapshots, momentOf(at(10), { positions })).alarms.map(short), [
    'warning not-fed cluster-us',
  ]);
  // With the archive it may have to wait for a segment.
  assert.deepEqual(judged(snapshots, momentOf(at(10))).alarms, []);
});

/** Seconds after the start at which the WAL receiver of cluster-us-1 was not there, and what is said of it `now`. */
const cuts: [string, (at: number) => boolean, number, string[], boolean][] = [
  ['for three minutes', () => true, 200, ['warning streaming-cut cluster-us'], false],
  ['not followed for long enough', () => true, 100, [], true],
  ['since a minute', at => at >= 140, 200, [], true],
  ['over since a minute: told again only after a longer peace', at => at < 140, 200, [], true],
  ['comes and goes', at => at % 60 < 30, 200, [], true],
  ['over', at => at < 10, 200, [], false],
  ['never', () => false, 0, [], false],
];
for (const [name, cut, now, expected, undecided] of cuts)
  test(`streaming is interrupted: ${name}`, () => {
    let positions: Positions = new Map();
    let snapshots: ContextSnapshot[] = [];
    for (let at = 0; at <= now; at += 10) {
      // The archive feeds it: a segment a minute.
      const lsn = { replayLsn: `0/E${Math.floor(at / 60)}000000` };
      const read = (snapshot: ContextSnapshot): ContextSnapshot => ({
        ...snapshot,
        instanceStatus: Object.fromEntries(
          Object.entries(snapshot.instanceStatus).map(([key, reading]) => [key, { ...reading, readAt: at * 1000 }]),
        ),
      });
      snapshots = [eu({}, { currentLsn: '0/EF000000' }), us({}, { ...lsn, isWalReceiverActive: !cut(at) })].map(read);
      positions = addPositions(positions, snapshots);
    }
    const moment = momentOf(now * 1000, { positions, lagLimit: 1n << 40n });
    const judgement = judged(snapshots, moment);
    assert.deepEqual(judgement.alarms.map(short), expected);
    assert.equal(judgement.undecided.has('streaming-cut ["us","default","cluster-us"]'), undecided);
    for (const { sentence } of judgement.alarms)
      assert.match(sentence, /^cluster-us has not streamed from cluster-eu for more than 3 min.* It is .* behind\.$/);
    // While the source is down there is that alarm and no other.
    const [source, replica] = snapshots;
    assert.ok(source && replica);
    const down = judged([leaderGone(source), replica], moment);
    assert.ok(!down.alarms.some(({ kind }) => kind === 'streaming-cut'));
    // A source that cannot be read explains nothing.
    const lost = judged([{ ...source, state: 'failed' }, replica], moment);
    assert.deepEqual(lost.alarms.map(short), expected);
  });

/** As recorded of instances whose PostgreSQL shuts down or starts; and what says nothing of PostgreSQL. */
const refuses =
  'The API server could not read it. HTTP 500: failed to connect to `user=postgres database=postgres`: /controller/run/.s.PGSQL.5432 (/controller/run): dial error: dial unix /controller/run/.s.PGSQL.5432: connect: no such file or directory.';
const noWay = 'HTTP 500: error trying to reach service: dial tcp 10.88.1.16:8000: connect: connection refused.';
const silences: [string, string, number, number, string[], boolean][] = [
  ['for 45 seconds', refuses, 45, 50, ['error leader-down cluster-eu cluster-eu-1'], false],
  ['for 5 seconds', refuses, 5, 50, [], true],
  ['said too long ago', refuses, 45, 300, [], false],
  ['its instance manager is not reached', noWay, 45, 50, [], false],
];
for (const [name, reason, readAt, now, expected, undecided] of silences)
  test(`the pod is ready, PostgreSQL takes no connections: ${name}`, () => {
    const reading = { kind: 'failed' as const, reason, readAt: readAt * 1000, since: 0 };
    const source = eu();
    const snapshots = [
      { ...source, instanceStatus: { ...source.instanceStatus, 'default/cluster-eu-1': reading } },
      us(),
    ];
    const { alarms, undecided: open } = judged(snapshots, momentOf(now * 1000));
    assert.deepEqual(alarms.map(short), expected);
    assert.equal(open.has('leader-down ["eu","default","cluster-eu"]'), undecided);
    for (const { sentence } of alarms)
      assert.match(
        sentence,
        /^cluster-eu accepts no writes: its primary cluster-eu-1 has taken no connections for 45 s, although its pod is ready\. .*no such file or directory\.$/,
      );
  });

test('every alarm says what is wrong, where to look, and has its own id', () => {
  const all = table.flatMap(([, snapshots]) => {
    const { alarms } = judged(snapshots);
    assert.equal(new Set(alarms.map(({ id }) => id)).size, alarms.length);
    return alarms;
  });
  for (const { sentence, lookAt, addresses } of all) {
    assert.match(sentence, /^\S.*\.$/s);
    assert.match(lookAt, /\S[.?]$/);
    assert.ok(addresses.length > 0);
    assert.doesNotMatch(sentence + lookAt, /undefined|\bnull\b|NaN/);
  }
});

test('an alarm keeps its id while it lasts, whatever its numbers', () => {
  const ids = ['0/8E0000A0', '0/9E0000A0'].map(currentLsn =>
    judged([eu({}, { currentLsn }), us()]).alarms.map(a => a.id),
  );
  assert.deepEqual(ids[0], ids[1]);
});
