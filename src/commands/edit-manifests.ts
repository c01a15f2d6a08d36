/** The roles of a topology in the manifests of the workspace, for people whose clusters are applied from Git. */
import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { messageOf } from '../errors.ts';
import type { Cluster } from '../model/cluster.ts';
import { tokenUsed } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import { findTopologies, topologyWith } from '../model/topology.ts';
import { configuredBindings } from '../views/bindings.ts';
import type { LanguageService } from '../views/language-client.ts';
import type { TextDocuments } from '../views/text-documents.ts';
import type { DefinitionsOf } from './open-manifest.ts';
import { findManifest } from './open-manifest.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import { pickCluster } from './pick-cluster.ts';

export const editScheme = 'cnpg-edit';

export interface ManifestDependencies {
  connections: Connections;
  /** Texts as they would be. */
  proposals: TextDocuments;
  language: () => Promise<DefinitionsOf & Pick<LanguageService, 'replicaTextOf' | 'replicaPatchesOf'>>;
}

export type ReplicaValues = Readonly<Record<string, string | null>>;

/**
 * Shows what would change in the manifest of a Cluster, and writes it when the user agrees.
 * @param wanted until it is aborted: a change that waits for its confirmation longer than its run lives would do harm
 * @returns whether the manifest says so now
 */
export async function editReplica(
  deps: ManifestDependencies,
  address: Address,
  values: ReplicaValues,
  why: string,
  wanted?: AbortSignal,
): Promise<boolean> {
  const reference = { kind: 'Cluster' as const, ...address };
  const service = await deps.language();
  const place = await findManifest(reference, deps.language, await service.replicaPatchesOf(reference));
  if (!place) return false;
  const manifest = vscode.Uri.parse(place.uri);
  const file = vscode.workspace.asRelativePath(manifest);
  // The server edits what is open: the text is the one in the editor, saved or not.
  const document = await vscode.workspace.openTextDocument(manifest);
  const { text, problem } = await service.replicaTextOf(place.uri, reference, place.range.start.line, values);
  if (text === undefined) {
    void vscode.window.showWarningMessage(
      `${file} is not edited. ${problem ?? ''} spec.replica of ${address.name} has to have: ${inWords(values)}.`,
    );
    return false;
  }
  const before = document.getText();
  if (text === before) return true;
  const proposal = vscode.Uri.from({ scheme: editScheme, path: manifest.path, query: address.context });
  deps.proposals.set(proposal, text);
  await vscode.languages.setTextDocumentLanguage(await vscode.workspace.openTextDocument(proposal), 'yaml');
  await vscode.commands.executeCommand('vscode.diff', manifest, proposal, `${file}: ${why}`, { preview: false });
  const answer = await vscode.window.showInformationMessage(
    `${why}: write this into ${file}? Commit and apply it as you always do.`,
    'Write',
    'Not Now',
  );
  if (answer !== 'Write') return false;
  if (wanted?.aborted) {
    void vscode.window.showWarningMessage(`Nothing was written into ${file}: the run that needed it is over.`);
    return false;
  }
  // Somebody typed meanwhile: what was shown is not what would be written.
  if (document.getText() !== before) return editReplica(deps, address, values, why, wanted);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(manifest, new vscode.Range(0, 0, document.lineCount, 0), text);
  await vscode.workspace.applyEdit(edit);
  return document.save();
}

/** The same for a run that follows what the Cluster says, whenever the user agrees. */
export function handOver(...given: Parameters<typeof editReplica>): void {
  editReplica(...given).catch((error: unknown) => {
    void vscode.window.showErrorMessage(`The manifest of ${given[1].name} could not be edited: ${messageOf(error)}`);
  });
}

const inWords = (values: ReplicaValues): string =>
  Object.entries(values)
    .map(([field, value]) => (value === null ? `no ${field}` : `${field}: ${value}`))
    .join(', ');

/** Writes the roles that the live Clusters of a topology have into their manifests: a promotion leaves them behind. */
export const writeRolesIntoManifests =
  (deps: ManifestDependencies) =>
  async (argument?: ClusterArgument): Promise<void> => {
    const { connections } = deps;
    const chosen = await pickCluster(
      connections,
      argument,
      'Write Roles into Manifests',
      ({ spec }) => spec.replica !== undefined,
    );
    if (!chosen) return;
    const topology = topologyWith(findTopologies(connections.snapshots(), configuredBindings()), chosen);
    const members = topology?.members.map(({ address }) => address) ?? [chosen];
    let written = 0;
    for (const address of members) {
      const cluster = await liveOf(connections, address);
      if (cluster && (await editReplica(deps, address, rolesOf(cluster), `Roles of ${address.name}`))) written++;
    }
    void vscode.window.showInformationMessage(
      `${written} of ${members.length} manifests have the roles that the Clusters have.`,
    );
  };

/** @returns `undefined` when it cannot be read, which was said: a lost side keeps no other from being written */
async function liveOf(connections: Connections, { context, namespace, name }: Address): Promise<Cluster | undefined> {
  try {
    return await connections.get(context)?.get<Cluster>('Cluster', namespace, name, AbortSignal.timeout(30_000));
  } catch (error) {
    void vscode.window.showWarningMessage(`The manifest of ${name} is left as it is. ${messageOf(error)}`);
    return undefined;
  }
}

/** A token that was used is of no use in a manifest, and refused when the Cluster is created from it again. */
function rolesOf(cluster: Cluster): ReplicaValues {
  const { primary, source, promotionToken } = cluster.spec.replica ?? {};
  return {
    ...(primary !== undefined && { primary }),
    ...(source !== undefined && { source }),
    promotionToken: promotionToken === undefined || tokenUsed(cluster) ? null : promotionToken,
  };
}
