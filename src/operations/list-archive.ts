/** From a Cluster to the listing of an archive it writes or reads: ObjectStore, Secrets, object store, in this order. */
import type {
  Credentials,
  FolderOptions,
  ListArchive,
  ListOptions,
  ObjectStoreFolder,
  OpenFolder,
  OpenStream,
  ReadText,
} from '../archive/contract.ts';
import { Failure, isFailure } from '../errors.ts';
import type { Connection } from '../kubernetes/contract.ts';
import { parseArchiveKey } from '../model/archive-keys.ts';
import type { ArchiveListing } from '../model/archive-listing.ts';
import type { ArchiveLocation, ArchiveReference, NewestWal } from '../model/archive.ts';
import { locateArchive, ownArchive, sourceArchive } from '../model/archive.ts';
import type { Cluster, ObjectStore } from '../model/cluster.ts';
import type { Address, SecretKeySelector } from '../model/kubernetes.ts';
import { serviceAddress } from '../model/service-address.ts';
import type { PromotionToken } from '../model/token.ts';
import { parseSegment } from '../model/wal.ts';

/** `own`: the archive that the Cluster writes. `source`: the one from which its designated primary restores. */
export type ArchiveOf = 'own' | 'source';

/** The room that talks to object stores, loaded on first use. */
export interface ArchiveRoom {
  openFolder: OpenFolder;
  listArchive: ListArchive;
  readText: ReadText;
  newestWal: (folder: ObjectStoreFolder, signal: AbortSignal) => Promise<NewestWal | undefined>;
}

type Api = Pick<Connection, 'get' | 'secret' | 'podBehind' | 'portForward'>;

/** Rejects with a `Failure` that names the Cluster, the ObjectStore, the Secret or the object store's own answer. */
export const listClusterArchive = (
  api: Api,
  address: Address,
  which: ArchiveOf,
  room: () => Promise<ArchiveRoom>,
  signal: AbortSignal,
  options: ListOptions = {},
): Promise<ArchiveListing> =>
  inArchive(api, address, which, room, signal, ({ listArchive }, folder, location) =>
    listArchive(folder, location, signal, options),
  );

/** What was archived last, in a few requests. Rejects as {@link listClusterArchive}. */
export const newestArchived = (
  api: Api,
  address: Address,
  which: ArchiveOf,
  room: () => Promise<ArchiveRoom>,
  signal: AbortSignal,
): Promise<NewestWal | undefined> =>
  inArchive(api, address, which, room, signal, ({ newestWal }, folder) => newestWal(folder, signal));

/** A small file of the archive: `backup.info`, a history file; unpacked when it is `.gz`. Rejects with a `Failure`. */
export const readArchiveFile = (
  api: Api,
  address: Address,
  which: ArchiveOf,
  key: string,
  room: () => Promise<ArchiveRoom>,
  signal: AbortSignal,
): Promise<string> =>
  inArchive(api, address, which, room, signal, ({ readText }, folder) => readText(folder, key, signal));

/** Is this WAL file there, whole or as `.partial`? `undefined`: neither. Rejects as {@link listClusterArchive}. */
export const walFileIn = (
  api: Api,
  address: Address,
  which: ArchiveOf,
  name: string,
  room: () => Promise<ArchiveRoom>,
  signal: AbortSignal,
): Promise<'whole' | 'partial' | undefined> =>
  inArchive(api, address, which, room, signal, (_, folder) => walFile(folder, name, signal));

/** What an archive says of the demotion of the Cluster that writes it. */
export interface DemotionTrace {
  /** The WAL file that the token names. */
  file: 'whole' | 'partial' | undefined;
  /** A timeline was begun after that of the token: somebody made the demoted Cluster primary again. */
  later: boolean;
}

/** Rejects as {@link listClusterArchive}. */
export const demotionTrace = (
  api: Api,
  address: Address,
  which: ArchiveOf,
  { redoWalFile, latestCheckpointTimelineID }: PromotionToken,
  room: () => Promise<ArchiveRoom>,
  signal: AbortSignal,
): Promise<DemotionTrace> =>
  inArchive(api, address, which, room, signal, async (_, folder) => ({
    file: parseSegment(redoWalFile) && (await walFile(folder, redoWalFile, signal)),
    later: await hasTimeline(folder, Number(latestCheckpointTimelineID) + 1, signal),
  }));

async function walFile(
  folder: ObjectStoreFolder,
  name: string,
  signal: AbortSignal,
): Promise<'whole' | 'partial' | undefined> {
  const kinds = new Set<string>();
  for await (const page of folder.list({ prefix: `wals/${name.slice(0, 16)}/${name}` }, signal))
    for (const { key } of page) kinds.add(parseArchiveKey(key).kind);
  return kinds.has('segment') ? 'whole' : kinds.has('partial') ? 'partial' : undefined;
}

/** Its history file is archived first, then its segments. */
async function hasTimeline(folder: ObjectStoreFolder, timeline: number, signal: AbortSignal): Promise<boolean> {
  const prefix = `wals/${timeline.toString(16).toUpperCase().padStart(8, '0')}`;
  for await (const page of folder.list({ prefix }, signal)) if (page.length > 0) return true;
  return false;
}

async function inArchive<T>(
  api: Api,
  address: Address,
  which: ArchiveOf,
  room: () => Promise<ArchiveRoom>,
  signal: AbortSignal,
  use: (room: ArchiveRoom, folder: ObjectStoreFolder, location: ArchiveLocation) => Promise<T>,
): Promise<T> {
  const archive = await openClusterArchive(api, address, which, room, signal);
  try {
    return await use(archive.room, archive.folder, archive.location);
  } finally {
    archive.close();
  }
}

