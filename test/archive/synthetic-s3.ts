/**
 * An S3 endpoint with as many segments as one likes, made up as they are asked for: ListObjectsV2 and GetObject without looking at
 * signatures. Usage as a process: node synthetic-s3.ts SEGMENTS LATENCY; prints its address and answers until its input ends.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SyntheticOptions {
  /** Segments of timeline 1, from number 1. */
  segments: number;
  /** Milliseconds of each answer. */
  latency: number;
  /** Numbers of segments that are missing. */
  missing?: ReadonlySet<number>;
  /** Every how many requests is answered 503 SlowDown. */
  throttle?: number;
  /** Every how many requests the connection is reset, half an answer later. */
  reset?: number;
  /** What is made of each page of a listing. */
  lie?: (xml: string) => string;
}

export interface SyntheticS3 {
  endpoint: string;
  requests: () => number;
  mostInFlight: () => number;
  stop(): Promise<void>;
}

const hex8 = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0');
const folderOf = (number: number): string => `pg/wals/00000001${hex8(Math.floor(number / 256))}/`;
const keyOf = (number: number): string =>
  `${folderOf(number)}00000001${hex8(Math.floor(number / 256))}${hex8(number % 256)}.gz`;

const info =
  'status=DONE\ntimeline=1\nbegin_wal=000000010000000000000001\nend_wal=000000010000000000000002\nbegin_time=2026-11-20 10:00:00+00:00\nend_time=2026-11-20 10:05:00+00:00\nxlog_segment_size=16777216\nsystemid=7500000000000000001\n';
const backupKey = 'pg/base/20261120T100000/backup.info';

/** The first number whose key is beyond the text. */
function firstAfter(after: string, segments: number): number {
  let [low, high] = [1, segments + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (keyOf(middle) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}

export async function startSyntheticS3({
  segments,
  latency,
  missing,
  throttle,
  reset,
  lie = xml => xml,
}: SyntheticOptions): Promise<SyntheticS3> {
  let requests = 0;
  let inFlight = 0;
  let most = 0;
  const object = (key: string, size: number): string =>
    `<Contents><Key>${key}</Key><LastModified>2026-11-23T10:00:00.000Z</LastModified><Size>${size}</Size></Contents>`;

  function list(query: URLSearchParams): string {
    const prefix = query.get('prefix') ?? '';
    const token = query.get('continuation-token');
    const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64').toString();
    const parts: string[] = [];
    let last = '';
    if (prefix.startsWith('pg/base/')) parts.push(after < backupKey ? object(backupKey, info.length) : '');
    else if (query.get('delimiter') === '/') {
      for (let number = firstAfter(after, segments); number <= segments && parts.length < 1000; ) {
        last = folderOf(number);
        parts.push(`<CommonPrefixes><Prefix>${last}</Prefix></CommonPrefixes>`);
        last += '~';
        number = (Math.floor(number / 256) + 1) * 256;
      }
    } else
      for (let number = firstAfter(after, segments); number <= segments && parts.length < 1000; number++) {
        last = keyOf(number);
        if (!missing?.has(number)) parts.push(object(last, 1000));
      }
    const more = last !== '' && firstAfter(last, segments) <= segments;
    const next = more ? `<NextContinuationToken>${Buffer.from(last).toString('base64')}</NextContinuationToken>` : '';
    return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${parts.join('')}</ListBucketResult>`;
  }

  const server = http.createServer((request, response) => {
    const number = ++requests;
    most = Math.max(most, ++inFlight);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const isThrottled = throttle !== undefined && number % throttle === 0;
    setTimeout(() => {
      inFlight--;
      if (reset !== undefined && number % reset === 0) {
        response
          .writeHead(200, { 'content-type': 'application/xml', 'content-length': 5000 })
          .write('<ListBucketResult>');
        setTimeout(() => request.socket.resetAndDestroy(), 5);
        return;
      }
      if (isThrottled)
        response
          .writeHead(503, { 'content-type': 'application/xml' })
          .end('<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>');
      else if (url.searchParams.has('list-type'))
        response.writeHead(200, { 'content-type': 'application/xml' }).end(lie(list(url.searchParams)));
      else response.writeHead(200).end(info);
    }, latency);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    mostInFlight: () => most,
    stop() {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

if (import.meta.main) {
  const [segments = 1_000_000, latency = 20] = process.argv.slice(2).map(Number);
  const { endpoint, requests, mostInFlight } = await startSyntheticS3({ segments, latency });
  process.stdout.write(`${endpoint}\n`);
  process.stdin.on('data', () =>
    process.stdout.write(`${JSON.stringify({ requests: requests(), mostInFlight: mostInFlight() })}\n`),
  );
  process.stdin.on('end', () => process.exit(0));
}
