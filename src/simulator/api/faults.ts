/** What can go wrong between a client and an API server, on command. */
import type http from 'node:http';
import { ApiError } from './status.ts';

export interface Faults {
  /** Closes the port, with all connections; later opens the same one again. */
  unreachable(down: boolean): Promise<void>;
  /** Milliseconds that each answer waits. */
  latency(milliseconds: number): void;
  /** The next `count` requests whose path with its query contains `path` get this status, with `Retry-After` when it is said. @returns what ends it */
  answer(status: number, count: number, path?: string, retryAfter?: string): () => void;
  cutWatches(): void;
  beforeAnswer(path: string, response: http.ServerResponse): Promise<void>;
}

const reasons: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  409: 'Conflict',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

export function createFaults(server: { close(): Promise<void>; listen(): Promise<void>; cutWatches(): void }): Faults {
  let down = false;
  let latency = 0;
  const planned: { status: number; left: number; path: string; retryAfter: string | undefined }[] = [];
  return {
    async unreachable(wanted) {
      if (wanted === down) return;
      down = wanted;
      await (down ? server.close() : server.listen());
    },
    latency: milliseconds => void (latency = milliseconds),
    answer(status, count, path = '', retryAfter?: string) {
      const fault = { status, left: count, path, retryAfter };
      planned.push(fault);
      return () => void (fault.left = 0);
    },
    cutWatches: () => server.cutWatches(),
    async beforeAnswer(path, response) {
      if (latency > 0) await new Promise(resolve => setTimeout(resolve, latency).unref());
      const fault = planned.find(f => f.left > 0 && path.includes(f.path));
      if (!fault) return;
      fault.left--;
      if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
      throw new ApiError(fault.status, reasons[fault.status] ?? 'Unknown', `fault injected: ${fault.status}`);
    },
  };
}
