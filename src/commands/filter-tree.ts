import * as vscode from 'vscode';
import type { ReplicationView } from '../views/tree/provider.ts';

/** Asks for words to look for and shows while they are typed what is left. */
export const filterTree = (tree: ReplicationView) => async (): Promise<void> => {
  await vscode.commands.executeCommand('cnpg.replication.focus');
  const before = tree.filter();
  const input = vscode.window.createInputBox();
  input.title = 'Filter Replication View';
  input.placeholder = 'Name of a context, Cluster or instance, or words of a state: us standby, failing';
  input.prompt = 'Every word must match. Alarms always stay.';
  input.value = before;
  const accepted = await new Promise<boolean>(resolve => {
    input.onDidChangeValue(text => void tree.setFilter(text));
    input.onDidAccept(() => resolve(true));
    input.onDidHide(() => resolve(false));
    input.show();
  });
  input.dispose();
  if (!accepted) await tree.setFilter(before);
};

export const clearTreeFilter = (tree: ReplicationView) => (): Promise<void> => tree.setFilter('');
