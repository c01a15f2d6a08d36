/** What connected contexts have of an object that a manifest describes. */
import type { KubernetesObject } from './kubernetes.ts';
import type { ContextSnapshot, WatchedKind } from './snapshot.ts';
import { lists } from './snapshot.ts';

/** As far as a manifest says which one it is. */
export interface SoughtObject {
  kind: string;
  name: string;
  namespace?: string;
  /** Kubernetes context. */
  context?: string;
}

/** An object as a context had it. */
export interface LiveObject {
  /** Kubernetes context. */
  context: string;
  object: KubernetesObject;
  /** Milliseconds since the epoch: when the API server was last heard. */
  readAt: number;
}

/** Of each context its only object of that name: of several any may be meant. Kinds that are not followed have none. */
export function liveObjects(snapshots: readonly ContextSnapshot[], sought: SoughtObject): LiveObject[] {
  const { kind, name, namespace, context } = sought;
  if (!isFollowed(kind)) return [];
  return snapshots.flatMap(snapshot => {
    const { state, seenAt } = snapshot;
    if (state !== 'connected' || seenAt === undefined || (context !== undefined && snapshot.context !== context))
      return [];
    const objects: readonly KubernetesObject[] = snapshot[lists[kind]];
    const [object, ...others] = objects.filter(
      ({ metadata }) => metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
    );
    return object && others.length === 0 ? [{ context: snapshot.context, object, readAt: seenAt }] : [];
  });
}

const isFollowed = (kind: string): kind is WatchedKind => Object.hasOwn(lists, kind);
