import { ownArchive } from '../../model/archive.ts';
import { barmanPlugin } from '../../model/cluster.ts';
import type { MaybeEdit } from '../edits.ts';
import { addKey, fix, setValue } from '../edits.ts';
import type { ManifestDocument } from '../manifest.ts';
import { isRecord, placeOf, valueAt } from '../manifest.ts';
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
      fixes: fix('Set method: plugin', ...planMethod(document)),
      related: [{ entry: cluster, path: archivePathOf(cluster.cluster), message: `the archive of ${name}` }],
    };
    return [method === undefined ? onKey(['spec', 'cluster'], message, more) : onValue(path, message, more)];
  },
};

/** What makes a backup one of the plugin; nothing when its method is said and another than in-tree Barman. */
export function planMethod(document: ManifestDocument): MaybeEdit[] {
  const method = valueAt(document.value, path);
  if (method !== undefined && method !== 'barmanObjectStore') return [];
  const hasPlugin = placeOf(document, ['spec', 'pluginConfiguration']) !== undefined;
  if (method === undefined) {
    const plugin = hasPlugin ? '' : `\npluginConfiguration:\n  name: ${barmanPlugin}`;
    return [addKey(document, ['spec'], 'method', `plugin${plugin}`)];
  }
  return [
    setValue(document, path, 'plugin'),
    ...(hasPlugin ? [] : [addKey(document, ['spec'], 'pluginConfiguration', `\n  name: ${barmanPlugin}`)]),
  ];
}
