import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import type { Cluster } from '../model/cluster.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { LiveObject, SoughtObject } from '../model/live-object.ts';
import type { ManifestCluster } from './code-lenses.ts';
import type { WrittenTopology } from '../model/written-topology.ts';

/** An object of a manifest as the API server would decode it. */
export interface WrittenObject {
  object: KubernetesObject;
  /** 0-based, of its document. */
  line: number;
}

export interface LiveFacts {
  clusters: readonly Cluster[];
  objectStores: readonly { name: string; namespace?: string }[];
}

export interface LanguageService extends vscode.Disposable {
  start(): Promise<void>;
  clustersOf: (uri: string) => Promise<ManifestCluster[]>;
  /** For which version a manifest is checked, and why; `null` for other files. */
  versionOf(uri: string): Promise<VersionInForce | null>;
  /** What a context serves. @returns the documents whose text the server wants, by group and version */
  serves(context: string, documents: readonly ServedDocument[]): Promise<string[]>;
  connected(contexts: readonly string[]): void;
  /** What of the Clusters and ObjectStores of a context matters to manifests. */
  liveClusters(context: string, facts: LiveFacts): void;
  /** The topologies that manifests describe; `complete`: all of the workspace was read. */
  topologies(): Promise<{ topologies: WrittenTopology[]; complete: boolean }>;
  /** Where the workspace defines an object; `complete`: all of it was read. */
  definitionsOf(object: ObjectName): Promise<{ places: DefinitionPlace[]; complete: boolean }>;
  /**
   * The text of an open file as it would be if the object defined at that line were what the API server has; `null` when it
   * cannot be compared.
   */
  /** Objects of an open file that can be applied. */
  objectsOf(uri: string): Promise<WrittenObject[]>;
  liveTextOf(uri: string, object: ObjectName, line: number, live: KubernetesObject): Promise<string | null>;
  /** Patches of kustomizations that set `spec.replica` of the object, and so win over its manifest. */
  replicaPatchesOf(object: ObjectName): Promise<DefinitionPlace[]>;
  /** The text of an open file with other values in `spec.replica` (`null`: removed), or why it has to be edited by hand. */
  replicaTextOf(
    uri: string,
    object: ObjectName,
    line: number,
    values: Readonly<Record<string, string | null>>,
  ): Promise<{ text?: string; problem?: string }>;
}

export interface ObjectName {
  kind: string;
  namespace: string;
  name: string;
}

/** Of `metadata.name`; positions are 0-based. Without a namespace the manifest leaves it to whoever applies it. */
export interface DefinitionPlace {
  uri: string;
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
  namespace?: string;
  /** It is no manifest, but changes one. */
  patch?: true;
  /** It becomes a manifest only when it is rendered. */
  template?: true;
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

/**
 * The language server as a process of its own, over Node's IPC.
 * @param liveObjects what connected contexts have of an object, when the server wants to know
 */
export function createLanguageService(
  extension: vscode.Uri,
  storage: vscode.Uri,
  liveObjects: (sought: SoughtObject) => LiveObject[],
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
        // Objects as the API server has them, under schemes of ours: they are no manifests that anybody writes.
        didOpen: (document, next) => (isPage(document) ? Promise.resolve() : next(document)),
        didChange: (event, next) => (isPage(event.document) ? Promise.resolve() : next(event)),
        didClose: (document, next) => (isPage(document) ? Promise.resolve() : next(document)),
        handleDiagnostics: (uri, diagnostics, next) => next(uri, diagnostics.map(withPreview)),
      },
      synchronize: { configurationSection: 'cnpg' },
      initializationOptions: { storage: vscode.Uri.joinPath(storage, 'served-kinds').fsPath },
    },
  );
  client.onRequest('cnpg/liveObjects', liveObjects);
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
    liveClusters(context, facts) {
      if (client.isRunning()) void client.sendNotification('cnpg/liveClusters', { context, ...facts });
    },
    connected(contexts) {
      if (client.isRunning()) void client.sendNotification('cnpg/connected', { contexts });
    },
    async topologies() {
      if (!client.isRunning()) return { topologies: [], complete: false };
      return client.sendRequest<{ topologies: WrittenTopology[]; complete: boolean }>('cnpg/topologies');
    },
    async definitionsOf(object) {
      if (!client.isRunning()) return { places: [], complete: false };
      return client.sendRequest('cnpg/definitions', { object });
    },
    async objectsOf(uri) {
      if (!client.isRunning()) return [];
      return client.sendRequest<WrittenObject[]>('cnpg/objects', { uri });
    },
    async liveTextOf(uri, object, line, live) {
      if (!client.isRunning()) return null;
      return client.sendRequest<string | null>('cnpg/live', { uri, object, line, live });
    },
    async replicaPatchesOf(object) {
      if (!client.isRunning()) return [];
      return client.sendRequest<DefinitionPlace[]>('cnpg/replicaPatches', { object });
    },
    async replicaTextOf(uri, object, line, values) {
      if (!client.isRunning()) return { problem: 'The language server is not running.' };
      return client.sendRequest('cnpg/replica', { uri, object, line, values });
    },
    dispose: () => void client.dispose(),
  };
}

const isPage = ({ uri }: vscode.TextDocument): boolean => uri.scheme.startsWith('cnpg-');

/** The server links a code to the page as a file; here it opens as a preview. */
function withPreview(diagnostic: vscode.Diagnostic): vscode.Diagnostic {
  const { code } = diagnostic;
  if (typeof code === 'object') {
    const query = encodeURIComponent(JSON.stringify([code.value]));
    diagnostic.code = { value: code.value, target: vscode.Uri.parse(`command:cnpg.explainRule?${query}`) };
  }
  return diagnostic;
}
