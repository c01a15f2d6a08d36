import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Bench } from './requests.ts';
import { bench, cluster, clusters } from './requests.ts';

interface Event {
  type: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  object: any;
}

/** Opens a watch; the answer has begun when this resolves. */
async function watching(t: TestContext, { url }: Bench, path: string): Promise<AsyncGenerator<Event>> {
  const stop = new AbortController();
  t.after(() => stop.abort());
  const response = await fetch(url + path, { headers: { authorization: 'Bearer secret' }, signal: stop.signal });
  assert.equal(response.status, 200);
  return events(response.body as unknown as AsyncIterable<Uint8Array>);
}

async function* events(body: AsyncIterable<Uint8Array>): AsyncGenerator<Event> {
  let rest = '';
  for await (const bytes of body) {
    const lines = (rest + Buffer.from(bytes).toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as Event;
  }
}

const next = async (stream: AsyncGenerator<Event>): Promise<Event> => (await stream.next()).value as Event;
const heading = ({ type, object }: Event): string => `${type} ${object.metadata.name}`;

test('a watch tells what was since its version, then what comes', async t => {
  const server = await bench(t);
  const from = server.store.version();
  await server.send('POST', clusters, cluster('a'));
  const stream = await watching(t, server, `${clusters}?watch=true&resourceVersion=${from}`);
  assert.equal(heading(await next(stream)), 'ADDED a');
  await server.patch(`${clusters}/a`, { spec: { instances: 1 } });
  await server.send('DELETE', `${clusters}/a`);
  assert.equal(heading(await next(stream)), 'MODIFIED a');
  const last = await next(stream);
  assert.equal(heading(last), 'DELETED a');
  assert.equal(last.object.metadata.resourceVersion, String(server.store.version()));
});

test('a watch keeps to its namespace and labels', async t => {
  const server = await bench(t);
  const stream = await watching(t, server, `${clusters}?watch=1&labelSelector=tier%3Dgold`);
  const elsewhere = clusters.replace('default', 'other');
  await server.send('POST', elsewhere, cluster('a', {}, { tier: 'gold' }));
  await server.send('POST', clusters, cluster('b', {}, { tier: 'iron' }));
  await server.send('POST', clusters, cluster('c', {}, { tier: 'gold' }));
  assert.equal(heading(await next(stream)), 'ADDED c');
});

test('an object that loses or gains the label leaves or enters the watch', async t => {
  const server = await bench(t);
  await server.send('POST', clusters, cluster('a', {}, { tier: 'gold' }));
  const stream = await watching(t, server, `${clusters}?watch=true&labelSelector=tier%3Dgold`);
  await server.patch(`${clusters}/a`, { metadata: { labels: { tier: 'iron' } } });
  assert.equal(heading(await next(stream)), 'DELETED a');
  await server.patch(`${clusters}/a`, { metadata: { labels: { tier: 'gold' } } });
  assert.equal(heading(await next(stream)), 'ADDED a');
});

test('bookmarks carry the latest version', async t => {
  const server = await bench(t, { bookmarks: 10 });
  await server.send('POST', clusters, cluster('a'));
  const stream = await watching(t, server, `${clusters}?watch=true&allowWatchBookmarks=true`);
  const { type, object } = await next(stream);
  assert.deepEqual([type, object.metadata.resourceVersion], ['BOOKMARK', String(server.store.version())]);
});

test('a forgotten version is refused inside the stream, which then ends', async t => {
  const server = await bench(t);
  const old = server.store.version();
  server.store.compact();
  const stream = await watching(t, server, `${clusters}?watch=true&resourceVersion=${old}`);
  const { type, object } = await next(stream);
  assert.deepEqual([type, object.code, object.reason], ['ERROR', 410, 'Expired']);
  assert.match(object.message, /^too old resource version: \d+ \(\d+\)$/);
  assert.equal((await stream.next()).done, true);
});

test('a watch ends at its time and when it is cut', async t => {
  const server = await bench(t);
  const timed = await watching(t, server, `${clusters}?watch=true&timeoutSeconds=0.02`);
  assert.equal((await timed.next()).done, true);
  const cut = await watching(t, server, `${clusters}?watch=true`);
  server.faults.cutWatches();
  assert.equal((await cut.next()).done, true);
});

test('faults: planned answers, for some paths only, and then none', async t => {
  const { send, faults } = await bench(t);
  faults.answer(429, 2);
  faults.answer(503, 1, '/secrets');
  const codes: number[] = [];
  for (const path of [clusters, clusters, clusters, '/api/v1/secrets', '/api/v1/secrets'])
    codes.push((await send('GET', path)).code);
  assert.deepEqual(codes, [429, 429, 200, 503, 200]);
});

test('faults: away and back at the same address with the same objects', async t => {
  const { send, faults } = await bench(t);
  await send('POST', clusters, cluster('a'));
  await faults.unreachable(true);
  await assert.rejects(send('GET', clusters));
  await faults.unreachable(false);
  assert.equal((await send('GET', `${clusters}/a`)).code, 200);
});

test('faults: an answer that waits does not outlive the server', async t => {
  const server = await bench(t);
  server.faults.latency(60_000);
  const pending = assert.rejects(server.send('GET', clusters));
  await server.stop();
  await pending;
});
