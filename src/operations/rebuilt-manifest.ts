/** What a former primary is created from anew: the live object as a replica cluster of the new primary, with an archive of its own. */
import type { Cluster, ClusterSpec, PluginConfiguration } from '../model/cluster.ts';
import { annotations, barmanPlugin, externalCluster, topologyName } from '../model/cluster.ts';
import { ownArchive } from '../model/archive.ts';

/** `streaming`: a copy over the network. `archive`: from a base backup in the archive of the new primary. */
export type RebuildFrom = 'streaming' | 'archive';

export interface RebuildChoices {
  /** Name of the new primary in the topology. */
  primary: string;
  from: RebuildFrom;
  /** Folder that it archives into from now on; the WAL of its former life stays in the old one. */
  serverName: string;
}

/** What the entry for the new primary allows, the better one first. */
export function waysToRebuild(cluster: Cluster, primary: string): RebuildFrom[] {
  const entry = externalCluster(cluster, primary);
  return [
    ...(entry?.connectionParameters ? (['streaming'] as const) : []),
    ...(entry?.plugin || entry?.barmanObjectStore ? (['archive'] as const) : []),
  ];
}

/** `cluster-eu` → `cluster-eu-2` → `cluster-eu-3`: mixing two lives of a Cluster in one folder breaks recovery. */
export function nextServerName(cluster: Cluster): string {
  const current = ownArchive(cluster)?.serverName ?? cluster.metadata.name;
  const numbered = current !== cluster.metadata.name ? /^(.*)-(\d+)$/.exec(current) : null;
  return numbered ? `${numbered[1]}-${Number(numbered[2]) + 1}` : `${current}-2`;
}

/** Marks of a state, which the new object has no part in. */
const forgotten = [
  'kubectl.kubernetes.io/last-applied-configuration',
  annotations.fencedInstances,
  annotations.hibernation,
  annotations.reconciliationLoop,
  annotations.restartedAt,
  annotations.reloadedAt,
];

export function rebuiltManifest(live: Cluster, choices: RebuildChoices): Cluster {
  const { name, namespace, labels } = live.metadata;
  const kept = Object.entries(live.metadata.annotations ?? {}).filter(([key]) => !forgotten.includes(key));
  return {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
    },
    spec: rebuiltSpec(live, choices),
  };
}

function rebuiltSpec(live: Cluster, { primary, from, serverName }: RebuildChoices): ClusterSpec {
  const { spec } = live;
  const self = topologyName(live);
  const { promotionToken: _, ...replica } = spec.replica ?? {};
  const method = from === 'streaming' ? 'pg_basebackup' : 'recovery';
  return {
    ...spec,
    bootstrap: { [method]: { ...applicationOf(spec), source: primary } },
    replica: { ...replica, self, primary, source: primary },
    ...(spec.plugins && {
      plugins: spec.plugins.map(plugin => (archives(plugin) ? into(plugin, serverName) : plugin)),
    }),
    ...(spec.backup?.barmanObjectStore && {
      backup: { ...spec.backup, barmanObjectStore: { ...spec.backup.barmanObjectStore, serverName } },
    }),
    ...(spec.externalClusters && { externalClusters: repointed(spec.externalClusters, self, serverName) }),
  };
}

const archives = ({ name, isWALArchiver }: PluginConfiguration): boolean => name === barmanPlugin && !!isWALArchiver;

const into = (plugin: PluginConfiguration, serverName: string): PluginConfiguration => ({
  ...plugin,
  parameters: { ...plugin.parameters, serverName },
});

/** The entries of `externalClusters` with another folder for the archive of one of them. */
export const repointed = (
  entries: NonNullable<ClusterSpec['externalClusters']>,
  name: string,
  serverName: string,
): NonNullable<ClusterSpec['externalClusters']> =>
  entries.map(entry =>
    entry.name !== name
      ? entry
      : {
          ...entry,
          ...(entry.plugin && { plugin: into(entry.plugin, serverName) }),
          ...(entry.barmanObjectStore && { barmanObjectStore: { ...entry.barmanObjectStore, serverName } }),
        },
  );

/** Database and owner for the Secret of the application; they are of no use while it is a replica, and needed after a promotion. */
function applicationOf({ bootstrap }: ClusterSpec): Record<string, unknown> {
  const [before] = Object.values(bootstrap ?? {});
  const known = Object.entries(before ?? {}).filter(([key]) => ['database', 'owner', 'secret'].includes(key));
  return Object.fromEntries(known);
}
