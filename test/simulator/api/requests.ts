/** Requests to a simulated API server by plain fetch, and the shortest objects it takes. */
import type { TestContext } from 'node:test';
import type { ApiServer, ApiServerOptions } from '../../../src/simulator/api/server.ts';
import { startApiServer } from '../../../src/simulator/api/server.ts';

export const clusters = '/apis/postgresql.cnpg.io/v1/namespaces/default/clusters';

export interface Answer {
  code: number;
  // The tests say what they expect of it.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

export interface Bench extends ApiServer {
  send: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
  patch: (path: string, body: unknown, type?: keyof typeof patchTypes) => Promise<Answer>;
}

const patchTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
  'strategic-merge': 'application/strategic-merge-patch+json',
};

/** A server for one test, stopped after it. */
export async function bench(t: TestContext, options: Partial<ApiServerOptions> = {}): Promise<Bench> {
  const server = await startApiServer({ tokens: { secret: 'admin' }, ...options });
  t.after(() => server.stop());
  const send: Bench['send'] = async (method, path, body, headers = {}) => {
    const response = await fetch(server.url + path, {
      method,
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { code: response.status, body: await response.json() };
  };
  return {
    ...server,
    send,
    patch: (path, body, type = 'merge') => send('PATCH', path, body, { 'content-type': patchTypes[type] }),
  };
}

export const cluster = (name: string, spec: object = {}, labels: Record<string, string> = {}): object => ({
  apiVersion: 'postgresql.cnpg.io/v1',
  kind: 'Cluster',
  metadata: { name, labels },
  spec: { instances: 3, ...spec },
});
