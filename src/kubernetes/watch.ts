/**
 * List, then watch from there (Kubernetes API concepts, "Efficient detection of changes"): bookmarks move the version on,
 * 410 lists again, a dropped or silent stream goes on from the last version, failures back off with jitter.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { Client } from './client.ts';
import type { ObjectKind } from './contract.ts';
import { ApiFailure, garbage } from './failures.ts';
import { collectionPath, resources } from './resources.ts';
import type { Times } from './times.ts';

export interface Sink<T> {
  /** What is kept of an object: called for each page of a list, so that no list is ever in memory as a whole. */
  keep: (object: T) => T;
  /** All objects, as kept, after a list. */
  replace(objects: T[]): void;
  put(object: T): void;
  remove(object: T): void;
  /** The API server said something, be it only that nothing has changed. */
  contact(): void;
  /** The kind is followed again after a failure; the objects are those of before. */
  recovered(): void;
  /** The API server does not have this kind; it is asked again after a while. */
  absent(failure: ApiFailure): void;
  /** The kind cannot be read now; another attempt follows. */
  failed(failure: ApiFailure): void;
}

/** Lets only so many through at a time. */
export interface Gate {
  enter<T>(work: () => Promise<T>): Promise<T>;
}

export interface Follow {
  client: Client;
  context: string;
  kind: ObjectKind;
  /** Where to look, widest first: `undefined` means all namespaces. When the list is refused (403) the next one is tried. */
  scopes: readonly (string | undefined)[];
  times: Times;
  /** For lists: after an outage they are as heavy for the API server as for us. */
  gate: Gate;
  /** Aborts when everything is to be begun again at once, without pause; a new one then. */
  restart: () => AbortSignal;
}

export function gateFor(most: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return {
    async enter(work) {
      if (inside >= most) await new Promise<void>(resolve => waiting.push(resolve));
      else inside++;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        // The place is handed on.
        if (next) next();
        else inside--;
      }
    },
  };
}

interface ListAnswer<T> {
  metadata?: { resourceVersion?: string; continue?: string };
  items?: T[];
}

/** Where a watch goes on. */
interface Position {
  version: string;
  /** Versions are those of one API server. */
  server: string;
}

/** What is listed again after a denial or a change that cannot be followed: it says what is there and allowed now. */
const listAgainAfter = ['gone', 'forbidden', 'not-found'];
/** So often a stream may break before the version itself is in doubt. */
const mostBroken = 3;

/** Follows one kind until the signal aborts. Never rejects. */
export async function follow<T extends KubernetesObject>(
  how: Follow,
  sink: Sink<T>,
  signal: AbortSignal,
): Promise<void> {
  let position: Position | undefined;
  let failures = 0;
  let scope = 0;
  let failed = false;
  const onOpen = (): void => {
    if (failed) sink.recovered();
    failed = false;
  };
  const onEvent = (): void => {
    failures = 0;
    sink.contact();
  };
  while (!signal.aborted) {
    const restart = how.restart();
    const listing = position === undefined;
    try {
      if (position === undefined) {
        const either = AbortSignal.any([signal, restart]);
        const { objects, ...at } = await how.gate.enter(() => listAll(how, how.scopes[scope], sink.keep, either));
        sink.replace(objects);
        position = at;
        failed = false;
      }
      const began = Date.now();
      position = await watchFrom(how, how.scopes[scope], position, sink, { onOpen, onEvent }, { restart, signal });
      // A server that ends watches at once is not asked again at once.
      if (Date.now() - began < how.times.backOff.first) await pause(how.times.backOff.first, restart, signal);
    } catch (thrown) {
      if (signal.aborted) return;
      if (restart.aborted) continue;
      const failure =
        thrown instanceof ApiFailure
          ? thrown
          : garbage(`Watch ${how.kind} in context ${how.context}`, messageOf(thrown));
      if (listAgainAfter.includes(failure.code) || (failure.code === 'garbage' && failures >= mostBroken))
        position = undefined;
      if (failure.code === 'gone' && failures++ < 1) continue;
      if (failure.code === 'forbidden' && listing) {
        scope = (scope + 1) % how.scopes.length;
        if (scope > 0) continue;
      }
      failed = true;
      const absent = failure.code === 'not-found' || (failure.code === 'forbidden' && !(await isServed(how, signal)));
      if (signal.aborted) return;
      if (absent) sink.absent(failure);
      else sink.failed(failure);
      await pause(absent ? absentFor(how) : delayOf(how, failure, failures++), restart, signal);
    }
  }
}

/** Rights are asked before existence: who may list nothing is refused a kind that is not there, too. */
async function isServed({ client, kind, context }: Follow, signal: AbortSignal): Promise<boolean> {
  const { root, plural } = resources[kind];
  if (!root.startsWith('/apis/')) return true;
  const what = `List the kinds of ${root} in context ${context}`;
  try {
    const { body } = await client.json<{ resources?: { name?: string }[] }>({ what, path: root }, signal);
    return !Array.isArray(body.resources) || body.resources.some(({ name }) => name === plural);
  } catch (error) {
    return !(error instanceof ApiFailure && error.code === 'not-found');
  }
}

