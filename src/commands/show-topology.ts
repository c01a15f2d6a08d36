import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { findTopologies, topologyLabel } from '../model/topology.ts';
import { showTopologyPanel, topologyAddress } from '../views/topology/panel.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import { ensureConnected, pickCluster } from './pick-cluster.ts';
import { configuredBindings } from '../views/bindings.ts';

/** Opens the picture of a topology: of a tree node, of a manifest's Cluster, or of one that the user picks. */
export const showTopology =
  (extension: vscode.Uri, connections: Connections) =>
  async (argument?: ClusterArgument | { topologyId: string }): Promise<void> => {
    const address =
      argument && ('address' in argument || 'manifest' in argument)
        ? await pickCluster(connections, argument, 'Show Topology')
        : await pickTopology(connections, argument && 'topologyId' in argument ? argument.topologyId : undefined);
    if (address) showTopologyPanel(extension, connections, address);
  };

async function pickTopology(connections: Connections, id: string | undefined) {
  if (!(await ensureConnected(connections))) return undefined;
  const topologies = findTopologies(connections.snapshots(), configuredBindings());
  const known = topologies.find(topology => topology.id === id);
  if (known || topologies.length === 1) return topologyAddress(known ?? topologies[0]);
  if (topologies.length === 0) return pickCluster(connections, undefined, 'Show Topology');
  const picked = await vscode.window.showQuickPick(
    topologies.map(topology => ({ label: topologyLabel(topology), topology })),
    { title: 'Show Topology' },
  );
  return topologyAddress(picked?.topology);
}
