/** What this room offers, as types only. */
import type { ArchiveLocation } from '../model/archive.ts';
import type { ArchiveListing } from '../model/archive-listing.ts';

/** Values of the credentials, resolved by the caller for this one action. Never logged, never stored. */
export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface S3Options {
  location: Pick<ArchiveLocation, 'configuration' | 'serverName'>;
  /** `undefined`: the AWS SDK's usual chain (environment, profile, role). */
  credentials: S3Credentials | undefined;
  region?: string;
  /** PEM of `endpointCA`. */
  ca?: string;
}

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
  /** All objects of the slice, page by page, in key order; a page is one request. */
  list(slice: Slice, signal: AbortSignal): AsyncIterable<StoredObject[]>;
  /** What is directly below `prefix`: names of folders (with their `/`) and objects, page by page; a page is one request. */
  directory(prefix: string, signal: AbortSignal): AsyncIterable<{ folders: string[]; objects: StoredObject[] }>;
  /** Content of a small object. Rejects with a `Failure` when larger than `limit` bytes. */
  read(key: string, limit: number, signal: AbortSignal): Promise<Uint8Array>;
  close(): void;
}

export interface ListOptions {
  onProgress?: (objects: number) => void;
  /** Ends the listing early, with what is there by then: `truncated`. */
  stop?: AbortSignal;
}

export type ListArchive = (
  folder: ObjectStoreFolder,
  where: Pick<ArchiveLocation, 'configuration' | 'serverName'>,
  signal: AbortSignal,
  options?: ListOptions,
) => Promise<ArchiveListing>;
