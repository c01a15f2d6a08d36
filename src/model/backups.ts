/** Backups of a Cluster: the newest, and whether its schedules run when they should. */
import type { ArchiveReference } from './archive.ts';
import { ownArchive } from './archive.ts';
import type { Backup, Cluster, RecoveryWindow, ScheduledBackup } from './cluster.ts';
import { nextRuns } from './cron.ts';
import { naming } from './owned.ts';
import type { ContextSnapshot } from './snapshot.ts';

/** Newest first. One that has not begun counts as newest. */
export const backupsOf = (cluster: Cluster, { backups }: ContextSnapshot): Backup[] =>
  naming(backups, cluster).toSorted((a, b) => startOf(b).localeCompare(startOf(a)));

const startOf = ({ metadata, status }: Backup): string => status?.startedAt ?? metadata.creationTimestamp ?? '9';

export const schedulesOf = (cluster: Cluster, { scheduledBackups }: ContextSnapshot): ScheduledBackup[] =>
  naming(scheduledBackups, cluster).toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name));

/** Milliseconds by which a run may be late: the operator looks again and again, and clocks differ. */
const grace = 10 * 60_000;

export interface ScheduleState {
  /** Milliseconds since the epoch; `undefined`: it is suspended, or no schedule. */
  next: number | undefined;
  /** Since when a run is due that did not come. */
  overdueSince: number | undefined;
}

export function scheduleState({ metadata, spec, status }: ScheduledBackup, now: number): ScheduleState {
  const none = { next: undefined, overdueSince: undefined };
  if (spec?.suspend || spec?.schedule === undefined) return none;
  const [next] = nextRuns(spec.schedule, now, 1);
  const last = Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp ?? '');
  const [due] = nextRuns(spec.schedule, last, 1);
  return { next, overdueSince: due !== undefined && due + grace < now ? due : undefined };
}

/** What the plugin reports in the ObjectStore about the Cluster's own archive. */
export function recoveryWindow(cluster: Cluster, snapshot: ContextSnapshot): RecoveryWindow | undefined {
  const own: ArchiveReference | undefined = ownArchive(cluster);
  if (own?.by !== 'plugin') return undefined;
  const store = snapshot.objectStores.find(
    ({ metadata }) => metadata.name === own.objectStore && metadata.namespace === cluster.metadata.namespace,
  );
  return store?.status?.serverRecoveryWindow?.[own.serverName];
}
