/** Backups and schedules, with how fresh they are. */
import { backupsOf, recoveryWindow, scheduleState, schedulesOf } from '../../model/backups.ts';
import type { Backup, Cluster, ScheduledBackup } from '../../model/cluster.ts';
import { nextRuns, scheduleWords } from '../../model/cron.ts';
import { formatAge, formatDuration, formatTime } from '../../model/duration.ts';
import type { Address } from '../../model/kubernetes.ts';
import { addressKey } from '../../model/kubernetes.ts';
import type { ContextSnapshot } from '../../model/snapshot.ts';
import type { Scene, TreeNode, Trouble } from './node.ts';
import { failure, node, referenceTo, troubleIcon, warning, withTroubleBelow } from './node.ts';

/** Older ones are in the archive's listing. */
const shownBackups = 20;

export function backupsNode(cluster: Cluster, snapshot: ContextSnapshot, address: Address, scene: Scene): TreeNode {
  const { now } = scene.moment;
  const backups = backupsOf(cluster, snapshot);
  const schedules = schedulesOf(cluster, snapshot);
  const recovery = recoveryWindow(cluster, snapshot);
  const completed = backups.find(backup => backup.status?.phase === 'completed')?.status?.stoppedAt;
  const latest = [completed, recovery?.lastSuccessfulBackupTime]
    .filter(time => time !== undefined)
    .reduce<string | undefined>((a, b) => (a !== undefined && a > b ? a : b), undefined);
  const newest = newestEnded(backups);
  const made = withTroubleBelow(
    node({
      id: `backups ${addressKey(address)}`,
      kind: 'backups',
      label: 'Backups',
      description: [
        latest ? `last completed ${ago(latest, now)}` : 'none completed',
        ...(newest?.status?.phase === 'failed' ? ['the last one failed'] : []),
      ].join(' · '),
      icon: { id: 'history' },
      ...(newest?.status?.phase === 'failed' && { trouble: 'warning' }),
      tooltip: [
        'Base backups',
        ['Last completed', latest ?? 'none'],
        ['Restorable since', recovery?.firstRecoverabilityPoint ?? 'not reported'],
        ...(recovery?.lastFailedBackupTime ? [['Last failed', recovery.lastFailedBackupTime] as const] : []),
      ],
      address,
      context: address.context,
      children: [
        ...schedules.map(schedule => scheduleNode(schedule, address, now)),
        // Only the newest failure matters; what failed before a good one is history.
        ...backups.slice(0, shownBackups).map(backup => backupNode(backup, address, now, backup === newest)),
      ],
    }),
  );
  return { ...made, icon: troubleIcon(made.trouble, made.icon) };
}

const newestEnded = (backups: readonly Backup[]): Backup | undefined =>
  backups.find(({ status }) => status?.phase === 'completed' || status?.phase === 'failed');

/** Of {@link backupsNode}, without making it. */
export const backupsTrouble = (cluster: Cluster, snapshot: ContextSnapshot, { moment }: Scene): Trouble =>
  newestEnded(backupsOf(cluster, snapshot))?.status?.phase === 'failed' ||
  schedulesOf(cluster, snapshot).some(schedule => scheduleState(schedule, moment.now).overdueSince !== undefined)
    ? 'warning'
    : undefined;

function ago(time: string, now: number): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? time : formatAge(at, now);
}

function scheduleNode(schedule: ScheduledBackup, address: Address, now: number): TreeNode {
  const { metadata, spec, status } = schedule;
  const text = spec?.schedule ?? '';
  const { next, overdueSince } = scheduleState(schedule, now);
  const late = overdueSince !== undefined;
  return node({
    id: `schedule ${addressKey(address)} ${metadata.name}`,
    kind: 'schedule',
    label: metadata.name,
    description: [
      ...(late ? [`OVERDUE since ${formatTime(overdueSince, now)}`] : []),
      ...(spec?.suspend ? ['suspended'] : []),
      scheduleWords(text),
      ...(next === undefined || late ? [] : [`next in ${formatDuration((next - now) / 1000)}`]),
    ].join(' · '),
    icon: late ? warning : { id: spec?.suspend ? 'debug-pause' : 'calendar' },
    contextValue: spec?.suspend ? 'schedule.suspended' : 'schedule',
    ...(late && { trouble: 'warning' }),
    tooltip: [
      `Schedule ${metadata.name}`,
      ['Schedule', text],
      ['In words', scheduleWords(text)],
      ['Last', status?.lastScheduleTime ?? 'never'],
      ...(spec?.suspend
        ? ['It is suspended: no backup is taken.']
        : nextRuns(text, now, 3).map((at, index): [string, string] => [
            index === 0 ? 'Next' : '',
            formatTime(at, now),
          ])),
    ],
    address,
    context: address.context,
    object: referenceTo('ScheduledBackup', address, metadata.name),
  });
}

function backupNode({ metadata, status, spec }: Backup, address: Address, now: number, newest: boolean): TreeNode {
  const phase = status?.phase ?? 'pending';
  const failed = phase === 'failed';
  const time = status?.stoppedAt ?? status?.startedAt;
  return node({
    id: `backup ${addressKey(address)} ${metadata.name}`,
    kind: 'backup',
    label: metadata.name,
    description: [phase, ...(time ? [ago(time, now)] : []), ...(failed && status?.error ? [status.error] : [])].join(
      ' · ',
    ),
    icon: failed ? failure : { id: phase === 'completed' ? 'save' : 'sync' },
    ...(failed && newest && { trouble: 'warning' as const }),
    tooltip: [
      `Backup ${metadata.name}`,
      ['Phase', phase],
      ['Started', status?.startedAt ?? 'not yet'],
      ['Ended', status?.stoppedAt ?? 'not yet'],
      ['Method', spec?.method ?? 'barmanObjectStore'],
      ...(status?.beginWal ? [['WAL', `${status.beginWal} to ${status.endWal ?? '?'}`] as const] : []),
      ...(status?.error ? [status.error] : []),
    ],
    address,
    context: address.context,
    object: referenceTo('Backup', address, metadata.name),
  });
}
