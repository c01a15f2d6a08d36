import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { Failure } from '../../src/errors.ts';
import type { Connection } from '../../src/kubernetes/contract.ts';
import { connect } from '../../src/kubernetes/connection.ts';
import { usualTimes } from '../../src/kubernetes/times.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { watchedKinds } from '../../src/model/snapshot.ts';
import type { ApiServer, ApiServerOptions } from '../../src/simulator/api/server.ts';
import { startApiServer } from '../../src/simulator/api/server.ts';
import { kindOf } from '../../src/simulator/api/kinds.ts';
import { member, pod, primaryStatus } from '../support/clusters.ts';
import { certificateFor } from '../support/tls.ts';

const token = 'token-that-nobody-may-see';
const quick = { ...usualTimes, silence: 100, backOff: { first: 5, longest: 20 } };
const patient = { ...quick, silence: 60_000 };
const never = new AbortController().signal;

const clusterKind = kindOf({ apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster' });
const podKind = kindOf({ apiVersion: 'v1', kind: 'Pod' });

interface Open {
  connection: Connection;
  log: string[];
  /** Resolves with the first snapshot that passes. */
  until: (passes: (snapshot: ContextSnapshot) => boolean) => Promise<ContextSnapshot>;
}

async function open(t: TestContext, server: string, times = patient): Promise<Open> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connection-'));
  const file = path.join(folder, 'config');
  const config = {
    clusters: [{ name: 'eu', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'eu', user: { token } }],
    contexts: [{ name: 'eu', context: { cluster: 'eu', user: 'eu' } }],
  };
  fs.writeFileSync(file, JSON.stringify(config));
  const log: string[] = [];
  const options = { context: 'eu', files: [file], allowExecPlugins: false, log: (text: string) => void log.push(text) };
  const connection = await connect(options, never, times);
  t.after(() => {
    connection.close();
    fs.rmSync(folder, { recursive: true });
    assert.ok(!JSON.stringify([log, connection.snapshot()]).includes(token));
  });
  const until: Open['until'] = passes =>
    new Promise(resolve => {
      const look = (): void => {
        if (!passes(connection.snapshot())) return;
        listening.dispose();
        resolve(connection.snapshot());
      };
      const listening = connection.onDidChange(look);
      look();
    });
  return { connection, log, until };
}

async function simulated(t: TestContext, options: Partial<ApiServerOptions> = {}): Promise<ApiServer> {
  const server = await startApiServer({ tokens: { [token]: 'admin' }, ...options });
  t.after(() => server.stop());
  server.store.create(clusterKind, member('cluster-eu') as never);
  return server;
}

/** In order of names: the snapshot promises none. */
const names = ({ clusters }: ContextSnapshot): string =>
  clusters
    .map(c => c.metadata.name)
    .sort()
    .join(' ');
const rename = (name: string): never => {
  const cluster = member('cluster-eu');
  return { ...cluster, metadata: { name, namespace: 'default' } } as never;
};

async function failure(promise: Promise<unknown>): Promise<Failure> {
  const result = await promise.catch((error: unknown) => error);
  assert.ok(result instanceof Failure, String(result));
  assert.ok(!result.message.includes(token));
  return result;
}

test('the snapshot fills and follows creations, changes and deletions', async t => {
  const { url, store } = await simulated(t);
  const { until } = await open(t, url);
  assert.equal((await until(s => s.state === 'connected')).clusters[0]?.metadata.name, 'cluster-eu');
  store.create(clusterKind, rename('b'));
  await until(s => names(s) === 'b cluster-eu');
  const b = store.get(clusterKind, 'default', 'b');
  store.update(clusterKind, { ...b, spec: { ...(b['spec'] as object), instances: 7 } });
  await until(s => s.clusters.some(c => c.spec.instances === 7));
  store.remove(clusterKind, 'default', 'b');
  await until(s => names(s) === 'cluster-eu');
});

test('nothing is lost when watches are cut or their version is forgotten', async t => {
  const { url, store, faults } = await simulated(t);
  const { until } = await open(t, url);
  await until(s => s.state === 'connected');
  faults.cutWatches();
  store.create(clusterKind, rename('b'));
  await until(s => names(s) === 'b cluster-eu');
  faults.cutWatches();
  store.remove(clusterKind, 'default', 'b');
  store.compact();
  store.create(clusterKind, rename('c'));
  await until(s => names(s) === 'c cluster-eu');
});

test('while the server is away the context is failed and keeps what was seen; then it is connected again', async t => {
  const { url, store, faults } = await simulated(t);
  const { until, connection } = await open(t, url);
  await until(s => s.state === 'connected');
  await faults.unreachable(true);
  const away = await until(s => s.state === 'failed');
  assert.equal(names(away), 'cluster-eu');
  assert.match(away.error ?? '', /ECONNREFUSED.*Check the network/);
  store.create(clusterKind, rename('b'));
  await faults.unreachable(false);
  connection.retry();
  const back = await until(s => names(s) === 'b cluster-eu');
  assert.deepEqual([back.state, back.error], ['connected', undefined]);
});

test('back from away the context is connected although nothing has changed', async t => {
  const { url, faults } = await simulated(t);
  const { until } = await open(t, url);
  await until(s => s.state === 'connected');
  await faults.unreachable(true);
  await until(s => s.state === 'failed');
  await faults.unreachable(false);
  assert.equal((await until(s => s.state === 'connected')).error, undefined);
});

test('without the right to list everywhere the namespace of the context is followed', async t => {
  const { url } = await simulated(t, { allow: ({ namespace }) => namespace !== undefined });
  const { until } = await open(t, url);
  assert.equal(names(await until(s => s.state === 'connected')), 'cluster-eu');
});

test('a list that fails is told in the words of the API', async t => {
  const cases: [fault: number, words: RegExp][] = [
    [401, /HTTP 401: .*Log in again/],
    [403, /HTTP 403: .*Ask for that right/],
    [404, /CloudNativePG is not installed .* context eu/],
    [500, /HTTP 500: fault injected: 500\./],
    [503, /HTTP 503: fault injected: 503\./],
  ];
  for (const [status, words] of cases) {
    const { url, faults } = await simulated(t);
    faults.answer(status, 1_000_000, '/clusters');
    const { until } = await open(t, url);
    assert.match((await until(s => s.state === 'failed')).error ?? '', words);
  }
});

test('a kind that is refused is unread; the context is connected', async t => {
  const { url } = await simulated(t, { allow: ({ resource }) => resource !== 'services' });
  const { until } = await open(t, url);
  const snapshot = await until(s => s.state === 'connected' && s.unread.Service !== undefined);
  assert.match(snapshot.unread.Service ?? '', /services is forbidden: User "admin" cannot list/);
});

test('a patch is sent, tried, refused', async t => {
  const { url, store } = await simulated(t);
  const { connection } = await open(t, url);
  const write = { kind: 'Cluster', namespace: 'default', name: 'cluster-eu' } as const;
  const change = { ...write, patch: { spec: { instances: 5 } } };
  const instances = (): unknown =>
    (store.get(clusterKind, 'default', 'cluster-eu')['spec'] as { instances: number }).instances;
  await connection.patch(change, { dryRun: true }, never);
  assert.equal(instances(), 3);
  await connection.patch(change, { dryRun: false }, never);
  assert.equal(instances(), 5);
  const stale = await failure(connection.patch({ ...change, resourceVersion: '1' }, { dryRun: false }, never));
  assert.equal(stale.code, 'conflict');
  assert.match(stale.message, /Cluster default\/cluster-eu in context eu.*the object has been modified/);
  const wrong = { ...write, patch: { spec: { replica: { source: 'nowhere' } } } };
  const refused = await failure(connection.patch(wrong, { dryRun: true }, never));
  assert.equal(refused.code, 'refused');
  assert.match(refused.message, /admission webhook .* External cluster nowhere not found/);
});

test('rights, secrets and single objects', async t => {
  const { url, store } = await simulated(t, { allow: ({ verb }) => verb !== 'patch' });
  const { connection } = await open(t, url);
  const access = { group: 'postgresql.cnpg.io', resource: 'clusters', namespace: 'default' };
  assert.equal((await connection.canI({ ...access, verb: 'get' }, never)).allowed, true);
  assert.equal((await connection.canI({ ...access, verb: 'patch' }, never)).allowed, false);
  const secret = { metadata: { name: 's', namespace: 'default' }, data: { key: btoa('value') } };
  store.create(kindOf({ apiVersion: 'v1', kind: 'Secret' }), secret);
  assert.deepEqual(await connection.secret('default', 's', never), { key: 'value' });
  const gone = await failure(connection.get('Cluster', 'default', 'a/../b', never));
  assert.match(gone.message, /clusters\.postgresql\.cnpg\.io "a\/\.\.\/b" not found/);
});

test('the status of instances is read through the pod proxy', async t => {
  const body = JSON.stringify(primaryStatus());
  const proxy = (_: string, name: string) =>
    name === 'cluster-eu-1' ? { code: 200, body } : { code: 503, body: 'connection refused' };
  const { url, store } = await simulated(t, { proxy });
  for (const serial of [1, 2]) store.create(podKind, pod('cluster-eu', serial) as never);
  const { connection, until } = await open(t, url);
  assert.equal((await connection.instanceStatus('default', 'cluster-eu-1', never)).isPrimary, true);
  const error = await failure(connection.instanceStatus('default', 'cluster-eu-2', never));
  assert.match(error.message, /connection refused/);
  await until(s => s.pods.length === 2);
  connection.pollInstanceStatus({ closely: ['default/cluster-eu'], loosely: [] });
  const { instanceStatus } = await until(s => Object.keys(s.instanceStatus).length === 2);
  assert.equal(instanceStatus['default/cluster-eu-1']?.kind, 'read');
  const second = instanceStatus['default/cluster-eu-2'];
  assert.match(second?.kind === 'failed' ? second.reason : '', /connection refused/);
});

test('an aborted request rejects with its reason at once', async t => {
  const { url, faults } = await simulated(t);
  const { connection } = await open(t, url);
  faults.latency(60_000);
  const stop = new AbortController();
  const pending = connection.get('Cluster', 'default', 'cluster-eu', stop.signal);
  stop.abort();
  await assert.rejects(pending, { name: 'AbortError' });
  const aborted = connection.get('Cluster', 'default', 'cluster-eu', AbortSignal.abort());
  await assert.rejects(aborted, { name: 'AbortError' });
});

/** A server that answers as told; closed with the test. */
async function answering(t: TestContext, answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('answers that no API server gives', async t => {
  const cases: [label: string, code: number, body: string, words: RegExp][] = [
    ['a page', 200, '<html>Log in</html>', /no JSON object: "<html>/],
    ['null', 200, 'null', /no JSON object/],
    ['no list', 200, '{"items":7}', /no list/],
    ['nothing', 200, '', /no JSON object/],
    ['items that are no objects', 200, '{"metadata":{"resourceVersion":"1"},"items":[null,{}]}', /no list|metadata/],
    ['a page of a proxy', 502, '<h1>Bad\n gateway</h1>', /HTTP 502: <h1>Bad gateway<\/h1>/],
    ['a redirect', 302, '', /redirect/],
  ];
  for (const [label, code, body, words] of cases) {
    const url = await answering(t, (_, response) => response.writeHead(code, { location: '/elsewhere' }).end(body));
    const { until } = await open(t, url);
    assert.match((await until(s => s.state === 'failed')).error ?? '', words, label);
  }
});

test('HTTP/1.1 is spoken to a server that would rather have HTTP/2', async t => {
  const certificate = certificateFor(t, 'localhost');
  if (!certificate) return t.skip('no openssl');
  const versions: string[] = [];
  const server = http2.createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
    versions.push(request.httpVersion);
    response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items: [] }));
  });
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { until } = await open(t, `https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await until(({ state }) => state === 'connected');
  assert.deepEqual([...new Set(versions)], ['1.1']);
});

test('a watch that says nothing is given up and begun again', async t => {
  let watches = 0;
  const list = { metadata: { resourceVersion: '7' }, items: [] };
  const event = { type: 'ADDED', object: { metadata: { name: 'late', namespace: 'default', resourceVersion: '8' } } };
  const url = await answering(t, (request, response) => {
    response.writeHead(200);
    const watch = request.url?.includes('/clusters?') && request.url.includes('watch=true');
    if (!request.url?.includes('watch=true')) response.end(JSON.stringify(list));
    else if (watch && ++watches >= 2) response.write(`${JSON.stringify(event)}\n`);
    else response.flushHeaders();
  });
  const { until } = await open(t, url, quick);
  assert.equal(names(await until(s => s.clusters.length === 1)), 'late');
});

test('events arrive whole whatever packets they come in', async t => {
  const list = { metadata: { resourceVersion: '7' }, items: [] };
  const event = (type: string, name: string, version: number): string =>
    JSON.stringify({ type, object: { metadata: { name, namespace: 'default', resourceVersion: String(version) } } });
  const lines = [
    event('ADDED', 'größe', 8),
    event('ADDED', 'gone', 9),
    '',
    event('BOOKMARK', '', 10),
    ...Array.from({ length: 50 }, (_, at) => event('MODIFIED', 'größe', 11 + at)),
    event('DELETED', 'gone', 99),
    event('ADDED', 'x'.repeat(100_000), 100),
  ];
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  // Within a letter, within a line, after many.
  const cuts = [0, bytes.indexOf('ö') + 1, 90, 3000];
  const url = await answering(t, (request, response) => {
    response.writeHead(200);
    if (request.url?.includes('watch=true')) response.flushHeaders();
    else response.end(JSON.stringify(list));
    if (request.url?.includes('watch=true') && request.url.includes('/clusters?'))
      for (const [at, from] of cuts.entries())
        setTimeout(() => response.write(bytes.subarray(from, cuts[at + 1])), at * 20);
  });
  const { until } = await open(t, url);
  const { clusters } = await until(s => s.clusters.length === 2 && !names(s).includes('gone'));
  assert.deepEqual(
    clusters.map(({ metadata }) => [metadata.name.length, metadata.resourceVersion]),
    [
      [5, '60'],
      [100_000, '100'],
    ],
  );
});

test('after closing nothing is announced and no request is made', async t => {
  let requests = 0;
  const asked = new EventEmitter();
  const all = once(asked, 'all');
  const url = await answering(t, (_, response) => {
    if (++requests === watchedKinds.length) asked.emit('all');
    response.writeHead(500).end();
  });
  // Each kind is asked for once and then waits.
  const { connection, until } = await open(t, url, { ...patient, backOff: { first: 60_000, longest: 60_000 } });
  await Promise.all([all, until(s => s.state === 'failed')]);
  connection.pollInstanceStatus({ closely: ['default/cluster-eu'], loosely: [] });
  connection.onDidChange(() => assert.fail('announced after closing'));
  connection.close();
  connection.close();
  connection.retry();
  await new Promise(resolve => setImmediate(resolve));
  assert.equal(requests, watchedKinds.length);
});

test('published schemas: one document for each group that is installed, with a hash', async t => {
  const server = await startApiServer({ tokens: { [token]: 'viewer' }, allow: () => false });
  t.after(() => server.stop());
  const { connection } = await open(t, server.url);
  const schemas = await connection.publishedSchemas(never);
  assert.deepEqual(
    schemas.map(({ groupVersion }) => groupVersion),
    ['postgresql.cnpg.io/v1', 'barmancloud.cnpg.io/v1'],
  );
  assert.ok(schemas.every(({ hash }) => /^[0-9A-F]{128}$/.test(hash)));
  assert.match((await schemas[0]?.read(never)) ?? '', /"kind":"Cluster"/);
});

test('events of an object, newest last, and of no other', async t => {
  const { url, store } = await simulated(t);
  const { connection } = await open(t, url);
  const event = (name: string, involved: string, lastTimestamp: string): never =>
    ({
      metadata: { name, namespace: 'default' },
      involvedObject: { kind: 'Cluster', name: involved },
      reason: name,
      lastTimestamp,
    }) as never;
  const kind = kindOf({ apiVersion: 'v1', kind: 'Event' });
  store.create(kind, event('a', 'cluster-eu', '2026-03-01T10:00:02Z'));
  store.create(kind, event('b', 'cluster-eu', '2026-03-01T10:00:01Z'));
  store.create(kind, event('c', 'other', '2026-03-01T10:00:03Z'));
  const events = await connection.events('default', 'cluster-eu', never);
  assert.deepEqual(
    events.map(({ reason }) => reason),
    ['b', 'a'],
  );
});

test('a log arrives whole, from its end, or goes on until the signal; without the right the API says so', async t => {
  const log = (_: string, name: string, container?: string): string => `${name} ${container}\nsecond\n`;
  const { url, store } = await simulated(t, { log, allow: ({ name }) => name !== 'cluster-eu-2' });
  for (const serial of [1, 2]) store.create(podKind, pod('cluster-eu', serial) as never);
  const { connection } = await open(t, url);
  const textOf = async (stream: AsyncIterable<Uint8Array>): Promise<string> => {
    let text = '';
    for await (const bytes of stream) text += Buffer.from(bytes).toString();
    return text;
  };
  const whole = await connection.logs('default', 'cluster-eu-1', { follow: false, container: 'postgres' }, never);
  assert.equal(await textOf(whole), 'cluster-eu-1 postgres\nsecond\n');
  const tail = await connection.logs('default', 'cluster-eu-1', { follow: false, tailLines: 1 }, never);
  assert.equal(await textOf(tail), 'second\n');
  const stop = new AbortController();
  const following = await connection.logs('default', 'cluster-eu-1', { follow: true }, stop.signal);
  for await (const bytes of following) {
    assert.match(Buffer.from(bytes).toString(), /second/);
    break;
  }
  stop.abort();
  const refused = await failure(connection.logs('default', 'cluster-eu-2', { follow: false }, never));
  assert.match(refused.message, /Read the log of Pod default\/cluster-eu-2 .*cannot get/);
});

test('the raw object has what snapshots leave out', async t => {
  const { url, store } = await simulated(t);
  const { connection } = await open(t, url);
  const metadata = { name: 'b', namespace: 'default', managedFields: [{ manager: 'argocd-controller' }] };
  store.create(clusterKind, { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', metadata });
  const raw = await connection.raw('Cluster', 'default', 'b', never);
  assert.equal(raw.metadata.managedFields?.[0]?.manager, 'argocd-controller');
  assert.equal(raw['kind'], 'Cluster');
});
