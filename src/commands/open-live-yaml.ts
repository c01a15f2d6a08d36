import type * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import type { LiveText } from '../language/live-yaml.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import { objectTitle } from '../model/object-reference.ts';
import type { TextDocuments } from '../views/text-documents.ts';
import { liveScheme, pageUri, withProgress } from './live-pages.ts';
import type { NodeArgument, ObjectArgument } from './pick-object.ts';
import { pickObjects } from './pick-object.ts';

/** Writes an object as YAML; loaded on first use. */
export interface LiveYamlRoom {
  renderLive(object: KubernetesObject, about: LiveText): string;
  renderManifest(object: KubernetesObject): string;
}

export interface LiveYamlDependencies {
  connections: Connections;
  pages: TextDocuments;
  liveYaml: () => Promise<LiveYamlRoom>;
}

/** Opens each chosen object as the API server has it. */
export const openLiveYaml =
  (deps: LiveYamlDependencies) =>
  async (argument?: ObjectArgument, nodes?: readonly NodeArgument[]): Promise<void> => {
    for (const reference of await pickObjects(deps.connections, argument, nodes, 'Open Live YAML')) {
      const uri = pageUri(liveScheme, reference, '.yaml');
      if (await readLiveYaml(deps, reference, uri)) await deps.pages.show(uri, 'yaml');
    }
  };

/** Sets the page's text. @returns `false` when the user cancelled */
export async function readLiveYaml(
  { connections, pages, liveYaml }: LiveYamlDependencies,
  reference: ObjectReference,
  uri: vscode.Uri,
): Promise<boolean> {
  const { context, kind, namespace, name } = reference;
  const connection = await connections.open(context);
  const read = await withProgress(`Reading ${objectTitle(reference)}`, async signal => {
    const [object, room] = await Promise.all([connection.raw(kind, namespace, name, signal), liveYaml()]);
    pages.set(uri, room.renderLive(object, { title: objectTitle(reference), readAt: new Date() }));
    return true;
  });
  return read === true;
}
