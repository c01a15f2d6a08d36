/** Lines of several logs in the order in which they were written. */
import type { LogLine } from './log-line.ts';

/** Milliseconds that a line is kept back for lines that were written before it and arrive after it. */
export const mergeWindow = 2000;

export interface LogMerge {
  /** @param now milliseconds of any clock that does not go back */
  add(line: LogLine, now: number): void;
  /** The lines that have waited long enough, and all that were written before them. */
  take(now: number): LogLine[];
  /** All that is left. */
  rest(): LogLine[];
}

/**
 * Lines whose times differ by less than the window come out in order, as long as they do not arrive later than it. One that
 * comes later still comes out, in the next lot.
 */
export function createLogMerge(window = mergeWindow): LogMerge {
  let waiting: { line: LogLine; arrived: number }[] = [];
  const inOrder = (entries: typeof waiting): LogLine[] =>
    entries.toSorted((a, b) => a.line.at - b.line.at).map(({ line }) => line);
  return {
    add(line, now) {
      waiting.push({ line, arrived: now });
    },
    take(now) {
      const due = waiting.filter(({ arrived }) => arrived + window <= now);
      if (due.length === 0) return [];
      const until = due.reduce((latest, { line }) => Math.max(latest, line.at), -Infinity);
      const ready = waiting.filter(({ line }) => line.at <= until);
      waiting = waiting.filter(({ line }) => line.at > until);
      return inOrder(ready);
    },
    rest() {
      const all = inOrder(waiting);
      waiting = [];
      return all;
    },
  };
}
