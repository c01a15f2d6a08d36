/** Kubernetes contexts: connected or not, and why not. */
import { formatTime } from '../../model/duration.ts';
import type { ContextSnapshot } from '../../model/snapshot.ts';
import type { Scene, TreeNode } from './node.ts';
import { failure, node, partsOf, problemNode, warning, withTroubleBelow, worst } from './node.ts';

export const contextsNode = (scene: Scene, expanded: boolean): TreeNode => {
  const { snapshots } = scene;
  return withTroubleBelow(
    node({
      id: 'contexts',
      kind: 'contexts',
      label: 'Kubernetes Contexts',
      description: `${snapshots.filter(s => s.state === 'connected').length} of ${snapshots.length} connected`,
      icon: { id: 'server' },
      expanded,
      children: snapshots.map(snapshot => contextNode(snapshot, scene)),
    }),
  );
};

function contextNode(snapshot: ContextSnapshot, scene: Scene): TreeNode {
  const { context, state, error } = snapshot;
  const clusters = snapshot.clusters.length;
  const unread = unreadNodes(snapshot, 'context');
  return node({
    id: `context ${context}`,
    kind: 'context',
    label: context,
    description:
      state === 'connected'
        ? `connected · ${clusters === 0 ? 'no Cluster found' : `${clusters} Cluster${clusters === 1 ? '' : 's'}`}`
        : // The row below says it whole, and may be folded.
          [stateWords(snapshot, scene), ...(error === undefined ? [] : [partsOf(error).why])].join(' · '),
    icon:
      state === 'failed'
        ? failure
        : unread.length > 0
          ? warning
          : { id: state === 'connected' ? 'pass' : state === 'connecting' ? 'sync' : 'debug-disconnect' },
    trouble: worst([state === 'failed' ? 'error' : undefined, ...unread.map(({ trouble }) => trouble)]),
    tooltip: [
      `Kubernetes context ${context}`,
      ['API server', snapshot.server],
      ...(state === 'closed' ? ['Not contacted yet. A click connects.'] : []),
      ...(error === undefined ? [] : [error]),
    ],
    contextValue: `context.${state}`,
    expanded: state === 'failed',
    context,
    children: [...(error === undefined ? [] : [problemNode(`context ${context}`, error, context)]), ...unread],
  });
}

export function stateWords(snapshot: ContextSnapshot, { moment }: Scene): string {
  const seen = snapshot.seenAt === undefined ? '' : `, last seen ${formatTime(snapshot.seenAt, moment.now)}`;
  if (snapshot.state === 'failed') return `cannot be read${seen}`;
  if (snapshot.state === 'connecting') return 'connecting…';
  return snapshot.state === 'closed' ? 'not connected' : 'connected';
}

/** Of a context that failed altogether, each kind would only say the same once more. */
export const unreadNodes = (snapshot: ContextSnapshot, prefix: string): TreeNode[] =>
  snapshot.state === 'failed'
    ? []
    : Object.entries(snapshot.unread).map(([kind, reason]) =>
        problemNode(`${prefix} ${snapshot.context} ${kind}`, reason, snapshot.context, kindWords[kind] ?? kind),
      );

/** Where the kind does not tell what it is, and which right is needed. */
const kindWords: Record<string, string> = { InstanceStatus: 'Status by pods/proxy' };

/** Offered beside the problem when the kubeconfig gave nothing to show. */
export const waysOut: TreeNode[] = [
  node({
    id: 'action settings',
    kind: 'action',
    label: 'Choose Kubeconfig…',
    icon: { id: 'settings-gear' },
    contextValue: 'action.settings',
  }),
  node({
    id: 'action playground',
    kind: 'action',
    label: 'Start Playground',
    icon: { id: 'play' },
    contextValue: 'action.playground',
  }),
];
