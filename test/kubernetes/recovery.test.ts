/** What is asked of an API server, and how often, after something went wrong. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { watchedKinds } from '../../src/model/snapshot.ts';
import type { ApiServer } from '../../src/simulator/api/server.ts';
import { startApiServer } from '../../src/simulator/api/server.ts';
import { kubeconfig, open } from './connection-cases.ts';

const insecure = { 'insecure-skip-tls-verify': true };

interface Counted extends ApiServer {
  /** `list clusters` and the like, in order. */
  asked: string[];
}

async function counting(t: TestContext, options: { tokens?: Record<string, string> } = {}): Promise<Counted> {
  const asked: string[] = [];
  const server = await startApiServer({
    tokens: options.tokens ?? { token: 'admin' },
    allow({ verb, resource }) {
      asked.push(`${verb} ${resource}`);
      return true;
    },
  });
  t.after(() => server.stop());
  return { ...server, asked };
}

const endpointOf = ({ url }: Pick<ApiServer, 'url'>) => ({
  relay: { url } as never,
  cluster: insecure,
  users: { admin: { token: 'token' }, viewer: {} },
});

const sleep = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds));

test('after an outage every watch goes on and nothing is listed', async t => {
  const server = await counting(t);
  const { until } = await open(t, endpointOf(server));
  await until(({ state }) => state === 'connected', 'connected');
  await sleep(200);
  await server.faults.unreachable(true);
  await until(({ state }) => state === 'failed', 'the outage');
  server.asked.length = 0;
  await server.faults.unreachable(false);
  await until(({ state }) => state === 'connected', 'connected again');
  await sleep(300);
  const lists = server.asked.filter(what => what.startsWith('list'));
  assert.deepEqual(lists, []);
  assert.equal(new Set(server.asked).size, watchedKinds.length);
});

test('after a 410 only what was refused is listed', async t => {
  const server = await counting(t);
  const { until } = await open(t, endpointOf(server));
  await until(({ state }) => state === 'connected', 'connected');
  await sleep(200);
  server.asked.length = 0;
  server.faults.answer(410, 1, '/pods');
  server.faults.cutWatches();
  await sleep(900);
  assert.deepEqual(
    server.asked.filter(what => what.startsWith('list')),
    ['list pods'],
  );
});

test('never more than three lists at a time', async t => {
  let [inFlight, most, lists] = [0, 0, 0];
  const server = http.createServer((request, response) => {
    if (request.url?.includes('watch=true')) return response.flushHeaders();
    most = Math.max(most, ++inFlight);
    lists++;
    setTimeout(() => {
      inFlight--;
      response.end('{"metadata":{"resourceVersion":"7"},"items":[]}');
    }, 30);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await open(t, endpointOf({ url }));
  await sleep(600);
  assert.deepEqual([most, lists], [3, watchedKinds.length]);
});

test('a server that asks for patience is left alone', async t => {
  const server = await counting(t);
  server.faults.answer(429, 1, '/clusters', '1');
  const { until } = await open(t, endpointOf(server));
  const began = Date.now();
  const refused = await until(({ state }) => state === 'failed', 'the refusal');
  assert.match(refused.error ?? '', /HTTP 429: .*asks for patience/);
  await until(({ state }) => state === 'connected', 'connected');
  assert.ok(Date.now() - began >= 950);
});

test('a retry by the user does not wait', async t => {
  const server = await counting(t);
  server.faults.answer(503, 1, '/clusters', '600');
  const { until, connection } = await open(t, endpointOf(server));
  await until(({ state }) => state === 'failed', 'the refusal');
  connection.retry();
  await until(({ state }) => state === 'connected', 'connected');
});

test('a kubeconfig that is just being written is no reason to stop; then it counts', async t => {
  const tokens: Record<string, string> = { token: 'admin' };
  const server = await counting(t, { tokens });
  const { until, file, connection } = await open(t, endpointOf(server));
  await until(({ state }) => state === 'connected', 'connected');
  fs.writeFileSync(file, '');
  await sleep(300);
  const access = { verb: 'get', group: '', resource: 'pods', namespace: 'default' } as const;
  const never = new AbortController().signal;
  assert.equal((await connection.canI(access, never)).allowed, true);
  delete tokens['token'];
  tokens['newer'] = 'admin';
  fs.writeFileSync(file, kubeconfig(server.url, insecure, { token: 'newer' }));
  assert.equal((await connection.canI(access, never)).allowed, true);
});

test('the token of a tokenFile, beside the kubeconfig; what is in the file now counts', async t => {
  const tokens: Record<string, string> = { first: 'admin' };
  const server = await counting(t, { tokens });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'token-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const tokenFile = path.join(folder, 'token');
  fs.writeFileSync(tokenFile, 'first\n');
  // The kubeconfig is in a folder beside it.
  const user = { token: 'old', tokenFile: path.join('..', path.basename(folder), 'token') };
  const { until, connection } = await open(t, endpointOf(server), { user });
  await until(({ state }) => state === 'connected', 'connected');
  delete tokens['first'];
  tokens['second'] = 'admin';
  fs.writeFileSync(tokenFile, 'second');
  await sleep(300);
  const access = { verb: 'get', group: '', resource: 'pods', namespace: 'default' } as const;
  assert.equal((await connection.canI(access, new AbortController().signal)).allowed, true);
});

test('a context that now names another API server is listed there', async t => {
  const [one, other] = [await counting(t), await counting(t)];
  const { until, file, connection } = await open(t, endpointOf(one));
  await until(({ state }) => state === 'connected', 'connected');
  fs.writeFileSync(file, kubeconfig(other.url, insecure, { token: 'token' }));
  await sleep(300);
  connection.retry();
  await until(({ server }) => server === other.url, 'the other server');
  assert.equal(connection.server, other.url);
  await sleep(200);
  assert.equal(other.asked.filter(what => what.startsWith('list')).length, watchedKinds.length);
});

test('an exec plugin that appears in the kubeconfig of an untrusted workspace is not run', async t => {
  const { connect } = await import('../../src/kubernetes/connection.ts');
  const server = await counting(t);
  const { file } = await open(t, endpointOf(server));
  const options = { context: 'eu', files: [file], allowExecPlugins: false, log: () => undefined };
  const connection = await connect(options, new AbortController().signal);
  t.after(() => connection.close());
  fs.writeFileSync(file, kubeconfig(server.url, insecure, { exec: { command: process.execPath, args: ['-e', '0'] } }));
  await sleep(300);
  await assert.rejects(
    connection.get('Cluster', 'default', 'a', new AbortController().signal),
    /exec plugin.*this workspace is not trusted/,
  );
});