async function listAll<T>(
  how: Follow,
  namespace: string | undefined,
  keep: (object: T) => T,
  signal: AbortSignal,
): Promise<Position & { objects: T[] }> {
  const what = `List ${resources[how.kind].plural} in context ${how.context}`;
  const objects: T[] = [];
  const { server } = how.client;
  let token: string | undefined;
  for (let page = 0; page < 10_000; page++) {
    const query = { ...selectorOf(how), limit: pageSize, ...(token !== undefined && { continue: token }) };
    const path = collectionPath(how.kind, namespace);
    const { body } = await how.client.json<ListAnswer<T>>({ what, path, query, ...(page > 0 && { server }) }, signal);
    if (!Array.isArray(body.items)) throw garbage(what, 'The answer is no list.');
    for (const item of body.items) objects.push(keep(item));
    token = body.metadata?.continue || undefined;
    if (token === undefined)
      return { objects, version: body.metadata?.resourceVersion ?? '0', server: how.client.server };
  }
  throw garbage(what, 'The list does not end.');
}

/** Objects in one answer. A pod has about 15 KB; what a larger page takes for a moment the process keeps. */
const pageSize = '50';

const selectorOf = ({ kind }: Follow): Record<string, string> => {
  const { labelSelector } = resources[kind];
  return labelSelector === undefined ? {} : { labelSelector };
};

interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: T & { code?: number; message?: string };
}

/** @returns where to go on when the stream has ended in order, was cut, fell silent or is to be begun anew */
async function watchFrom<T extends KubernetesObject>(
  how: Follow,
  namespace: string | undefined,
  { version: from, server }: Position,
  sink: Sink<T>,
  { onOpen, onEvent }: { onOpen: () => void; onEvent: () => void },
  { restart, signal }: { restart: AbortSignal; signal: AbortSignal },
): Promise<Position> {
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
    const stopping = AbortSignal.any([signal, restart, silence.signal]);
    const path = collectionPath(how.kind, namespace);
    const stream = await how.client.stream({ what, path, query, server }, stopping);
    onOpen();
    const lines = lineReader(what);
    for await (const bytes of stream) {
      timer.refresh();
      for (const line of lines(bytes)) {
        const event = parseEvent<T>(what, line);
        onEvent();
        if (event.type === 'ERROR') throw errorEvent(what, event.object);
        version = event.object.metadata?.resourceVersion ?? version;
        if (event.type === 'DELETED') sink.remove(event.object);
        else if (event.type !== 'BOOKMARK') sink.put(event.object);
      }
      if (bytes.length < muchAtOnce) await sleep(gathering);
    }
    return { version, server };
  } catch (error) {
    signal.throwIfAborted();
    if (silence.signal.aborted) how.client.reconnect();
    // A dropped or silent stream is nothing to tell: the next attempt shows whether the server is there.
    if (silence.signal.aborted || restart.aborted || !(error instanceof ApiFailure)) return { version, server };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Milliseconds between two looks at a stream on which little comes: a packet for each of hundreds of events a second costs more
 * than the events. Nobody hears of them sooner, since changes are announced that often.
 */
const gathering = 100;
/** Bytes: more may be waiting. */
const muchAtOnce = 16_384;

/** Longest event in characters: etcd takes objects of 1.5 MB. What is longer comes from something else. */
const longestLine = 16 << 20;

/** Takes bytes as they arrive and gives the lines that are whole by then. */
function lineReader(what: string): (bytes: Uint8Array) => string[] {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  let length = 0;
  return bytes => {
    const lines = decoder.decode(bytes, { stream: true }).split('\n');
    const rest = lines.pop() ?? '';
    if (lines.length > 0) {
      lines[0] = begun.join('') + lines[0];
      begun = [];
      length = 0;
    }
    if (rest !== '') begun.push(rest);
    length += rest.length;
    if (length > longestLine) throw garbage(what, 'An event does not end.');
    return lines.filter(line => line.trim() !== '');
  };
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

const jitter = (): number => 0.5 + Math.random() / 2;

/** Without Clusters there is nothing at all: somebody may be just installing the operator. */
const absentFor = ({ times, kind }: Follow): number =>
  jitter() * (kind === 'Cluster' ? times.backOff.longest : times.absent);

/** Exponential with jitter; the server's `Retry-After` when it asks for more. */
function delayOf({ times }: Follow, failure: ApiFailure, failures: number): number {
  const { first, longest } = times.backOff;
  const exponential = Math.min(longest, first * 2 ** Math.min(failures, 20)) * jitter();
  // Not all kinds at the same moment.
  return Math.max((failure.retryAfter ?? 0) * (1 + Math.random() / 5), exponential);
}

function pause(milliseconds: number, restart: AbortSignal, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const both = [restart, signal];
    const done = (): void => {
      clearTimeout(timer);
      for (const one of both) one.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    if (both.some(({ aborted }) => aborted)) return done();
    for (const one of both) one.addEventListener('abort', done, { once: true });
  });
}
