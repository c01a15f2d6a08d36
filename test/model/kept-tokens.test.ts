import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeptToken } from '../../src/model/kept-tokens.ts';
import { keptTokens } from '../../src/model/kept-tokens.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { encodeToken } from '../../src/model/token.ts';
import { demotionToken, member, snapshotOf } from '../support/clusters.ts';
import { at } from '../support/observed.ts';

const onTimeline = (timeline: number): string =>
  encodeToken({ ...demotionToken, latestCheckpointTimelineID: String(timeline) });
const [one, two] = [onTimeline(3), onTimeline(5)];
const seen = (token: string | undefined, primary = 'cluster-us', timelineID = 3): ContextSnapshot =>
  snapshotOf(
    'eu',
    member('cluster-eu', { replica: { primary }, status: { timelineID, ...(token && { demotionToken: token }) } }),
  );
const kept: KeptToken = { from: at('cluster-eu'), primary: 'cluster-us', token: one, seenAt: 1 };
const later = { ...kept, token: two, seenAt: 9 };

const cases: [string, KeptToken[], ContextSnapshot, { fresh?: KeptToken[]; past?: KeptToken[] }][] = [
  ['a first token', [], seen(one), { fresh: [{ ...kept, seenAt: 9 }] }],
  ['seen again', [kept], seen(one), {}],
  ['of a later demotion', [kept], seen(two), { fresh: [later], past: [kept] }],
  ['of an earlier one, by a window that is late', [later], seen(one), { fresh: [{ ...kept, seenAt: 9 }] }],
  [
    'in favour of another member',
    [kept],
    seen(one, 'cluster-ap'),
    { fresh: [{ ...kept, primary: 'cluster-ap', seenAt: 9 }], past: [kept] },
  ],
  ['wiped by an operator: kept', [kept], seen(undefined), {}],
  ['primary again: of no use any more', [kept], seen(undefined, 'cluster-eu', 4), { past: [kept] }],
  ['still primary, by a window that is late: kept', [kept], seen(undefined, 'cluster-eu'), {}],
  ['a replica that never was primary', [], seen(undefined), {}],
  ['its side is lost: kept', [kept], { ...seen(one), state: 'failed' }, {}],
  ['as it was seen last, perhaps long ago', [], { ...seen(one), state: 'failed' }, {}],
];
for (const [title, before, snapshot, wanted] of cases)
  test(`tokens kept: ${title}`, () =>
    assert.deepEqual(keptTokens(before, [snapshot], 9), { fresh: [], past: [], ...wanted }));

test('of very many the oldest are forgotten', () => {
  const many = Array.from({ length: 203 }, (_, seenAt) => ({ ...kept, from: at(`cluster-${seenAt}`), seenAt }));
  assert.deepEqual(
    keptTokens(many, [], 9).past.map(({ seenAt }) => seenAt),
    [2, 1, 0],
  );
});
