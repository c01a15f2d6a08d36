/** The manifests of the active editor are applied to a Kubernetes cluster: dry run, differences, confirmation. */
import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { Failure, isFailure, messageOf } from '../errors.ts';
import type { Cluster } from '../model/cluster.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { OtherMembers } from '../model/other-members.ts';
import { otherMembers } from '../model/other-members.ts';
import type { PlannedApply } from '../operations/apply-manifests.ts';
import { applyPlanned, counted, planApply } from '../operations/apply-manifests.ts';
import { configuredBindings } from '../views/bindings.ts';
import type { LanguageService, WrittenObject } from '../views/language-client.ts';
import type { TextDocuments } from '../views/text-documents.ts';
import { withProgress } from './live-pages.ts';
import type { LiveYamlRoom } from './open-live-yaml.ts';
import { ensureConnected } from './pick-cluster.ts';
import { contextOf } from './open-manifest.ts';
import { refuseWhenReadOnly } from './read-only.ts';

export const applyScheme = 'cnpg-apply';
export const forgottenApply = '# This comparison is from an earlier window. Run "CNPG: Apply Manifest…" again.\n';

export interface ApplyDependencies {
  connections: Connections;
  documents: TextDocuments;
  liveYaml: () => Promise<LiveYamlRoom>;
  language: () => Promise<Pick<LanguageService, 'objectsOf'>>;
  log: vscode.LogOutputChannel;
}

const title = 'Apply Manifest';
/** Milliseconds for all dry runs, and for all writes. */
const limit = 60_000;

export const applyManifest =
  (deps: ApplyDependencies) =>
  async (argument?: { manifest?: { name: string } }): Promise<void> => {
    refuseWhenReadOnly(title);
    const document = vscode.window.activeTextEditor?.document;
    const all = document ? await (await deps.language()).objectsOf(document.uri.toString()) : [];
    if (!document || all.length === 0)
      throw new Failure('nothing-to-do', {
        what: title,
        why: 'The active editor has no manifest of CloudNativePG that could be applied: a patch or a template cannot.',
        remedy: 'Open the manifest first.',
      });
    const objects = await pickObjects(all, argument?.manifest?.name);
    if (objects.length === 0 || !(await ensureConnected(deps.connections))) return;
    const context = await pickContext(deps.connections, document.uri);
    if (context === undefined) return;
    await planAndApply(deps, context, objects);
  };

async function pickObjects(all: readonly WrittenObject[], name: string | undefined): Promise<WrittenObject[]> {
  const named = name === undefined ? all : all.filter(({ object }) => object.metadata.name === name);
  if (all.length === 1) return [...all];
  const picked = await vscode.window.showQuickPick(
    all.map(each => ({
      label: each.object.metadata.name,
      description: `${each.object.kind ?? ''}${each.object.metadata.namespace === undefined ? '' : ` · namespace ${each.object.metadata.namespace}`}`,
      picked: named.includes(each),
      each,
    })),
    { title, placeHolder: 'Which of the manifests in this file', canPickMany: true },
  );
  return picked?.map(({ each }) => each) ?? [];
}

/** That of the folder (`cnpg.places`), else one that the user picks. */
async function pickContext(connections: Connections, uri: vscode.Uri): Promise<string | undefined> {
  const place = contextOf(uri);
  const open = connections.snapshots().filter(({ state }) => state === 'connected');
  if (place !== undefined && open.some(({ context }) => context === place)) return place;
  const picked = await vscode.window.showQuickPick(
    open.map(({ context, server }) => ({ label: context, description: server })),
    { title, placeHolder: 'Kubernetes context to apply to (cnpg.places can say it for this folder)' },
  );
  return picked?.label;
}

