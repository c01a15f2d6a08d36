import type * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { messageOf } from '../errors.ts';
import type { Connection } from '../kubernetes/contract.ts';
import type { Cluster } from '../model/cluster.ts';
import { instancesOf } from '../model/instances.ts';
import type { EventObject } from '../model/kubernetes.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import { objectTitle } from '../model/object-reference.ts';
import type { ContextSnapshot } from '../model/snapshot.ts';
import { renderDescription } from '../views/pages/describe.ts';
import type { TextDocuments } from '../views/text-documents.ts';
import { describeScheme, pageUri, withProgress } from './live-pages.ts';
import type { NodeArgument, ObjectArgument } from './pick-object.ts';
import { pickObjects } from './pick-object.ts';

export interface DescribeDependencies {
  connections: Connections;
  pages: TextDocuments;
}

/** Opens a page with facts, conditions and events of each chosen object. */
export const describe =
  (deps: DescribeDependencies) =>
  async (argument?: ObjectArgument, nodes?: readonly NodeArgument[]): Promise<void> => {
    for (const reference of await pickObjects(deps.connections, argument, nodes, 'Describe')) {
      const uri = pageUri(describeScheme, reference, '');
      if (await readDescription(deps, reference, uri)) await deps.pages.show(uri, 'cnpg-description');
    }
  };

/** Sets the page's text. @returns `false` when the user cancelled */
export async function readDescription(
  { connections, pages }: DescribeDependencies,
  reference: ObjectReference,
  uri: vscode.Uri,
): Promise<boolean> {
  const { context, kind, namespace, name } = reference;
  const connection = await connections.open(context);
  const read = await withProgress(`Describing ${objectTitle(reference)}`, async signal => {
    const snapshot = connection.snapshot();
    const [object, events] = await Promise.all([
      connection.raw(kind, namespace, name, signal),
      // Without the right to read events the rest is still worth showing.
      eventsOf(connection, reference, snapshot, signal).catch((error: unknown) => {
        if (signal.aborted) throw error;
        return messageOf(error);
      }),
    ]);
    pages.set(
      uri,
      renderDescription({
        reference,
        object,
        snapshot,
        ...(typeof events === 'string' ? { events: [], eventsUnread: events } : { events }),
        readAt: new Date(),
      }),
    );
    return true;
  });
  return read === true;
}

/** Of a Cluster also those of its instances, volumes and Backups. */
async function eventsOf(
  connection: Connection,
  { kind, namespace, name }: ObjectReference,
  snapshot: ContextSnapshot,
  signal: AbortSignal,
): Promise<EventObject[]> {
  const names = kind === 'Cluster' ? namesAround(snapshot, namespace, name) : [name];
  const all = await Promise.all(names.map(each => connection.events(namespace, each, signal)));
  return all.flat();
}

/** Backups pile up over the years: events of older ones are gone. */
const mostBackups = 20;

function namesAround(snapshot: ContextSnapshot, namespace: string, name: string): string[] {
  const cluster = snapshot.clusters.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  const own = (object: { metadata: { namespace?: string; labels?: Record<string, string> } }): boolean =>
    object.metadata.namespace === namespace && object.metadata.labels?.['cnpg.io/cluster'] === name;
  const backups = snapshot.backups
    .filter(({ metadata, spec }) => metadata.namespace === namespace && spec?.cluster?.name === name)
    .toSorted((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''))
    .slice(0, mostBackups);
  return [
    ...new Set([
      name,
      ...instancesOf(cluster ?? ({ metadata: { name, namespace }, spec: {} } as Cluster), snapshot).map(i => i.name),
      ...[...snapshot.claims.filter(own), ...backups].map(({ metadata }) => metadata.name),
    ]),
  ];
}
