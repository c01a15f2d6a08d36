import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import type { ManifestCluster } from './code-lenses.ts';

export interface LanguageService extends vscode.Disposable {
  start(): Promise<void>;
  clustersOf: (uri: string) => Promise<ManifestCluster[]>;
}

/** The language server as a process of its own, over Node's IPC. */
export function createLanguageService(extension: vscode.Uri, log: vscode.LogOutputChannel): LanguageService {
  const module = vscode.Uri.joinPath(extension, 'dist', 'server.js').fsPath;
  const client = new LanguageClient(
    'cnpg',
    'CloudNativePG Language Server',
    { module, transport: TransportKind.ipc },
    {
      documentSelector: [
        { language: 'yaml' },
        { language: 'dockercompose', pattern: '**/*.{yaml,yml}' },
        { language: 'json', pattern: '**/*.json' },
      ],
      outputChannel: log,
      synchronize: { configurationSection: 'cnpg' },
    },
  );
  return {
    start: () => client.start(),
    async clustersOf(uri) {
      if (!client.isRunning()) return [];
      return client.sendRequest<ManifestCluster[]>('cnpg/clusters', { uri });
    },
    dispose: () => void client.dispose(),
  };
}
