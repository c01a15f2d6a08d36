import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import type { ManifestCluster } from './code-lenses.ts';

export interface LanguageService extends vscode.Disposable {
  start(): Promise<void>;
  clustersOf: (uri: string) => Promise<ManifestCluster[]>;
  /** For which version a manifest is checked, and why; `null` for other files. */
  versionOf(uri: string): Promise<VersionInForce | null>;
  /** What a context serves. @returns the documents whose text the server wants, by group and version */
  serves(context: string, documents: readonly ServedDocument[]): Promise<string[]>;
  connected(contexts: readonly string[]): void;
}

export interface VersionInForce {
  checkedFor: string;
  why: string;
}

export interface ServedDocument {
  groupVersion: string;
  hash: string;
  text?: string;
}

/** The language server as a process of its own, over Node's IPC. */
export function createLanguageService(
  extension: vscode.Uri,
  storage: vscode.Uri,
  log: vscode.LogOutputChannel,
): LanguageService {
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
      middleware: {
        handleDiagnostics: (uri, diagnostics, next) => next(uri, diagnostics.map(withPreview)),
      },
      synchronize: { configurationSection: 'cnpg' },
      initializationOptions: { storage: vscode.Uri.joinPath(storage, 'served-kinds').fsPath },
    },
  );
  return {
    start: () => client.start(),
    async clustersOf(uri) {
      if (!client.isRunning()) return [];
      return client.sendRequest<ManifestCluster[]>('cnpg/clusters', { uri });
    },
    async versionOf(uri) {
      return client.isRunning() ? client.sendRequest<VersionInForce | null>('cnpg/version', { uri }) : null;
    },
    async serves(context, documents) {
      if (!client.isRunning()) return [];
      return client.sendRequest<string[]>('cnpg/serves', { context, documents });
    },
    connected(contexts) {
      if (client.isRunning()) void client.sendNotification('cnpg/connected', { contexts });
    },
    dispose: () => void client.dispose(),
  };
}

/** The server links a code to the page as a file; here it opens as a preview. */
function withPreview(diagnostic: vscode.Diagnostic): vscode.Diagnostic {
  const { code } = diagnostic;
  if (typeof code === 'object') {
    const query = encodeURIComponent(JSON.stringify([code.value]));
    diagnostic.code = { value: code.value, target: vscode.Uri.parse(`command:cnpg.explainRule?${query}`) };
  }
  return diagnostic;
}
