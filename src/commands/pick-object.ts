/** Which objects a command is about: those of the tree nodes it was called on, else one that the user picks. */
import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { Failure } from '../errors.ts';
import { instancesOf } from '../model/instances.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import type { ContextSnapshot, WatchedKind } from '../model/snapshot.ts';
import { watchedKinds } from '../model/snapshot.ts';
import { ensureConnected } from './pick-cluster.ts';

/** The parts of a tree node that say which object it stands for. */
export interface NodeArgument {
  label?: string;
  /** Absent of nodes that group others or report a problem. */
  object?: ObjectReference;
}

/** A tree node, a manifest's Cluster (code lens), or nothing (palette). */
export type ObjectArgument = NodeArgument | { manifest: { name: string; namespace?: string } } | undefined;

type IsLikely = (object: ObjectReference) => boolean;

/**
 * @param nodes all selected nodes, when the command was called on one of several
 * @param accept kinds to offer when there is no node
 * @returns empty when the user backs out
 */
export async function pickObjects(
  connections: Connections,
  argument: ObjectArgument,
  nodes: readonly NodeArgument[] | undefined,
  title: string,
  accept: readonly WatchedKind[] = watchedKinds,
  isLikely: IsLikely = () => false,
): Promise<ObjectReference[]> {
  const chosen = Array.isArray(nodes) && nodes.length > 0 ? nodes : [argument];
  const found = chosen.flatMap(each => (each && 'object' in each ? (each.object ?? []) : []));
  const objects = found.filter(({ kind }) => accept.includes(kind));
  if (objects.length > 0) return objects;
  if (argument !== undefined && !('manifest' in argument))
    throw new Failure('no-object', {
      what: `${title}: nothing to do that with`,
      why: `"${argument.label ?? 'The node'}" stands for no object of that kind.`,
      remedy: 'Choose a Cluster or something below it.',
    });
  const picked = await pickFromAll(connections, argument?.manifest, title, accept, isLikely);
  return picked ? [picked] : [];
}

/** @param isLikely of those that come first in the choice */
export async function pickObject(
  connections: Connections,
  argument: ObjectArgument,
  title: string,
  accept?: readonly WatchedKind[],
  isLikely?: IsLikely,
): Promise<ObjectReference | undefined> {
  return (await pickObjects(connections, argument, undefined, title, accept, isLikely))[0];
}

async function pickFromAll(
  connections: Connections,
  manifest: { name: string; namespace?: string } | undefined,
  title: string,
  accept: readonly WatchedKind[],
  isLikely: IsLikely,
): Promise<ObjectReference | undefined> {
  if (!(await ensureConnected(connections))) return undefined;
  const isWanted = ({ kind, name, namespace }: ObjectReference): boolean =>
    manifest === undefined ||
    (kind === 'Cluster' &&
      name === manifest.name &&
      (manifest.namespace === undefined || namespace === manifest.namespace));
  const objects = connections
    .snapshots()
    .flatMap(objectsIn)
    .filter(each => accept.includes(each.kind) && isWanted(each))
    .toSorted((a, b) => Number(isLikely(b)) - Number(isLikely(a)));
  if (objects.length === 0)
    throw new Failure('not-found', {
      what: `${title}: no object to do that with`,
      why: manifest
        ? `No Cluster "${manifest.name}" was found in the connected contexts.`
        : 'None was found in the connected contexts.',
      remedy: 'Connect the Kubernetes context that has it.',
    });
  if (manifest && objects.length === 1) return objects[0];
  const picked = await vscode.window.showQuickPick(
    objects.map(object => ({
      label: object.name,
      description: `${object.kind} · context ${object.context} · namespace ${object.namespace}`,
      object,
    })),
    { title, placeHolder: 'Object', matchOnDescription: true },
  );
  return picked?.object;
}

/** Clusters first, each with its instances; then the rest by kind. */
function objectsIn(snapshot: ContextSnapshot): ObjectReference[] {
  const { context } = snapshot;
  const all = (
    kind: WatchedKind,
    objects: readonly { metadata: { name: string; namespace?: string } }[],
  ): ObjectReference[] =>
    objects.map(({ metadata: { name, namespace = 'default' } }) => ({ context, kind, namespace, name }));
  return [
    ...snapshot.clusters.flatMap(cluster => [
      ...all('Cluster', [cluster]),
      ...all(
        'Pod',
        instancesOf(cluster, snapshot).flatMap(({ pod }) => pod ?? []),
      ),
    ]),
    ...all('Service', snapshot.services),
    ...all('ObjectStore', snapshot.objectStores),
    ...all('Backup', snapshot.backups),
    ...all('ScheduledBackup', snapshot.scheduledBackups),
    ...all('Pooler', snapshot.poolers),
    ...all('Database', snapshot.databases),
    ...all('DatabaseRole', snapshot.databaseRoles),
    ...all('Publication', snapshot.publications),
    ...all('Subscription', snapshot.subscriptions),
    ...all('PersistentVolumeClaim', snapshot.claims),
  ];
}
