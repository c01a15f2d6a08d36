import { entryArchive, ownArchive } from '../../model/archive.ts';
import { addKey, fix } from '../edits.ts';
import { pluginLines } from '../plugin-text.ts';
import type { Rule } from './rule.ts';
import { clusterNamed, isReplicaCluster, onKey, parameterOf, sourceOf } from './rule.ts';
import { usualWalKept } from './wal-kept.ts';

export const streamingOnly: Rule = {
  code: 'RC416',
  severity: 'warning',
  check(subject) {
    const { cluster, document } = subject;
    const source = sourceOf(cluster);
    if (!source?.entry.connectionParameters || !isReplicaCluster(cluster)) return [];
    // A plugin of somebody else may well bring an archive.
    if (source.entry.plugin || entryArchive(cluster, source.entry)) return [];
    const other = clusterNamed(subject, source.entry.name);
    const archive = other && ownArchive(other.cluster);
    const kept = other && parameterOf(other.cluster, 'wal_keep_size');
    return [
      onKey(
        [...source.path, 'connectionParameters'],
        `${cluster.metadata.name} only streams from "${source.entry.name}", and this link has no replication slot: after an outage longer than wal_keep_size (${kept ?? `${usualWalKept} by default`}) it has to be cloned anew. Add the archive.`,
        {
          fixes:
            archive?.by === 'plugin'
              ? fix(
                  `Add the archive of ${source.entry.name}`,
                  addKey(
                    document,
                    source.path,
                    'plugin',
                    pluginLines(archive)
                      .map(line => `\n  ${line}`)
                      .join(''),
                  ),
                )
              : [],
        },
      ),
    ];
  },
};
