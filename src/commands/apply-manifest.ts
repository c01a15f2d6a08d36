/** The manifests of the active editor are applied to a Kubernetes cluster: dry run, differences, confirmation. */
import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { Failure, isFailure, messageOf } from '../errors.ts';
import type { Cluster } from '../model/cluster.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { OtherMembers } from '../model/other-members.ts';
import { inApplyOrder } from '../model/apply-order.ts';
import type { PlannedApply } from '../operations/apply-manifests.ts';
import { applyPlanned, counted, planApply } from '../operations/apply-manifests.ts';
import type { LanguageService, WrittenObject } from '../views/language-client.ts';
import type { TextDocuments } from '../views/text-documents.ts';
import { withProgress } from './live-pages.ts';
import type { LiveYamlRoom } from './open-live-yaml.ts';
import { othersOf } from './other-side.ts';
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
    const context = await pickContext(deps.connections, document.uri, title);
    if (context === undefined) return;
    await planAndApply(deps, title, new Map([[context, objects.map(({ object }) => object)]]));
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
export async function pickContext(
  connections: Connections,
  uri: vscode.Uri,
  heading: string,
): Promise<string | undefined> {
  const place = contextOf(uri);
  const open = connections.snapshots().filter(({ state }) => state === 'connected');
  if (place !== undefined && open.some(({ context }) => context === place)) return place;
  const picked = await vscode.window.showQuickPick(
    open.map(({ context, server }) => ({ label: context, description: server })),
    {
      title: heading,
      placeHolder: `Kubernetes context to apply ${vscode.workspace.asRelativePath(uri)} to (cnpg.places can say it for its folder)`,
    },
  );
  return picked?.label;
}

/** What is applied, by Kubernetes context. */
export type ToApply = ReadonlyMap<string, readonly KubernetesObject[]>;

interface Placed extends PlannedApply {
  context: string;
}

/** Shows what would change, asks once, and applies in the order in which the objects need each other; the first failure ends it. */
export async function planAndApply(deps: ApplyDependencies, heading: string, toApply: ToApply): Promise<void> {
  const contexts = [...toApply.keys()];
  let forced = false;
  for (;;) {
    const planned: Placed[] | 'take-over' | undefined = await plan(deps, toApply, forced);
    if (planned === 'take-over') {
      forced = true;
      continue;
    }
    if (!planned) return;
    const changing = inApplyOrder(
      planned.filter(({ changes }) => changes).map(each => ({ ...each, object: each.written })),
    );
    await showDifferences(deps, contexts, changing);
    if (changing.length === 0) {
      void vscode.window.showInformationMessage(`Nothing to apply: ${contexts.join(' and ')} has it all already.`);
      return;
    }
    if (!(await confirmed(contexts, changing))) return;
    const applied: string[] = [];
    const signal = AbortSignal.timeout(limit);
    try {
      for (const each of changing) {
        await applyPlanned(await deps.connections.open(each.context), each, signal);
        applied.push(nameOf(each));
      }
    } catch (error) {
      throw unfinished(heading, error, applied, changing.slice(applied.length).map(nameOf));
    }
    void vscode.window.showInformationMessage(`Applied: ${applied.join(', ')}.`);
    return;
  }
}

function unfinished(what: string, error: unknown, applied: readonly string[], left: readonly string[]): Failure {
  const before = applied.length > 0 ? ` Applied before that: ${applied.join(', ')}.` : '';
  const rest = left.length > 1 ? ` Not applied: ${left.join(', ')}.` : '';
  if (isFailure(error))
    return new Failure(error.code, { what, why: `${error.why}${before}${rest}`, remedy: error.remedy, cause: error });
  return new Failure('unfinished', {
    what,
    why: `${messageOf(error)}.${before}${rest}`,
    remedy: 'What was sent last may have arrived. Run the command again: it shows what is left.',
    cause: error,
  });
}

/** @returns `take-over` when the user wants fields of other managers, `undefined` when they back out */
async function plan(
  { connections, log }: ApplyDependencies,
  toApply: ToApply,
  forced: boolean,
): Promise<Placed[] | 'take-over' | undefined> {
  const othersIn =
    (context: string) =>
    (asIf: KubernetesObject): OtherMembers => {
      const { namespace = 'default', name } = asIf.metadata;
      return othersOf(connections, { context, namespace, name }, asIf as Cluster);
    };
  try {
    return await withProgress('Asking the API server what would change', async cancelled => {
      const signal = AbortSignal.any([cancelled, AbortSignal.timeout(limit)]);
      const planned: Placed[] = [];
      for (const [context, objects] of toApply) {
        const connection = await connections.open(context);
        const found = await planApply(connection, objects, () => forced, othersIn(context), signal);
        planned.push(...found.map(each => ({ ...each, context })));
      }
      return planned;
    });
  } catch (error) {
    if (forced || !isFailure(error) || error.code !== 'conflict') throw error;
    log.info(`${title}: ${error.message}`);
    const takeOver = 'Show What Taking Over Would Change';
    const answer = await vscode.window.showWarningMessage(
      'Another manager owns fields with other values',
      {
        modal: true,
        detail: `${error.what}: ${error.why}\n\nTaken over, they get the values of this manifest; a tool that owns them may set them back.`,
      },
      takeOver,
    );
    return answer === takeOver ? 'take-over' : undefined;
  }
}

async function showDifferences(
  { documents, liveYaml }: ApplyDependencies,
  contexts: readonly string[],
  planned: readonly Placed[],
): Promise<void> {
  const yaml = await liveYaml();
  const resources = planned.map(({ context, written, live, planned: after }): [vscode.Uri, vscode.Uri, vscode.Uri] => {
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
  const heading = `Apply to ${contexts.join(' and ')}: ${planned.map(({ written }) => written.metadata.name).join(', ')}`;
  if (resources.length > 1) return void (await vscode.commands.executeCommand('vscode.changes', heading, resources));
  for (const [, before, then] of resources) await vscode.commands.executeCommand('vscode.diff', before, then, heading);
}

const nameOf = ({ written: { kind, metadata }, context }: Placed): string =>
  `${kind ?? ''} ${metadata.namespace ?? 'default'}/${metadata.name} in ${context}`;

async function confirmed(contexts: readonly string[], planned: readonly Placed[]): Promise<boolean> {
  const answer = await vscode.window.showWarningMessage(
    `Apply to ${contexts.join(' and ')}?`,
    {
      modal: true,
      detail: [
        ...planned.map(
          each =>
            `${each.live ? 'Change' : 'Create'} ${nameOf(each)}${each.force ? ', taking over fields of other managers' : ''}`,
        ),
        ...planned.flatMap(({ warnings }) => warnings.map(warning => `Warning: ${warning}`)),
        'Server-side apply; the differences are shown behind this question. Dry run: the API server accepts it.',
      ].join('\n'),
    },
    'Apply',
  );
  return answer === 'Apply';
}
