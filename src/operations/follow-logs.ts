/** Follows the logs of the instances of a Cluster, whichever they are meanwhile, in the order in which they were written. */
import { messageOf } from '../errors.ts';
import type { Connection } from '../kubernetes/contract.ts';
import type { LogLine } from '../model/log-line.ts';
import { readLogLine } from '../model/log-line.ts';
import { createLogMerge } from '../model/log-merge.ts';

/** Lines from each instance to begin with. */
const tailLines = 500;
/** A longer line is cut, in characters. */
const longestLine = 32 * 1024;
/** Milliseconds. */
const flushEvery = 200;
const firstPause = 1000;
const longestPause = 30_000;
/** Lines that are remembered of a log, so that they are not shown twice when it is opened again. */
const remembered = 1000;

export interface LogSource {
  namespace: string;
  /** Pods to follow now: asked again after each change of the context. */
  pods: () => readonly string[];
}

export interface LogSink {
  /** In order; called at most every 200 ms. */
  lines(lines: readonly LogLine[]): void;
  /** What happened to the reading itself. */
  note(text: string): void;
}

/** Resolves when the signal ends it. What cannot be read is said and tried again. */
export function followLogs(
  connection: Pick<Connection, 'logs' | 'onDidChange'>,
  { namespace, pods }: LogSource,
  sink: LogSink,
  signal: AbortSignal,
  pause = firstPause,
): Promise<void> {
  const merge = createLogMerge();
  const followed = new Map<string, AbortController>();
  const flush = (lines: readonly LogLine[]): void => {
    if (lines.length > 0) sink.lines(lines);
  };
  const timer = setInterval(() => flush(merge.take(performance.now())), flushEvery);

  function update(): void {
    const wanted = pods();
    for (const [pod, controller] of followed)
      if (!wanted.includes(pod)) {
        controller.abort();
        followed.delete(pod);
        sink.note(`${pod}: no longer followed.`);
      }
    for (const pod of wanted) {
      if (followed.has(pod)) continue;
      const controller = new AbortController();
      followed.set(pod, controller);
      void followPod(pod, AbortSignal.any([signal, controller.signal]));
    }
  }

  async function followPod(pod: string, until: AbortSignal): Promise<void> {
    const seen = createMemory();
    let wait = pause;
    let last = 0;
    let said = '';
    while (!until.aborted) {
      try {
        const since = last === 0 ? {} : { sinceSeconds: Math.ceil((Date.now() - last) / 1000) + 2 };
        const stream = await connection.logs(
          namespace,
          pod,
          // Of an instance the container is named: a sidecar may come before it.
          { container: 'postgres', follow: true, ...(last === 0 ? { tailLines } : since) },
          until,
        );
        if (said !== '') sink.note(`${pod}: read again.`);
        said = '';
        for await (const raw of linesOf(stream)) {
          if (seen.has(raw)) continue;
          seen.add(raw);
          const line = readLogLine(raw, pod, last || Date.now());
          last = Math.max(last, line.at);
          wait = pause;
          merge.add(line, performance.now());
        }
        if (until.aborted) return;
        if (said === '') sink.note(`${pod}: its log ended; it is opened again.`);
        said = 'ended';
      } catch (error) {
        if (until.aborted) return;
        // The same refusal every half a minute says nothing new.
        if (said !== messageOf(error)) sink.note(`${pod}: ${messageOf(error)}`);
        said = messageOf(error);
      }
      await sleep(wait, until);
      wait = Math.min(wait * 2, longestPause);
    }
  }

  update();
  const subscription = connection.onDidChange(update);
  return new Promise(resolve => {
    const end = (): void => {
      clearInterval(timer);
      subscription.dispose();
      flush(merge.rest());
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** The latest lines, to know one again. */
function createMemory(): { has(line: string): boolean; add(line: string): void } {
  const lines = new Set<string>();
  return {
    has: line => lines.has(line),
    add(line) {
      lines.add(line);
      const [oldest] = lines;
      if (lines.size > remembered && oldest !== undefined) lines.delete(oldest);
    },
  };
}

/** Text of the bytes by lines, without their ends. What comes after the last end is a line when the stream ends. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let begun = '';
  const cut = (line: string): string => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line);
  for await (const bytes of stream) {
    const lines = (begun + decoder.decode(bytes, { stream: true })).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield cut(line.replace(/\r$/, ''));
    // Of a line without end only the beginning is kept.
    if (begun.length > 2 * longestLine) begun = begun.slice(0, 2 * longestLine);
  }
  if (begun.trim() !== '') yield cut(begun);
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
  });
}
