/** Checks AWS Signature Version 4 of a request (Amazon S3 API reference, "Authenticating Requests: Using the Authorization Header"). */
import { createHmac, createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type Verdict = 'ok' | 'AccessDenied' | 'InvalidAccessKeyId' | 'SignatureDoesNotMatch';

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** RFC 3986 encoding, which also escapes what `encodeURIComponent` leaves alone. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** @param keys access key id → secret access key */
export function verify(request: IncomingMessage, keys: Readonly<Record<string, string>>): Verdict {
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  if (!given) return 'AccessDenied';
  const [, id = '', day = '', region = '', signedHeaders = '', signature = ''] = given;
  const secret = Object.hasOwn(keys, id) ? keys[id] : undefined;
  if (secret === undefined) return 'InvalidAccessKeyId';
  const stamp = String(request.headers['x-amz-date'] ?? '');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical(request, signedHeaders))].join('\n');
  const signingKey = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), 's3'), 'aws4_request');
  const right = timingSafeEqual(hmac(signingKey, toSign), Buffer.from(signature, 'hex'));
  return right ? 'ok' : 'SignatureDoesNotMatch';
}

function canonical(request: IncomingMessage, signedHeaders: string): string {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const headers = signedHeaders
    .split(';')
    .map(name => `${name}:${String(request.headers[name] ?? '').trim()}\n`)
    .join('');
  const payload = String(request.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD');
  return [request.method ?? 'GET', url.pathname, query, headers, signedHeaders, payload].join('\n');
}
