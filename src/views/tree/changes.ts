/** Which parts of the tree have to be drawn anew. */
import type { TreeNode } from './node.ts';

/**
 * Ids of the topmost nodes that look different or have other children; what is below them is drawn with them. `'all'`: the
 * roots themselves changed.
 */
export function changedNodes(before: readonly TreeNode[], after: readonly TreeNode[]): string[] | 'all' {
  if (before.length !== after.length || before.some((node, index) => node.id !== after[index]?.id)) return 'all';
  return after.flatMap((node, index) => changedBelow(before[index] ?? node, node));
}

function changedBelow(before: TreeNode, after: TreeNode): string[] {
  if (face(before) !== face(after)) return [after.id];
  const below = changedNodes(before.children, after.children);
  return below === 'all' ? [after.id] : below;
}

/** Everything that VS Code is told of a node itself. */
const face = ({ label, description, tooltip, icon, trouble, contextValue, children }: TreeNode): string =>
  JSON.stringify([label, description, tooltip, icon, trouble, contextValue, children.length === 0]);
