/** Requests to one API server with the authentication, TLS and proxy settings of one kubeconfig context. */
import type { KubeConfig } from '@kubernetes/client-node';
import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import type { Dispatcher, Response } from 'undici';
import { fetch } from 'undici';
import { garbage, requestFailure, responseFailure } from './failures.ts';

/** Milliseconds for an answer, exec plugin included. */
const answerLimit = 30_000;
/** Certificates and proxies of a context are read again after this time. */
const dispatcherAge = 10 * 60_000;

export interface Call {
  /** What is tried, for messages: `List clusters in context eu`. */
  what: string;
  path: string;
  method?: 'GET' | 'POST' | 'PATCH';
  query?: Record<string, string>;
  body?: unknown;
  contentType?: string;
  /** Media type that is wanted; the default is JSON. */
  accept?: string;
  /** Milliseconds; the default is 30 s. */
  limit?: number;
}

export interface Client {
  readonly server: string;
  /** The answer as JSON with the texts of its Warning headers. Rejects with an `ApiFailure`. */
  json<T>(call: Call, signal: AbortSignal): Promise<{ body: T; warnings: string[] }>;
  /** The answer's body as it arrives; the time limit is for its beginning only. */
  stream(call: Call, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** The kubeconfig of this context with credentials that are valid now, for what speaks another protocol than HTTP. */
  authenticated(signal: AbortSignal): Promise<KubeConfig>;
  close(): void;
}

export function createClient(config: KubeConfig, server: string): Client {
  let dispatcher: { value: Dispatcher | undefined; since: number } | undefined;

  /** Headers are made for each request, since tokens expire; the connection pool is kept. */
  async function authenticate(
    url: string,
  ): Promise<{ headers: Record<string, string>; dispatcher: Dispatcher | undefined }> {
    const context = new RequestContext(url, HttpMethod.GET);
    await config.applySecurityAuthentication(context);
    const fresh = context.getDispatcher();
    if (dispatcher === undefined || Date.now() - dispatcher.since > dispatcherAge) {
      void dispatcher?.value?.close();
      dispatcher = { value: fresh, since: Date.now() };
    } else void fresh?.close();
    return { headers: context.getHeaders(), dispatcher: dispatcher.value };
  }

  async function send(call: Call, signal: AbortSignal, limit: AbortSignal): Promise<Response> {
    const url = new URL(server.replace(/\/+$/, '') + call.path);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    const authentication = await withLimit(authenticate(url.href), limit);
    const response = await fetch(url, {
      method: call.method ?? 'GET',
      headers: {
        ...authentication.headers,
        accept: call.accept ?? 'application/json',
        ...(call.body !== undefined && { 'content-type': call.contentType ?? 'application/json' }),
      },
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      ...(authentication.dispatcher && { dispatcher: authentication.dispatcher }),
      redirect: 'error',
      signal: AbortSignal.any([signal, limit]),
    });
    if (response.ok) return response;
    throw responseFailure(call.what, response.status, await response.text(), response.headers.get('retry-after'));
  }

  return {
    server,
    async json<T>(call: Call, signal: AbortSignal) {
      const limit = AbortSignal.timeout(call.limit ?? answerLimit);
      try {
        const response = await send(call, signal, limit);
        const text = await response.text();
        return { body: parse<T>(call.what, text), warnings: warningsOf(response.headers.get('warning')) };
      } catch (error) {
        signal.throwIfAborted();
        throw requestFailure(call.what, error, limit.aborted);
      }
    },
    async stream(call, signal) {
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(), call.limit ?? answerLimit);
      try {
        const response = await send(call, signal, limit.signal);
        return response.body ?? emptyBody();
      } catch (error) {
        signal.throwIfAborted();
        throw requestFailure(call.what, error, limit.signal.aborted);
      } finally {
        clearTimeout(timer);
      }
    },
    authenticated: () => Promise.resolve(config),
    close: () => void dispatcher?.value?.destroy(),
  };
}

/** An exec plugin takes no signal; at the limit it is no longer waited for. */
function withLimit<T>(promise: Promise<T>, limit: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    limit.addEventListener('abort', () => reject(limit.reason as Error), { once: true });
    promise.then(resolve, reject);
  });
}

async function* emptyBody(): AsyncIterable<Uint8Array> {}

function parse<T>(what: string, text: string): T {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as T;
  } catch {
    // Said below.
  }
  throw garbage(what, `The answer is no JSON object: ${JSON.stringify(text.slice(0, 80))}.`);
}

/** Texts of `299 - "text"` values (RFC 7234 5.5). */
export function warningsOf(header: string | null): string[] {
  return [...(header ?? '').matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(match =>
    (match[1] ?? '').replace(/\\(.)/g, '$1'),
  );
}
