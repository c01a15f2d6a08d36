/** What this room offers, as types only. */
import type { Duplex } from 'node:stream';
import type { ArchiveLocation } from '../model/archive.ts';
import type { ArchiveListing } from '../model/archive-listing.ts';
import type { ArchiveOutline } from '../model/archive-outline.ts';

/**
 * Values of the credentials, resolved by the caller for this one action. Never logged, never stored. Each is what an ObjectStore
 * can name (Barman Cloud plugin, "Object Stores").
 */
export type Credentials =
  | { for: 's3'; accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  | { for: 'azure'; connectionString: string }
  | { for: 'azure'; account: string; key: string }
  | { for: 'azure'; account: string; sasToken: string }
  /** The content of a service account's JSON key. */
  | { for: 'google'; key: string };

/** A TCP stream to where an endpoint inside a Kubernetes cluster listens. Rejects with a `Failure`. */
export type OpenStream = () => Promise<Duplex>;

export interface FolderOptions {
  location: Pick<ArchiveLocation, 'configuration' | 'serverName'>;
  /** `undefined`: those of the user's own environment, as the provider's tools find them. */
  credentials: Credentials | undefined;
  /** S3 only. */
  region?: string;
  /** PEM of `endpointCA`. */
  ca?: string;
  /** How the endpoint is reached that has a name only inside a Kubernetes cluster; S3 only. */
  open?: OpenStream;
}

/** Opens the folder of an archive; nothing is contacted before its first call. Rejects with a `Failure` for a path of no store. */
export type OpenFolder = (options: FolderOptions) => Promise<ObjectStoreFolder>;

export interface StoredObject {
  key: string;
  /** `undefined`: the object store does not say. */
  size: number | undefined;
  modified: Date;
}

/** A part of a folder, in key order. */
export interface Slice {
  prefix: string;
  /** Keys up to this one are left out. */
  after?: string;
  /** Keys beyond this one are left out. */
  until?: string;
}

/** One archive folder (`destinationPath/serverName/`), read only. Keys are relative to that folder. */
export interface ObjectStoreFolder {
  /** Names in a page that is full. */
  readonly pageSize: number;
  /** All objects of the slice, page by page, in key order; a page is one request. */
  list(slice: Slice, signal: AbortSignal): AsyncIterable<StoredObject[]>;
  /** What is directly below `prefix`: names of folders (with their `/`) and objects, page by page; a page is one request. */
  directory(prefix: string, signal: AbortSignal): AsyncIterable<{ folders: string[]; objects: StoredObject[] }>;
  /** Content of a small object. Rejects with a `Failure` when larger than `limit` bytes. */
  read(key: string, limit: number, signal: AbortSignal): Promise<Uint8Array>;
  /** Milliseconds by which the object store's clock was ahead of this machine's at its last answer; absent or `undefined`: it does not say. */
  clockAhead?(): number | undefined;
  close(): void;
}

/** Content of a small text file, unpacked when its key ends with `.gz`. Rejects with a `Failure`. */
export type ReadText = (folder: ObjectStoreFolder, key: string, signal: AbortSignal) => Promise<string>;

export interface ListOptions {
  onProgress?: (objects: number) => void;
  /** Called once, early, when there is more than a page of segments. */
  onOutline?: (outline: ArchiveOutline) => void;
  /** Ends the listing early, with what is there by then: `truncated`. */
  stop?: AbortSignal;
  /** Goes on where a listing of the same archive was stopped. */
  resume?: RestOfListing;
  /** Called when it was stopped, or failed, after something of a large archive was listed. */
  onStopped?: (rest: RestOfListing) => void;
}

/** Where a stopped listing was; only {@link ListArchive} looks inside. */
export interface RestOfListing {
  /** Objects listed by then. */
  objects: number;
  readonly parts: readonly unknown[];
}

export type ListArchive = (
  folder: ObjectStoreFolder,
  where: Pick<ArchiveLocation, 'configuration' | 'serverName'>,
  signal: AbortSignal,
  options?: ListOptions,
) => Promise<ArchiveListing>;
