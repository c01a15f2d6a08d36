/**
 * What etcd and the watch cache are to a real API server: objects by key, one version counter for all, and a window of past
 * changes from which watches resume. Objects in it are never changed in place.
 */
import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { Kind } from './kinds.ts';
import { alreadyExists, conflict, expired, notFound } from './status.ts';

export type StoredObject = KubernetesObject & Record<string, unknown>;

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: StoredObject;
  /** What a modified object was before. */
  before?: StoredObject | undefined;
}

export interface Store {
  /** Version of the latest change. */
  version(): number;
  /** In key order (namespace, name). */
  list(kind: Kind, namespace?: string): StoredObject[];
  /** @throws ApiError 404 */
  get(kind: Kind, namespace: string | undefined, name: string): StoredObject;
  /** @throws ApiError 409 */
  create(kind: Kind, object: StoredObject, dryRun?: boolean): StoredObject;
  /** @throws ApiError 404, or 409 when the object carries another resourceVersion than the stored one */
  update(kind: Kind, object: StoredObject, dryRun?: boolean): StoredObject;
  /** @throws ApiError 404 */
  remove(kind: Kind, namespace: string | undefined, name: string, dryRun?: boolean): StoredObject;
  /** Calls for each change after `since`, past ones at once. @throws ApiError 410 when those are forgotten */
  watch(kind: Kind, since: number, listener: (event: WatchEvent) => void): () => void;
  /** Forgets all past changes, so that watches from before now are refused. */
  compact(): void;
}

interface Change extends WatchEvent {
  kind: Kind;
  version: number;
}

/** Changes that watches can resume from. */
const pastChanges = 5000;
/** A real server has seen much before the first Cluster: version 1 is always too old there. */
const firstVersion = 1000;

/** RFC 3339 without fraction, as metav1.Time is written. */
export const seconds = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

export function createStore(now: () => Date = () => new Date()): Store {
  const objects = new Map<Kind, Map<string, StoredObject>>();
  const listeners = new Set<(change: Change) => void>();
  let past: Change[] = [];
  let version = firstVersion;
  let forgotten = firstVersion;

  function shelf(kind: Kind): Map<string, StoredObject> {
    let found = objects.get(kind);
    if (!found) objects.set(kind, (found = new Map()));
    return found;
  }

  function record(kind: Kind, type: WatchEvent['type'], object: StoredObject, dryRun: boolean): StoredObject {
    const next = version + 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(next) } };
    if (dryRun) return stored;
    version = next;
    const key = keyOf(stored.metadata.namespace, stored.metadata.name);
    const before = type === 'MODIFIED' ? shelf(kind).get(key) : undefined;
    if (type === 'DELETED') shelf(kind).delete(key);
    else shelf(kind).set(key, stored);
    const change = { kind, version, type, object: stored, before };
    past.push(change);
    if (past.length > pastChanges) forgotten = past.shift()?.version ?? forgotten;
    for (const listener of listeners) listener(change);
    return stored;
  }

  function get(kind: Kind, namespace: string | undefined, name: string): StoredObject {
    const found = shelf(kind).get(keyOf(namespace, name));
    if (!found) throw notFound(kind, name);
    return found;
  }

  return {
    version: () => version,
    list: (kind, namespace) =>
      [...shelf(kind).entries()]
        .filter(([, object]) => namespace === undefined || object.metadata.namespace === namespace)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, object]) => object),
    get,
    create(kind, object, dryRun = false) {
      const { namespace, name } = object.metadata;
      if (shelf(kind).has(keyOf(namespace, name))) throw alreadyExists(kind, name);
      const metadata = {
        ...object.metadata,
        uid: crypto.randomUUID(),
        creationTimestamp: seconds(now()),
        generation: 1,
      };
      return record(kind, 'ADDED', { ...object, metadata }, dryRun);
    },
    update(kind, object, dryRun = false) {
      const { namespace, name, resourceVersion } = object.metadata;
      const old = get(kind, namespace, name);
      if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) throw conflict(kind, name);
      const { uid, creationTimestamp, generation = 1 } = old.metadata;
      const metadata = {
        ...object.metadata,
        ...(uid !== undefined && { uid }),
        ...(creationTimestamp !== undefined && { creationTimestamp }),
        generation: isDeepStrictEqual(object['spec'], old['spec']) ? generation : generation + 1,
        resourceVersion: old.metadata.resourceVersion,
      };
      const updated = { ...object, metadata } as StoredObject;
      return isDeepStrictEqual(updated, old) ? old : record(kind, 'MODIFIED', updated, dryRun);
    },
    remove: (kind, namespace, name, dryRun = false) => record(kind, 'DELETED', get(kind, namespace, name), dryRun),
    watch(kind, since, listener) {
      if (since < forgotten) throw expired(since, forgotten);
      const forward = (change: Change): void => {
        if (change.kind === kind) listener({ type: change.type, object: change.object, before: change.before });
      };
      for (const change of past) if (change.version > since) forward(change);
      listeners.add(forward);
      return () => void listeners.delete(forward);
    },
    compact() {
      past = [];
      forgotten = ++version;
    },
  };
}
