/** A node of the replication tree as plain data, and what the makers of nodes share. */
import type { Alarm, Judgement } from '../../model/alarm.ts';
import type { Address } from '../../model/kubernetes.ts';
import { addressKey } from '../../model/kubernetes.ts';
import type { Moment } from '../../model/moment.ts';
import type { ObjectReference } from '../../model/object-reference.ts';
import type { ContextSnapshot, WatchedKind } from '../../model/snapshot.ts';
import type { Topology } from '../../model/topology.ts';

export type NodeKind =
  | 'alarm'
  | 'topology'
  | 'place'
  | 'missing-member'
  | 'cluster'
  | 'condition'
  | 'feed'
  | 'instance'
  | 'detail'
  | 'claim'
  | 'services'
  | 'service'
  | 'archive'
  | 'archive-folder'
  | 'archive-file'
  | 'external-clusters'
  | 'external-cluster'
  | 'backups'
  | 'backup'
  | 'schedule'
  | 'satellites'
  | 'satellite'
  | 'plugins'
  | 'plugin'
  | 'certificates'
  | 'certificate'
  | 'contexts'
  | 'context'
  | 'others'
  | 'problem'
  | 'action';

export type Trouble = 'error' | 'warning' | undefined;

/** A line, or a row of a table: what it is, and its value. */
export type TooltipLine = string | readonly [string, string];

export interface TreeNode {
  /** Unique and stable: expansion and selection survive a refresh. */
  id: string;
  kind: NodeKind;
  label: string;
  description: string;
  /** Plain text; names come from outside, so they are never read as Markdown. */
  tooltip: TooltipLine[];
  icon: { id: string; color?: string };
  /** What is wrong here or below; said in words too, so that colour is never the only sign. */
  trouble?: Trouble;
  /** Decides which actions are offered: see `when` clauses in package.json. */
  contextValue: string;
  expanded: boolean;
  /** Empty while {@link unfold} is there. */
  children: TreeNode[];
  /** Makes the children of a node that nobody has opened: there are hundreds of them. */
  unfold?: (() => TreeNode[]) | undefined;
  /** Kubeconfig context that the node stands for or belongs to. */
  context?: string;
  /** The Cluster that the node stands for or belongs to. */
  address?: Address;
  /** The object that the node stands for. */
  object?: ObjectReference;
  archive?: 'own' | 'source';
  /** Of a folder or file in an archive: its key, relative to the archive's folder. */
  key?: string;
  /** Of a row that stands for what its parent does not show: the parent. */
  shownBy?: TreeNode;
  topologyId?: string;
  /** Of a missing member: its name in the topology. */
  memberName?: string;
}

type Parts = Partial<TreeNode> & Pick<TreeNode, 'id' | 'kind' | 'label' | 'icon'>;

export const node = (parts: Parts): TreeNode => ({
  description: '',
  tooltip: [],
  contextValue: parts.kind,
  expanded: false,
  children: [],
  ...parts,
});

export const isLeaf = ({ children, unfold }: TreeNode): boolean => children.length === 0 && !unfold;

/** What all makers of nodes look at. */
export interface Scene {
  snapshots: readonly ContextSnapshot[];
  moment: Moment;
  topologies: readonly Topology[];
  judgement: Judgement;
  /** By `addressKey`. */
  alarmsByCluster: ReadonlyMap<string, readonly Alarm[]>;
  /** So many Clusters that only troubled ones are opened by themselves. */
  many: boolean;
}

export const warning = { id: 'warning', color: 'list.warningForeground' };
export const failure = { id: 'error', color: 'list.errorForeground' };
/** Seen before its context failed: no longer known to be good. */
export const staleColor = 'disabledForeground';

export const troubleIcon = (trouble: Trouble, icon: TreeNode['icon']): TreeNode['icon'] =>
  trouble === 'error' ? failure : trouble === 'warning' ? warning : icon;

/** Adds the trouble of what is inside, so that a closed node does not hide it. */
export function withTroubleBelow(parent: TreeNode): TreeNode {
  const trouble = worst([parent.trouble, ...parent.children.map(child => child.trouble)]);
  return trouble === parent.trouble ? parent : { ...parent, trouble };
}

export const worst = (troubles: readonly Trouble[]): Trouble =>
  troubles.includes('error') ? 'error' : troubles.includes('warning') ? 'warning' : undefined;

/** Makes the children of the nodes that are wanted, in place and all the way down. */
export function unfold(nodes: readonly TreeNode[], wanted: (node: TreeNode) => boolean = () => true): void {
  for (const node of nodes) {
    if (node.unfold && wanted(node)) {
      node.children = node.unfold();
      node.unfold = undefined;
    }
    unfold(node.children, wanted);
  }
}

/** A collapsed node for many of a kind; `undefined` when there are none. Its icon tells of trouble inside. */
export function groupNode(parts: Parts & { children: TreeNode[] }): TreeNode | undefined {
  if (parts.children.length === 0) return undefined;
  const group = withTroubleBelow(node({ description: String(parts.children.length), ...parts }));
  return { ...group, icon: troubleIcon(group.trouble, group.icon) };
}

export const referenceTo = (kind: WatchedKind, address: Address, name = address.name): ObjectReference => ({
  context: address.context,
  kind,
  namespace: address.namespace,
  name,
});

/**
 * What failed, as `what: why`: the row begins with why, because rows are cut off at their end.
 * @param kind of objects that could not be read because of it
 */
export function problemNode(id: string, problem: string, context?: string, kind?: string): TreeNode {
  const { what, why } = partsOf(problem);
  return node({
    id: `problem ${id}`,
    kind: 'problem',
    label: kind === undefined ? why : `${kind}: ${why}`,
    description: what,
    icon: failure,
    trouble: 'error',
    tooltip: [kind === undefined ? problem : `${kind}: ${problem}`],
    ...(context !== undefined && { context, contextValue: 'problem.context' }),
  });
}

/** Of `what: why`. */
export function partsOf(problem: string): { what: string; why: string } {
  const [, what = '', why = problem] = /^(.+?): (.+)$/s.exec(problem) ?? [];
  return { what, why };
}

export const present = (nodes: readonly (TreeNode | undefined)[]): TreeNode[] => nodes.filter(n => n !== undefined);

/** Those that name the Cluster, or an instance of it. */
export const alarmsAbout = ({ alarmsByCluster }: Scene, address: Address): readonly Alarm[] =>
  alarmsByCluster.get(addressKey(address)) ?? [];
