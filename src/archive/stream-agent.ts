/** HTTP over streams that somebody else opens, instead of sockets to the host of the URL. */
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { OpenStream } from './contract.ts';

type Created = (error: Error | null, stream: Duplex) => void;

/** @param name that the certificate of the other side must have */
export function agentsOver(
  open: OpenStream,
  name: string,
  ca: string | undefined,
): { httpAgent: http.Agent; httpsAgent: https.Agent } {
  const httpAgent = new http.Agent({ keepAlive: true });
  const httpsAgent = new https.Agent({ keepAlive: true });
  httpAgent.createConnection = (_, callback: Created | undefined) => {
    open().then(
      stream => callback?.(null, asSocket(stream)),
      (error: unknown) => callback?.(error as Error, undefined as never),
    );
    return undefined;
  };
  httpsAgent.createConnection = (_, callback: Created | undefined) => {
    const failed = (error: unknown): void => callback?.(error as Error, undefined as never);
    open().then(stream => {
      const secured = tls.connect({ socket: stream, servername: name, ...(ca !== undefined && { ca }) });
      secured.once('secureConnect', () => {
        secured.off('error', failed);
        callback?.(null, secured);
      });
      secured.once('error', failed);
    }, failed);
    return undefined;
  };
  return { httpAgent, httpsAgent };
}

/** What agents and the SDK call on sockets and has no meaning for a stream. */
function asSocket(stream: Duplex): Duplex {
  const itself = (): Duplex => stream;
  return Object.assign(stream, {
    setKeepAlive: itself,
    setNoDelay: itself,
    setTimeout: itself,
    ref: itself,
    unref: itself,
  });
}
