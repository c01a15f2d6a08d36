/** Google Cloud Storage through its SDK; its own bundle. */
import type { File, GetFilesOptions } from '@google-cloud/storage';
import { Storage } from '@google-cloud/storage';
import { Failure } from '../errors.ts';
import { parseBucketPath } from '../model/archive-keys.ts';
import { archivePath } from '../model/archive.ts';
import type { Credentials, FolderOptions, ObjectStoreFolder, StoredObject } from './contract.ts';
import { googleFailure } from './google-failure.ts';
import { readAtMost } from './read-at-most.ts';

const pageSize = 1000;

interface Page {
  nextPageToken?: string;
  prefixes?: string[];
}

export function openGoogle(options: FolderOptions): ObjectStoreFolder {
  const { configuration, serverName } = options.location;
  const where = archivePath(options.location);
  const path = parseBucketPath(configuration.destinationPath, serverName);
  if (!path)
    throw new Failure('bad-path', {
      what: `"${configuration.destinationPath}" is no destination path of Google Cloud Storage`,
      why: 'It must have the form gs://bucket/path.',
      remedy: 'Correct destinationPath in the ObjectStore.',
    });
  const { prefix } = path;
  const bucket = storageOf(options).bucket(path.bucket);

  /** The SDK takes no signal: its answer is no longer waited for. */
  async function call<T>(request: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    let stop = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason as Error);
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([request(), aborted]);
    } catch (error) {
      signal.throwIfAborted();
      throw googleFailure(error, where, path?.bucket ?? '');
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async function* pages(
    query: GetFilesOptions,
    signal: AbortSignal,
  ): AsyncGenerator<{ files: File[]; prefixes: string[] }> {
    let token: string | undefined;
    do {
      const request = {
        ...query,
        maxResults: pageSize,
        autoPaginate: false,
        ...(token !== undefined && { pageToken: token }),
      };
      const [files, , answer] = await call(() => bucket.getFiles(request), signal);
      const { nextPageToken, prefixes = [] } = (answer ?? {}) as Page;
      yield { files, prefixes };
      if (nextPageToken !== undefined && nextPageToken === token) throw endless(where);
      token = nextPageToken;
    } while (token !== undefined);
  }

  return {
    pageSize,
    async *list({ prefix: below, after, until }, signal) {
      const query = {
        prefix: prefix + below,
        ...(after !== undefined && { startOffset: prefix + after }),
        // Up to, and not with; the name after this one is it with a NUL at its end.
        ...(until !== undefined && { endOffset: `${prefix}${until}\0` }),
      };
      for await (const { files } of pages(query, signal)) {
        const objects = files.map(file => stored(prefix, file));
        yield objects.filter(
          ({ key }) => (after === undefined || key > after) && (until === undefined || key <= until),
        );
      }
    },
    async *directory(below, signal) {
      for await (const { files, prefixes } of pages({ prefix: prefix + below, delimiter: '/' }, signal))
        yield {
          folders: prefixes.map(folder => folder.slice(prefix.length)),
          objects: files.map(file => stored(prefix, file)),
        };
    },
    read: (key, limit, signal) =>
      call(
        () =>
          readAtMost(bucket.file(prefix + key).createReadStream({ decompress: false, validation: false }), limit, key),
        signal,
      ),
    close: () => undefined,
  };
}

const stored = (prefix: string, { name, metadata }: File): StoredObject => ({
  key: name.slice(prefix.length),
  size: metadata.size === undefined ? undefined : Number(metadata.size),
  modified: new Date(metadata.updated ?? 0),
});

function storageOf({ credentials, location }: FolderOptions): Storage {
  const { endpointURL } = location.configuration;
  const endpoint = endpointURL ?? process.env['STORAGE_EMULATOR_HOST'];
  return new Storage({
    retryOptions: { maxRetries: 4, totalTimeout: 60 },
    ...(endpoint !== undefined && { apiEndpoint: endpoint }),
    ...(credentials?.for === 'google' && { credentials: keyOf(credentials) }),
  });
}

function keyOf({ key }: Extract<Credentials, { for: 'google' }>): { client_email: string; private_key: string } {
  try {
    const { client_email: email, private_key: secret } = JSON.parse(key) as Record<string, string>;
    if (email !== undefined && secret !== undefined) return { client_email: email, private_key: secret };
  } catch {
    // Said below, without the content.
  }
  throw new Failure('wrong-key', {
    what: 'The credentials of Google Cloud Storage cannot be used',
    why: "The Secret's value is no JSON key of a service account (client_email, private_key).",
    remedy: 'Correct applicationCredentials in the ObjectStore, or its Secret.',
  });
}

const endless = (where: string): Failure =>
  new Failure('garbage', {
    what: `The listing of ${where} cannot be trusted`,
    why: 'The object store says that there is more, but gives no way on.',
    remedy: 'Is something else answering at that address?',
  });