export interface OpenedArchive {
  room: ArchiveRoom;
  folder: ObjectStoreFolder;
  location: ArchiveLocation;
  close(): void;
}

/** @param signal for the opening; what is opened is closed by `close`. Rejects as {@link listClusterArchive} */
export async function openClusterArchive(
  api: Api,
  address: Address,
  which: ArchiveOf,
  room: () => Promise<ArchiveRoom>,
  signal: AbortSignal,
): Promise<OpenedArchive> {
  const cluster = await api.get<Cluster>('Cluster', address.namespace, address.name, signal);
  const reference = which === 'own' ? ownArchive(cluster) : sourceArchive(cluster);
  if (!reference) throw noArchive(address, which);
  const location = await locate(api, reference, address, signal);
  const how = await folderOptions(api, location, signal);
  const ended = new AbortController();
  const open = await wayInto(api, location, signal, ended.signal);
  const loaded = await room();
  const folder = await loaded.openFolder({ ...how, ...(open && { open }) });
  return {
    room: loaded,
    folder,
    location,
    close() {
      folder.close();
      ended.abort();
    },
  };
}

const noArchive = (address: Address, which: ArchiveOf): Failure =>
  new Failure('no-archive', {
    what: `${address.name} has no WAL archive to list`,
    why:
      which === 'own'
        ? 'Its manifest has neither a plugin with isWALArchiver nor backup.barmanObjectStore.'
        : 'It does not follow a source with an archive.',
    remedy: 'Add the Barman Cloud plugin with an ObjectStore to the Cluster.',
  });

async function locate(
  api: Api,
  reference: ArchiveReference,
  { namespace, name }: Address,
  signal: AbortSignal,
): Promise<ArchiveLocation> {
  const stores =
    reference.by === 'plugin'
      ? [await api.get<ObjectStore>('ObjectStore', namespace, reference.objectStore, signal)]
      : [];
  const located = locateArchive(reference, namespace, stores);
  if (typeof located !== 'string') return located;
  throw new Failure('not-found', {
    what: `The archive of ${name} cannot be located`,
    why: located,
    remedy: 'Create the ObjectStore there.',
  });
}

/**
 * An endpoint that is a Service of the Kubernetes cluster is reached as pods reach it, through the API server.
 * @param signal for looking whether it is one
 * @param lasting ends the streams
 * @returns `undefined`: the endpoint is one of the outside
 */
async function wayInto(
  api: Api,
  { configuration, namespace }: ArchiveLocation,
  signal: AbortSignal,
  lasting: AbortSignal,
): Promise<OpenStream | undefined> {
  const named = serviceAddress(configuration.endpointURL ?? '', namespace);
  if (!named) return undefined;
  const look = (until: AbortSignal) => api.podBehind(named.namespace, named.service, named.port, until);
  try {
    if (!(await look(signal))) {
      if (named.certain) throw noService(configuration.endpointURL ?? '', named);
      return undefined;
    }
  } catch (error) {
    signal.throwIfAborted();
    // What may just as well be a host of the outside is tried as one.
    if (named.certain || !isFailure(error) || error.code !== 'forbidden') throw error;
    return undefined;
  }
  // Looked up for each stream: pods come and go while a large archive is listed.
  return async () => {
    const target = await look(lasting);
    if (!target) throw noService(configuration.endpointURL ?? '', named);
    return api.portForward(named.namespace, target.pod, target.port, lasting);
  };
}

const noService = (endpoint: string, { namespace, service }: { namespace: string; service: string }): Failure =>
  new Failure('not-found', {
    what: `${endpoint} cannot be reached`,
    why: `There is no Service "${service}" in namespace "${namespace}".`,
    remedy: 'Correct endpointURL in the ObjectStore, or create the Service.',
  });

/** What the ObjectStore names, read from its Secrets. */
async function folderOptions(api: Api, location: ArchiveLocation, signal: AbortSignal): Promise<FolderOptions> {
  const { configuration, namespace } = location;
  const value = (selector: SecretKeySelector | undefined) => secretValue(api, namespace, selector, signal);
  const region = await value(configuration.s3Credentials?.region);
  const ca = await value(configuration.endpointCA);
  const credentials = await credentialsOf(configuration, value);
  return { location, credentials, ...(region !== undefined && { region }), ...(ca !== undefined && { ca }) };
}

async function credentialsOf(
  { s3Credentials: s3, azureCredentials: azure, googleCredentials: google }: ArchiveLocation['configuration'],
  value: (selector: SecretKeySelector | undefined) => Promise<string | undefined>,
): Promise<Credentials | undefined> {
  const key = await value(google?.applicationCredentials);
  if (key !== undefined) return { for: 'google', key };
  const connectionString = await value(azure?.connectionString);
  if (connectionString !== undefined) return { for: 'azure', connectionString };
  const account = await value(azure?.storageAccount);
  const [storageKey, sasToken] = [await value(azure?.storageKey), await value(azure?.storageSasToken)];
  if (account !== undefined && storageKey !== undefined) return { for: 'azure', account, key: storageKey };
  if (account !== undefined && sasToken !== undefined) return { for: 'azure', account, sasToken };
  const accessKeyId = await value(s3?.accessKeyId);
  const secretAccessKey = await value(s3?.secretAccessKey);
  const sessionToken = await value(s3?.sessionToken);
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { for: 's3', accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

async function secretValue(
  api: Api,
  namespace: string,
  selector: SecretKeySelector | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!selector) return undefined;
  const value = (await api.secret(namespace, selector.name, signal))[selector.key];
  if (value !== undefined) return value;
  throw new Failure('not-found', {
    what: `Secret "${selector.name}" in namespace "${namespace}" cannot be used`,
    why: `It has no key "${selector.key}".`,
    remedy: 'Correct the key in the ObjectStore or add it to the Secret.',
  });
}
