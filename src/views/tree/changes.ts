/** Which parts of the tree have to be drawn anew. */
import type { TooltipLine, TreeNode } from './node.ts';
import { isLeaf } from './node.ts';

/**
 * Ids of the topmost nodes that look different or have other children; what is below them is drawn with them. `'all'`: the
 * roots themselves changed.
 */
export function changedNodes(before: readonly TreeNode[], after: readonly TreeNode[]): string[] | 'all' {
  if (before.length !== after.length || before.some((node, index) => node.id !== after[index]?.id)) return 'all';
  return after.flatMap((node, index) => changedBelow(before[index] ?? node, node));
}

function changedBelow(before: TreeNode, after: TreeNode): string[] {
  if (!sameFace(before, after)) return [after.id];
  // Nobody has seen what is below.
  if (before.unfold || after.unfold) return [];
  const below = changedNodes(before.children, after.children);
  return below === 'all' ? [after.id] : below;
}

/** Is all that VS Code is told of the node itself the same? */
const sameFace = (a: TreeNode, b: TreeNode): boolean =>
  a.label === b.label &&
  a.description === b.description &&
  a.icon.id === b.icon.id &&
  a.icon.color === b.icon.color &&
  a.trouble === b.trouble &&
  a.contextValue === b.contextValue &&
  isLeaf(a) === isLeaf(b) &&
  a.tooltip.length === b.tooltip.length &&
  a.tooltip.every((line, index) => sameLine(line, b.tooltip[index]));

const sameLine = (a: TooltipLine, b: TooltipLine | undefined): boolean =>
  typeof a === 'string' || typeof b === 'string' || b === undefined ? a === b : a[0] === b[0] && a[1] === b[1];
