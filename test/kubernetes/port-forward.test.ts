import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Connection } from '../../src/kubernetes/contract.ts';
import { kindOf } from '../../src/simulator/api/kinds.ts';
import { startApiServer } from '../../src/simulator/api/server.ts';
import { pod } from '../support/clusters.ts';
import { open } from './connection-cases.ts';

const never = new AbortController().signal;

/** A pod with a server on one port that answers everything in capitals and ends when it is told `bye`. */
async function pods(t: TestContext): Promise<Connection> {
  const listener = net.createServer(socket => {
    socket.on('error', () => undefined);
    socket.on('data', bytes => {
      if (bytes.toString() === 'bye') socket.end('BYE');
      else socket.write(bytes.toString().toUpperCase());
    });
  });
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  const portForward = (_: string, name: string, wanted: number): Duplex | string =>
    wanted === 5432 ? net.connect(port, '127.0.0.1') : `failed to connect to port ${wanted} inside ${name}`;
  const server = await startApiServer({ tokens: { token: 'admin' }, portForward });
  server.store.create(kindOf({ apiVersion: 'v1', kind: 'Pod' }), pod('cluster-eu', 1) as never);
  t.after(async () => {
    listener.close();
    await server.stop();
  });
  const users = { admin: { token: 'token' }, viewer: {} };
  const relay = { url: server.url } as never;
  return (await open(t, { relay, cluster: { 'insecure-skip-tls-verify': true }, users })).connection;
}

test('bytes go both ways, large ones too, until the pod ends the connection', async t => {
  const connection = await pods(t);
  const stream = await connection.portForward('default', 'cluster-eu-1', 5432, never);
  stream.write('hello');
  assert.equal(String((await once(stream, 'data'))[0]), 'HELLO');
  const large = 'x'.repeat(300_000);
  let received = '';
  const all = new Promise<void>(resolve =>
    stream.on('data', bytes => {
      received += String(bytes);
      if (received.length === large.length) resolve();
    }),
  );
  stream.write(large);
  await all;
  assert.equal(received, large.toUpperCase());
  stream.write('bye');
  await once(stream, 'end');
});

test('the stream goes with the signal', async t => {
  const connection = await pods(t);
  const stop = new AbortController();
  const stream = await connection.portForward('default', 'cluster-eu-1', 5432, stop.signal);
  stop.abort();
  await once(stream, 'close');
  const aborted = connection.portForward('default', 'cluster-eu-1', 5432, AbortSignal.abort());
  await assert.rejects(aborted, { name: 'AbortError' });
});

test('what the pod says against it is the reason', async t => {
  const connection = await pods(t);
  const refused = connection.portForward('default', 'cluster-eu-1', 9999, never);
  await assert.rejects(refused, /port 9999 of Pod default\/cluster-eu-1 .*failed to connect to port 9999/);
});
