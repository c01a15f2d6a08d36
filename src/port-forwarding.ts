/** A port of this machine behind which each connection becomes a stream of its own to somewhere else. */
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure, messageOf } from './errors.ts';

export interface PortForward {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Connections that are open now. */
  connections(): number;
  /** Ends the connections too. */
  stop(): void;
}

export interface PortForwardOptions {
  /** 0: any free one. */
  port: number;
  /** Called for each connection. The stream ends with the signal. */
  open: (signal: AbortSignal) => Promise<Duplex>;
  /** After a connection came or went. */
  changed: () => void;
  /** A connection could not be made, or broke. */
  failed: (error: unknown) => void;
}

/** Rejects with a `Failure` when the port cannot be had. Only programs of this machine can connect. */
export async function startPortForward({ port, open, changed, failed }: PortForwardOptions): Promise<PortForward> {
  const closing = new AbortController();
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket);
    changed();
    // Without a listener an error that comes before the pipeline would end the process.
    socket.on('error', () => undefined);
    const gone = new AbortController();
    socket.once('close', () => {
      sockets.delete(socket);
      gone.abort();
      changed();
    });
    carry(socket, open, AbortSignal.any([closing.signal, gone.signal])).catch((error: unknown) => {
      socket.destroy();
      if (!closing.signal.aborted && !isGoodbye(error)) failed(error);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(refused(port, error)));
    server.listen(port, '127.0.0.1', resolve);
  });
  server.on('error', failed);
  return {
    port: (server.address() as net.AddressInfo).port,
    connections: () => sockets.size,
    stop() {
      closing.abort();
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function carry(socket: net.Socket, open: PortForwardOptions['open'], signal: AbortSignal): Promise<void> {
  const stream = await open(signal);
  await Promise.all([pipeline(socket, stream, { signal }), pipeline(stream, socket, { signal })]);
}

/** The client, or the server behind, hung up: that is how most connections end. */
const isGoodbye = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'AbortError' ||
    ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes((error as NodeJS.ErrnoException).code ?? ''));

const refused = (port: number, error: Error): Failure =>
  new Failure('port', {
    what: port === 0 ? 'No local port could be opened' : `Port ${port} of this machine cannot be opened`,
    why:
      (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
        ? 'Another program listens there.'
        : `${messageOf(error)}.`,
    remedy: 'Choose another one, or 0 for any that is free.',
    cause: error,
  });
