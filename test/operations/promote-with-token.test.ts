/** A promotion with the token of a primary that is lost, as pure functions: what is asked, what blocks, what is typed, the end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster.ts';
import { annotations, phases } from '../../src/model/cluster.ts';
import { encodeToken } from '../../src/model/token.ts';
import { blocking } from '../../src/operations/checks.ts';
import type { OtherSide } from '../../src/operations/other-side.ts';
import { promoteWithToken } from '../../src/operations/promote-with-token.ts';
import { demotionToken, member, primaryStatus, standbyStatus } from '../support/clusters.ts';
import type { Given } from '../support/observed.ts';
import { at, changesOf, expectCheck, observed, progressOf } from '../support/observed.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const text = encodeToken(demotionToken);
const operation = (token = text, given = false) =>
  promoteWithToken(at('cluster-us'), 'cluster-eu', { text: token, seenAt: given ? undefined : noon - 600_000 }, () =>
    Promise.reject(new Error('unused')),
  );

const demoted = { replica: { primary: 'cluster-us' }, status: { demotionToken: text } };
const lost: OtherSide = {
  name: 'cluster-eu',
  address: at('cluster-eu'),
  api: { kind: 'silent', reason: 'no answer within 10 s' },
  lastSeen: member('cluster-eu', demoted),
  lastSeenAt: noon - 300_000,
  positions: [],
  archive: { kind: 'none' },
  trace: { kind: 'read', file: 'partial', later: false },
  askedAt: noon,
};
const dry = (over: Parameters<typeof standbyStatus>[0] = {}): Given => ({
  name: 'cluster-us',
  statuses: { 1: standbyStatus({ isWalReceiverActive: false, ...over }) },
});
const behind = dry({ replayLsn: '0/D000000', receivedLsn: '0/D000000' });

const plan = (other: Partial<OtherSide> = {}, given: Given = dry(), made = operation()) =>
  made.plan({ ...observed({ ...given, name: 'cluster-us' }), otherSide: { ...lost, ...other } });

test('the other side is silent: one patch with the token, and the sentence has the time of the last knowledge', () => {
  const made = plan();
  assert.deepEqual(blocking(made.checks), []);
  assert.deepEqual(changesOf(made), [
    'spec.replica.primary: cluster-eu -> cluster-us',
    `spec.replica.promotionToken: (absent) -> ${text}`,
  ]);
  assert.equal(made.sentence, 'promote cluster-us, cluster-eu last known demoted at 11:55:00 UTC');
  assert.match(made.meaning, /Whether cluster-eu is still demoted cannot be seen/);
  assert.deepEqual(made.history, {
    kind: 'promotion with token',
    partner: 'cluster-eu',
    loss: 'none',
    timeline: 3,
    lsn: '0/E000028',
  });
});

test('the last knowledge is that of the token when the Cluster was not seen since', () => {
  assert.match(plan({ lastSeen: undefined, lastSeenAt: undefined }).sentence ?? '', /demoted at 11:50:00 UTC$/);
  const given = plan({ lastSeen: undefined }, dry(), operation(text, true));
  assert.match(given.sentence ?? '', /demoted at an unknown time$/);
});

test('what is proven needs no sentence: the name is typed', () => {
  for (const api of [
    { kind: 'absent' } as const,
    { kind: 'answers', seen: observed({ cluster: demoted, statuses: { 1: standbyStatus() } }) } as const,
  ]) {
    const made = plan({ api });
    assert.deepEqual(blocking(made.checks), []);
    assert.equal(made.sentence, undefined);
    assert.equal(made.interrupts, true);
  }
});

const answers = (given: Given): Partial<OtherSide> => ({ api: { kind: 'answers', seen: observed(given) } });
const other = (change: Partial<typeof demotionToken>) => operation(encodeToken({ ...demotionToken, ...change }));

const stops: [string, ReturnType<typeof plan>, RegExp][] = [
  ['garbage', plan({}, dry(), operation('garbage')), /cannot be used. It is not standard Base64/],
  ['of another system', plan({}, dry(), other({ databaseSystemIdentifier: '1' })), /is a copy of system/],
  ['of an older timeline', plan({}, dry({ timeLineID: 4 })), /already on timeline 4/],
  ['it has replayed beyond', plan({}, dry({ replayLsn: '0/F000000' })), /replayed beyond it/],
  ['it has received beyond', plan({}, dry({ receivedLsn: '0/F000000' })), /somebody wrote after the token/],
  ['its designated primary does not answer', plan({}, { statuses: { 1: undefined } }), /does not answer/],
  [
    'behind, and the file is not there',
    plan({ trace: { kind: 'read', file: undefined, later: false } }, behind),
    /is not in the archive of cluster-eu/,
  ],
  ['behind, and there is no archive', plan({ trace: { kind: 'none' } }, behind), /reads no archive/],
  [
    'behind, and the archive cannot be read',
    plan({ trace: { kind: 'unreadable', reason: '403 of S3' } }, behind),
    /could not be looked up: 403 of S3/,
  ],
  [
    'behind, and it streams',
    plan({}, dry({ replayLsn: '0/D000000', receivedLsn: '0/D000000', isWalReceiverActive: true })),
    /and it streams/,
  ],
  [
    'only the beginning of the last record is there',
    plan({ trace: { kind: 'none' } }, dry({ replayLsn: '0/E000028', receivedLsn: '0/E000028' })),
    /0 B are missing/,
  ],
  [
    'it was primary when last seen, after the token',
    plan({ lastSeen: member('cluster-eu') }),
    /at 11:55:00 UTC, it was the primary cluster/,
  ],
  [
    'the token was given, and it was last seen as primary',
    plan({ lastSeen: member('cluster-eu') }, dry(), operation(text, true)),
    /it was the primary cluster/,
  ],
  [
    'it was demoted in favour of another',
    plan({ lastSeen: member('cluster-eu', { replica: { primary: 'cluster-ap' } }) }),
    /it named "cluster-ap" as primary/,
  ],
  ['its archive has a later timeline', plan({ trace: { kind: 'read', file: 'partial', later: true } }), /there is one/],
  ['it answers as a primary', plan(answers({})), /cluster-eu-1 says that it is a primary/],
  [
    'it answers, and has another token',
    plan(answers({ cluster: { ...demoted, status: { demotionToken: 'other' } }, statuses: { 1: standbyStatus() } })),
    /another token/,
  ],
  [
    'it answers, and is being demoted',
    plan(
      answers({
        cluster: { ...demoted, status: { switchReplicaClusterStatus: { inProgress: true } } },
        statuses: { 1: standbyStatus() },
      }),
    ),
    /being demoted/,
  ],
  ['its API refuses', plan({ api: { kind: 'refuses', reason: '503' } }), /does not say: 503/],
  ['another member is primary', plan({ otherPrimaries: ['cluster-ap'] }), /cluster-ap is primary as well/],
  ['late on purpose', plan({}, { ...dry(), cluster: { replica: { minApplyDelay: '8h' } } }), /minApplyDelay is 8h/],
  ['replay is paused', plan({}, dry({ replayPaused: true })), /it is paused/],
  [
    'fenced',
    plan({}, { ...dry(), cluster: { annotations: { [annotations.fencedInstances]: '["*"]' } } }),
    /fenced: \*/,
  ],
  ['not ready', plan({}, { ...dry(), notReady: [1] }), /cluster-us-1 is not ready/],
];
for (const [title, made, evidence] of stops) test(`stops: ${title}`, () => expectCheck(made, 'blocks', evidence));

