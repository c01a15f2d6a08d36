import * as vscode from 'vscode';

/** Asks for a kubeconfig file and writes it into the user's settings; the view follows the setting. */
export async function chooseKubeconfig(): Promise<void> {
  const [file] = (await vscode.window.showOpenDialog({ title: 'Kubeconfig', openLabel: 'Use This Kubeconfig' })) ?? [];
  if (!file) return;
  await vscode.workspace.getConfiguration('cnpg').update('kubeconfig', file.fsPath, vscode.ConfigurationTarget.Global);
}
