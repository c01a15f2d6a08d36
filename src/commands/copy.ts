import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { kubectlLines } from './kubectl-line.ts';
import type { NodeArgument, ObjectArgument } from './pick-object.ts';
import { pickObjects } from './pick-object.ts';

/** Copies the names of the selected nodes, one a line. Nodes that stand for no object have a label. */
export const copyName =
  (connections: Connections) =>
  async (argument?: ObjectArgument, nodes?: readonly NodeArgument[]): Promise<void> => {
    const chosen = nodes && nodes.length > 0 ? nodes : [argument];
    const labels = chosen.flatMap(node => (node && 'label' in node ? (node.label ?? []) : []));
    const names =
      labels.length > 0
        ? labels
        : (await pickObjects(connections, argument, undefined, 'Copy Name')).map(({ name }) => name);
    await copy(names);
  };

/** @param kubeconfig files that kubectl would not read by itself */
export const copyKubectlCommand =
  (connections: Connections, kubeconfig: () => readonly string[]) =>
  async (argument?: ObjectArgument, nodes?: readonly NodeArgument[]): Promise<void> => {
    const objects = await pickObjects(connections, argument, nodes, 'Copy kubectl Command');
    const shell = process.platform === 'win32' ? 'powershell' : 'posix';
    await copy(objects.flatMap(object => kubectlLines(object, kubeconfig(), shell)));
  };

async function copy(lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await vscode.env.clipboard.writeText(lines.join('\n'));
  const [first = '', ...more] = lines;
  const rest = more.length === 0 ? '' : ` and ${more.length} more line${more.length === 1 ? '' : 's'}`;
  vscode.window.setStatusBarMessage(`Copied: ${first.slice(0, 80)}${first.length > 80 ? '…' : ''}${rest}`, 4000);
}