test('in-tree Barman reads the archive only as long as it is a replica: behind, it waits', () => {
  const [entry] = member('cluster-us').spec.externalClusters ?? [];
  assert.ok(entry);
  const { plugin: _, ...bare } = entry;
  const inTree: NonNullable<Cluster['spec']['externalClusters']> = [
    { ...bare, barmanObjectStore: { destinationPath: 's3://archive/' } },
  ];
  const made = plan({}, { ...behind, cluster: { spec: { externalClusters: inTree } } });
  expectCheck(made, 'blocks', /is in the archive \(partial\)/);
});

test('only what cannot be decided can be overridden', () => {
  const yields = (made: ReturnType<typeof plan>) => blocking(made.checks).map(check => check.yields === true);
  assert.deepEqual(yields(plan({ trace: { kind: 'read', file: 'partial', later: true } })), [false]);
  assert.deepEqual(yields(plan({ lastSeen: member('cluster-eu') })), [true]);
  assert.deepEqual(yields(plan({ api: { kind: 'refuses', reason: '503' } })), [true]);
  assert.ok(yields(plan(answers({}))).includes(false));
});

const warnings: [string, ReturnType<typeof plan>, RegExp][] = [
  ['a silent API is no proof', plan(), /cannot be seen from here/],
  ['nor is the last knowledge', plan(), /last known at 11:55:00 UTC; what was done there since cannot be seen/],
  [
    'behind, and the file is in the archive',
    plan({}, behind),
    /00000003000000000000000E, which holds the end, is in the archive \(partial\)/,
  ],
  ['its archive cannot be read', plan({ trace: { kind: 'unreadable', reason: '403 of S3' } }), /403 of S3/],
  ['it streams: PostgreSQL there runs', plan({}, dry({ isWalReceiverActive: true })), /PostgreSQL of cluster-eu runs/],
];
for (const [title, made, evidence] of warnings) test(`warns: ${title}`, () => expectCheck(made, 'warns', evidence));

const promoted = { replica: { primary: 'cluster-us', promotionToken: text } };
const used = { ...promoted, status: { lastPromotionToken: text } };
const writes = { 1: primaryStatus({ timeLineID: 4 }) };
const ends: [string, Given, string][] = [
  ['changed back', {}, 'failed'],
  ['the token is refused', { cluster: { ...promoted, status: { phase: phases.unrecoverable } } }, 'failed'],
  ['it waits for WAL', { cluster: { ...promoted, status: { phase: phases.promoting } } }, 'pending'],
  ['the token is not used up yet', { cluster: promoted, statuses: writes }, 'pending'],
  ['restarts', { cluster: { ...used, status: { ...used.status, readyInstances: 2 } }, statuses: writes }, 'pending'],
  ['nobody follows, as far as is known', { cluster: used, statuses: writes }, 'done with issues'],
];
for (const [title, given, wanted] of ends)
  test(`the end: ${title}`, () => assert.equal(progressOf(operation(), { name: 'cluster-us', ...given }), wanted));

test('run again after the patch there is nothing to write', () => {
  const made = plan({}, { name: 'cluster-us', cluster: promoted });
  assert.equal(made.write, undefined);
  assert.deepEqual(made.checks, []);
});
