import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import type { DefinitionPlace, LanguageService } from '../views/language-client.ts';
import { withProgress } from './live-pages.ts';
import type { ObjectArgument } from './pick-object.ts';
import { pickObject } from './pick-object.ts';

export type DefinitionsOf = Pick<LanguageService, 'definitionsOf'>;

/** Shows where the workspace defines the object; without such a place the live object is offered. */
export const openManifest =
  (connections: Connections, language: () => Promise<DefinitionsOf>) =>
  async (argument?: ObjectArgument): Promise<void> => {
    const reference = await pickObject(connections, argument, 'Open Manifest');
    if (!reference) return;
    const place = await findManifest(reference, language);
    if (place) await reveal(place);
  };

/**
 * @param patches of the object: those of its own context win over its manifests
 * @returns `undefined` when there is none, which was said, or when the user backs out
 */
export async function findManifest(
  reference: ObjectReference,
  language: () => Promise<DefinitionsOf>,
  patches: readonly DefinitionPlace[] = [],
): Promise<DefinitionPlace | undefined> {
  const own = patches.filter(({ uri }) => contextOf(vscode.Uri.parse(uri)) === reference.context);
  if (own.length > 0) return own.length === 1 ? own[0] : pickPlace(own, reference);
  const search = await withProgress(`Looking for the manifest of ${reference.name}`, async () =>
    (await language()).definitionsOf(reference),
  );
  if (!search) return undefined;
  // Pages about live objects are no manifests.
  const places = search.places.filter(({ uri }) => !uri.startsWith('cnpg-'));
  const [first, ...others] = preferred([...patches, ...places], reference.context);
  if (first) return others.length === 0 ? first : pickPlace([first, ...others], reference);
  const answer = await vscode.window.showInformationMessage(
    `No manifest of ${reference.kind} ${reference.name} was found in this workspace.${search.complete ? '' : ' Not all of its files could be read.'}`,
    'Open Live YAML',
  );
  if (answer) await vscode.commands.executeCommand('cnpg.openLiveYaml', { object: reference });
  return undefined;
}

/** Where folders belong to contexts (`cnpg.places`), those of the object's own context alone, if there are any. */
function preferred(places: readonly DefinitionPlace[], context: string): DefinitionPlace[] {
  const own = places.filter(({ uri }) => contextOf(vscode.Uri.parse(uri)) === context);
  return own.length > 0 ? own : [...places];
}

/** Of the file's folder, by `cnpg.places`. */
export function contextOf(uri: vscode.Uri): string | undefined {
  const folders = vscode.workspace.getConfiguration('cnpg', uri).get<Record<string, string>>('places', {});
  const file = vscode.workspace.asRelativePath(uri, false);
  const longest = Object.keys(folders)
    .filter(folder => folder === '.' || file.startsWith(`${folder.replace(/\/+$/, '')}/`))
    .sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : folders[longest];
}

async function pickPlace(
  places: readonly DefinitionPlace[],
  { kind, name }: ObjectReference,
): Promise<DefinitionPlace | undefined> {
  const picked = await vscode.window.showQuickPick(
    places.map(place => ({
      label: vscode.workspace.asRelativePath(vscode.Uri.parse(place.uri)),
      description: `line ${place.range.start.line + 1}${aboutPlace(place)}`,
      place,
    })),
    { title: `Manifests of ${kind} ${name}`, placeHolder: 'File' },
  );
  return picked?.place;
}

function aboutPlace({ patch, template, namespace }: DefinitionPlace): string {
  if (patch) return ', patch';
  if (template) return ', template';
  return namespace === undefined ? ', no namespace' : '';
}

async function reveal({ uri, range: { start, end } }: DefinitionPlace): Promise<void> {
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection, preview: false });
}
