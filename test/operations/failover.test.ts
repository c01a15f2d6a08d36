/** Failover as pure functions: every proof attempt, the sentence, the write, the end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotations, phases } from '../../src/model/cluster.ts';
import { blocking } from '../../src/operations/checks.ts';
import { failOver } from '../../src/operations/failover.ts';
import type { OtherSide } from '../../src/operations/other-side.ts';
import { encodeToken } from '../../src/model/token.ts';
import { demotionToken, member, primaryStatus, standbyStatus } from '../support/clusters.ts';
import type { Given } from '../support/observed.ts';
import { at, changesOf, expectCheck, observed, progressOf } from '../support/observed.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const operation = failOver(at('cluster-us'), () => Promise.reject(new Error('the test looks by itself')));

const silent = { kind: 'silent', reason: 'no answer within 10 s' } as const;
const lost: OtherSide = {
  name: 'cluster-eu',
  address: at('cluster-eu'),
  api: silent,
  lastSeen: undefined,
  positions: [{ at: noon - 300_000, lsn: 0xe0300a0n }],
  archive: { kind: 'read', newest: { name: '00000003000000000000000D', storedAt: noon - 240_000 } },
  askedAt: noon,
};
const dead = { name: 'cluster-us', statuses: { 1: standbyStatus({ isWalReceiverActive: false }) } } as const;

const plan = (other: Partial<OtherSide> = {}, given: Given = dead) =>
  operation.plan({ ...observed({ name: 'cluster-us', ...given }), otherSide: { ...lost, ...other } });

const storedAgo = (seconds: number, clockAhead?: number): Partial<OtherSide> => ({
  archive: { kind: 'read', newest: { name: '00000003000000000000000D', storedAt: noon - seconds * 1000, clockAhead } },
});
const archiveCheck = (other: Partial<OtherSide>, given: Given = dead) =>
  plan(other, given).checks.find(({ title }) => title.startsWith('Nothing arrives in the archive'));

test('a silence longer than archive_timeout is a sign', () => {
  const long = archiveCheck(storedAgo(400));
  assert.equal(long?.outcome, 'ok');
  assert.match(long.evidence, /stored 7 min ago, .*; archive_timeout is 5 min$/);
  const quick = { spec: { postgresql: { parameters: { archive_timeout: '30s' } } } };
  assert.equal(archiveCheck({ ...storedAgo(100), lastSeen: member('cluster-eu', quick) })?.outcome, 'ok');
  assert.equal(
    archiveCheck(storedAgo(100), { ...dead, cluster: quick })?.outcome,
    'ok',
    'as the replica cluster has it',
  );
});

test('a clock of the object store that differs is said, and one that is not known to be ahead decides nothing', () => {
  assert.match(
    archiveCheck(storedAgo(400, 240_000))?.evidence ?? '',
    /the clock of the object store is 4 min ahead of this/,
  );
  assert.match(archiveCheck(storedAgo(400, -240_000))?.evidence ?? '', /is 4 min behind this machine's/);
  const later = archiveCheck(storedAgo(-240));
  assert.deepEqual([later?.outcome, later?.severity, later?.yields], ['unknown', 'blocks', true]);
  assert.match(later?.evidence ?? '', /later than now by this machine's: the clocks differ/);
});

/** The primary's side, as it answers. */
const alive = (given: Given = {}): Partial<OtherSide> => ({ api: { kind: 'answers', seen: observed(given) } });
const down = { statuses: { 1: undefined, 2: undefined, 3: undefined }, notReady: [1, 2, 3] };

test('the primary is lost: one patch, and the sentence has the loss in it', () => {
  const made = plan();
  assert.deepEqual(blocking(made.checks), []);
  assert.deepEqual(changesOf(made), ['spec.replica.primary: cluster-eu -> cluster-us']);
  assert.deepEqual(made.write?.verb === 'patch' && made.write.patch, { spec: { replica: { primary: 'cluster-us' } } });
  assert.equal(made.sentence, 'fail over to cluster-us and lose 192 kB and all since 11:55:00 UTC');
  assert.match(made.meaning, /cannot follow any more: it has to be rebuilt/);
});

