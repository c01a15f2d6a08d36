/** The replication tree as plain data, made from snapshots. What VS Code shows of it is in `provider.ts`. */
import type { Alarm } from '../../model/alarm.ts';
import { judge } from '../../model/alarms.ts';
import { isStandalone } from '../../model/cluster.ts';
import { addressKey } from '../../model/kubernetes.ts';
import type { Moment } from '../../model/moment.ts';
import { momentOf } from '../../model/moment.ts';
import type { ContextSnapshot } from '../../model/snapshot.ts';
import type { Bindings, Member } from '../../model/topology.ts';
import { findTopologies, membersOf } from '../../model/topology.ts';
import { clusterNode, clusterTrouble } from './cluster-nodes.ts';
import { contextsNode, waysOut } from './context-nodes.ts';
import type { Scene, TreeNode } from './node.ts';
import { node, problemNode, unfold, worst } from './node.ts';
import { topologyNode } from './topology-nodes.ts';

export type { NodeKind, TooltipLine, TreeNode } from './node.ts';

/** With more Clusters than these, only what is troubled is opened by itself. */
const manyClusters = 8;

export function sceneOf(
  snapshots: readonly ContextSnapshot[],
  moment: Moment = momentOf(Date.now()),
  bindings: Bindings = {},
): Scene {
  const topologies = findTopologies(snapshots, bindings);
  const judgement = judge(topologies, snapshots, moment);
  return {
    snapshots,
    moment,
    topologies,
    judgement,
    alarmsByCluster: byCluster(judgement.alarms),
    many: snapshots.reduce((sum, { clusters }) => sum + clusters.length, 0) > manyClusters,
  };
}

function byCluster(alarms: readonly Alarm[]): Map<string, Alarm[]> {
  const found = new Map<string, Alarm[]>();
  for (const alarm of alarms)
    for (const key of new Set(alarm.addresses.map(addressKey))) {
      const others = found.get(key);
      if (others) others.push(alarm);
      else found.set(key, [alarm]);
    }
  return found;
}

/** The whole tree, whatever is open. */
export function buildTree(
  snapshots: readonly ContextSnapshot[],
  problems: readonly string[] = [],
  moment?: Moment,
  bindings?: Bindings,
): TreeNode[] {
  const roots = treeOf(sceneOf(snapshots, moment, bindings), problems);
  unfold(roots);
  return roots;
}

/** The tree with everything folded: see {@link unfold}. */
export function treeOf(scene: Scene, problems: readonly string[] = []): TreeNode[] {
  const { snapshots, topologies } = scene;
  const paired = new Set(topologies.flatMap(t => t.members.map(m => addressKey(m.address))));
  const others = snapshots.flatMap(snapshot =>
    membersOf(snapshot)
      .filter(member => !paired.has(addressKey(member.address)))
      .map(member => ({ member, snapshot })),
  );
  return [
    ...topologies.map(topology => topologyNode(topology, scene)),
    ...(others.length > 0 ? [othersNode(others, scene)] : []),
    ...(snapshots.length > 0 ? [contextsNode(scene, topologies.length === 0 && others.length === 0)] : []),
    ...problems.map((problem, index) => problemNode(`kubeconfig/${index}`, problem)),
    ...(snapshots.length === 0 && problems.length > 0 ? waysOut : []),
  ];
}

function othersNode(others: readonly { member: Member; snapshot: ContextSnapshot }[], scene: Scene): TreeNode {
  const children = (): TreeNode[] =>
    others.map(({ member, snapshot }) => {
      const made = clusterNode(member, snapshot, undefined, scene);
      const source = member.cluster.spec.replica?.source;
      const role = isStandalone(member.cluster) && source ? `standalone replica of ${source}` : undefined;
      const words = role === undefined ? made.description : made.description.replace('replica cluster', role);
      return { ...made, expanded: false, description: `${snapshot.context} · ${words}` };
    });
  const trouble = worst(others.map(({ member, snapshot }) => clusterTrouble(member, snapshot, undefined, scene)));
  return node({
    id: 'others',
    kind: 'others',
    label: 'Other Clusters',
    description: `${others.length} without a partner`,
    icon: { id: 'folder' },
    trouble,
    unfold: children,
    expanded: trouble !== undefined,
  });
}
