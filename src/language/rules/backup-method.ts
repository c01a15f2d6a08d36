import { ownArchive } from '../../model/archive.ts';
import { barmanPlugin } from '../../model/cluster.ts';
import { addKey, fix, setValue } from '../edits.ts';
import { isRecord, placeOf } from '../manifest.ts';
import { clusterOfSatellite } from '../sides.ts';
import { archivePathOf } from './archive-shared.ts';
import type { ObjectRule } from './rule.ts';
import { onKey, onValue } from './rule.ts';
import { satelliteCluster } from './satellite-cluster.ts';

const path = ['spec', 'method'];

export const backupMethod: ObjectRule = {
  code: 'RC404',
  severity: 'error',
  kinds: ['ScheduledBackup', 'Backup'],
  check({ document, entry, workspace }) {
    const name = satelliteCluster(document);
    const cluster = name === undefined ? undefined : clusterOfSatellite(workspace, entry, name);
    if (!cluster?.cluster || cluster.rewritten || ownArchive(cluster.cluster)?.by !== 'plugin') return [];
    const { spec } = document.value;
    const method = isRecord(spec) ? spec['method'] : undefined;
    if (method !== undefined && method !== 'barmanObjectStore') return [];
    const message = `${name} archives through the plugin, and ${method === undefined ? 'the default method is in-tree Barman' : 'this method is in-tree Barman'}: there is no store for it.`;
    const more = {
      fixes:
        method === undefined
          ? fix('Set method: plugin', addKey(document, ['spec'], 'method', methodAndPlugin(document)))
          : fix(
              'Set method: plugin',
              setValue(document, path, 'plugin'),
              ...(placeOf(document, ['spec', 'pluginConfiguration'])
                ? []
                : [addKey(document, ['spec'], 'pluginConfiguration', `\n  name: ${barmanPlugin}`)]),
            ),
      related: [{ entry: cluster, path: archivePathOf(cluster.cluster), message: `the archive of ${name}` }],
    };
    return [method === undefined ? onKey(['spec', 'cluster'], message, more) : onValue(path, message, more)];
  },
};

const methodAndPlugin = (document: Parameters<typeof placeOf>[0]): string =>
  placeOf(document, ['spec', 'pluginConfiguration'])
    ? 'plugin'
    : `plugin\npluginConfiguration:\n  name: ${barmanPlugin}`;
