/** WAL archives as Clusters describe them, and what a listing of one holds. */
import type { Cluster, ExternalCluster, ObjectStore, ObjectStoreConfiguration } from './cluster.ts';
import { barmanPlugin, externalCluster, isReplicaCluster } from './cluster.ts';

/** How a Cluster names an archive: by the Barman Cloud plugin's ObjectStore or in-tree. */
export type ArchiveReference =
  | { by: 'plugin'; objectStore: string; serverName: string }
  | { by: 'in-tree'; configuration: ObjectStoreConfiguration; serverName: string };

/** An archive with its place resolved: everything but the credentials' values. */
export interface ArchiveLocation {
  configuration: ObjectStoreConfiguration;
  serverName: string;
  /** Namespace of the Secrets that `configuration` names. */
  namespace: string;
}

/** The latest complete segment of an archive. */
export interface NewestWal {
  /** Of 24 digits. */
  name: string;
  /** When it was stored, in milliseconds since the epoch: by this machine's clock when that of the object store is known. */
  storedAt: number;
  /** Milliseconds by which the object store's clock is ahead of this machine's; `undefined`: it did not say. */
  clockAhead?: number | undefined;
}

/** The archive a Cluster writes. `undefined`: it does not archive. */
export function ownArchive(cluster: Cluster): ArchiveReference | undefined {
  const plugin = cluster.spec.plugins?.find(p => p.name === barmanPlugin && p.enabled !== false && p.isWALArchiver);
  if (plugin) return byPlugin(plugin.parameters, cluster.metadata.name);
  const inTree = cluster.spec.backup?.barmanObjectStore;
  return inTree && { by: 'in-tree', configuration: inTree, serverName: inTree.serverName || cluster.metadata.name };
}

/**
 * The archive behind an `externalClusters` entry. Without `serverName` the plugin takes the name of the Cluster that
 * holds the entry, in-tree Barman the entry's name.
 */
export function entryArchive(cluster: Cluster, entry: ExternalCluster): ArchiveReference | undefined {
  if (entry.plugin?.name === barmanPlugin && entry.plugin.enabled !== false)
    return byPlugin(entry.plugin.parameters, cluster.metadata.name);
  const inTree = entry.barmanObjectStore;
  return inTree && { by: 'in-tree', configuration: inTree, serverName: inTree.serverName || entry.name };
}

/** The archive from which a replica cluster's designated primary restores; `undefined` when it only streams. */
export function sourceArchive(cluster: Cluster): ArchiveReference | undefined {
  const entry = isReplicaCluster(cluster) ? externalCluster(cluster, cluster.spec.replica?.source) : undefined;
  return entry && entryArchive(cluster, entry);
}

const byPlugin = (parameters: Record<string, string> | undefined, clusterName: string): ArchiveReference => ({
  by: 'plugin',
  objectStore: parameters?.barmanObjectName ?? '',
  serverName: parameters?.serverName || clusterName,
});

/**
 * Where the archive is. ObjectStores are looked up in the Cluster's own namespace, as the plugin does.
 * @returns a text when the ObjectStore is not there
 */
export function locateArchive(
  reference: ArchiveReference,
  namespace: string,
  objectStores: readonly ObjectStore[],
): ArchiveLocation | string {
  if (reference.by === 'in-tree')
    return { configuration: reference.configuration, serverName: reference.serverName, namespace };
  const store = objectStores.find(o => o.metadata.name === reference.objectStore && o.metadata.namespace === namespace);
  if (!store) return `ObjectStore "${reference.objectStore}" was not found in namespace "${namespace}".`;
  return { configuration: store.spec.configuration, serverName: reference.serverName, namespace };
}

/** `s3://bucket/path/serverName`, for people. */
export const archivePath = (location: Pick<ArchiveLocation, 'configuration' | 'serverName'>): string =>
  `${location.configuration.destinationPath.replace(/\/+$/, '')}/${location.serverName}`;
