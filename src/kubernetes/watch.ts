/**
 * List, then watch from there (Kubernetes API concepts, "Efficient detection of changes"): bookmarks move the version on,
 * 410 lists again, a dropped or silent stream goes on from the last version, failures back off with jitter.
 */
import { messageOf } from '../errors.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { Client } from './client.ts';
import type { ObjectKind } from './contract.ts';
import { ApiFailure, garbage } from './failures.ts';
import { collectionPath, resources } from './resources.ts';

export interface Sink<T> {
  /** All objects, after a list. */
  replace(objects: T[]): void;
  put(object: T): void;
  remove(object: T): void;
  /** The kind is followed again after a failure; the objects are those of before. */
  recovered(): void;
  /** The kind cannot be read now; another attempt follows. */
  failed(failure: ApiFailure): void;
}

export interface WatchTimes {
  /** Seconds after which the server ends a watch; a fifth is added at random. */
  watchSeconds: number;
  /** Milliseconds without any byte after which a stream counts as dead: bookmarks come about once a minute. */
  silence: number;
  /** First and longest pause after a failure, in milliseconds. */
  backOff: { first: number; longest: number };
}

export const usualTimes: WatchTimes = { watchSeconds: 240, silence: 150_000, backOff: { first: 500, longest: 30_000 } };

export interface Follow {
  client: Client;
  context: string;
  kind: ObjectKind;
  /** Where to look, widest first: `undefined` means all namespaces. After a 403 the next one is tried. */
  scopes: readonly (string | undefined)[];
  times: WatchTimes;
  /** Wakes a pause: "retry now". */
  awaken: EventTarget;
}

interface ListAnswer<T> {
  metadata?: { resourceVersion?: string; continue?: string };
  items?: T[];
}

/** Follows one kind until the signal aborts. Never rejects. */
export async function follow<T extends KubernetesObject>(
  how: Follow,
  sink: Sink<T>,
  signal: AbortSignal,
): Promise<void> {
  let version: string | undefined;
  let failures = 0;
  let scope = 0;
  let failed = false;
  const onOpen = (): void => {
    if (failed) sink.recovered();
    failed = false;
  };
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const list = await listAll<T>(how, how.scopes[scope], signal);
        sink.replace(list.objects);
        version = list.version;
        failures = 0;
        failed = false;
      }
      const began = Date.now();
      const onEvent = (): void => void (failures = 0);
      version = await watchFrom(how, how.scopes[scope], version, sink, signal, { onOpen, onEvent });
      // A server that ends watches at once is not asked again at once.
      if (Date.now() - began < how.times.backOff.first) await pause(how, how.times.backOff.first, signal);
    } catch (thrown) {
      if (signal.aborted) return;
      const failure =
        thrown instanceof ApiFailure
          ? thrown
          : garbage(`Watch ${how.kind} in context ${how.context}`, messageOf(thrown));
      if (failure.code === 'gone') {
        version = undefined;
        if (failures++ < 1) continue;
      }
      if (failure.code === 'forbidden') {
        scope = (scope + 1) % how.scopes.length;
        version = undefined;
        if (scope > 0) continue;
      }
      // After a denial the objects may be outdated: list again, which says whether it is allowed now.
      if (['forbidden', 'unauthorized', 'not-found', 'garbage'].includes(failure.code)) version = undefined;
      failed = true;
      sink.failed(failure);
      await pause(how, delayOf(how, failure, failures++), signal);
    }
  }
}

async function listAll<T>(
  how: Follow,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<{ objects: T[]; version: string }> {
  const what = `List ${resources[how.kind].plural} in context ${how.context}`;
  const objects: T[] = [];
  let token: string | undefined;
  for (let page = 0; page < 10_000; page++) {
    const query = { ...selectorOf(how), limit: '500', ...(token !== undefined && { continue: token }) };
    const { body } = await how.client.json<ListAnswer<T>>(
      { what, path: collectionPath(how.kind, namespace), query },
      signal,
    );
    if (!Array.isArray(body.items)) throw garbage(what, 'The answer is no list.');
    objects.push(...body.items);
    token = body.metadata?.continue || undefined;
    if (token === undefined) return { objects, version: body.metadata?.resourceVersion ?? '0' };
  }
  throw garbage(what, 'The list does not end.');
}

const selectorOf = ({ kind }: Follow): Record<string, string> => {
  const { labelSelector } = resources[kind];
  return labelSelector === undefined ? {} : { labelSelector };
};

interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: T & { code?: number; message?: string };
}

/** @returns the version from which to go on when the stream has ended in order */
async function watchFrom<T extends KubernetesObject>(
  how: Follow,
  namespace: string | undefined,
  from: string,
  sink: Sink<T>,
  signal: AbortSignal,
  { onOpen, onEvent }: { onOpen: () => void; onEvent: () => void },
): Promise<string> {
  const what = `Watch ${resources[how.kind].plural} in context ${how.context}`;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), how.times.silence);
  const seconds = Math.ceil(how.times.watchSeconds * (1 + Math.random() / 5));
  const query = {
    ...selectorOf(how),
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: from,
    timeoutSeconds: String(seconds),
  };
  let version = from;
  try {
    const both = AbortSignal.any([signal, silence.signal]);
    const stream = await how.client.stream({ what, path: collectionPath(how.kind, namespace), query }, both);
    onOpen();
    for await (const line of linesOf(stream, () => timer.refresh())) {
      const event = parseEvent<T>(what, line);
      onEvent();
      if (event.type === 'ERROR') throw errorEvent(what, event.object);
      version = event.object.metadata?.resourceVersion ?? version;
      if (event.type === 'DELETED') sink.remove(event.object);
      else if (event.type !== 'BOOKMARK') sink.put(event.object);
    }
    return version;
  } catch (error) {
    signal.throwIfAborted();
    // A dropped or silent stream is nothing to tell: the next attempt shows whether the server is there.
    if (silence.signal.aborted || !(error instanceof ApiFailure)) return version;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function* linesOf(stream: AsyncIterable<Uint8Array>, onBytes: () => void): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of stream) {
    onBytes();
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line;
  }
}

function parseEvent<T>(what: string, line: string): WatchEvent<T> {
  try {
    const event = JSON.parse(line) as WatchEvent<T>;
    if (typeof event.type === 'string' && typeof event.object === 'object' && event.object !== null) return event;
  } catch {
    // Said below.
  }
  throw garbage(what, `An event is no JSON object: ${JSON.stringify(line.slice(0, 80))}.`);
}

const errorEvent = (what: string, status: { code?: number; message?: string }): ApiFailure =>
  new ApiFailure(status.code === 410 ? 'gone' : 'server', {
    what,
    why: `${status.message ?? 'the watch was ended'}.`,
    remedy: '',
    ...(status.code !== undefined && { status: status.code }),
  });

/** Exponential with jitter; the server's `Retry-After` when it asks for more. A missing CRD is asked for slowly. */
function delayOf({ times }: Follow, failure: ApiFailure, failures: number): number {
  const { first, longest } = times.backOff;
  const exponential = failure.code === 'not-found' ? longest : Math.min(longest, first * 2 ** Math.min(failures, 20));
  return Math.max(failure.retryAfter ?? 0, exponential * (0.5 + Math.random() / 2));
}

function pause({ awaken }: Follow, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
    awaken.addEventListener('retry', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      awaken.removeEventListener('retry', done);
      resolve();
    }
  });
}
