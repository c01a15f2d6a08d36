/** Requests to one API server with the authentication, TLS and proxy settings of one kubeconfig context. */
import type { KubeConfig } from '@kubernetes/client-node';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { request } from 'undici';
import type { Authenticated, Authentication } from './authentication.ts';
import { ApiFailure, garbage, requestFailure, responseFailure } from './failures.ts';

/** Milliseconds for an answer, exec plugin included. */
const answerLimit = 30_000;

/**
 * For undici, which prefers HTTP/2. Node (24.21) loses some resets of HTTP/2 over TLS that come while it writes: the session stays open, and
 * whoever waits on it hears nothing until a time limit. Also, one connection per watch means that one that is stuck holds up no other.
 */
const http1 = { allowH2: false };

export interface Call {
  /** What is tried, for messages: `List clusters in context eu`. */
  what: string;
  path: string;
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  query?: Record<string, string>;
  body?: unknown;
  contentType?: string;
  /** Media type that is wanted; the default is JSON. */
  accept?: string;
  /** Milliseconds; the default is 30 s. */
  limit?: number;
  /** Only this API server may be asked, since the call has a version of its: another one answers `gone`. */
  server?: string;
}

export interface Client {
  readonly server: string;
  /** Milliseconds by which the API server's clock was ahead of this machine's at its last answer, in whole seconds; `undefined`: not known. */
  readonly clockAhead: number | undefined;
  /** The answer as JSON with the texts of its Warning headers. Rejects with an `ApiFailure`. */
  json<T>(call: Call, signal: AbortSignal): Promise<{ body: T; warnings: string[] }>;
  /** The answer's body as it arrives; the time limit is for its beginning only. */
  stream(call: Call, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** The kubeconfig of this context with credentials that are valid now, for what speaks another protocol than HTTP. */
  authenticated(signal: AbortSignal): Promise<KubeConfig>;
  /** What is asked from now on goes over new connections: the old ones may be dead without knowing it. */
  reconnect(): void;
  close(): void;
}

export function createClient(authentication: Authentication): Client {
  let clockAhead: number | undefined;

  async function send(call: Call, signal: AbortSignal, limit: AbortSignal, encoding: Encoding): Promise<Answer> {
    const both = AbortSignal.any([signal, limit]);
    const now = await withSignal(authentication.now(), both);
    const answered = await sendOnce(call, now, both, encoding).catch((error: unknown) => {
      // A client certificate that has ended is refused by TLS, before there is any HTTP status.
      if (!both.aborted && requestFailure(call.what, error, false).code === 'tls') return undefined;
      throw error;
    });
    const renewed =
      (answered === undefined || answered.statusCode === 401) && authentication.renew(now.generation)
        ? await withSignal(authentication.now(), both)
        : undefined;
    if (renewed) await answered?.body.dump();
    const answer = renewed || !answered ? await sendOnce(call, renewed ?? now, both, encoding) : answered;
    const { statusCode } = answer;
    if (statusCode >= 200 && statusCode < 300) return answer;
    if (statusCode >= 300 && statusCode < 400) {
      await answer.body.dump();
      // Followed, it would carry the token to who knows where.
      throw garbage(call.what, `HTTP ${statusCode}: a redirect, which no API server answers.`);
    }
    throw responseFailure(call.what, statusCode, await textOf(answer), name => headerOf(answer, name));
  }

  async function sendOnce(call: Call, now: Authenticated, signal: AbortSignal, encoding: Encoding): Promise<Answer> {
    if (call.server !== undefined && call.server !== now.server)
      throw new ApiFailure('gone', { what: call.what, why: 'The context has another API server now.', remedy: '' });
    const url = new URL(now.server.replace(/\/+$/, '') + call.path);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    const answer = await request(url, {
      method: call.method ?? 'GET',
      headers: {
        ...now.headers,
        accept: call.accept ?? 'application/json',
        'accept-encoding': encoding,
        ...(call.body !== undefined && { 'content-type': call.contentType ?? 'application/json' }),
      },
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      dispatcher: now.dispatcher,
      ...http1,
      signal,
    });
    // It says whole seconds, from before the answer travelled.
    const date = Date.parse(headerOf(answer, 'date') ?? '');
    if (!Number.isNaN(date)) clockAhead = Math.round((date - Date.now()) / 1000) * 1000;
    // Who reads it hears of its end; when nobody reads any more, that is no fault of the editor.
    answer.body.on('error', () => undefined);
    return answer;
  }

  function failureOf(call: Call, error: unknown, timedOut: boolean): ApiFailure {
    // Many requests may share the connection that says nothing any more. A short limit is for what is slow behind it.
    if (timedOut && call.limit === undefined) authentication.reconnect();
    const failure = requestFailure(call.what, error, timedOut);
    const { proxy } = authentication;
    return proxy !== undefined && failure.code === 'unreachable' ? behindProxy(failure, proxy) : failure;
  }

  return {
    get server() {
      return authentication.server;
    },
    get clockAhead() {
      return clockAhead;
    },
    async json<T>(call: Call, signal: AbortSignal) {
      signal.throwIfAborted();
      const limit = AbortSignal.timeout(call.limit ?? answerLimit);
      try {
        const answer = await send(call, signal, limit, 'gzip');
        const text = await textOf(answer);
        return { body: parse<T>(call.what, text), warnings: warningsOf(headerOf(answer, 'warning')) };
      } catch (error) {
        signal.throwIfAborted();
        throw failureOf(call, error, limit.aborted);
      }
    },
    async stream(call, signal) {
      signal.throwIfAborted();
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(), call.limit ?? answerLimit);
      try {
        return (await send(call, signal, limit.signal, 'identity')).body;
      } catch (error) {
        signal.throwIfAborted();
        throw failureOf(call, error, limit.signal.aborted);
      } finally {
        clearTimeout(timer);
      }
    },
    authenticated: async signal => (await withSignal(authentication.now(), signal)).config,
    reconnect: () => authentication.reconnect(),
    close: () => authentication.close(),
  };
}

/** A proxy of the environment is easily forgotten. */
const behindProxy = ({ code, what, why, remedy }: ApiFailure, proxy: string): ApiFailure =>
  new ApiFailure(code, { what, why, remedy: `${remedy} It is asked through the proxy ${proxy}.` });

/** Logging in takes no signal, since several wait for it; then it is no longer waited for. */
function withSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Lists shrink to a tenth. What comes piece by piece must not wait for more. */
type Encoding = 'gzip' | 'identity';
type Answer = Dispatcher.ResponseData;

const unzip = promisify(gunzip);

async function textOf(answer: Answer): Promise<string> {
  if (headerOf(answer, 'content-encoding') !== 'gzip') return answer.body.text();
  return (await unzip(await answer.body.bytes())).toString();
}

function headerOf({ headers }: Answer, name: string): string | null {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? null);
}

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
