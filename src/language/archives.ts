/** Which archive a Cluster writes and reads, by manifests alone, and whether two are the same. */
import type { ArchiveReference } from '../model/archive.ts';
import { entryArchive, ownArchive } from '../model/archive.ts';
import type { ExternalCluster, ObjectStoreConfiguration } from '../model/cluster.ts';
import type { Side } from './sides.ts';
import { areApart, objectStore } from './sides.ts';
import type { Entry, Workspace } from './workspace.ts';

export interface Archive {
  /** Scheme, host and port; empty: the provider's own. */
  endpoint: string;
  /** Without repeated and trailing slashes. */
  path: string;
  serverName: string;
  configuration: ObjectStoreConfiguration & { wal?: { restoreAdditionalCommandArgs?: string[] } };
  /** The ObjectStore; absent for in-tree Barman. */
  store?: Entry;
}

/** The archive that the Cluster writes; `undefined`: none, or nobody knows where. */
export const written = (workspace: Workspace, side: Side): Archive | undefined =>
  workspace.remember(side, 'written', () => located(workspace, side, ownArchive(side.cluster)));

/** The archive that the Cluster reads by an entry of `externalClusters`. */
export const readBy = (workspace: Workspace, side: Side, entry: ExternalCluster): Archive | undefined =>
  located(workspace, side, entryArchive(side.cluster, entry));

function located(workspace: Workspace, side: Side, reference: ArchiveReference | undefined): Archive | undefined {
  if (!reference) return undefined;
  if (reference.by === 'in-tree') return archiveAt(reference.configuration, reference.serverName);
  const found = objectStore(workspace, side, reference.objectStore);
  if (found.state !== 'found') return undefined;
  const archive = archiveAt(found.store.configuration, reference.serverName);
  return archive && { ...archive, store: found.entry };
}

function archiveAt(configuration: Archive['configuration'], serverName: string): Archive | undefined {
  const { destinationPath, endpointURL } = configuration;
  if (!destinationPath) return undefined;
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+]*:\/\/)?(.*)$/is.exec(destinationPath) ?? [];
  const path = scheme.toLowerCase() + rest.replace(/\/{2,}/g, '/').replace(/^\/|\/$/g, '');
  return { endpoint: endpointOf(endpointURL), path, serverName, configuration };
}

function endpointOf(url: string | undefined): string {
  if (!url) return '';
  return URL.canParse(url) ? new URL(url).origin : url.replace(/\/+$/, '');
}

/** `s3://bucket/path/serverName`, with the endpoint when it has one of its own. */
export const archiveText = ({ endpoint, path, serverName }: Archive): string =>
  `${path}/${serverName}${endpoint === '' ? '' : ` at ${endpoint}`}`;

const sameFolder = (a: Archive, b: Archive): boolean => a.path === b.path && a.serverName === b.serverName;

/** A host that only one Kubernetes cluster resolves: a service's name, short or with its namespace. */
export const isInCluster = (host: string): boolean =>
  /(^|\.)svc(\.cluster\.local)?\.?$/.test(host) || /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/i.test(host);

export const hostOf = (endpoint: string): string => (URL.canParse(endpoint) ? new URL(endpoint).hostname : '');

/** The same for certain. A service of one Kubernetes cluster is another store than that of the same name elsewhere. */
export const isSameArchive = (a: Archive, b: Archive, sideA: Entry, sideB: Entry): boolean =>
  sameFolder(a, b) && a.endpoint === b.endpoint && !(isInCluster(hostOf(a.endpoint)) && areApart(sideA, sideB));

/** Different for certain. A store may have one name within its Kubernetes cluster and another outside. */
export const isOtherArchive = (a: Archive, b: Archive): boolean =>
  !sameFolder(a, b) ||
  (a.endpoint !== b.endpoint && !isInCluster(hostOf(a.endpoint)) && !isInCluster(hostOf(b.endpoint)));
