import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { nextRuns, parseSchedule, scheduleWords } from '../../src/model/cron.ts';

const words: [string, string][] = [
  ['0 0 2 * * *', 'every day at 02:00 UTC'],
  ['0 30 2,14 * * *', 'every day at 02:30 and 14:30 UTC'],
  ['15 30 2 * * *', 'every day at 02:30:15 UTC'],
  ['0 0 */6 * * *', 'every day, every 6 hours from 00:00 UTC'],
  ['0 5 * * * *', 'every day, every hour at 05 min'],
  ['0 */15 * * * *', 'every day, every 15 minutes'],
  ['0 */15 8-17 * * 1-5', 'on Monday to Friday, every 15 minutes, in hours 8 to 17 UTC'],
  ['0 */7 * * * *', 'every day, at minutes 0, 7, 14, 21, 28, 35, 42, 49, 56'],
  ['* * * * * *', 'every day, every second'],
  ['*/10 * * * * *', 'every day, every 10 seconds'],
  ['0 0 0 * * SUN', 'on Sunday at 00:00 UTC'],
  ['0 0 3 * * mon,thu', 'on Monday and Thursday at 03:00 UTC'],
  ['0 0 3 1 * *', 'on day 1 of the month at 03:00 UTC'],
  ['0 0 3 1 jan,jul *', 'on day 1 of the month in January and July at 03:00 UTC'],
  ['0 0 3 1 * MON', 'on day 1 of the month or on Monday at 03:00 UTC'],
  ['0 0 3 1-7 * ?', 'on day 1 to 7 of the month at 03:00 UTC'],
  ['@daily', 'every day at 00:00 UTC'],
  ['@weekly', 'on Sunday at 00:00 UTC'],
  ['@yearly', 'on day 1 of the month in January at 00:00 UTC'],
  ['@every 1h30m', 'every 1 h 30 min'],
  // Five fields begin with seconds as well: this is no nightly backup.
  ['0 2 * * *', 'every day, every hour at 02 min'],
  ['61 * * * * *', 'no schedule: its second is "61"'],
  ['0 0 2 * *  * *', 'no schedule: it has 7 fields, not six'],
  ['@nightly', 'no schedule: "@nightly" is no known schedule'],
  ['', 'no schedule: it has 0 fields, not six'],
];
for (const [schedule, said] of words) test(`"${schedule}" in words`, () => assert.equal(scheduleWords(schedule), said));

const at = (text: string): number => Date.parse(text);
const runs: [string, string, string[]][] = [
  ['0 0 2 * * *', '2026-11-24T01:59:59.500Z', ['2026-11-24T02:00:00.000Z', '2026-11-25T02:00:00.000Z']],
  ['0 0 2 * * *', '2026-11-24T02:00:00Z', ['2026-11-25T02:00:00.000Z', '2026-11-26T02:00:00.000Z']],
  ['0 0 0 29 2 *', '2026-01-01T00:00:00Z', ['2028-02-29T00:00:00.000Z']],
  ['0 0 0 30 2 *', '2026-01-01T00:00:00Z', []],
  ['0 0 0 13 * FRI', '2026-02-10T00:00:00Z', ['2026-02-13T00:00:00.000Z', '2026-02-20T00:00:00.000Z']],
  ['@every 90m', '2026-01-01T00:00:00Z', ['2026-01-01T01:30:00.000Z', '2026-01-01T03:00:00.000Z']],
  ['nonsense', '2026-01-01T00:00:00Z', []],
];
for (const [schedule, after, next] of runs)
  test(`"${schedule}" after ${after}`, () =>
    assert.deepEqual(
      nextRuns(schedule, at(after), 2)
        .map(time => new Date(time).toISOString())
        .slice(0, next.length || 2),
      next,
    ));

const part = (min: number, max: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min, max }).map(String),
    fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    fc.integer({ min: 1, max: 9 }).map(step => `*/${step}`),
  );
const field = (min: number, max: number): fc.Arbitrary<string> =>
  fc.array(part(min, max), { minLength: 1, maxLength: 2 }).map(parts => parts.join(','));
const schedules = fc
  .tuple(field(0, 59), field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
  .map(parts => parts.join(' '));
const instants = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });

test('a next run is later, matches each field, and none was left out before it', () => {
  fc.assert(
    fc.property(schedules, instants, (text, after) => {
      const schedule = parseSchedule(text);
      assert.ok(typeof schedule !== 'string' && schedule.kind === 'fields');
      const matches = (time: number): boolean => {
        const date = new Date(time);
        const inMonth = schedule.days.includes(date.getUTCDate());
        const inWeek = schedule.weekdays.includes(date.getUTCDay());
        return (
          schedule.seconds.includes(date.getUTCSeconds()) &&
          schedule.minutes.includes(date.getUTCMinutes()) &&
          schedule.hours.includes(date.getUTCHours()) &&
          schedule.months.includes(date.getUTCMonth() + 1) &&
          (schedule.anyDay || schedule.anyWeekday ? inMonth && inWeek : inMonth || inWeek)
        );
      };
      const [next] = nextRuns(text, after, 1);
      const first = Math.floor(after / 1000) * 1000 + 1000;
      // As robfig/cron would: second by second, here for two hours.
      for (let time = first; time < first + 7_200_000; time += 1000) if (matches(time)) return assert.equal(next, time);
      if (next !== undefined) assert.ok(next >= first + 7_200_000 && matches(next));
    }),
    { numRuns: 60 },
  );
});

test('words can be said of every schedule', () => {
  fc.assert(fc.property(schedules, text => assert.doesNotMatch(scheduleWords(text), /undefined|NaN|no schedule/)));
  fc.assert(fc.property(fc.string(), text => assert.equal(typeof scheduleWords(text), 'string')));
});
