/** The SDK's client against the simulated object store and against servers that misbehave. */
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { Failure } from '../../src/errors.ts';
import type { ObjectStoreFolder } from '../../src/archive/contract.ts';
import { openS3 } from '../../src/archive/s3.ts';
import type { Bucket } from '../../src/simulator/object-store/bucket.ts';
import { createBucket } from '../../src/simulator/object-store/bucket.ts';
import { listArchive } from '../../src/archive/listing.ts';
import { startObjectStore } from '../../src/simulator/object-store/server.ts';

import type { SyntheticOptions } from './synthetic-s3.ts';
import { startSyntheticS3 } from './synthetic-s3.ts';

const secret = 'secret-that-nobody-may-see';
const never = new AbortController().signal;

const folderAt = (t: TestContext, endpointURL: string): ObjectStoreFolder => {
  const folder = openS3({
    location: { configuration: { destinationPath: 's3://archive/deep', endpointURL }, serverName: 'pg' },
    credentials: { for: 's3', accessKeyId: 'key', secretAccessKey: secret },
  });
  t.after(() => folder.close());
  return folder;
};

async function stored(t: TestContext, fill: (bucket: Bucket) => void) {
  const bucket = createBucket();
  fill(bucket);
  const store = await startObjectStore({ buckets: new Map([['archive', bucket]]), keys: { key: secret } });
  t.after(() => store.stop());
  return { store, folder: folderAt(t, store.endpoint) };
}

/** A server that answers each request in its own way. */
async function misbehaving(t: TestContext, answer: http.RequestListener): Promise<ObjectStoreFolder> {
  const server = http.createServer(answer);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise(resolve => server.close(resolve));
  });
  return folderAt(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

async function keysOf(folder: ObjectStoreFolder, below = '', signal = never): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of folder.list({ prefix: below }, signal)) keys.push(...page.map(({ key }) => key));
  return keys;
}

const failsWith = (code: string) => (error: unknown) => {
  assert.ok(error instanceof Failure, String(error));
  assert.equal(error.code, code, error.message);
  assert.ok(!error.message.includes(secret));
  return true;
};

test('pages follow each other, relative to the folder; other folders are left out', async t => {
  const at = new Date('2026-11-23T10:00:00Z');
  const wanted = Array.from({ length: 2345 }, (_, number) => `wals/${String(number).padStart(6, '0')}`);
  const { store, folder } = await stored(t, bucket => {
    for (const key of wanted) bucket.put(`deep/pg/${key}`, 1, at);
    bucket.put('deep/pg/base/x & <y>/backup.info', 1, at);
    bucket.put('deep/pg2/wals/other', 1, at);
  });
  assert.deepEqual(await keysOf(folder, 'wals/'), wanted);
  assert.equal(store.requests(), 3);
  assert.deepEqual(await keysOf(folder, 'base/'), ['base/x & <y>/backup.info']);
  assert.deepEqual(await keysOf(folder, 'none/'), []);
});

test('a file is read up to the limit', async t => {
  const { folder } = await stored(t, bucket => bucket.put('deep/pg/small', Buffer.from('status=DONE\n'), new Date()));
  assert.equal(Buffer.from(await folder.read('small', 100, never)).toString(), 'status=DONE\n');
  await assert.rejects(folder.read('small', 5, never), failsWith('too-large'));
  await assert.rejects(folder.read('missing', 100, never), failsWith('not-found'));
});

test('a listing that never ends is refused', async t => {
  const body =
    '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken></ListBucketResult>';
  const folder = await misbehaving(t, (_, response) => void response.end(body));
  await assert.rejects(keysOf(folder), failsWith('garbage'));
});

test('an answer that is no XML is a failure, not a listing', async t => {
  const folder = await misbehaving(t, (_, response) => void response.end('<html>proxy login</html'));
  await assert.rejects(keysOf(folder), Failure);
});

test('waiting ends with the signal', async t => {
  const abort = new AbortController();
  const folder = await misbehaving(t, () => abort.abort(new Error('given up')));
  await assert.rejects(keysOf(folder, '', abort.signal), /given up|abort/i);
});

const answers: [name: string, status: number, code: string, words: RegExp][] = [
  ['AccessDenied', 403, 'access-denied', /grant s3:ListBucket/],
  ['InvalidAccessKeyId', 403, 'wrong-key', /correct the Secret/],
  ['SignatureDoesNotMatch', 403, 'wrong-key', /secret key does not fit/],
  ['ExpiredToken', 400, 'wrong-key', /session token has expired/],
  ['InvalidToken', 400, 'wrong-key', /session token is not valid/],
  ['NoSuchBucket', 404, 'no-such-bucket', /Create the bucket/],
  ['RequestTimeTooSkewed', 403, 'clock', /Set the clock/],
  ['SomethingNew', 400, 'object-store', /SomethingNew words of the store/],
];
for (const [name, status, code, words] of answers)
  test(`the store answers ${name}`, async t => {
    const folder = await misbehaving(t, (_, response) => {
      response
        .writeHead(status, { 'content-type': 'application/xml' })
        .end(`<Error><Code>${name}</Code><Message>words of the store</Message></Error>`);
    });
    await assert.rejects(keysOf(folder), (error: unknown) => {
      failsWith(code)(error);
      assert.match(String(error), words);
      assert.match(String(error), new RegExp(`HTTP ${status}`));
      return true;
    });
  });

const segments = 12_345;

async function synthetic(t: TestContext, options: Partial<SyntheticOptions>) {
  const server = await startSyntheticS3({ segments, latency: 1, ...options });
  t.after(() => server.stop());
  const location = {
    configuration: { destinationPath: 's3://archive', endpointURL: server.endpoint },
    serverName: 'pg',
  };
  const folder = openS3({ location, credentials: { for: 's3', accessKeyId: 'key', secretAccessKey: secret } });
  t.after(() => folder.close());
  return { server, list: () => listArchive(folder, location, never) };
}

for (const [trouble, options] of [
  ['throttles', { throttle: 7 }],
  ['resets connections in the middle of answers', { reset: 6 }],
] satisfies [string, Partial<SyntheticOptions>][])
  test(`a store that ${trouble} is listed to its end`, { timeout: 120_000 }, async t => {
    const { server, list } = await synthetic(t, options);
    const { timelines, requests } = await list();
    assert.equal(timelines[0]?.segments, segments);
    assert.deepEqual(timelines[0]?.gaps, []);
    assert.ok(server.requests() > requests, 'some were sent again');
  });

const lies: [title: string, lie: (xml: string) => string, code: string][] = [
  ['the same page with another token', xml => xml.replaceAll(/(<Key>pg\/wals\/)[^<]*/g, '$1x'), 'garbage'],
  ['more, and no way on', xml => xml.replace(/<NextContinuationToken>.*?<\/NextContinuationToken>/, ''), 'garbage'],
];
for (const [title, lie, code] of lies)
  test(`a store that lies: ${title}`, async t => {
    const { list } = await synthetic(t, { lie });
    await assert.rejects(list(), failsWith(code));
  });

test('sizes that are missing are not guessed', async t => {
  const { list } = await synthetic(t, { lie: xml => xml.replaceAll(/<Size>\d+<\/Size>/g, '') });
  const { timelines, bytes } = await list();
  assert.equal(timelines[0]?.segments, segments);
  assert.equal(bytes, 0);
});
