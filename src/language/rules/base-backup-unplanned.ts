import { ownArchive } from '../../model/archive.ts';
import { barmanPlugin } from '../../model/cluster.ts';
import { addDocument, fix, plainText } from '../edits.ts';
import { satellitesOf } from '../sides.ts';
import type { ClusterManifest } from '../sound.ts';
import type { Rule } from './rule.ts';
import { isReplicaCluster, onValue } from './rule.ts';

export const baseBackupUnplanned: Rule = {
  code: 'RC403',
  severity: 'warning',
  check({ document, cluster, entry, workspace, complete }) {
    if (!complete || !ownArchive(cluster)) return [];
    if (satellitesOf(workspace, entry).some(({ kind }) => kind === 'ScheduledBackup')) return [];
    return [
      onValue(
        ['metadata', 'name'],
        `No ScheduledBackup is for ${cluster.metadata.name}: WAL without base backups cannot be restored.`,
        {
          ...(isReplicaCluster(cluster) && { severity: 'info' }),
          fixes: fix(
            'Add a ScheduledBackup for every night',
            addDocument(document, nightly(cluster, document.namespace)),
          ),
        },
      ),
    ];
  },
};

const nightly = (cluster: ClusterManifest, namespace: string | undefined): string => {
  const name = plainText(cluster.metadata.name);
  const isPlugin = ownArchive(cluster)?.by === 'plugin';
  return [
    'apiVersion: postgresql.cnpg.io/v1',
    'kind: ScheduledBackup',
    'metadata:',
    `  name: ${name}`,
    ...(namespace === undefined ? [] : [`  namespace: ${plainText(namespace)}`]),
    'spec:',
    '  # Seconds come first: every night at 02:00.',
    '  schedule: "0 0 2 * * *"',
    '  backupOwnerReference: self',
    '  cluster:',
    `    name: ${name}`,
    `  method: ${isPlugin ? 'plugin' : 'barmanObjectStore'}`,
    ...(isPlugin ? ['  pluginConfiguration:', `    name: ${barmanPlugin}`] : []),
  ].join('\n');
};
