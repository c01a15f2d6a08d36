import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { messageOf } from '../errors.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import type { DefinitionPlace, LanguageService } from '../views/language-client.ts';
import { withProgress } from './live-pages.ts';
import type { ObjectArgument } from './pick-object.ts';
import { pickObject } from './pick-object.ts';

/** Files that are searched at most, and the size above which a file is no manifest that people write. */
const mostFiles = 2000;
const mostBytes = 3 * 1024 * 1024;
/** Files that are read and looked at together. */
const batch = 50;

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
  const search = await withProgress(`Looking for the manifest of ${reference.name}`, (signal, report) =>
    searchWorkspace(reference, language, signal, report),
  );
  if (!search) return undefined;
  const { places, incomplete } = search;
  const [first, ...others] = preferred([...patches, ...places], reference.context);
  if (first) return others.length === 0 ? first : pickPlace([first, ...others], reference);
  const answer = await vscode.window.showInformationMessage(
    `No manifest of ${reference.kind} ${reference.name} was found in this workspace.${incomplete}`,
    'Open Live YAML',
  );
  if (answer) await vscode.commands.executeCommand('cnpg.openLiveYaml', { object: reference });
  return undefined;
}

async function searchWorkspace(
  reference: ObjectReference,
  language: () => Promise<DefinitionsOf>,
  signal: AbortSignal,
  report: (message: string) => void,
): Promise<{ places: DefinitionPlace[]; incomplete: string }> {
  const service = await language();
  // Unsaved text counts, and it counts before what is on disk.
  const places = await service.definitionsOf(reference);
  const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.toString()));
  const found = await vscode.workspace.findFiles('**/*.{yaml,yml}', '**/node_modules/**', mostFiles + 1);
  const files = found.slice(0, mostFiles).filter(uri => !open.has(uri.toString()));
  let unread = '';
  for (let at = 0; at < files.length; at += batch) {
    signal.throwIfAborted();
    report(`${at} of ${files.length} files`);
    const texts = await Promise.all(
      files.slice(at, at + batch).map(uri =>
        textOf(uri).catch((error: unknown) => {
          unread = ` ${vscode.workspace.asRelativePath(uri)} could not be read: ${messageOf(error)}`;
          return undefined;
        }),
      ),
    );
    // Most files need no parser to be told apart.
    const candidates = texts.filter(file => file !== undefined).filter(({ text }) => text.includes(reference.name));
    if (candidates.length > 0) places.push(...(await service.definitionsOf(reference, candidates)));
  }
  const tooMany = found.length > mostFiles ? ` Only ${mostFiles} of its YAML files were searched.` : '';
  return { places: places.filter(({ uri }) => !uri.startsWith('cnpg-')), incomplete: tooMany + unread };
}

async function textOf(uri: vscode.Uri): Promise<{ uri: string; text: string } | undefined> {
  if ((await vscode.workspace.fs.stat(uri)).size > mostBytes) return undefined;
  return { uri: uri.toString(), text: new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)) };
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
      description: `line ${place.range.start.line + 1}${place.patch ? ', patch' : place.namespace === undefined ? ', no namespace' : ''}`,
      place,
    })),
    { title: `Manifests of ${kind} ${name}`, placeHolder: 'File' },
  );
  return picked?.place;
}

async function reveal({ uri, range: { start, end } }: DefinitionPlace): Promise<void> {
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection, preview: false });
}
