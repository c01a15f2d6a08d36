/** Azure Blob Storage through its SDK; its own bundle. */
import https from 'node:https';
import type { Readable } from 'node:stream';
import { DefaultAzureCredential } from '@azure/identity';
import type { BlobItem } from '@azure/storage-blob';
import { BlobServiceClient, newPipeline, StorageSharedKeyCredential } from '@azure/storage-blob';
import { Failure } from '../errors.ts';
import { parseAzurePath } from '../model/archive-keys.ts';
import { archivePath } from '../model/archive.ts';
import { azureFailure } from './azure-failure.ts';
import { clockAheadOf } from './clock-ahead.ts';
import type { FolderOptions, ObjectStoreFolder, StoredObject } from './contract.ts';
import { readAtMost } from './read-at-most.ts';

/** Names in a page; more are not given. Source: REST reference, "List Blobs". */
const pageSize = 5000;

export function openAzure(options: FolderOptions): ObjectStoreFolder {
  const { configuration, serverName } = options.location;
  const where = archivePath(options.location);
  const path = parseAzurePath(configuration.destinationPath, serverName);
  if (!path)
    throw new Failure('bad-path', {
      what: `"${configuration.destinationPath}" is no Azure destination path`,
      why: 'It must have the form https://account.blob.core.windows.net/container/path.',
      remedy: 'Correct destinationPath in the ObjectStore.',
    });
  const { prefix, container: name } = path;
  const service = serviceOf(path, options);
  const trusted = options.ca === undefined ? service : trusting(service, options.ca);
  const container = trusted.getContainerClient(name);

  const failed = (error: unknown, signal: AbortSignal): unknown => {
    signal.throwIfAborted();
    return azureFailure(error, where, path.serviceUrl, name);
  };

  let clockAhead: number | undefined;
  return {
    pageSize,
    async *list({ prefix: below, after, until }, signal) {
      const from = after === undefined ? {} : { startFrom: prefix + after };
      try {
        const pages = container.listBlobsFlat({ prefix: prefix + below, abortSignal: signal, ...from });
        for await (const { segment, date } of pages.byPage({ maxPageSize: pageSize })) {
          clockAhead = clockAheadOf(date);
          const objects = segment.blobItems.map(item => stored(prefix, item));
          yield objects.filter(
            ({ key }) => (after === undefined || key > after) && (until === undefined || key <= until),
          );
          if (until !== undefined && objects.some(({ key }) => key > until)) return;
        }
      } catch (error) {
        throw failed(error, signal);
      }
    },
    async *directory(below, signal) {
      try {
        const pages = container.listBlobsByHierarchy('/', { prefix: prefix + below, abortSignal: signal });
        for await (const { segment } of pages.byPage({ maxPageSize: pageSize }))
          yield {
            folders: (segment.blobPrefixes ?? []).map(({ name: folder }) => folder.slice(prefix.length)),
            objects: segment.blobItems.map(item => stored(prefix, item)),
          };
      } catch (error) {
        throw failed(error, signal);
      }
    },
    async read(key, limit, signal) {
      try {
        const { readableStreamBody } = await container
          .getBlobClient(prefix + key)
          .download(0, limit + 1, { abortSignal: signal });
        return await readAtMost(readableStreamBody as Readable | undefined, limit, key);
      } catch (error) {
        throw failed(error, signal);
      }
    },
    clockAhead: () => clockAhead,
    close: () => undefined,
  };
}

const stored = (prefix: string, { name, properties }: BlobItem): StoredObject => ({
  key: name.slice(prefix.length),
  size: properties.contentLength,
  modified: properties.lastModified,
});

const retries = { retryOptions: { maxTries: 4, tryTimeoutInMs: 30_000 } };

/** The SDK has no option for a CA: each request gets an agent that knows it. @param ca PEM */
function trusting({ url, credential }: BlobServiceClient, ca: string): BlobServiceClient {
  const pipeline = newPipeline(credential, retries);
  const agent = new https.Agent({ ca, keepAlive: true });
  pipeline.factories.unshift({
    create: next => ({
      sendRequest(request) {
        request.agent = agent;
        return next.sendRequest(request);
      },
    }),
  });
  return new BlobServiceClient(url, pipeline);
}

function serviceOf(
  { serviceUrl, account }: { serviceUrl: string; account: string },
  { credentials }: FolderOptions,
): BlobServiceClient {
  if (credentials?.for !== 'azure') {
    const connection = process.env['AZURE_STORAGE_CONNECTION_STRING'];
    if (connection) return BlobServiceClient.fromConnectionString(connection, retries);
    const key = process.env['AZURE_STORAGE_KEY'];
    if (key) return new BlobServiceClient(serviceUrl, new StorageSharedKeyCredential(account, key), retries);
    const sas = process.env['AZURE_STORAGE_SAS_TOKEN'];
    return sas
      ? new BlobServiceClient(withToken(serviceUrl, sas), undefined, retries)
      : new BlobServiceClient(serviceUrl, new DefaultAzureCredential(), retries);
  }
  if ('connectionString' in credentials)
    return BlobServiceClient.fromConnectionString(credentials.connectionString, retries);
  if ('sasToken' in credentials)
    return new BlobServiceClient(withToken(serviceUrl, credentials.sasToken), undefined, retries);
  return new BlobServiceClient(
    serviceUrl,
    new StorageSharedKeyCredential(credentials.account, credentials.key),
    retries,
  );
}

const withToken = (url: string, token: string): string => `${url}?${token.replace(/^\?/, '')}`;
