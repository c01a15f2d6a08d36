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

/** One archive folder (`destinationPath/serverName/`), read only. Keys are relative to that folder. */
export interface ObjectStoreFolder {
  /** All objects below `prefix`, page by page, in key order. */
  list(prefix: string, signal: AbortSignal): AsyncIterable<{ key: string; size: number; modified: Date }[]>;
  /** Content of a small object. Rejects with a `Failure` when larger than `limit` bytes. */
  read(key: string, limit: number, signal: AbortSignal): Promise<Uint8Array>;
  close(): void;
}

export type ListArchive = (
  folder: ObjectStoreFolder,
  where: Pick<ArchiveLocation, 'configuration' | 'serverName'>,
  signal: AbortSignal,
  onProgress?: (objects: number) => void,
) => Promise<ArchiveListing>;
