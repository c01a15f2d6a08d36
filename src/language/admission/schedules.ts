/** Schedules of backups: cron with seconds. Source: the operator's manual, "Scheduled backups", and robfig/cron 1.2, which reads them. */
import type { CronField } from '../../model/cron.ts';
import { cronFields } from '../../model/cron.ts';
import { parseDuration } from './durations.ts';

const descriptors = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);

/** @returns what is wrong with it, as the middle of a sentence */
export function scheduleFault(schedule: string): string | undefined {
  if (schedule === '') return 'it is empty';
  if (schedule.startsWith('@every '))
    return parseDuration(schedule.slice('@every '.length)) === undefined
      ? 'after @every must be a duration: 1h30m'
      : undefined;
  if (schedule.startsWith('@'))
    return descriptors.has(schedule) ? undefined : `it can be ${[...descriptors].join(', ')} or @every 1h`;
  const given = schedule.split(/\s+/).filter(Boolean);
  if (given.length < 5 || given.length > 6)
    return `it needs six fields (second minute hour day-of-month month day-of-week) and has ${given.length}`;
  return given.map((text, at) => fieldFault(text, cronFields[at] as CronField)).find(Boolean);
}

const fieldFault = (text: string, field: CronField): string | undefined =>
  text
    .split(',')
    .filter(Boolean)
    .map(part => rangeFault(part, field))
    .find(Boolean);

function rangeFault(text: string, { name, min, max, words = [] }: CronField): string | undefined {
  const [range = '', step, ...moreSteps] = text.split('/');
  const [low = '', high, ...moreHighs] = range.split('-');
  const number = (word: string): number => {
    const at = words.indexOf(word.toLowerCase());
    if (at !== -1) return at + min;
    return /^[-+]?\d{1,18}$/.test(word) ? Number(word) : Number.NaN;
  };
  const wild = low === '*' || low === '?';
  const first = wild ? min : number(low);
  const last = wild || (high === undefined && step !== undefined) ? max : high === undefined ? first : number(high);
  const faulty =
    moreSteps.length > 0 ||
    (moreHighs.length > 0 && !wild) ||
    !(first >= min && last <= max && first <= last) ||
    (step !== undefined && !(/^\+?\d{1,18}$/.test(step) && Number(step) > 0));
  return faulty ? `its ${name} is "${text}", and can be from ${min} to ${max}` : undefined;
}
