import * as vscode from 'vscode';

/** A Cluster in a manifest, as the language server answers `cnpg/clusters`. Positions are 0-based. */
export interface ManifestCluster {
  name: string;
  namespace?: string;
  replicaCluster: boolean;
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
}

/** Actions above each `kind: Cluster`. They ask nothing of Kubernetes before they are clicked. */
export const codeLenses = (clustersOf: (uri: string) => Promise<ManifestCluster[]>): vscode.CodeLensProvider => ({
  async provideCodeLenses(document) {
    const clusters = await clustersOf(document.uri.toString());
    return clusters.flatMap(lensesOf);
  },
});

function lensesOf(cluster: ManifestCluster): vscode.CodeLens[] {
  const { start, end } = cluster.range;
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  const manifest = { name: cluster.name, ...(cluster.namespace !== undefined && { namespace: cluster.namespace }) };
  const lens = (title: string, command: string) =>
    new vscode.CodeLens(range, { title, command, arguments: [{ manifest }] });
  return [
    ...(cluster.replicaCluster
      ? [
          lens('Promote Replica Cluster…', 'cnpg.promoteReplicaCluster'),
          lens('Fail Over…', 'cnpg.failOverToReplicaCluster'),
        ]
      : []),
    lens('Open WAL Archive', 'cnpg.openWalArchive'),
    lens('Show Topology', 'cnpg.showTopology'),
  ];
}
