/** A ScheduledBackup is suspended and resumed: `spec.suspend`. Backups that are running go on. */
import type { ScheduledBackup } from '../model/cluster.ts';
import { nextRuns, scheduleWords } from '../model/cron.ts';
import type { Address } from '../model/kubernetes.ts';
import { check, gitOps } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import { undone } from './operation.ts';
import { shown } from './write.ts';

export const suspendSchedule = (target: Address, name: string, at: Date): Operation =>
  setSuspend(target, name, true, at);

/** @param at when it is asked for: the next run is told from there */
export const resumeSchedule = (target: Address, name: string, at: Date): Operation =>
  setSuspend(target, name, false, at);

const setSuspend = (target: Address, name: string, suspend: boolean, at: Date): Operation => ({
  title: `${suspend ? 'Suspend' : 'Resume'} ${name}`,
  target,
  about: { kind: 'ScheduledBackup', name },
  plan: seen => plan(target, name, suspend, at, seen),
  progress: seen => progressOf(name, suspend, seen),
});

const suspended = (schedule: ScheduledBackup): boolean => schedule.spec?.suspend === true;

function plan(target: Address, name: string, suspend: boolean, at: Date, { object }: Observed): OperationPlan {
  const schedule: ScheduledBackup | undefined = object;
  const text = schedule?.spec?.schedule ?? '';
  const [next] = nextRuns(text, at.getTime(), 1);
  return {
    checks: [
      check(
        'blocks',
        `${name} is there`,
        schedule !== undefined,
        schedule ? scheduleWords(text) : 'it does not exist any more',
        'Look at the backups of the Cluster again.',
      ),
      ...(schedule ? gitOps(schedule) : []),
    ],
    write:
      !schedule || suspended(schedule) === suspend
        ? undefined
        : {
            verb: 'patch',
            kind: 'ScheduledBackup',
            target: { ...target, name },
            resourceVersion: schedule.metadata.resourceVersion,
            patch: { spec: { suspend } },
            changes: [{ field: 'spec.suspend', from: shown(schedule.spec?.suspend), to: String(suspend) }],
          },
    meaning: suspend
      ? `No more base backups of ${target.name} are taken by ${name} until it is resumed. The recovery window keeps growing by WAL; recoveries from the last base backup take longer.`
      : `Base backups of ${target.name} are taken by ${name} again${next === undefined ? '' : `, next ${new Date(next).toISOString().slice(0, 16).replace('T', ' ')} UTC by its schedule`}. When one was due meanwhile, expect it at once.`,
    interrupts: false,
  };
}

function progressOf(name: string, suspend: boolean, { object }: Observed): Progress {
  const schedule: ScheduledBackup | undefined = object;
  if (!schedule || suspended(schedule) !== suspend)
    return undone(schedule ? `${name} is to ${suspend ? 'run' : 'be suspended'} again.` : `${name} was deleted.`);
  return { kind: 'done', evidence: `${name} is ${suspend ? 'suspended' : 'active'}.`, issues: [] };
}
