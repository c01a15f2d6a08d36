/** The page of a switchover: clocks, the expected end, what to do if a step stalls, both sides, kubectl. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PromotionPage } from '../../src/operations/promotion-text.ts';
import { clocked, expectedEnd, renderPromotion } from '../../src/operations/promotion-text.ts';
import type { PromotionStepName, Side } from '../../src/operations/promotion.ts';
import { demotionWrite, dryRunToken, promotionWrite, stepTitles } from '../../src/operations/promotion.ts';
import { member, primaryStatus, standbyStatus, switchover } from '../support/clusters.ts';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 23, 12, 0, seconds));
const steps: [PromotionStepName, number][] = [
  ['demote', 0],
  ['token', 1],
  ['token', 2],
  ['promote', 3],
  ['writable', 4],
];
const clocks = steps.reduce((all, [step, second]) => clocked(all, step, at(second)), [] as PromotionPage['clocks']);
const last = {
  at: '2026-11-22T12:00:00Z',
  seconds: new Map([
    [stepTitles.writable, 7],
    [stepTitles.healthy, 32],
    [stepTitles.token, 2],
  ]),
};
const a: Side = { cluster: member('cluster-eu'), leader: { kind: 'read', status: primaryStatus(), readAt: 0 } };
const b: Side = { cluster: member('cluster-us'), leader: { kind: 'read', status: standbyStatus(), readAt: 0 } };
const page: PromotionPage = {
  plan: switchover,
  log: [],
  clocks,
  last,
  current: { kind: 'wait', step: 'writable', evidence: 'it replays', stalled: 'Look at its log.' },
};

test('each step has its clock, the running one what to do if it stalls', () => {
  const text = renderPromotion(page);
  assert.match(text, /\[x\] Wait for the demotion token {2}\(12:00:01, 2 s\)/);
  assert.match(
    text,
    /\[>\] Wait for the new primary to accept writes {2}\(since 12:00:04\)\n {6}it replays\n {6}Last time this took 7 s\.\n {6}If it stalls: Look at its log\./,
  );
  assert.match(text, /Expected end: about 12:00:43 UTC/);
});

test('before the first run its limit is said', () =>
  assert.match(
    renderPromotion({ plan: switchover, log: [], clocks: [] }),
    /no run to go by yet.*shutdown of cluster-eu, which takes up to its spec.stopDelay/,
  ));

test('the expected end counts what is left of the last run', () => {
  assert.equal(expectedEnd(page)?.getTime(), at(43).getTime());
  assert.equal(expectedEnd({ clocks }), undefined);
  assert.equal(expectedEnd({ clocks: clocked(clocks, 'done', at(50)), last }), undefined);
});

test('before it begins, the page says how long it took last time', () =>
  assert.match(
    renderPromotion({ ...page, clocks: [], current: undefined as never }),
    /Expected: {2}41 s, 9 s of them without writes/,
  ));

test('both sides before and now', () => {
  const now: Side = { ...a, leader: { kind: 'failed', reason: 'x', readAt: 0 } };
  const text = renderPromotion({ ...page, before: [a, b], after: [now, b] });
  assert.match(text, /Before:\n {2}cluster-eu: primary cluster, cluster-eu-1 at 0\/E0000A0 on timeline 3, 3 of 3/);
  assert.match(text, /Now:\n {2}cluster-eu: primary cluster, position unknown/);
});

test('the writes are shown with kubectl too, and the token that is not there yet by its name', () => {
  const writes = [
    demotionWrite(switchover, a.cluster, b.cluster),
    promotionWrite(switchover, b.cluster, dryRunToken('1.30.0')),
  ];
  const text = renderPromotion({ ...page, preparation: { checks: [], writes, at: at(0) } });
  assert.match(
    text,
    /kubectl --context eu -n default patch cluster cluster-eu --type merge -p '\{"spec":\{"replica":\{"primary":"cluster-us"/,
  );
  assert.match(text, /"promotionToken":"\(the demotion token of the other side\)"/);
  assert.ok(!text.includes(dryRunToken('1.30.0')));
});
