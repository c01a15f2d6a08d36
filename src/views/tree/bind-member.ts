/** Where a member of a topology is, when its name does not tell: written to the setting `cnpg.members` of the workspace. */
import * as vscode from 'vscode';
import type { Address } from '../../model/kubernetes.ts';
import { membersOf } from '../../model/topology.ts';
import type { Scenes } from '../scenes.ts';
import { configuredBindings } from '../bindings.ts';
import type { Scene } from './node.ts';

/** The shortest text that names the Cluster's place and no other Cluster's. */
export function placeOf({ context, namespace, name }: Address, { snapshots }: Scene): string {
  const neighbours = snapshots
    .filter(snapshot => snapshot.context === context)
    .flatMap(membersOf)
    .filter(member => member.address.namespace === namespace);
  return neighbours.length > 1 ? `${context}/${namespace}/${name}` : `${context}/${namespace}`;
}

export async function writeBinding(name: string, address: Address, scenes: Scenes): Promise<void> {
  const settings = vscode.workspace.getConfiguration('cnpg');
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  const bindings = { ...configuredBindings(), [name]: placeOf(address, scenes.current()) };
  await settings.update('members', bindings, target);
}
