import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { LogFilter } from '../../src/model/log-buffer.ts';
import { createLogBuffer, filterWords, isWanted } from '../../src/model/log-buffer.ts';
import type { LogLine } from '../../src/model/log-line.ts';
import { plainLogLine, readLogLine } from '../../src/model/log-line.ts';
import { createLogMerge } from '../../src/model/log-merge.ts';

const shown = (raw: object | string): string =>
  plainLogLine(readLogLine(typeof raw === 'string' ? raw : JSON.stringify(raw), 'a-1', 0), 3);

const record = (fields: object): object => ({
  level: 'info',
  ts: '2026-11-23T10:03:12.123456789Z',
  logger: 'postgres',
  msg: 'record',
  record: { error_severity: 'LOG', sql_state_code: '00000', message: 'checkpoint starting: time', ...fields },
  logging_pod: 'a-1',
});

test('a line of PostgreSQL', () =>
  assert.equal(shown(record({})), '10:03:12.123 a-1 info    postgres: LOG: checkpoint starting: time'));

test('an error of PostgreSQL with who it was about', () =>
  assert.equal(
    shown(
      record({
        error_severity: 'FATAL',
        message: 'password authentication failed for user "app"',
        detail: 'Connection matched line 8',
        user_name: 'app',
        database_name: 'app',
        connection_from: '10.0.0.7:51234',
        sql_state_code: '28P01',
      }),
    ),
    '10:03:12.123 a-1 error   postgres: FATAL: password authentication failed for user "app" DETAIL: Connection matched line 8 [app@app 10.0.0.7:51234 28P01]',
  ));

test('a statement of several lines is one line', () =>
  assert.match(shown(record({ query: 'SELECT 1\n\t FROM x' })), /STATEMENT: SELECT 1 ↵ FROM x$/));

test('a line of the instance manager with what else it says; stack traces are left out', () =>
  assert.equal(
    shown({
      level: 'error',
      ts: '2026-11-23T10:03:12Z',
      logger: 'wal-archive',
      msg: 'failed to run wal-archive command',
      logging_pod: 'a-1',
      error: 'exit status 1',
      attempts: 3,
      stacktrace: 'main\n\t/go',
    }),
    '10:03:12.000 a-1 error   wal-archive: failed to run wal-archive command error=exit status 1 attempts=3',
  ));

test('seconds as a number are a time too', () =>
  assert.match(shown({ ts: 12.5, level: 'info', msg: 'x' }), /^00:00:12.500/));

test('what is no JSON is shown as it is', () => {
  for (const raw of ['panic: runtime error', '{"msg": "cut', '[1]', '{"a":1}', '{'])
    assert.equal(shown(raw), `00:00:00.000 a-1 info    ${raw}`);
});

test('nothing from outside moves a cursor, colours, breaks a line or turns the writing around', () => {
  assert.match(shown(record({ message: '\u001b[2Jgone \u202etxt\u0007' })), /LOG: ␛\[2Jgone �txt␇$/);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, logger) => {
      for (const raw of [text, JSON.stringify({ msg: text, logger, [text]: text })])
        assert.doesNotMatch(shown(raw.replaceAll('\n', ' ')), /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

const line = (at: number, over: Partial<LogLine> = {}): LogLine => ({
  at,
  instance: 'a-1',
  level: 'info',
  logger: 'postgres',
  text: String(at),
  raw: String(at),
  ...over,
});

test('lines wait for those that were written before them', () => {
  const merge = createLogMerge(2000);
  merge.add(line(30), 0);
  merge.add(line(10), 900);
  assert.deepEqual(merge.take(1999), []);
  assert.deepEqual(
    merge.take(2000).map(({ at }) => at),
    [10, 30],
  );
  merge.add(line(20), 2100);
  assert.deepEqual(
    merge.rest().map(({ at }) => at),
    [20],
  );
});

test('what arrives within the window of what was written after it comes out in order, and nothing is lost', () => {
  const arrivals = fc.array(
    fc.record({ written: fc.integer({ min: 0, max: 20_000 }), late: fc.integer({ min: 0, max: 1999 }) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 50, max: 1000 }), (lines, step) => {
      const merge = createLogMerge(2000);
      const out: number[] = [];
      for (let now = 0; now <= 24_000 + step; now += step) {
        for (const { written, late } of lines) {
          const arrives = written + late;
          if (arrives > now - step && arrives <= now) merge.add(line(written), arrives);
        }
        out.push(...merge.take(now).map(({ at }) => at));
      }
      assert.deepEqual(
        out,
        lines.map(({ written }) => written).sort((a, b) => a - b),
      );
    }),
  );
});

test('the buffer keeps the latest lines and says how many it dropped', () => {
  const buffer = createLogBuffer(100);
  for (let at = 0; at < 1000; at++) buffer.add(line(at));
  assert.equal(buffer.added(), 1000);
  assert.equal(buffer.lines().length, 100);
  assert.equal(buffer.lines().at(-1)?.at, 999);
  assert.deepEqual(
    buffer.since(997).lines.map(({ at }) => at),
    [997, 998, 999],
  );
  assert.equal(buffer.since(800).dropped, 100);
  assert.deepEqual(buffer.since(1000), { lines: [], dropped: 0 });
});

test('filters', () => {
  const lines = [
    line(1, { level: 'debug' }),
    line(2, { level: 'warning', logger: 'wal-archive', text: 'Slow upload' }),
    line(3, { level: 'error', instance: 'a-2' }),
  ];
  const wanted = (filter: LogFilter): number[] => lines.filter(each => isWanted(each, filter)).map(({ at }) => at);
  assert.deepEqual(wanted({}), [1, 2, 3]);
  assert.deepEqual(wanted({ level: 'warning' }), [2, 3]);
  assert.deepEqual(wanted({ logger: 'postgres' }), [1, 3]);
  assert.deepEqual(wanted({ instance: 'a-2' }), [3]);
  assert.deepEqual(wanted({ text: 'slow UP' }), [2]);
  assert.equal(filterWords({ level: 'warning', text: 'x' }), 'warning and worse · "x"');
  assert.equal(filterWords({}), '');
});
