import * as vscode from 'vscode';
import { liveStates, waitsForPromotion } from './live-state.ts';
import type { Scenes } from './scenes.ts';

/** A Cluster in a manifest, as the language server answers `cnpg/clusters`. Positions are 0-based. */
export interface ManifestCluster {
  name: string;
  namespace?: string;
  replicaCluster: boolean;
  /** It changes a Cluster of another file: it is nothing to compare or apply by itself. */
  isPatch: boolean;
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
}

/** Milliseconds: lenses are drawn anew with the text below them. */
const liveEvery = 2000;

/**
 * Actions above each `kind: Cluster`, and what connected contexts say of it. They ask nothing of Kubernetes before they are
 * clicked.
 */
export function codeLenses(
  clustersOf: (uri: string) => Promise<ManifestCluster[]>,
  scenes: Pick<Scenes, 'current' | 'onDidChange'>,
): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  let timer: NodeJS.Timeout | undefined;
  const states = (cluster: ManifestCluster): string[] => liveStates(cluster, scenes.current().snapshots);
  /** By document: its Clusters, and what was said of them. */
  const documents = new Map<string, { clusters: ManifestCluster[]; said: string }>();
  const wordsOf = (clusters: readonly ManifestCluster[]): string => JSON.stringify(clusters.map(states));
  const look = (): void => {
    timer = undefined;
    if ([...documents.values()].some(({ clusters, said }) => wordsOf(clusters) !== said)) changed.fire();
  };
  return vscode.Disposable.from(
    changed,
    scenes.onDidChange(() => (timer ??= setTimeout(look, liveEvery))),
    { dispose: () => clearTimeout(timer) },
    vscode.workspace.onDidCloseTextDocument(({ uri }) => documents.delete(uri.toString())),
    vscode.languages.registerCodeLensProvider(
      { language: 'yaml' },
      {
        onDidChangeCodeLenses: changed.event,
        async provideCodeLenses(document) {
          const uri = document.uri.toString();
          const clusters = await clustersOf(uri);
          documents.set(uri, { clusters, said: wordsOf(clusters) });
          const { snapshots } = scenes.current();
          return clusters.flatMap(cluster => lensesOf(cluster, states(cluster), waitsForPromotion(cluster, snapshots)));
        },
      },
    ),
  );
}

function lensesOf(cluster: ManifestCluster, live: readonly string[], waits: boolean): vscode.CodeLens[] {
  const { start, end } = cluster.range;
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  const manifest = { name: cluster.name, ...(cluster.namespace !== undefined && { namespace: cluster.namespace }) };
  const lens = (title: string, command: string) =>
    new vscode.CodeLens(range, { title, command, arguments: [{ manifest }] });
  return [
    ...live.map(state => lens(state, 'cnpg.describe')),
    ...(waits ? [lens('Withdraw Promotion…', 'cnpg.withdrawPromotion')] : []),
    ...(cluster.replicaCluster
      ? [
          lens('Promote Replica Cluster…', 'cnpg.promoteReplicaCluster'),
          lens('Fail Over…', 'cnpg.failOverToReplicaCluster'),
        ]
      : []),
    lens('Open WAL Archive', 'cnpg.openWalArchive'),
    lens('Show Topology', 'cnpg.showTopology'),
    ...(live.length > 0 && !cluster.isPatch
      ? [lens('Diff with Live', 'cnpg.diffWithLive'), lens('Apply…', 'cnpg.applyManifest')]
      : []),
  ];
}