async function planAndApply(
  deps: ApplyDependencies,
  context: string,
  written: readonly WrittenObject[],
): Promise<void> {
  const connection = await deps.connections.open(context);
  const objects = written.map(({ object }) => object);
  let forced = false;
  for (;;) {
    const planned = await plan(deps, context, connection, objects, forced);
    if (planned === 'take-over') {
      forced = true;
      continue;
    }
    if (!planned) return;
    const changing = planned.filter(({ changes }) => changes);
    await showDifferences(deps, context, changing);
    if (changing.length === 0) {
      void vscode.window.showInformationMessage(`Nothing to apply: ${context} has it all already.`);
      return;
    }
    if (!(await confirmed(context, changing))) return;
    const applied: string[] = [];
    await applyPlanned(
      connection,
      changing,
      each => applied.push(nameOf(each.written)),
      AbortSignal.timeout(limit),
    ).catch((error: unknown) => {
      const before = applied.length > 0 ? ` Applied before that: ${applied.join(', ')}.` : '';
      if (isFailure(error))
        throw new Failure(error.code, { what: title, why: `${error.why}${before}`, remedy: error.remedy });
      throw new Failure('unfinished', {
        what: title,
        why: `${messageOf(error)}.${before}`,
        remedy: 'What was sent last may have arrived. Run the command again: it shows what is left.',
        cause: error,
      });
    });
    void vscode.window.showInformationMessage(`Applied to ${context}: ${applied.join(', ')}.`);
    return;
  }
}

/** @returns `take-over` when the user wants fields of other managers, `undefined` when they back out */
async function plan(
  deps: ApplyDependencies,
  context: string,
  connection: Parameters<typeof planApply>[0],
  objects: readonly KubernetesObject[],
  forced: boolean,
): Promise<PlannedApply[] | 'take-over' | undefined> {
  const others = (asIf: KubernetesObject): OtherMembers => {
    const { namespace = 'default', name } = asIf.metadata;
    const address = { context, namespace, name };
    return otherMembers(deps.connections.snapshots(), configuredBindings(), address, asIf as Cluster);
  };
  try {
    return await withProgress('Asking the API server what would change', signal =>
      planApply(connection, objects, () => forced, others, AbortSignal.any([signal, AbortSignal.timeout(limit)])),
    );
  } catch (error) {
    if (forced || !isFailure(error) || error.code !== 'conflict') throw error;
    deps.log.info(`${title}: ${error.message}`);
    const takeOver = 'Show What Taking Over Would Change';
    const answer = await vscode.window.showWarningMessage(
      'Another manager owns fields of it with other values',
      {
        modal: true,
        detail: `${error.why}\n\nTaken over, they get the values of this manifest; a tool that owns them may set them back.`,
      },
      takeOver,
    );
    return answer === takeOver ? 'take-over' : undefined;
  }
}

async function showDifferences(
  { documents, liveYaml }: ApplyDependencies,
  context: string,
  planned: readonly PlannedApply[],
): Promise<void> {
  const yaml = await liveYaml();
  const resources = planned.map(({ written, live, planned: after }): [vscode.Uri, vscode.Uri, vscode.Uri] => {
    const uri = (side: string): vscode.Uri =>
      vscode.Uri.from({
        scheme: applyScheme,
        path: `/${written.metadata.name}.yaml`,
        query: JSON.stringify([context, written.kind, written.metadata.namespace, side]),
      });
    const [before, then] = [uri('live'), uri('planned')];
    documents.set(before, live ? yaml.renderManifest(counted(live)) : '');
    documents.set(then, yaml.renderManifest(counted(after)));
    return [then, before, then];
  });
  if (resources.length === 0) return;
  const heading = `Apply to ${context}: ${planned.map(({ written }) => written.metadata.name).join(', ')}`;
  if (resources.length > 1) return void (await vscode.commands.executeCommand('vscode.changes', heading, resources));
  for (const [, before, then] of resources) await vscode.commands.executeCommand('vscode.diff', before, then, heading);
}

const nameOf = ({ kind, metadata }: KubernetesObject): string =>
  `${kind ?? ''} ${metadata.namespace ?? 'default'}/${metadata.name}`;

async function confirmed(context: string, planned: readonly PlannedApply[]): Promise<boolean> {
  const answer = await vscode.window.showWarningMessage(
    `Apply to ${context}?`,
    {
      modal: true,
      detail: [
        ...planned.map(
          ({ written, live, force }) =>
            `${live ? 'Change' : 'Create'} ${nameOf(written)}${force ? ', taking over fields of other managers' : ''}`,
        ),
        ...planned.flatMap(({ warnings }) => warnings.map(warning => `Warning: ${warning}`)),
        'Server-side apply; the differences are shown behind this question. Dry run: the API server accepts it.',
      ].join('\n'),
    },
    'Apply',
  );
  return answer === 'Apply';
}
