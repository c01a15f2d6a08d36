/**
 * Schedules of ScheduledBackups in words, and when they run. As robfig/cron 1.2 reads them, which the operator uses:
 * second, minute, hour, day of month, month, day of week (which may be left out); `@daily` and the like; `@every 1h`.
 * Operators run in UTC.
 */

export type Schedule =
  | { kind: 'every'; seconds: number }
  | {
      kind: 'fields';
      seconds: number[];
      minutes: number[];
      hours: number[];
      days: number[];
      months: number[];
      weekdays: number[];
      /** The field is `*` or `?`. When neither is, a day matches that is in one of the two. */
      anyDay: boolean;
      anyWeekday: boolean;
    };

/** A field of a schedule: its bounds, and the words that may stand for its numbers, from `min` on. */
export interface CronField {
  name: string;
  min: number;
  max: number;
  words?: readonly string[];
}

const monthWords = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdayWords = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const weekdayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** In their order. */
export const cronFields: readonly CronField[] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, words: monthWords },
  { name: 'day of week', min: 0, max: 6, words: weekdayWords },
];

const descriptors = new Map<string, string>(
  Object.entries({
    '@yearly': '0 0 0 1 1 *',
    '@annually': '0 0 0 1 1 *',
    '@monthly': '0 0 0 1 * *',
    '@weekly': '0 0 0 * * 0',
    '@daily': '0 0 0 * * *',
    '@midnight': '0 0 0 * * *',
    '@hourly': '0 0 * * * *',
  }),
);

/** @returns what is wrong with it when it is no schedule */
export function parseSchedule(text: string): Schedule | string {
  if (text.startsWith('@every ')) {
    const seconds = goDuration(text.slice('@every '.length));
    return seconds === undefined ? `"${text}" has no duration` : { kind: 'every', seconds: Math.max(1, seconds) };
  }
  if (text.startsWith('@') && !descriptors.has(text)) return `"${text}" is no known schedule`;
  const parts = (descriptors.get(text) ?? text).split(/\s+/).filter(Boolean);
  if (parts.length < 5 || parts.length > 6) return `it has ${parts.length} fields, not six`;
  const values: number[][] = [];
  for (const [index, field] of cronFields.entries()) {
    const parsed = fieldValues(parts[index] ?? '*', field);
    if (typeof parsed === 'string') return parsed;
    values.push(parsed);
  }
  const [seconds = [], minutes = [], hours = [], days = [], months = [], weekdays = []] = values;
  const wild = (part: string | undefined): boolean => (part ?? '*').split(',').some(one => /^[*?]/.test(one));
  return {
    kind: 'fields',
    seconds,
    minutes,
    hours,
    days,
    months,
    weekdays,
    anyDay: wild(parts[3]),
    anyWeekday: wild(parts[5]),
  };
}

function fieldValues(text: string, field: CronField): number[] | string {
  const values = new Set<number>();
  for (const part of text.split(',').filter(Boolean)) {
    const [range = '', step, ...tooMany] = part.split('/');
    const [low = '', high, ...more] = range.split('-');
    const wild = low === '*' || low === '?';
    const from = wild ? field.min : valueOf(low, field);
    const to =
      wild || (high === undefined && step !== undefined) ? field.max : high === undefined ? from : valueOf(high, field);
    const by = step === undefined ? 1 : Number(step);
    const right = from >= field.min && to <= field.max && from <= to && Number.isInteger(by) && by > 0;
    if (!right || tooMany.length > 0 || more.length > 0) return `its ${field.name} is "${part}"`;
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return values.size === 0 ? `its ${field.name} is empty` : [...values].sort((a, b) => a - b);
}

function valueOf(word: string, { min, words = [] }: CronField): number {
  const at = words.indexOf(word.toLowerCase());
  return at === -1 ? (/^\d{1,9}$/.test(word) ? Number(word) : Number.NaN) : at + min;
}

/** Seconds of a Go duration such as `1h30m`, fractions cut off. */
function goDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(h|m|s|ms))+$/.test(text)) return undefined;
  const units: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
  return Math.floor(parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ''] ?? 0), 0));
}

const runsOn = (schedule: Extract<Schedule, { kind: 'fields' }>, day: Date): boolean => {
  if (!schedule.months.includes(day.getUTCMonth() + 1)) return false;
  const inMonth = schedule.days.includes(day.getUTCDate());
  const inWeek = schedule.weekdays.includes(day.getUTCDay());
  return schedule.anyDay || schedule.anyWeekday ? inMonth && inWeek : inMonth || inWeek;
};

const dayLength = 86_400_000;
/** Later than that robfig/cron does not look either. */
const horizonDays = 5 * 366;

/**
 * The next `count` times after `after`, in milliseconds since the epoch. Fewer when the schedule never comes (30 February)
 * or is none.
 */