const stops: [string, Partial<OtherSide>, Given, RegExp][] = [
  ['a primary that answers', alive(), dead, /cluster-eu-1 says that it is a primary, at 0\/E0000A0/],
  ['ready, but it does not say', alive({ statuses: { 1: undefined } }), dead, /ready: cluster-eu-1/],
  ['down, and nothing keeps it so', alive(down), dead, /nothing keeps its operator/],
  ['an API that refuses', { api: { kind: 'refuses', reason: '403' } }, dead, /does not say: 403/],
  ['it still streams', {}, { statuses: { 1: standbyStatus() } }, /cluster-us-1 streams/],
  ['the designated primary does not answer', {}, { statuses: { 1: undefined } }, /does not answer/],
  [
    'it still archives',
    { archive: { kind: 'read', newest: { name: '00000003000000000000000D', storedAt: noon - 59_000 } } },
    dead,
    /stored 59 s ago, at 11:59:01 UTC/,
  ],
  [
    'it is demoted, and its token is there',
    { lastSeen: observed({ cluster: { replica: { primary: 'cluster-us' }, status: { demotionToken: 'x' } } }).cluster },
    dead,
    /is demoted in favour of cluster-us, and its token is there/,
  ],
  [
    'it was demoted in an earlier window, and its token is saved',
    { savedToken: encodeToken(demotionToken) },
    dead,
    /is demoted in favour of cluster-us, and its token is saved/,
  ],
  ['another member is primary', { otherPrimaries: ['cluster-ap'] }, dead, /cluster-ap is primary as well/],
  ['a standalone replica', {}, { ...dead, cluster: { replica: { enabled: true } } }, /standalone/],
  ['fenced', {}, { ...dead, cluster: { annotations: { [annotations.fencedInstances]: '["*"]' } } }, /fenced: \*/],
  ['hibernated', {}, { ...dead, cluster: { annotations: { [annotations.hibernation]: 'on' } } }, /hibernated/],
  ['no instance', {}, { ...dead, cluster: { status: { currentPrimary: '' } } }, /healthy state/],
  ['its designated primary is not ready', {}, { ...dead, notReady: [1] }, /cluster-us-1 is not ready/],
  [
    'the operator is told to leave it alone',
    {},
    { ...dead, cluster: { annotations: { [annotations.reconciliationLoop]: 'disabled' } } },
    /leave it alone/,
  ],
];
for (const [title, other, given, evidence] of stops)
  test(`stops: ${title}`, () => {
    const made = plan(other, { ...given, name: 'cluster-us' });
    assert.match(
      blocking(made.checks)
        .map(check => check.evidence)
        .join('\n'),
      evidence,
    );
  });

test('the token of an older demotion says nothing', () => {
  const older = encodeToken({ ...demotionToken, latestCheckpointTimelineID: '2' });
  assert.deepEqual(blocking(plan({ savedToken: older }).checks), []);
});

test('only what cannot be decided can be overridden', () => {
  const yields = (other: Partial<OtherSide>, given: Given = dead) =>
    blocking(plan(other, given).checks).map(check => check.yields === true);
  assert.deepEqual(yields(alive(down)), [true]);
  assert.deepEqual(yields({ api: { kind: 'refuses', reason: '403' } }), [true]);
  assert.ok(yields(alive()).includes(false));
  assert.deepEqual(yields({}, { name: 'cluster-us', statuses: { 1: standbyStatus() } }), [false]);
});

