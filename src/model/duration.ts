/** Spans of time: PostgreSQL's intervals as numbers, numbers as words. */

/** Seconds of an interval as PostgreSQL prints it (`-1 days +02:03:04.5`, `00:00:00.25`); `undefined` when it is none. */
export function parseInterval(text: string): number | undefined {
  const match = /^(?:([-+]?\d+) days?\s*)?(?:([-+]?)(\d+):(\d\d):(\d\d(?:\.\d+)?))?$/.exec(text.trim());
  if (!match || text.trim() === '') return undefined;
  const [, days = '0', sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const time = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return Number(days) * 86_400 + (sign === '-' ? -time : time);
}

const units: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 };

/** Seconds of a time parameter whose unit is the second (`5min`, `300`, `0`); `undefined` when it is none. */
export function parseSeconds(text: string): number | undefined {
  const [, amount, unit = 's'] = /^\s*(\d+)\s*([a-z]+)?\s*$/.exec(text) ?? [];
  const factor = units[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

/** `0 s`, `0.4 s`, `12 s`, `5 min`, `3 h`, `12 d`: one unit, the coarsest that still says something. */
export function formatDuration(seconds: number): string {
  const s = Math.max(0, seconds);
  if (s < 0.05) return '0 s';
  if (s < 9.95 && !Number.isInteger(s)) return `${s.toFixed(1)} s`;
  if (s < 99.5) return `${Math.round(s)} s`;
  if (s < 99.5 * 60) return `${Math.round(s / 60)} min`;
  return s < 48 * 3600 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86_400)} d`;
}

/** `5 min ago`, in whole seconds at least. Times are milliseconds since the epoch. */
export const formatAge = (at: number, now: number): string => `${formatDuration(Math.round((now - at) / 1000))} ago`;

/** `12:03:04 UTC`, with the date when it is another day than `now`'s. Times are milliseconds since the epoch. */
export function formatTime(at: number, now: number): string {
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return 'unknown time';
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  const today = new Date(now).toISOString().slice(0, 10);
  return `${day === today ? '' : `${day} `}${time.slice(0, 8)} UTC`;
}
