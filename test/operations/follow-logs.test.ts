import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogLine } from '../../src/model/log-line.ts';
import { followLogs, linesOf } from '../../src/operations/follow-logs.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const entry = (second: number, msg: string): string =>
  `${JSON.stringify({ level: 'info', ts: new Date(second * 1000).toISOString(), logger: 'postgres', msg })}\n`;

async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('lines come out whole, wherever the bytes were cut', async () => {
  const text = 'größe\r\n\nzwei\nohne Ende';
  for (let cut = 1; cut < bytes(text).length; cut++) {
    const whole = bytes(text);
    const lines = await all(linesOf(chunks(whole.subarray(0, cut), whole.subarray(cut))));
    assert.deepEqual(lines, ['größe', 'zwei', 'ohne Ende']);
  }
});

test('a line without end does not fill the memory', async () => {
  const lines = await all(linesOf(chunks(...Array<Uint8Array>(64).fill(bytes('x'.repeat(64 * 1024))))));
  assert.ok((lines[0]?.length ?? 0) < 100_000);
});

/** Logs by pod: each opening takes the next list of texts; `hold` leaves the stream open after them. */
function fakeConnection(logs: Record<string, (string[] | Error)[]>) {
  const listeners = new Set<() => void>();
  const asked: Record<string, unknown>[] = [];
  return {
    asked,
    announce: () => listeners.forEach(listener => listener()),
    onDidChange(listener: () => void) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    logs(_namespace: string, pod: string, options: object, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
      asked.push({ pod, ...options });
      const next = logs[pod]?.shift();
      if (next instanceof Error) return Promise.reject(next);
      const hold = (logs[pod]?.length ?? 0) === 0;
      return Promise.resolve(
        (async function* () {
          for (const text of next ?? []) yield bytes(text);
          if (hold)
            await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
        })(),
      );
    },
  };
}

async function followed(connection: ReturnType<typeof fakeConnection>, pods: () => string[], act: () => Promise<void>) {
  const controller = new AbortController();
  const lines: LogLine[] = [];
  const notes: string[] = [];
  const sink = {
    lines: (some: readonly LogLine[]) => void lines.push(...some),
    note: (text: string) => void notes.push(text),
  };
  const end = followLogs(connection, { namespace: 'default', pods }, sink, controller.signal, 5);
  await act();
  controller.abort();
  await end;
  return { lines: lines.map(({ instance, text }) => `${instance} ${text}`), notes };
}

/** Long enough for a busy machine: what is told comes after retries of 5 ms. */
const moment = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 400));

test('the logs of several pods become one, in the order in which they were written', async () => {
  const connection = fakeConnection({ 'a-1': [[entry(1, 'one'), entry(3, 'three')]], 'a-2': [[entry(2, 'two')]] });
  const { lines } = await followed(connection, () => ['a-1', 'a-2'], moment);
  assert.deepEqual(lines, ['a-1 one', 'a-2 two', 'a-1 three']);
});

test('a log that ends is opened again, and no line is shown twice', async () => {
  const connection = fakeConnection({ 'a-1': [[entry(1, 'one')], [entry(1, 'one'), entry(2, 'two')]] });
  const { lines, notes } = await followed(connection, () => ['a-1'], moment);
  assert.deepEqual(lines, ['a-1 one', 'a-1 two']);
  assert.deepEqual(notes, ['a-1: its log ended; it is opened again.', 'a-1: read again.']);
  assert.equal(connection.asked[0]?.['tailLines'], 500);
  assert.ok(Number(connection.asked[1]?.['sinceSeconds']) > 0);
});

test('a refusal is said once and tried again', async () => {
  const refusal = new Error('pods "a-1" is forbidden');
  const connection = fakeConnection({ 'a-1': [refusal, refusal, [entry(1, 'one')]] });
  const { lines, notes } = await followed(connection, () => ['a-1'], moment);
  assert.deepEqual(lines, ['a-1 one']);
  assert.deepEqual(notes, ['a-1: pods "a-1" is forbidden', 'a-1: read again.']);
});

test('instances that come are followed, those that go are not', async () => {
  const connection = fakeConnection({ 'a-1': [[entry(1, 'one')]], 'a-2': [[entry(2, 'two')]] });
  let pods = ['a-1'];
  const { lines, notes } = await followed(
    connection,
    () => pods,
    async () => {
      await moment();
      pods = ['a-2'];
      connection.announce();
      await moment();
    },
  );
  assert.deepEqual(lines, ['a-1 one', 'a-2 two']);
  assert.deepEqual(notes, ['a-1: no longer followed.']);
});
