/**
 * Lines of an instance's log. CloudNativePG writes one JSON object a line: `ts`, `level`, `logger`, `msg`, and for what
 * PostgreSQL says `record` with the columns of its CSV log. Source: the manual of CloudNativePG, "Logging".
 */

/** From the least to the most serious. */
export const logLevels = ['debug', 'info', 'warning', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogLine {
  /** Milliseconds since the epoch. */
  at: number;
  instance: string;
  level: LogLevel;
  /** `postgres`, `instance-manager`, `wal-archive`, …; empty for lines that are no JSON. */
  logger: string;
  /** The message in one line without control characters, then what else the line says. */
  text: string;
  /** The line as it came. */
  raw: string;
}

/**
 * @param raw one line without its end
 * @param otherwise milliseconds since the epoch, for lines that do not say when they were written
 */
export function readLogLine(raw: string, instance: string, otherwise: number): LogLine {
  const entry = parsed(raw);
  if (!entry) return { at: otherwise, instance, level: 'info', logger: '', text: harmless(raw), raw };
  const { level, ts, logger, msg, record, logging_pod: _, stacktrace: __, ...rest } = entry;
  const said = isRecord(record) ? recordText(record) : undefined;
  const facts = said === undefined && record !== undefined ? { record, ...rest } : rest;
  const more = Object.entries(facts).map(([key, value]) => `${key}=${shown(value)}`);
  return {
    at: timeOf(ts) ?? otherwise,
    instance,
    level: isRecord(record) ? severity(record['error_severity'] ?? level) : severity(level),
    logger: harmless(shown(logger ?? '')),
    text: harmless([said ?? shown(msg ?? ''), ...more].filter(Boolean).join(' ')),
    raw,
  };
}

function parsed(raw: string): Record<string, unknown> | undefined {
  if (!raw.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(raw);
    return isRecord(value) && ('msg' in value || 'level' in value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 3339; operators before 1.22 wrote seconds as a number. */
function timeOf(ts: unknown): number | undefined {
  const time = typeof ts === 'number' ? ts * 1000 : Date.parse(typeof ts === 'string' ? ts : '');
  return Number.isFinite(time) ? Math.floor(time) : undefined;
}

const severities: Record<string, LogLevel> = {
  trace: 'debug',
  debug: 'debug',
  warn: 'warning',
  warning: 'warning',
  error: 'error',
  fatal: 'error',
  panic: 'error',
};

/** PostgreSQL's and the instance manager's words; PostgreSQL's `LOG`, `NOTICE` and `STATEMENT` are for information. */
const severity = (word: unknown): LogLevel =>
  (typeof word === 'string' ? severities[word.toLowerCase().replace(/\d+$/, '')] : undefined) ?? 'info';

/** As PostgreSQL writes it on stderr: `FATAL: … DETAIL: …`, then who it was about. */
function recordText(record: Record<string, unknown>): string {
  const text = (key: string): string => (typeof record[key] === 'string' ? record[key] : '');
  const labelled = (label: string, key: string): string => (text(key) === '' ? '' : `${label}: ${text(key)}`);
  const who = [
    text('user_name') && `${text('user_name')}@${text('database_name')}`,
    text('connection_from'),
    text('application_name'),
    text('sql_state_code') === '00000' ? '' : text('sql_state_code'),
  ].filter(Boolean);
  return [
    text('error_severity') === '' ? text('message') : `${text('error_severity')}: ${text('message')}`,
    labelled('DETAIL', 'detail'),
    labelled('HINT', 'hint'),
    labelled('CONTEXT', 'context'),
    labelled('STATEMENT', 'query'),
    isRecord(record['audit']) ? JSON.stringify(record['audit']) : '',
    who.length === 0 ? '' : `[${who.join(' ')}]`,
  ]
    .filter(Boolean)
    .join(' ');
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * Control characters as their pictures, so that none moves a cursor or colours what follows; ends of lines as ↵. Characters
 * that turn the direction of writing are made visible.
 */
export const harmless = (text: string): string =>
  text
    .replaceAll(/\s*\r?\n\s*/g, ' ↵ ')
    .replaceAll('\t', '  ')
    .replaceAll(/\p{Cc}/gu, control => {
      const code = control.charCodeAt(0);
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '␡' : '�';
    })
    .replaceAll(/[\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '�');

/** `10:03:12.123 cluster-eu-1 warning postgres  text`, UTC. @param instances columns for their names; 0 leaves them out */
export function plainLogLine({ at, instance, level, logger, text }: LogLine, instances: number): string {
  const columns = [
    clockTime(at),
    ...(instances === 0 ? [] : [instance.padEnd(instances)]),
    level.padEnd(longestLevel),
    logger === '' ? text : `${logger}: ${text}`,
  ];
  return columns.join(' ');
}

export const longestLevel = Math.max(...logLevels.map(level => level.length));

/** `10:03:12.123`, UTC. */
export const clockTime = (at: number): string => new Date(at).toISOString().slice(11, 23);
