import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import type { Topology } from '../model/topology.ts';
import { membersOf } from '../model/topology.ts';
import type { Scenes } from '../views/scenes.ts';
import type { Manifests } from '../views/topology/manifests.ts';
import type { Subject } from '../views/topology/messages.ts';
import type { TopologyPanels } from '../views/topology/panel.ts';
import type { WrittenTopology } from '../model/written-topology.ts';
import { topologyChoice } from './cluster-choice.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import { ensureConnected, pickCluster } from './pick-cluster.ts';

export interface TopologyDependencies {
  connections: Connections;
  scenes: Scenes;
  manifests: Manifests;
  panels: TopologyPanels;
}

/**
 * Opens the picture of a topology: of a tree node, of a manifest's Cluster, or of one that the user picks. What is written in a
 * manifest is shown without any connection.
 */
export const showTopology = (deps: TopologyDependencies) => showWith(deps, subject => deps.panels.show(subject));

/** The same in the panel, beside the terminal. */
export const showTopologyInPanel = (deps: TopologyDependencies) =>
  showWith(deps, subject => deps.panels.showInPanel(subject));

const showWith =
  (deps: TopologyDependencies, show: (subject: Subject) => void | Promise<void>) =>
  async (argument?: ClusterArgument | { topologyId: string }): Promise<void> => {
    const subject =
      argument && 'manifest' in argument
        ? await subjectOfManifest(deps, argument)
        : argument && 'address' in argument
          ? await pickCluster(deps.connections, argument, 'Show Topology')
          : await pickTopology(deps, argument && 'topologyId' in argument ? argument.topologyId : undefined);
    if (subject) await show(subject);
  };

/** The live Cluster, if connected contexts have one of that name; else what is written. */
async function subjectOfManifest(
  { connections }: TopologyDependencies,
  argument: { manifest: { name: string; namespace?: string } },
): Promise<Subject | undefined> {
  const { name, namespace } = argument.manifest;
  const live = connections
    .snapshots()
    .flatMap(membersOf)
    .filter(({ address }) => address.name === name && (namespace === undefined || address.namespace === namespace));
  return live.length > 1
    ? pickCluster(connections, argument, 'Show Topology')
    : (live[0]?.address ?? argument.manifest);
}

/** Observed topologies; while there is none, those that manifests describe. Contexts are offered when there is neither. */
async function pickTopology(deps: TopologyDependencies, id: string | undefined): Promise<Subject | undefined> {
  const { connections, scenes, manifests } = deps;
  const known = scenes.current().topologies.find(topology => topology.id === id);
  if (known) return subjectOf(known);
  const observed = (): Offer[] =>
    scenes.current().topologies.map(topology => ({ ...topologyChoice(topology), subject: subjectOf(topology) }));
  let all = observed();
  if (all.length === 0) all = offers(await manifests.read().catch(() => []));
  if (all.length === 0) {
    if (!(await ensureConnected(connections))) return undefined;
    all = observed();
  }
  if (all.length === 0) return pickCluster(connections, undefined, 'Show Topology');
  if (all.length === 1) return all[0]?.subject;
  return (
    await vscode.window.showQuickPick(all, {
      title: 'Show Topology',
      placeHolder: 'Topology',
      matchOnDescription: true,
    })
  )?.subject;
}

type Offer = vscode.QuickPickItem & { subject: Subject | undefined };

const offers = (written: readonly WrittenTopology[]): Offer[] =>
  written
    .filter(({ members, missing }) => members.length + missing.length > 1)
    .map(({ members, missing }) => ({
      label: [...members.map(({ name }) => name), ...missing].join(' ⇄ '),
      description: 'as written in manifests, not connected',
      detail: [...new Set(members.map(({ uri }) => vscode.workspace.asRelativePath(vscode.Uri.parse(uri))))].join(', '),
      subject: members[0] && {
        name: members[0].cluster.metadata.name,
        ...(members[0].namespace !== undefined && { namespace: members[0].namespace }),
      },
    }));

/** Any member's address stands for its topology. */
const subjectOf = (topology: Topology | undefined): Subject | undefined => topology?.members[0]?.address;
