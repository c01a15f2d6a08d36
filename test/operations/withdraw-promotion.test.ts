/** The order to promote with a wrong token is taken back: never by removing only the token, and not once it was promoted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotations, phases } from '../../src/model/cluster.ts';
import { encodeToken } from '../../src/model/token.ts';
import { blocking } from '../../src/operations/checks.ts';
import { memberBefore, withdrawPromotion } from '../../src/operations/withdraw-promotion.ts';
import { demotionToken, member, primaryStatus, standbyStatus } from '../support/clusters.ts';
import type { Given } from '../support/observed.ts';
import { at, changesOf, expectCheck, observed, progressOf } from '../support/observed.ts';

const token = encodeToken({ ...demotionToken, databaseSystemIdentifier: '1' });
const reached = encodeToken(demotionToken);
const demoted = member('cluster-eu', { replica: { primary: 'cluster-us' }, status: { demotionToken: reached } });
const operation = (others = [demoted]) => withdrawPromotion(at('cluster-us'), others, 'before');
const replica = { primary: 'cluster-us', promotionToken: token };
const refused: Given = { name: 'cluster-us', cluster: { replica, status: { phase: phases.unrecoverable } } };
const given = (over: Given['cluster'], more: Given = {}): Given => ({
  ...refused,
  ...more,
  cluster: { ...refused.cluster, ...over },
});
const plan = (seen: Given = refused, made = operation()) => made.plan(observed(seen));

test('one patch takes the role back and the token out', () => {
  const made = plan();
  assert.deepEqual(blocking(made.checks), []);
  assert.deepEqual(changesOf(made), [
    'spec.replica.primary: cluster-us -> cluster-eu',
    `spec.replica.promotionToken: ${token} -> (absent)`,
  ]);
  assert.equal(made.interrupts, false);
  assert.deepEqual(made.history, { kind: 'withdrawn promotion', partner: 'cluster-eu', loss: 'none' });
});

test('whom it follows again: the primary, else who was demoted for it, else its source, and never itself', () => {
  const us = member('cluster-us', { replica });
  const third = member('cluster-eu', { replica: { self: 'cluster-ap', primary: 'cluster-ap' } });
  assert.equal(memberBefore(us, [demoted, third]), 'cluster-ap');
  assert.equal(memberBefore(us, [demoted]), 'cluster-eu');
  assert.equal(memberBefore(us, []), 'cluster-eu');
  const ofItself = member('cluster-us', { replica: { ...replica, source: 'cluster-us' } });
  assert.equal(memberBefore(ofItself, []), undefined);
  const made = plan(given({ replica: { ...replica, source: 'cluster-us' } }), operation([]));
  assert.equal(made.write, undefined);
  expectCheck(made, 'blocks', /neither a primary/);
});

const used = { status: { lastPromotionToken: token } };
const stops: [string, Given, RegExp][] = [
  ['promoted with it', given(used, { statuses: { 1: primaryStatus() } }), /it was promoted with it/],
  ['promoted, and not told yet', given({}, { statuses: { 1: primaryStatus() } }), /says that it is a primary/],
  ['its designated primary is silent', given({}, { statuses: { 1: undefined } }), /does not answer/],
  ['no token: promoted at once', given({ replica: { primary: 'cluster-us' } }), /has no promotion token/],
  ['nobody to follow', given({ spec: { externalClusters: [] } }), /not among its externalClusters/],
  ['a demotion', given({ status: { switchReplicaClusterStatus: { inProgress: true } } }), /being demoted/],
];
for (const [title, seen, evidence] of stops) test(`stops: ${title}`, () => expectCheck(plan(seen), 'blocks', evidence));

test('only silence can be overridden', () => {
  const yields = (seen: Given) => blocking(plan(seen).checks).map(each => each.yields === true);
  assert.deepEqual(yields(given({}, { statuses: { 1: undefined } })), [true]);
  assert.deepEqual(yields(given({}, { statuses: { 1: primaryStatus() } })), [false]);
});

const waiting = { replica: { primary: 'cluster-us', promotionToken: reached }, status: { phase: phases.promoting } };
const warnings: [string, Given, RegExp][] = [
  [
    'it may still be promoted',
    given(waiting, { statuses: { 1: standbyStatus({ replayLsn: '0/D000000' }) } }),
    /to replay and will wait for them/,
  ],
  [
    'the operator is off',
    given({ annotations: { [annotations.reconciliationLoop]: 'disabled' } }),
    /told to leave it alone/,
  ],
];
for (const [title, seen, evidence] of warnings)
  test(`warns: ${title}`, () => expectCheck(plan(seen), 'warns', evidence));

test('the evidence says what is wrong with the token', () => {
  const [said] = plan().checks.filter(({ title }) => /cannot be promoted with this token/.test(title));
  assert.match(said?.evidence ?? '', /The token is of system 1, cluster-us is a copy of system/);
  assert.equal(said?.outcome, 'ok');
});

const back: Given = { name: 'cluster-us' };
const ends: [string, Given, string][] = [
  ['somebody wants it to be primary', refused, 'failed'],
  ['the operator has not looked yet', { ...back, cluster: { status: { phase: phases.unrecoverable } } }, 'pending'],
  ['promoted in that moment', { ...back, statuses: { 1: primaryStatus() } }, 'pending'],
  [
    'promoted in that moment, and being demoted',
    { ...back, cluster: { status: { switchReplicaClusterStatus: { inProgress: true } } } },
    'pending',
  ],
  ['and demoted', { ...back, cluster: { status: { demotionToken: 'new' } } }, 'failed'],
  ['a token of an earlier demotion', { ...back, cluster: { status: { demotionToken: 'before' } } }, 'done'],
  ['it follows', back, 'done'],
];
for (const [title, seen, wanted] of ends)
  test(`the end: ${title}`, () => assert.equal(progressOf(operation(), seen), wanted));

test('run again after the patch there is nothing to write', () => {
  const made = plan(back);
  assert.deepEqual([made.write, made.checks], [undefined, []]);
});
