import { ownArchive } from '../../model/archive.ts';
import { satellitesOf } from '../sides.ts';
import type { Rule } from './rule.ts';
import { isReplicaCluster, onValue } from './rule.ts';

export const baseBackupUnplanned: Rule = {
  code: 'RC403',
  severity: 'warning',
  check({ cluster, entry, workspace, complete }) {
    if (!complete || !ownArchive(cluster)) return [];
    if (satellitesOf(workspace, entry).some(({ kind }) => kind === 'ScheduledBackup')) return [];
    return [
      onValue(
        ['metadata', 'name'],
        `No ScheduledBackup is for ${cluster.metadata.name}: WAL without base backups cannot be restored.`,
        {
          ...(isReplicaCluster(cluster) && { severity: 'info' }),
        },
      ),
    ];
  },
};
