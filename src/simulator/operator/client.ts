/** The few Kubernetes requests that an operator makes, over HTTP or HTTPS: against the simulated API server or a real one. */
import http from 'node:http';
import https from 'node:https';
import type { KubernetesObject } from '../../model/kubernetes.ts';

export interface ApiEndpoint {
  /** For example `http://127.0.0.1:6443`. */
  url: string;
  token?: string;
  ca?: string;
  cert?: string;
  key?: string;
}

export type AnyObject = KubernetesObject & { spec?: unknown; status?: unknown; [field: string]: unknown };

export interface Resource {
  /** For example `apis/postgresql.cnpg.io/v1`. */
  api: string;
  plural: string;
}

export const resources = {
  clusters: { api: 'apis/postgresql.cnpg.io/v1', plural: 'clusters' },
  backups: { api: 'apis/postgresql.cnpg.io/v1', plural: 'backups' },
  scheduledBackups: { api: 'apis/postgresql.cnpg.io/v1', plural: 'scheduledbackups' },
  objectStores: { api: 'apis/barmancloud.cnpg.io/v1', plural: 'objectstores' },
  pods: { api: 'api/v1', plural: 'pods' },
  services: { api: 'api/v1', plural: 'services' },
  secrets: { api: 'api/v1', plural: 'secrets' },
  persistentVolumeClaims: { api: 'api/v1', plural: 'persistentvolumeclaims' },
  events: { api: 'api/v1', plural: 'events' },
  leases: { api: 'apis/coordination.k8s.io/v1', plural: 'leases' },
} as const satisfies Record<string, Resource>;

export interface Seen {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: AnyObject;
}

export interface Client {
  list(resource: Resource): Promise<{ version: string; items: AnyObject[] }>;
  /** `undefined`: there is none of that name. */
  get<T = AnyObject>(resource: Resource, namespace: string, name: string): Promise<T | undefined>;
  /** Without namespace the object is cluster-scoped. Nothing happens when it exists. */
  create(resource: Resource, object: AnyObject): Promise<void>;
  mergePatch(resource: Resource, namespace: string, name: string, patch: object): Promise<void>;
  statusPatch(resource: Resource, namespace: string, name: string, patch: object): Promise<void>;
  /** At once, without grace period. Nothing happens when there is none. */
  remove(resource: Resource, namespace: string, name: string): Promise<void>;
  /** Lists and follows until the signal, starting over after each interruption. */
  watch(resource: Resource, listener: (seen: Seen) => void): void;
}

export class RequestRefused extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(`HTTP ${code}: ${message}`);
    this.code = code;
  }
}

/** Milliseconds for one answer to begin. */
const limit = 10_000;
/** Milliseconds before a broken watch is taken up again. */
const pause = 300;

export function createClient(endpoint: ApiEndpoint, signal: AbortSignal): Client {
  const secure = endpoint.url.startsWith('https:');
  const agent = secure
    ? new https.Agent({ keepAlive: true, ca: endpoint.ca, cert: endpoint.cert, key: endpoint.key })
    : new http.Agent({ keepAlive: true });
  signal.addEventListener('abort', () => agent.destroy(), { once: true });

  function open(method: string, path: string, body?: object, type = 'application/json'): Promise<http.IncomingMessage> {
    const text = body && JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = (secure ? https : http).request(
        `${endpoint.url}/${path}`,
        {
          method,
          agent,
          signal,
          headers: {
            accept: 'application/json',
            'user-agent': 'cloudnative-pg',
            // Without a length, Node.js sends the body of a DELETE unframed.
            ...(text !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
            ...(endpoint.token !== undefined && { authorization: `Bearer ${endpoint.token}` }),
          },
        },
        resolve,
      );
      const timer = setTimeout(() => request.destroy(new Error(`no answer in ${limit} ms`)), limit);
      request.once('response', () => clearTimeout(timer));
      request.once('error', error => {
        clearTimeout(timer);
        reject(error);
      });
      request.end(text);
    });
  }

  async function call<T>(method: string, path: string, body?: object, type?: string): Promise<T> {
    const response = await open(method, path, body, type);
    const text = await textOf(response);
    const answer = JSON.parse(text || '{}') as T & { message?: string };
    if ((response.statusCode ?? 500) >= 400)
      throw new RequestRefused(response.statusCode ?? 500, answer.message ?? text.slice(0, 200));
    return answer;
  }

  const pathOf = ({ api, plural }: Resource, namespace: string | undefined, name?: string): string =>
    [
      api,
      ...(namespace === undefined ? [] : ['namespaces', namespace]),
      plural,
      ...(name === undefined ? [] : [name]),
    ].join('/');

  const patch = async (path: string, body: object): Promise<void> =>
    void (await call('PATCH', path, body, 'application/merge-patch+json'));

  async function follow(resource: Resource, listener: (seen: Seen) => void): Promise<void> {
    const { version, items } = await client.list(resource);
    for (const object of items) listener({ type: 'ADDED', object });
    const path = `${resource.api}/${resource.plural}?watch=true&resourceVersion=${version}`;
    const response = await open('GET', path);
    let rest = '';
    for await (const chunk of response) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const seen = JSON.parse(line) as Seen | { type: 'ERROR' };
        if (seen.type === 'ERROR') return;
        listener(seen);
      }
    }
  }

  const client: Client = {
    async list({ api, plural }) {
      const list = await call<{
        apiVersion: string;
        kind: string;
        metadata: { resourceVersion: string };
        items: AnyObject[];
      }>('GET', `${api}/${plural}`);
      // Items of a list do not say what they are.
      const type = { apiVersion: list.apiVersion, kind: list.kind.replace(/List$/, '') };
      return { version: list.metadata.resourceVersion, items: list.items.map(item => ({ ...type, ...item })) };
    },
    get: <T>(resource: Resource, namespace: string, name: string) =>
      call<T>('GET', pathOf(resource, namespace, name)).catch(unless<undefined>(404)),
    create: (resource, object) =>
      call<unknown>('POST', pathOf(resource, object.metadata.namespace), object)
        .catch(unless(409))
        .then(() => undefined),
    mergePatch: (resource, namespace, name, body) => patch(pathOf(resource, namespace, name), body),
    statusPatch: (resource, namespace, name, body) =>
      patch(`${pathOf(resource, namespace, name)}/status`, { status: body }),
    remove: (resource, namespace, name) =>
      call<unknown>('DELETE', pathOf(resource, namespace, name), { gracePeriodSeconds: 0 })
        .catch(unless(404))
        .then(() => undefined),
    watch(resource, listener) {
      const again = (): void => {
        if (!signal.aborted)
          follow(resource, listener)
            .catch(() => undefined)
            .then(() => setTimeout(again, pause).unref())
            .catch(() => undefined);
      };
      again();
    },
  };
  return client;
}

/** Takes one status code for an answer; all other errors pass. */
const unless =
  <T>(code: number) =>
  (error: unknown): T => {
    if (error instanceof RequestRefused && error.code === code) return undefined as T;
    throw error;
  };

async function textOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
