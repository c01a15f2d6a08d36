import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import type { Topology } from '../model/topology.ts';
import { topologyLabel } from '../model/topology.ts';
import type { Scenes } from '../views/scenes.ts';
import type { Subject } from '../views/topology/messages.ts';
import type { TopologyPanels } from '../views/topology/panel.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import { ensureConnected, pickCluster } from './pick-cluster.ts';

/** Opens the picture of a topology: of a tree node, of a manifest's Cluster, or of one that the user picks. */
export const showTopology =
  (connections: Connections, scenes: Scenes, panels: TopologyPanels) =>
  async (argument?: ClusterArgument | { topologyId: string }): Promise<void> => {
    const subject =
      argument && ('address' in argument || 'manifest' in argument)
        ? await pickCluster(connections, argument, 'Show Topology')
        : await pickTopology(
            connections,
            scenes,
            argument && 'topologyId' in argument ? argument.topologyId : undefined,
          );
    if (subject) panels.show(subject);
  };

async function pickTopology(
  connections: Connections,
  scenes: Scenes,
  id: string | undefined,
): Promise<Subject | undefined> {
  if (!(await ensureConnected(connections))) return undefined;
  const { topologies } = scenes.current();
  const known = topologies.find(topology => topology.id === id);
  if (known || topologies.length === 1) return subjectOf(known ?? topologies[0]);
  if (topologies.length === 0) return pickCluster(connections, undefined, 'Show Topology');
  const picked = await vscode.window.showQuickPick(
    topologies.map(topology => ({ label: topologyLabel(topology), topology })),
    { title: 'Show Topology' },
  );
  return subjectOf(picked?.topology);
}

/** Any member's address stands for its topology. */
const subjectOf = (topology: Topology | undefined): Subject | undefined => topology?.members[0]?.address;
