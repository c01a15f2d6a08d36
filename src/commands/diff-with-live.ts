import * as vscode from 'vscode';
import { Failure } from '../errors.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import { objectTitle } from '../model/object-reference.ts';
import { watchedKinds } from '../model/snapshot.ts';
import type { DefinitionPlace, LanguageService } from '../views/language-client.ts';
import { liveScheme, pageUri, referenceOf, withProgress } from './live-pages.ts';
import type { DefinitionsOf } from './open-manifest.ts';
import { findManifest } from './open-manifest.ts';
import type { LiveYamlDependencies } from './open-live-yaml.ts';
import type { ObjectArgument } from './pick-object.ts';
import { pickObject } from './pick-object.ts';

export type DiffLanguage = DefinitionsOf & Pick<LanguageService, 'liveTextOf' | 'objectsOf'>;

/** The others are made by operators, and no manifest is there to compare. */
const comparable = watchedKinds.filter(kind => !['Pod', 'Service', 'PersistentVolumeClaim'].includes(kind));

/** Shows the manifest beside itself with the values that the API server has: only what somebody changed is a difference. */
export const diffWithLive =
  (deps: LiveYamlDependencies, language: () => Promise<DiffLanguage>) =>
  async (argument?: ObjectArgument): Promise<void> => {
    const isHere = argument === undefined ? await inActiveEditor(language) : undefined;
    const reference = await pickObject(deps.connections, argument, 'Diff with Live', comparable, isHere);
    const place = reference && (await findManifest(reference, language));
    if (!reference || !place) return;
    const manifest = vscode.Uri.parse(place.uri);
    const uri = comparedUri(reference, manifest);
    // The server compares files that are open: the text is the one in the editor, saved or not.
    const document = await vscode.workspace.openTextDocument(manifest);
    const text = await liveText(deps, reference, place, language);
    if (text === undefined) return;
    deps.pages.set(uri, text);
    const same = text === document.getText() ? ': no difference' : '';
    const title = `${reference.name}: manifest ↔ live in ${reference.context}${same}`;
    await vscode.languages.setTextDocumentLanguage(await vscode.workspace.openTextDocument(uri), 'yaml');
    await vscode.commands.executeCommand('vscode.diff', manifest, uri, title, { preview: false });
  };

/** Does the active editor define an object of that name? */
async function inActiveEditor(language: () => Promise<DiffLanguage>): Promise<(object: ObjectReference) => boolean> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const written = uri ? await (await language()).objectsOf(uri.toString()) : [];
  return ({ kind, namespace, name }) =>
    written.some(
      ({ object: { kind: writtenKind, metadata } }) =>
        writtenKind === kind && metadata.name === name && (metadata.namespace ?? namespace) === namespace,
    );
}

/** Compares again, with the manifest as it is now. */
export async function refreshComparison(
  deps: LiveYamlDependencies,
  language: () => Promise<DiffLanguage>,
  uri: vscode.Uri,
): Promise<void> {
  const reference = referenceOf(uri);
  const manifest = uri.fragment;
  if (!reference) return;
  await vscode.workspace.openTextDocument(vscode.Uri.parse(manifest));
  const { places } = await (await language()).definitionsOf(reference);
  const place = places.find(each => each.uri === manifest);
  if (!place) throw incomparable(reference);
  const text = await liveText(deps, reference, place, language);
  if (text !== undefined) deps.pages.set(uri, text);
}

/** The fragment says which manifest it is compared with. */
const comparedUri = (reference: ObjectReference, manifest: vscode.Uri): vscode.Uri =>
  pageUri(liveScheme, reference, '.yaml').with({ fragment: manifest.toString() });

async function liveText(
  { connections }: LiveYamlDependencies,
  reference: ObjectReference,
  { uri, range }: DefinitionPlace,
  language: () => Promise<DiffLanguage>,
): Promise<string | undefined> {
  const { context, kind, namespace, name } = reference;
  const connection = await connections.open(context);
  return withProgress(`Comparing ${objectTitle(reference)}`, async signal => {
    const live = await connection.raw(kind, namespace, name, signal);
    const text = await (await language()).liveTextOf(uri, reference, range.start.line, live);
    if (text !== null) return text;
    throw incomparable(reference);
  });
}

const incomparable = (reference: ObjectReference): Failure =>
  new Failure('no-comparison', {
    what: `${objectTitle(reference)} cannot be compared with its manifest`,
    why: 'The manifest does not define it any more, or the kind is not known.',
    remedy: 'Open the manifest, correct what is marked there, and try again.',
  });
