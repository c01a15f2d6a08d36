import assert from 'node:assert/strict';
import net from 'node:net';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import type { PortForwardOptions } from '../src/port-forwarding.ts';
import { startPortForward } from '../src/port-forwarding.ts';

/** Answers each byte with the same byte. */
const echo = (): Duplex => {
  const stream = new Duplex({
    read: () => undefined,
    write(chunk, _encoding, done) {
      stream.push(chunk);
      done();
    },
    final(done) {
      stream.push(null);
      done();
    },
  });
  return stream;
};

async function forwarding(over: Partial<PortForwardOptions> = {}) {
  const failures: unknown[] = [];
  const forward = await startPortForward({
    port: 0,
    open: () => Promise.resolve(echo()),
    changed: () => undefined,
    failed: error => failures.push(error),
    ...over,
  });
  return { forward, failures };
}

async function answer(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.end(text);
  const parts: Buffer[] = [];
  for await (const part of socket as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString();
}

test('many connections, each a stream of its own', async () => {
  const { forward, failures } = await forwarding();
  const texts = Array.from({ length: 40 }, (_, at) => String(at).repeat(10_000));
  const answers = await Promise.all(texts.map(text => answer(forward.port, text)));
  forward.stop();
  assert.deepEqual(answers, texts);
  assert.deepEqual(failures, []);
});

test('a refusal ends the connection with its reason and leaves the port', async () => {
  let refuse = true;
  const { forward, failures } = await forwarding({
    open: () => (refuse ? Promise.reject(new Error('pods "a-1" not found')) : Promise.resolve(echo())),
  });
  await answer(forward.port, 'x').catch(() => undefined);
  assert.match(String(failures[0]), /not found/);
  refuse = false;
  assert.equal(await answer(forward.port, 'x'), 'x');
  forward.stop();
});

test('a port that is taken is refused in words', async () => {
  const { forward } = await forwarding();
  await assert.rejects(forwarding({ port: forward.port }), /cannot be opened: Another program listens there\./);
  forward.stop();
});

test('the end ends the connections and closes the port', async () => {
  const signals: AbortSignal[] = [];
  const { forward, failures } = await forwarding({
    open: signal => {
      signals.push(signal);
      return Promise.resolve(echo());
    },
  });
  const socket = net.connect(forward.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('x');
  await once(socket, 'data');
  assert.equal(forward.connections(), 1);
  const closed = once(socket, 'close');
  forward.stop();
  await closed;
  assert.equal(signals[0]?.aborted, true);
  await assert.rejects(answer(forward.port, 'x'), /ECONNREFUSED/);
  assert.deepEqual(failures, []);
});