export function nextRuns(text: string, after: number, count: number): number[] {
  const schedule = parseSchedule(text);
  if (typeof schedule === 'string' || !Number.isFinite(after)) return [];
  const start = Math.floor(after / 1000) * 1000;
  if (schedule.kind === 'every')
    return Array.from({ length: count }, (_, index) => start + (index + 1) * schedule.seconds * 1000);
  const runs: number[] = [];
  const firstDay = Math.floor(after / dayLength) * dayLength;
  for (let day = 0; day < horizonDays && runs.length < count; day++) {
    const midnight = firstDay + day * dayLength;
    if (runsOn(schedule, new Date(midnight))) addRuns(schedule, midnight, after, count, runs);
  }
  return runs;
}

function addRuns(
  { hours, minutes, seconds }: Extract<Schedule, { kind: 'fields' }>,
  midnight: number,
  after: number,
  count: number,
  runs: number[],
): void {
  for (const hour of hours) {
    if (midnight + (hour + 1) * 3_600_000 <= after) continue;
    for (const minute of minutes)
      for (const second of seconds) {
        const at = midnight + ((hour * 60 + minute) * 60 + second) * 1000;
        if (at > after) runs.push(at);
        if (runs.length === count) return;
      }
  }
}

/** `every day at 02:00 UTC`. What is no schedule is said to be none. */
export function scheduleWords(text: string): string {
  const schedule = parseSchedule(text);
  if (typeof schedule === 'string') return `no schedule: ${schedule}`;
  if (schedule.kind === 'every') return `every ${span(schedule.seconds)}`;
  return `${dayWords(schedule)}${timeWords(schedule)}`;
}

function span(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  return parts
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

const two = (value: number): string => String(value).padStart(2, '0');
const full = (values: readonly number[], { min, max }: CronField): boolean => values.length === max - min + 1;

/** The distance when the values are all multiples of one from the field's beginning to its end. */
function stepOf(values: readonly number[], { min, max }: CronField): number | undefined {
  const step = (values[1] ?? 0) - (values[0] ?? 0);
  const regular =
    values.length > 1 && values[0] === min && values.every((value, index) => value === min + index * step);
  // 7 does not divide the hour: "every 7 minutes" would be a lie at its end.
  return regular && (max - min + 1) % step === 0 && values.length === (max - min + 1) / step ? step : undefined;
}

function timeWords({ hours, minutes, seconds }: Extract<Schedule, { kind: 'fields' }>): string {
  const [secondField, minuteField, hourField] = cronFields as [CronField, CronField, CronField];
  const suffix = seconds.length === 1 && seconds[0] === 0 ? '' : seconds.length === 1 ? `:${two(seconds[0] ?? 0)}` : '';
  if (seconds.length === 1 && minutes.length === 1) {
    const minute = two(minutes[0] ?? 0);
    if (full(hours, hourField)) return `, every hour at ${minute} min${suffix && ` ${seconds[0]} s`}`;
    const step = stepOf(hours, hourField);
    if (step !== undefined && step < 12) return `, every ${step} hours from 00:${minute}${suffix} UTC`;
    return ` at ${listed(hours.map(hour => `${two(hour)}:${minute}${suffix}`))} UTC`;
  }
  const within = full(hours, hourField) ? '' : `, in hours ${ranges(hours)} UTC`;
  if (seconds.length === 1) {
    const step = stepOf(minutes, minuteField);
    if (full(minutes, minuteField)) return `, every minute${within}`;
    return step === undefined ? `, at minutes ${ranges(minutes)}${within}` : `, every ${step} minutes${within}`;
  }
  const inMinutes = full(minutes, minuteField) ? '' : `, in minutes ${ranges(minutes)}`;
  const step = full(seconds, secondField) ? 1 : stepOf(seconds, secondField);
  const often =
    step === undefined ? `at seconds ${ranges(seconds)}` : step === 1 ? 'every second' : `every ${step} seconds`;
  return `, ${often}${inMinutes}${within}`;
}

function dayWords(schedule: Extract<Schedule, { kind: 'fields' }>): string {
  const [, , , dayField, monthField, weekdayField] = cronFields as [
    CronField,
    CronField,
    CronField,
    CronField,
    CronField,
    CronField,
  ];
  const { days, months, weekdays } = schedule;
  const inMonth = full(days, dayField) ? [] : [`on day ${ranges(days)} of the month`];
  const inWeek = full(weekdays, weekdayField) ? [] : [`on ${weekdayList(weekdays)}`];
  const either = !schedule.anyDay && !schedule.anyWeekday;
  // A field that lists all its values is no star: with "or" it makes every day match.
  const everyDay =
    (inMonth.length === 0 && inWeek.length === 0) || (either && (inMonth.length === 0 || inWeek.length === 0));
  const which = everyDay
    ? 'every day'
    : [...inMonth, ...inWeek].join(either ? ' or ' : ', if it is ').replace('if it is on', 'if it is');
  return full(months, monthField) ? which : `${which} in ${listed(months.map(m => monthNames[m - 1] ?? String(m)))}`;
}

const weekdayList = (weekdays: readonly number[]): string =>
  weekdays.join() === '1,2,3,4,5' ? 'Monday to Friday' : listed(weekdays.map(day => weekdayNames[day] ?? String(day)));

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** `1, 5 to 7`. */
function ranges(values: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last && last[1] === value - 1) last[1] = value;
    else runs.push([value, value]);
  }
  return runs
    .map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from} to ${to}`))
    .join(', ');
}
