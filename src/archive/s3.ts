import https from 'node:https';
import type { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type {
  _Object,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
  S3ClientConfig,
} from '@aws-sdk/client-s3';
import { parseBucketPath } from '../model/archive-keys.ts';
import { archivePath } from '../model/archive.ts';
import { Failure } from '../errors.ts';
import { clockAheadOf } from './clock-ahead.ts';
import type { Credentials, FolderOptions, ObjectStoreFolder, StoredObject } from './contract.ts';
import { readAtMost } from './read-at-most.ts';
import { s3Failure } from './s3-failure.ts';
import { agentsOver } from './stream-agent.ts';

/** Milliseconds for one request: connecting, and silence while answering. */
const connectLimit = 10_000;
const silenceLimit = 30_000;

type Middleware = Parameters<typeof S3Client.prototype.middlewareStack.add>[0];

/** An archive folder in S3 or a compatible store. Nothing is contacted before the first call. */
export function openS3(options: FolderOptions): ObjectStoreFolder {
  const { configuration, serverName } = options.location;
  const where = archivePath(options.location);
  const path = parseBucketPath(configuration.destinationPath, serverName);
  if (!path)
    throw new Failure('bad-path', {
      what: `"${configuration.destinationPath}" is no S3 destination path`,
      why: 'It must have the form s3://bucket/path.',
      remedy: 'Correct destinationPath in the ObjectStore.',
    });
  const { bucket, prefix } = path;
  const client = new S3Client(clientConfig(options));
  if (options.open) client.middlewareStack.add(addressLocally, { step: 'deserialize', name: 'addressLocally' });

  let clockAhead: number | undefined;
  const noteClock: Middleware = next => async args => {
    const answer = await next(args);
    clockAhead = clockAheadOf((answer.response as { headers?: Record<string, string> }).headers?.['date']);
    return answer;
  };
  client.middlewareStack.add(noteClock, { step: 'deserialize', name: 'noteClock', priority: 'low' });

  async function call<T>(request: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await request();
    } catch (error) {
      signal.throwIfAborted();
      throw s3Failure(error, where, configuration.endpointURL, bucket);
    }
  }

  /** One request a page. */
  async function* pages(
    input: Omit<ListObjectsV2CommandInput, 'Bucket'>,
    signal: AbortSignal,
  ): AsyncGenerator<ListObjectsV2CommandOutput> {
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({ ...input, Bucket: bucket, ContinuationToken: token });
      const page = await call(() => client.send(command, { abortSignal: signal }), signal);
      yield page;
      if (page.IsTruncated && (page.NextContinuationToken ?? token) === token) throw endless(where);
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  return {
    pageSize: 1000,
    async *list({ prefix: below, after, until }, signal) {
      const input = { Prefix: prefix + below, ...(after !== undefined && { StartAfter: prefix + after }) };
      for await (const { Contents = [] } of pages(input, signal)) {
        const objects = Contents.map(object => stored(prefix, object));
        const within = until === undefined ? objects : objects.filter(({ key }) => key <= until);
        yield within;
        if (within.length < objects.length) return;
      }
    },
    async *directory(below, signal) {
      for await (const page of pages({ Prefix: prefix + below, Delimiter: '/' }, signal))
        yield {
          folders: (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix.slice(prefix.length)),
          objects: (page.Contents ?? []).map(object => stored(prefix, object)),
        };
    },
    read: (key, limit, signal) =>
      call(async () => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: prefix + key }), {
          abortSignal: signal,
        });
        return readAtMost(Body as Readable | undefined, limit, key);
      }, signal),
    clockAhead: () => clockAhead,
    close: () => client.destroy(),
  };
}

/**
 * A request over a stream is addressed to this machine, its signed `Host` header stays: VS Code leaves only requests to this machine
 * the agent that they have, and would resolve any other name or ask a proxy.
 */
const addressLocally: Middleware = next => args => {
  (args.request as { hostname: string }).hostname = '127.0.0.1';
  return next(args);
};

const stored = (prefix: string, { Key = '', Size, LastModified = new Date(0) }: _Object): StoredObject => ({
  key: Key.slice(prefix.length),
  size: Size,
  modified: LastModified,
});

function clientConfig({ location, credentials, region, ca, open }: FolderOptions): S3ClientConfig {
  const { endpointURL } = location.configuration;
  return {
    // Compatible stores do not care; AWS answers with a redirect that the SDK follows.
    region: region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1',
    followRegionRedirects: true,
    // Slows down for all requests when the store answers 429 or 503.
    retryMode: 'adaptive',
    maxAttempts: 5,
    // Compatible stores refuse the newer checksum headers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: connectLimit,
      requestTimeout: silenceLimit,
      ...(open
        ? agentsOver(open, new URL(endpointURL ?? '').hostname, ca)
        : ca !== undefined && { httpsAgent: new https.Agent({ ca, keepAlive: true }) }),
    },
    ...(endpointURL !== undefined && { endpoint: endpointURL, forcePathStyle: true }),
    ...(credentials?.for === 's3' && { credentials: keysOf(credentials) }),
  };
}

const keysOf = ({ accessKeyId, secretAccessKey, sessionToken }: Extract<Credentials, { for: 's3' }>) => ({
  accessKeyId,
  secretAccessKey,
  ...(sessionToken !== undefined && { sessionToken }),
});

const endless = (where: string): Failure =>
  new Failure('garbage', {
    what: `The listing of ${where} cannot be trusted`,
    why: 'The object store says that there is more, but gives no way on.',
    remedy: 'The endpoint does not implement ListObjectsV2 as S3 does.',
  });
