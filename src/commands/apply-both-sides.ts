import * as vscode from 'vscode';
import { Failure } from '../errors.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { WrittenMember, WrittenTopology } from '../model/written-topology.ts';
import type { LanguageService } from '../views/language-client.ts';
import type { ApplyDependencies } from './apply-manifest.ts';
import { pickContext, planAndApply } from './apply-manifest.ts';
import { ensureConnected } from './pick-cluster.ts';
import { refuseWhenReadOnly } from './read-only.ts';

export interface BothSidesDependencies extends ApplyDependencies {
  language: () => Promise<Pick<LanguageService, 'objectsOf' | 'topologies'>>;
}

const title = 'Apply Both Sides';

/**
 * Applies the manifests of all members of a topology in one go: what they refer to first, then the primary, then the replica clusters,
 * then the rest. Of each member: the objects in its file, and the ObjectStores that it uses.
 */
export const applyBothSides =
  (deps: BothSidesDependencies) =>
  async (argument?: { manifest?: { name: string } }): Promise<void> => {
    refuseWhenReadOnly(title);
    const topology = await pickTopology(deps, argument?.manifest?.name);
    if (!topology || !(await ensureConnected(deps.connections))) return;
    const chosen = await pickMembers(topology);
    if (!chosen) return;
    const toApply = new Map<string, KubernetesObject[]>();
    for (const member of chosen) {
      const context = await pickContext(deps.connections, vscode.Uri.parse(member.uri), title);
      if (context === undefined) return;
      toApply.set(context, distinct([...(toApply.get(context) ?? []), ...(await objectsOf(deps, member))]));
    }
    await planAndApply(deps, title, toApply);
  };

/** That of the Cluster, or of the active editor; else one that the user picks. */
async function pickTopology(
  { language }: BothSidesDependencies,
  name: string | undefined,
): Promise<WrittenTopology | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri.toString();
  const { topologies } = await (await language()).topologies();
  const all = topologies.filter(({ members }) => members.length > 1);
  const here = all.filter(({ members }) =>
    members.some(({ uri, cluster }) => uri === active && (name === undefined || cluster.metadata.name === name)),
  );
  const offered = here.length > 0 ? here : all;
  if (offered.length === 0)
    throw new Failure('nothing-to-do', {
      what: title,
      why: 'No manifests in this workspace describe a topology with more than one member.',
      remedy:
        'Write the other side ("Make the other side of this Cluster", a refactoring), or use "CNPG: Apply Manifest…".',
    });
  if (offered.length === 1) return offered[0];
  const picked = await vscode.window.showQuickPick(
    offered.map(topology => ({
      label: topology.members.map(member => member.name).join(' ⇄ '),
      detail: topology.members.map(({ uri }) => vscode.workspace.asRelativePath(vscode.Uri.parse(uri))).join(', '),
      topology,
    })),
    { title, placeHolder: 'Topology' },
  );
  return picked?.topology;
}

/** A workspace may have several manifests of a member: for tests, or as it was. @returns `undefined` when the user backs out */
async function pickMembers({ members }: WrittenTopology): Promise<WrittenMember[] | undefined> {
  const chosen: WrittenMember[] = [];
  for (const [name, [first, ...others]] of Map.groupBy(members, member => member.name)) {
    if (!first) continue;
    const picked =
      others.length === 0
        ? { member: first }
        : await vscode.window.showQuickPick(
            [first, ...others].map(member => ({
              label: vscode.workspace.asRelativePath(vscode.Uri.parse(member.uri)),
              description: `line ${member.line + 1}`,
              member,
            })),
            { title, placeHolder: `Which of the manifests of ${name}` },
          );
    if (!picked) return undefined;
    chosen.push(picked.member);
  }
  return chosen;
}

/** @throws Failure when the member is a template or a patch: half a topology is not applied */
async function objectsOf(
  { language }: BothSidesDependencies,
  { uri, cluster, objectStores, objectStoreUris }: WrittenMember,
): Promise<KubernetesObject[]> {
  const written = async (file: string): Promise<KubernetesObject[]> => {
    // The server knows the text of what is open, saved or not.
    await vscode.workspace.openTextDocument(vscode.Uri.parse(file));
    return (await (await language()).objectsOf(file)).map(({ object }) => object);
  };
  const own = await written(uri);
  const { name } = cluster.metadata;
  if (!own.some(each => isCalled(each, 'Cluster', name)))
    throw new Failure('nothing-to-do', {
      what: title,
      why: `${name} in ${vscode.workspace.asRelativePath(vscode.Uri.parse(uri))} cannot be applied as it stands: it is broken, or becomes a whole object only when it is rendered.`,
      remedy: 'Apply what Kustomize or Helm make of it.',
    });
  const others = await Promise.all(objectStoreUris.filter(file => file !== uri).map(written));
  const isUsed = (each: KubernetesObject): boolean =>
    objectStores.some(({ metadata }) => isCalled(each, 'ObjectStore', metadata.name));
  return [...others.flat().filter(isUsed), ...own];
}

const isCalled = ({ kind, metadata }: KubernetesObject, wanted: string, name: string): boolean =>
  kind === wanted && metadata.name === name;

/** Members in one file or with one ObjectStore have objects in common. */
const distinct = (objects: readonly KubernetesObject[]): KubernetesObject[] => [
  ...new Map(
    objects.map(object => [`${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`, object]),
  ).values(),
];
