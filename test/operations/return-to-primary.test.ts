import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phases } from '../../src/model/cluster.ts';
import { encodeToken } from '../../src/model/token.ts';
import { blocking } from '../../src/operations/checks.ts';
import type { ApiAttempt, OtherSide } from '../../src/operations/other-side.ts';
import { returnToPrimary } from '../../src/operations/return-to-primary.ts';
import { demotionToken, primaryStatus, standbyStatus } from '../support/clusters.ts';
import type { Given } from '../support/observed.ts';
import { at, changesOf, expectCheck, observed, progressOf } from '../support/observed.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const silent: ApiAttempt = { kind: 'silent', reason: 'no answer' };
const token = encodeToken(demotionToken);
const demoted: Given = {
  cluster: { replica: { primary: 'cluster-us', source: 'cluster-us' }, status: { demotionToken: token } },
  statuses: { 1: standbyStatus() },
};
const wiped: Given = { ...demoted, cluster: { replica: { primary: 'cluster-us' } } };
const operation = (saved?: string) =>
  returnToPrimary(at('cluster-eu'), saved, () => Promise.reject(new Error('unused')));
const answers = (given: Given = {}): ApiAttempt => ({
  kind: 'answers',
  seen: observed({ name: 'cluster-us', ...given }),
});
const plan = (given: Given = demoted, api: ApiAttempt = answers(), saved?: string, other: Partial<OtherSide> = {}) =>
  operation(saved).plan({
    ...observed(given),
    otherSide: {
      name: 'cluster-us',
      address: at('cluster-us'),
      api,
      lastSeen: undefined,
      positions: [],
      archive: { kind: 'none' },
      askedAt: noon,
      ...other,
    },
  });

test('one patch makes it the primary again, with its own token', () => {
  const made = plan();
  assert.deepEqual(blocking(made.checks), []);
  assert.deepEqual(changesOf(made), [
    'spec.replica.primary: cluster-us -> cluster-eu',
    `spec.replica.promotionToken: (absent) -> ${token}`,
  ]);
});

test('a token that was wiped is taken from what was saved', () =>
  assert.deepEqual(blocking(plan(wiped, answers(), token).checks), []));

const stops: [string, () => ReturnType<typeof plan>, RegExp][] = [
  [
    'the demotion still runs',
    () =>
      plan({
        ...demoted,
        cluster: {
          ...demoted.cluster,
          status: { demotionToken: token, switchReplicaClusterStatus: { inProgress: true } },
        },
      }),
    /demoted/,
  ],
  ['no token: that would be a failover', () => plan(wiped), /no demotion token/],
  [
    'a token of another system',
    () => plan({ ...demoted, cluster: { ...demoted.cluster, status: { demotionToken: token, systemID: '1' } } }),
    /it is of system/,
  ],
  [
    'a saved token of an earlier demotion: it is on a later timeline',
    () => plan({ ...wiped, statuses: { 1: standbyStatus({ timeLineID: 9 }) } }, answers(), token),
    /the instance is on timeline 9/,
  ],
  [
    'a saved token of an earlier demotion: it has written since',
    () => plan({ ...wiped, statuses: { 1: standbyStatus({ replayLsn: 'F/0' }) } }, answers(), token),
    /the instance has replayed to F\/0/,
  ],
  [
    'a saved token, and the demotion has not begun',
    () => plan({ ...wiped, statuses: { 1: primaryStatus() } }, answers(), token),
    /is a primary still/,
  ],
  ['garbage', () => plan(wiped, answers(), 'garbage'), /Base64/],
  [
    'the other side was promoted',
    () => plan(demoted, answers({ statuses: { 1: primaryStatus() } })),
    /cluster-us-1 says that it is a primary/,
  ],
  [
    'the other side is being promoted',
    () => plan(demoted, answers({ cluster: { replica: { primary: 'cluster-us' } } })),
    /manifest says primary/,
  ],
  ['the other side refuses', () => plan(demoted, { kind: 'refuses', reason: '503' }), /503/],
  [
    'the other side is silent, and was primary when it was last seen',
    () => plan(demoted, silent, undefined, { lastSeen: observed({ cluster: {} }).cluster, lastSeenAt: noon }),
    /it was the primary cluster when it was last seen, at 12:00:00 UTC/,
  ],
  [
    'the other side is silent, and its archive has a later timeline',
    () => plan(demoted, silent, undefined, { trace: { kind: 'read', file: undefined, later: true } }),
    /there is one/,
  ],
  [
    'its own instance does not answer',
    () => plan({ ...demoted, statuses: { 1: undefined } }),
    /whether it still stands there is not known/,
  ],
];
for (const [title, make, evidence] of stops) test(`stops: ${title}`, () => expectCheck(make(), 'blocks', evidence));

test('the other side is lost: a sentence with the last knowledge is typed', () => {
  const lastSeen = observed({ name: 'cluster-us' }).cluster;
  const made = plan(demoted, silent, undefined, { lastSeen, lastSeenAt: noon - 60_000 });
  expectCheck(made, 'warns', /no answer; last known as a replica cluster at 11:59:00 UTC/);
  assert.equal(made.sentence, 'return to cluster-eu, cluster-us last known as a replica cluster at 11:59:00 UTC');
  assert.equal(made.interrupts, true);
  assert.match(made.meaning, /Whether cluster-us was promoted meanwhile cannot be seen/);
  assert.match(plan(demoted, silent).sentence ?? '', /at an unknown time$/);
});

test('the other side is gone for good: nothing is left to ask', () => {
  const made = plan(demoted, { kind: 'absent' });
  assert.deepEqual(blocking(made.checks), []);
  assert.deepEqual([made.sentence, made.interrupts], [undefined, false]);
});

const back: Given = { cluster: { replica: { promotionToken: token } } };
const ends: [string, Given, string][] = [
  ['changed back', demoted, 'failed'],
  ['the token is refused', { cluster: { ...back.cluster, status: { phase: phases.unrecoverable } } }, 'failed'],
  ['ends its recovery', { ...back, statuses: { 1: standbyStatus() } }, 'pending'],
  ['restarts', { cluster: { ...back.cluster, status: { readyInstances: 1 } } }, 'pending'],
  ['accepts writes', back, 'done'],
];
for (const [title, given, wanted] of ends)
  test(`the end: ${title}`, () => assert.equal(progressOf(operation(), given), wanted));

test('when it is the primary there is nothing to write', () => assert.equal(plan({}).write, undefined));