const warnings: [string, Partial<OtherSide>, Given, RegExp][] = [
  [
    'its pods do not answer: their node may only be cut off',
    alive({ ...down, cluster: { annotations: { [annotations.fencedInstances]: '["*"]' } } }),
    dead,
    /its API server answers; not heard: cluster-eu-1, cluster-eu-2, cluster-eu-3/,
  ],
  ['a silent API is no proof', {}, dead, /cannot be seen from here/],
  ['no context leads there', { api: { kind: 'unasked', reason: 'no context' } }, dead, /no context/],
  ['its archive cannot be read', { archive: { kind: 'unreadable', reason: '403 of S3' } }, dead, /403 of S3/],
  ['the loss is not known', { positions: [], archive: { kind: 'none' } }, dead, /unknown: where the primary was/],
  [
    'WAL waits in the archive',
    { archive: { kind: 'read', newest: { name: '00000003000000000000000E', storedAt: noon - 90_000 } } },
    dead,
    /16 MB in the archive of the primary are not here yet/,
  ],
  [
    'replay is paused',
    {},
    { name: 'cluster-us', statuses: { 1: standbyStatus({ isWalReceiverActive: false, replayPaused: true }) } },
    /paused/,
  ],
  ['late on purpose', {}, { ...dead, cluster: { replica: { minApplyDelay: '8h' } } }, /8h late on purpose/],
  [
    'its archive is silent, and not for as long as a primary that writes little may be',
    {},
    dead,
    /stored 4 min ago, at 11:56:00 UTC by the clock of the object store; archive_timeout is 5 min, so that/,
  ],
  [
    'archive_timeout is switched off: its silence proves nothing',
    {
      ...storedAgo(3600),
      lastSeen: member('cluster-eu', { spec: { postgresql: { parameters: { archive_timeout: '0' } } } }),
    },
    dead,
    /archive_timeout is 0, so that/,
  ],
  ['no archive afterwards', {}, { ...dead, cluster: { spec: { plugins: [] } } }, /none/],
];
for (const [title, other, given, evidence] of warnings)
  test(`warns: ${title}`, () => expectCheck(plan(other, { ...given, name: 'cluster-us' }), 'warns', evidence));

test('held back, the primary may be left behind', () => {
  const fenced = { ...down, cluster: { annotations: { [annotations.fencedInstances]: '["*"]' } } };
  assert.deepEqual(blocking(plan(alive(fenced)).checks), []);
  assert.deepEqual(blocking(plan({ api: { kind: 'absent' } }).checks), []);
  const oneByOne = (...names: string[]): Given => ({
    ...down,
    cluster: { annotations: { [annotations.fencedInstances]: JSON.stringify(names) } },
  });
  assert.deepEqual(blocking(plan(alive(oneByOne('cluster-eu-1', 'cluster-eu-2', 'cluster-eu-3'))).checks), []);
  assert.equal(blocking(plan(alive(oneByOne('cluster-eu-1', 'cluster-eu-2'))).checks).length, 1);
});

const primary: Given['cluster'] = { replica: { primary: 'cluster-us' } };
const archived = primaryStatus({ timeLineID: 4, lastArchivedWAL: '00000004000000000000000E' });
const ends: [string, Given, string][] = [
  ['not written yet', { statuses: { 1: standbyStatus() } }, 'failed'],
  ['ends its recovery', { cluster: primary }, 'pending'],
  ['restarts', { cluster: { ...primary, status: { readyInstances: 2 } }, statuses: { 1: archived } }, 'pending'],
  [
    'only the history file',
    { cluster: primary, statuses: { 1: { ...archived, lastArchivedWAL: '00000004.history' } } },
    'pending',
  ],
  [
    'only the old timeline',
    { cluster: primary, statuses: { 1: { ...archived, lastArchivedWAL: '00000003000000000000000E' } } },
    'pending',
  ],
  ['archived', { cluster: primary, statuses: { 1: archived } }, 'done'],
  [
    'nobody may ask the instances, and the operator reports no primary',
    { cluster: primary, statuses: { 1: undefined } },
    'pending',
  ],
  [
    'nobody may ask the instances, and the operator reports a primary',
    {
      cluster: {
        ...primary,
        status: { instancesReportedState: { 'cluster-us-1': { isPrimary: true, timeLineID: 4 } } },
      },
      statuses: { 1: undefined },
    },
    'done with issues',
  ],
  ['no archive', { cluster: { ...primary, spec: { plugins: [] } }, statuses: { 1: archived } }, 'done with issues'],
  [
    'another phase',
    { cluster: { ...primary, status: { phase: phases.failover } }, statuses: { 1: archived } },
    'pending',
  ],
];
for (const [title, given, wanted] of ends)
  test(`the end: ${title}`, () => assert.equal(progressOf(operation, { name: 'cluster-us', ...given }), wanted));

test('run again after the patch there is nothing to write', () => {
  const made = plan({}, { name: 'cluster-us', cluster: primary });
  assert.equal(made.write, undefined);
  assert.deepEqual(made.checks, []);
});
