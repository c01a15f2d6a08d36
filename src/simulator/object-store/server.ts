/** The part of S3 that readers of archives use, path-style, over plain HTTP on loopback: ListObjectsV2, GetObject, HeadBucket. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Buckets } from './bucket.ts';
import { verify } from './signature.ts';

export interface ObjectStoreServer {
  endpoint: string;
  /** Milliseconds that each answer waits. */
  latency(milliseconds: number): void;
  requests(): number;
  stop(): Promise<void>;
}

export interface ObjectStoreOptions {
  buckets: Buckets;
  /** Access key id → secret access key. */
  keys: Record<string, string>;
  port?: number;
  /** Its clock. */
  now?: () => Date;
}

interface Answer {
  code: number;
  type: 'application/xml' | 'application/octet-stream';
  body: string | Buffer;
  headers?: Record<string, string>;
}

export async function startObjectStore(options: ObjectStoreOptions): Promise<ObjectStoreServer> {
  let latency = 0;
  let requests = 0;
  const server = http.createServer((request, response) => {
    requests++;
    if (options.now) response.setHeader('date', options.now().toUTCString());
    const { code, type, body, headers } = answerOrRefuse(options, request);
    const send = (): void => {
      response
        .writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers })
        .end(request.method === 'HEAD' ? undefined : body);
    };
    if (latency > 0) setTimeout(send, latency);
    else send();
  });
  await new Promise<void>(resolve => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    latency: milliseconds => void (latency = milliseconds),
    requests: () => requests,
    stop() {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

const messages: Record<string, [code: number, message: string]> = {
  AccessDenied: [403, 'Access Denied.'],
  InvalidAccessKeyId: [403, 'The Access Key Id you provided does not exist in our records.'],
  SignatureDoesNotMatch: [
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  NoSuchBucket: [404, 'The specified bucket does not exist'],
  NoSuchKey: [404, 'The specified key does not exist.'],
  MethodNotAllowed: [405, 'The specified method is not allowed against this resource.'],
  InvalidArgument: [400, 'Invalid Argument'],
};

function refusal(name: string, resource: string): Answer {
  const [code, message] = messages[name] ?? [500, name];
  return xml(
    `<Error><Code>${name}</Code><Message>${message}</Message><Resource>${escape(resource)}</Resource><RequestId>simulated</RequestId></Error>`,
    code,
  );
}

const xml = (content: string, code = 200): Answer => ({
  code,
  type: 'application/xml',
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${content}`,
});

const escape = (text: string): string => text.replace(/[<>&"']/g, c => `&#${c.charCodeAt(0)};`);

function answerOrRefuse(options: ObjectStoreOptions, request: http.IncomingMessage): Answer {
  try {
    return answer(options, request);
  } catch {
    // Only a path that is no valid percent-encoding gets here.
    return refusal('InvalidArgument', request.url ?? '/');
  }
}

function answer({ buckets, keys }: ObjectStoreOptions, request: http.IncomingMessage): Answer {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, name = '', ...rest] = decodeURIComponent(url.pathname).split('/');
  const verdict = verify(request, keys);
  if (verdict !== 'ok') return refusal(verdict, url.pathname);
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal('MethodNotAllowed', url.pathname);
  const bucket = buckets.get(name);
  if (!bucket) return refusal('NoSuchBucket', url.pathname);
  const key = rest.join('/');
  if (key === '') return request.method === 'HEAD' ? xml('') : list(buckets, name, url.searchParams);
  const file = bucket.get(key);
  if (!file) return refusal('NoSuchKey', url.pathname);
  return {
    code: 200,
    type: 'application/octet-stream',
    body: file.body ?? Buffer.alloc(file.size),
    headers: { 'last-modified': file.modified.toUTCString() },
  };
}

/** Amazon S3 API reference, "ListObjectsV2". The continuation token is the last key, in base64. */
function list(buckets: Buckets, name: string, query: URLSearchParams): Answer {
  const bucket = buckets.get(name);
  if (!bucket) return refusal('NoSuchBucket', `/${name}`);
  const limit = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
  if (!(limit > 0)) return refusal('InvalidArgument', `/${name}`);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  let after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64').toString();
  const contents: string[] = [];
  const folders: string[] = [];
  let more = true;
  while (more && contents.length + folders.length < limit) {
    const [key] = bucket.keys(prefix, after, 1);
    if (key === undefined) more = false;
    else {
      const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      if (cut === -1) contents.push(key);
      else folders.push(key.slice(0, cut + delimiter.length));
      // Everything in a folder comes before this, the highest key that could be in it.
      after = cut === -1 ? key : `${key.slice(0, cut + delimiter.length)}\u{10FFFF}`;
    }
  }
  more &&= bucket.keys(prefix, after, 1).length > 0;
  const text = [
    `<Name>${escape(name)}</Name><Prefix>${escape(prefix)}</Prefix><MaxKeys>${limit}</MaxKeys>`,
    delimiter && `<Delimiter>${escape(delimiter)}</Delimiter>`,
    `<KeyCount>${contents.length + folders.length}</KeyCount><IsTruncated>${more}</IsTruncated>`,
    more && `<NextContinuationToken>${Buffer.from(after).toString('base64')}</NextContinuationToken>`,
    ...contents.map(key => {
      const file = bucket.get(key);
      return `<Contents><Key>${escape(key)}</Key><LastModified>${(file?.modified ?? new Date(0)).toISOString()}</LastModified><Size>${file?.size ?? 0}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
    }),
    ...folders.map(folder => `<CommonPrefixes><Prefix>${escape(folder)}</Prefix></CommonPrefixes>`),
  ].filter(Boolean);
  return xml(`<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${text.join('')}</ListBucketResult>`);
}
