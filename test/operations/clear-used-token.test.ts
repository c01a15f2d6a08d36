import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeToken } from '../../src/model/token.ts';
import { blocking } from '../../src/operations/checks.ts';
import { clearUsedToken } from '../../src/operations/clear-used-token.ts';
import { demotionToken } from '../support/clusters.ts';
import type { Given } from '../support/observed.ts';
import { at, changesOf, expectCheck, observed, progressOf } from '../support/observed.ts';

const operation = clearUsedToken(at('cluster-eu'));
const token = encodeToken(demotionToken);
const used: Given = { cluster: { replica: { promotionToken: token }, status: { lastPromotionToken: token } } };
const plan = (given: Given) => operation.plan(observed(given));

test('a used token is removed, and nothing else', () => {
  const made = plan(used);
  assert.deepEqual(blocking(made.checks), []);
  assert.deepEqual(changesOf(made), [`spec.replica.promotionToken: ${token} -> (absent)`]);
  assert.equal(made.interrupts, false);
});

const refusals: [string, Given, RegExp][] = [
  ['never used: that would be a failover', { cluster: { replica: { promotionToken: token } } }, /cannot be finished/],
  [
    'another was used',
    { cluster: { replica: { promotionToken: token }, status: { lastPromotionToken: 'x' } } },
    /another/,
  ],
  [
    'a role change is in progress',
    {
      cluster: {
        ...used.cluster,
        status: { lastPromotionToken: token, switchReplicaClusterStatus: { inProgress: true } },
      },
    },
    /demoted/,
  ],
  [
    'a replica cluster',
    { ...used, cluster: { ...used.cluster, replica: { promotionToken: token, primary: 'cluster-us' } } },
    /replica cluster/,
  ],
];
for (const [title, given, evidence] of refusals)
  test(`refused: ${title}`, () => expectCheck(plan(given), 'blocks', evidence));

test('without a token there is nothing to write', () => assert.equal(plan({}).write, undefined));

const ends: [string, Given, string][] = [
  ['it is back', used, 'failed'],
  ['the operator has not looked yet', { cluster: { status: { lastPromotionToken: token } } }, 'pending'],
  ['gone', {}, 'done'],
];
for (const [title, given, wanted] of ends)
  test(`the end: ${title}`, () => assert.equal(progressOf(operation, given), wanted));
