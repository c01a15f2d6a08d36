/** The latest lines of a log, and which of them are wanted. */
import type { LogLevel, LogLine } from './log-line.ts';
import { logLevels } from './log-line.ts';

export interface LogFilter {
  /** This level and what is more serious. */
  level?: LogLevel;
  logger?: string;
  instance?: string;
  /** Somewhere in the message or its logger, in any case. */
  text?: string;
}

export function isWanted(line: LogLine, { level, logger, instance, text }: LogFilter): boolean {
  if (level !== undefined && logLevels.indexOf(line.level) < logLevels.indexOf(level)) return false;
  if (logger !== undefined && line.logger !== logger) return false;
  if (instance !== undefined && line.instance !== instance) return false;
  return text === undefined || `${line.logger}: ${line.text}`.toLowerCase().includes(text.toLowerCase());
}

/** `warning and worse · postgres · cluster-eu-1 · "checkpoint"`; empty when all is wanted. */
export const filterWords = ({ level, logger, instance, text }: LogFilter): string =>
  [level && (level === 'error' ? 'errors' : `${level} and worse`), logger, instance, text && `"${text}"`]
    .filter(Boolean)
    .join(' · ');

export interface LogBuffer {
  add(line: LogLine): void;
  /** Oldest first. */
  lines(): readonly LogLine[];
  /** Lines that were ever added. */
  added(): number;
  /** Lines added after that many; earlier ones may have been dropped meanwhile. */
  since(added: number): { lines: readonly LogLine[]; dropped: number };
}

/** Holds that many lines at most, and a quarter more for a moment. */
export function createLogBuffer(limit = 20_000): LogBuffer {
  let kept: LogLine[] = [];
  let count = 0;
  const latest = (): LogLine[] => (kept.length > limit ? kept.slice(-limit) : kept);
  return {
    add(line) {
      kept.push(line);
      count++;
      if (kept.length > limit * 1.25) kept = kept.slice(-limit);
    },
    lines: latest,
    added: () => count,
    since(added) {
      const wanted = count - added;
      const lines = wanted <= 0 ? [] : latest().slice(-wanted);
      return { lines, dropped: Math.max(wanted, 0) - lines.length };
    },
  };
}
