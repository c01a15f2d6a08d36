import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phases } from '../../src/model/cluster.ts';
import { encodeToken } from '../../src/model/token.ts';
import { blocking } from '../../src/operations/checks.ts';
import type { ApiAttempt } from '../../src/operations/other-side.ts';
import { returnToPrimary } from '../../src/operations/return-to-primary.ts';
import { demotionToken, primaryStatus, standbyStatus } from '../support/clusters.ts';
import type { Given } from '../support/observed.ts';
import { at, changesOf, expectCheck, observed, progressOf } from '../support/observed.ts';

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
const plan = (given: Given = demoted, api: ApiAttempt = answers(), saved?: string) =>
  operation(saved).plan({
    ...observed(given),
    otherSide: {
      name: 'cluster-us',
      address: at('cluster-us'),
      api,
      lastSeen: undefined,
      positions: [],
      archive: { kind: 'none' },
      askedAt: 0,
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
  ['the other side is silent', () => plan(demoted, { kind: 'silent', reason: 'no answer' }), /no answer/],
];
for (const [title, make, evidence] of stops) test(`stops: ${title}`, () => expectCheck(make(), 'blocks', evidence));

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
