/** What streams out of a pod through the API server: logs, and one TCP connection by port-forward. */
import { Duplex, PassThrough } from 'node:stream';
import type { KubeConfig } from '@kubernetes/client-node';
// The façade only has PortForward, which brings the clients of all kinds with it.
import { WebSocketHandler } from '@kubernetes/client-node/dist/web-socket-handler.js';
import { messageOf } from '../errors.ts';
import type { Client } from './client.ts';
import type { LogOptions } from './contract.ts';
import { ApiFailure, ended, requestFailure } from './failures.ts';
import { objectPath } from './resources.ts';

export function logs(
  client: Client,
  context: string,
  namespace: string,
  pod: string,
  options: LogOptions,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const { container, follow, tailLines, sinceSeconds, previous } = options;
  const query = {
    ...(container !== undefined && { container }),
    ...(follow && { follow: 'true' }),
    ...(tailLines !== undefined && { tailLines: String(tailLines) }),
    ...(sinceSeconds !== undefined && { sinceSeconds: String(sinceSeconds) }),
    ...(previous === true && { previous: 'true' }),
  };
  const what = `Read the log of Pod ${namespace}/${pod} in context ${context}`;
  return client.stream({ what, path: `${objectPath('Pod', namespace, pod)}/log`, query, accept: '*/*' }, signal);
}

/** Milliseconds until the API server has let us in. */
const openLimit = 30_000;

/** The part of a WebSocket that is used here: the library's own type comes from a package that is not installed. */
interface Socket {
  readonly readyState: number;
  readonly OPEN: number;
  readonly bufferedAmount: number;
  send(bytes: Buffer): void;
  addEventListener(type: 'close' | 'error', listener: (event: { message?: string }) => void): void;
  close(): void;
  terminate(): void;
}

export async function portForward(
  client: Client,
  context: string,
  namespace: string,
  pod: string,
  port: number,
  signal: AbortSignal,
): Promise<Duplex> {
  signal.throwIfAborted();
  const what = `Connect to port ${port} of Pod ${namespace}/${pod} in context ${context}`;
  const path = `${objectPath('Pod', namespace, pod)}/portforward`;
  const broken = (why: string): ApiFailure =>
    new ApiFailure('port-forward', {
      what,
      why: ended(why),
      remedy: 'Look whether the pod is running and listens on that port.',
    });
  const stream = new SocketStream(broken);
  const limit = AbortSignal.timeout(openLimit);
  const either = AbortSignal.any([signal, limit]);
  try {
    const config = await client.authenticated(either);
    await stream.open(config, namespace, pod, port, either);
    // What is refused at once is said here: nobody listens to the stream yet.
    await new Promise(resolve => setImmediate(resolve));
    if (stream.errored) throw stream.errored;
  } catch (error) {
    stream.destroy();
    signal.throwIfAborted();
    if (error instanceof ApiFailure) throw error;
    if (limit.aborted) throw requestFailure(what, error, true);
    // The handshake's refusal has no text; an ordinary request to the same place is refused with the API's words.
    await client.json({ what, path, query: { ports: String(port) } }, signal).catch((said: unknown) => {
      signal.throwIfAborted();
      if (said instanceof ApiFailure && said.status !== 400) throw said;
    });
    throw requestFailure(what, error, false);
  }
  const abort = (): void => void stream.destroy();
  signal.addEventListener('abort', abort, { once: true });
  stream.once('close', () => signal.removeEventListener('abort', abort));
  return stream;
}

/** Before each message to the pod; 1 is the channel of errors. */
const dataChannel = Buffer.of(0);

/** Bytes for which the sender waits, when the network is slower than what is written. */
const mostBuffered = 1 << 20;

class SocketStream extends Duplex {
  readonly #broken: (why: string) => ApiFailure;
  #socket: Socket | undefined;
  readonly #toPod = new PassThrough();

  constructor(broken: (why: string) => ApiFailure) {
    // As with a TCP socket, what is ended on this side may still be answered.
    super({ allowHalfOpen: true });
    this.#broken = broken;
    // A connection that breaks when nobody listens is no reason for the whole editor to end.
    this.on('error', () => undefined);
  }

  async open(config: KubeConfig, namespace: string, pod: string, port: number, signal: AbortSignal): Promise<void> {
    const [inNamespace, toPod] = [encodeURIComponent(namespace), encodeURIComponent(pod)];
    const path = `/api/v1/namespaces/${inNamespace}/pods/${toPod}/portforward?ports=${port}`;
    const connecting: Promise<unknown> = new WebSocketHandler(config).connect(path, null, this.#receive());
    const socket = await within(connecting as Promise<Socket>, signal, late => late.terminate());
    this.#toPod.on('data', (bytes: Buffer) => socket.send(Buffer.concat([dataChannel, bytes])));
    this.#socket = socket;
    socket.addEventListener('close', () => this.#end());
    socket.addEventListener('error', ({ message = 'it broke' }) => void this.destroy(this.#broken(message)));
  }

  /** Takes messages, each of one channel, and says to go on. The first of each channel is the port, in two bytes. */
  #receive(): (channel: number, bytes: Buffer) => boolean {
    const begun = new Set<number>();
    return (channel, bytes) => {
      const rest = begun.has(channel) ? bytes : bytes.subarray(2);
      begun.add(channel);
      if (rest.length === 0) return true;
      if (channel === 0) this.push(Buffer.from(rest));
      else this.destroy(this.#broken(rest.toString().trim()));
      return true;
    };
  }

  #end(): void {
    if (!this.readableEnded) this.push(null);
    if (this.writableEnded) this.destroy();
    else this.end();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error) => void): void {
    const socket = this.#socket;
    if (!socket || socket.readyState !== socket.OPEN) return done(this.#broken('The connection is closed.'));
    this.#toPod.write(chunk);
    const drained = (): void => {
      if (socket.bufferedAmount < mostBuffered || socket.readyState !== socket.OPEN) done();
      else setTimeout(drained, 10);
    };
    drained();
  }

  /** The protocol has no half-close: the port is closed once everything was sent. */
  override _final(done: () => void): void {
    this.#socket?.close();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket?.terminate();
    done(error);
  }
}

/** What comes after the signal is given to `late`. */
function within<T>(promise: Promise<T>, signal: AbortSignal, late: (value: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise
      .then(value => (signal.aborted ? late(value) : resolve(value)))
      .catch((error: unknown) => reject(asError(error)))
      .finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A WebSocket fails with an event. */
const asError = (thrown: unknown): Error => {
  if (thrown instanceof Error) return thrown;
  const { error, message } = thrown as { error?: unknown; message?: unknown };
  return error instanceof Error ? error : new Error(typeof message === 'string' ? message : messageOf(thrown));
};
