/** Where a Cluster uses the Barman Cloud plugin. */
import { barmanPlugin } from '../../model/cluster.ts';
import type { Path } from '../manifest.ts';
import type { ClusterManifest } from '../sound.ts';
import { entriesOf } from './rule.ts';

export interface PluginUse {
  path: Path;
  /** Of the entry of `externalClusters`; absent: its own archive. */
  entry?: string;
  isWALArchiver: boolean;
  parameters: Record<string, string>;
}

/** Uses that are not disabled. */
export const pluginUses = (cluster: ClusterManifest): PluginUse[] => [
  ...(cluster.spec.plugins ?? []).flatMap((plugin, at) =>
    plugin.name === barmanPlugin && plugin.enabled !== false
      ? [
          {
            path: ['spec', 'plugins', at],
            isWALArchiver: plugin.isWALArchiver === true,
            parameters: plugin.parameters ?? {},
          },
        ]
      : [],
  ),
  ...entriesOf(cluster).flatMap(({ entry: { name, plugin }, path }) =>
    plugin?.name === barmanPlugin && plugin.enabled !== false
      ? [
          {
            path: [...path, 'plugin'],
            entry: name,
            isWALArchiver: plugin.isWALArchiver === true,
            parameters: plugin.parameters ?? {},
          },
        ]
      : [],
  ),
];

export const storeName = ['parameters', 'barmanObjectName'];
