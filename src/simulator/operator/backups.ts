/** Backups: taken when an object of that kind appears; scheduled ones when their schedule says `immediate`. */
import type { Backup, Cluster } from '../../model/cluster.ts';
import { formatSegment, segmentAt } from '../../model/wal.ts';
import { reportRecoveryWindow } from './adoption.ts';
import type { AnyObject } from './client.ts';
import { resources } from './client.ts';
import type { Reconciliation } from './reconciliation.ts';
import { now } from './reconciliation.ts';

export async function takeBackup(r: Reconciliation, cluster: Cluster, backup: Backup): Promise<void> {
  const set = (status: object): Promise<void> =>
    r.client.statusPatch(resources.backups, r.namespace, backup.metadata.name, status);
  await set({ phase: 'running', startedAt: now(r) });
  await r.pause(3);
  const taken = r.world.backup(r.database);
  if (!taken) {
    await set({ phase: 'failed', error: 'no WAL archive to back up to', stoppedAt: now(r) });
    return;
  }
  await set({
    phase: 'completed',
    backupId: taken.id,
    beginWal: formatSegment(segmentAt(taken.begin, taken.timeline)),
    endWal: formatSegment(segmentAt(taken.end, taken.timeline)),
    stoppedAt: now(r),
  });
  await reportRecoveryWindow(r, cluster);
}

/** Cron times are not simulated. */
export async function runSchedule(r: Reconciliation, schedule: AnyObject): Promise<void> {
  const spec = schedule.spec as { immediate?: boolean; method?: string; pluginConfiguration?: object };
  const status = schedule.status as { lastScheduleTime?: string } | undefined;
  if (!spec.immediate || status?.lastScheduleTime !== undefined) return;
  const at = now(r);
  await r.client.statusPatch(resources.scheduledBackups, r.namespace, schedule.metadata.name, {
    lastScheduleTime: at,
    lastCheckTime: at,
  });
  await r.client.create(resources.backups, {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Backup',
    metadata: {
      name: `${schedule.metadata.name}-${at.replace(/\D/g, '')}`,
      namespace: r.namespace,
      labels: { 'cnpg.io/cluster': r.name, 'cnpg.io/scheduled-backup': schedule.metadata.name },
    },
    spec: {
      cluster: { name: r.name },
      ...(spec.method !== undefined && { method: spec.method }),
      ...(spec.pluginConfiguration && { pluginConfiguration: spec.pluginConfiguration }),
    },
  });
}
