import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { formatDuration, formatTime, parseInterval } from '../../src/model/duration.ts';
import type { Sample } from '../../src/model/positions.ts';
import { addPositions, movedWithin, positionKey, secondsBehind } from '../../src/model/positions.ts';
import { member, primaryStatus, snapshotOf } from '../support/clusters.ts';

const samples: Sample[] = [
  { at: 0, lsn: 100n },
  { at: 10_000, lsn: 200n },
  { at: 20_000, lsn: 200n },
  { at: 30_000, lsn: 400n },
];

const behind: [bigint, number, { seconds: number; atLeast: boolean } | undefined][] = [
  [400n, 30_000, { seconds: 0, atLeast: false }],
  [500n, 30_000, { seconds: 0, atLeast: false }],
  [300n, 30_000, { seconds: 5, atLeast: false }],
  [200n, 30_000, { seconds: 10, atLeast: false }],
  [150n, 30_000, { seconds: 25, atLeast: false }],
  [50n, 30_000, { seconds: 30, atLeast: true }],
];
for (const [lsn, now, expected] of behind)
  test(`replayed ${lsn}: ${expected?.seconds} s behind`, () =>
    assert.deepEqual(secondsBehind(samples, lsn, now), expected));

test('without samples no time is known', () => assert.equal(secondsBehind([], 1n, 0), undefined));

test('movement is only told of a time that was seen', () => {
  assert.equal(movedWithin(samples, 10, 30_000), 200n);
  assert.equal(movedWithin(samples, 60, 30_000), undefined);
});

test('a new reading adds a sample, the same reading does not, and a gone instance is forgotten', () => {
  const eu = snapshotOf('eu', member('cluster-eu'), { 1: primaryStatus() });
  const key = positionKey('eu', 'default', 'cluster-eu-1');
  const first = addPositions(new Map(), [eu]);
  assert.equal(first.get(key)?.length, 1);
  assert.equal(addPositions(first, [eu]).get(key)?.length, 1);
  assert.deepEqual([...addPositions(first, []).keys()], []);
});

test('however long one watches, the samples stay few and in order', () => {
  let positions = addPositions(new Map(), []);
  for (let second = 0; second < 6000; second += 5) {
    const eu = snapshotOf('eu', member('cluster-eu'), { 1: primaryStatus({ currentLsn: `0/${second.toString(16)}` }) });
    const reading = {
      kind: 'read' as const,
      status: primaryStatus({ currentLsn: `0/${second.toString(16)}` }),
      readAt: second * 1000,
    };
    positions = addPositions(positions, [{ ...eu, instanceStatus: { 'default/cluster-eu-1': reading } }]);
  }
  const kept = [...positions.values()][0] ?? [];
  assert.ok(kept.length <= 181, `${kept.length}`);
  assert.equal(kept[0]?.at, 0);
  assert.deepEqual(
    kept,
    kept.toSorted((a, b) => a.at - b.at),
  );
});

test('intervals of PostgreSQL', () => {
  assert.equal(parseInterval('00:00:00.25'), 0.25);
  assert.equal(parseInterval('1 day 01:00:00'), 90_000);
  assert.equal(parseInterval('-00:00:01'), -1);
  assert.equal(parseInterval('3 days'), 259_200);
  for (const none of ['', 'soon', '12:00', '-infinity']) assert.equal(parseInterval(none), undefined);
});

test('spans and times for people', () => {
  assert.deepEqual([0, 0.4, 12, 99, 120, 7200, 200_000].map(formatDuration), [
    '0 s',
    '0.4 s',
    '12 s',
    '99 s',
    '2 min',
    '2 h',
    '2 d',
  ]);
  assert.equal(formatTime(Date.UTC(2026, 0, 2, 3, 4, 5), Date.UTC(2026, 0, 2)), '03:04:05 UTC');
  assert.equal(formatTime(Date.UTC(2026, 0, 1, 3, 4, 5), Date.UTC(2026, 0, 2)), '2026-01-01 03:04:05 UTC');
  assert.equal(formatTime(Number.NaN, 0), 'unknown time');
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: 0, max: 1e12 }), s =>
      assert.match(formatDuration(s), /^[\d.]+ (s|min|h|d)$/),
    ),
  );
});
