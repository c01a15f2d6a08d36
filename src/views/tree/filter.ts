/** The tree with only what the user looks for. */
import type { TreeNode } from './node.ts';

export interface Filtered {
  roots: TreeNode[];
  /** The topmost nodes that match, in order. */
  matches: TreeNode[];
}

/**
 * Each word must begin a word in the label or description of a node or of those above it, upper and lower case alike. What matches
 * keeps all that is below it. Alarms always stay: a filter must not hide that something is wrong.
 */
export function filterTree(roots: readonly TreeNode[], filter: string): Filtered {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const matches: TreeNode[] = [];
  const keep = (node: TreeNode, above: readonly string[]): TreeNode[] => {
    const text = ` ${node.label} ${node.description}`.toLowerCase();
    const left = above.filter(word => !beginsIn(text, word));
    if (left.length === 0) {
      matches.push(node);
      return [node];
    }
    // A topology's label names all its members: it would speak for each of them.
    const children = node.children.flatMap(child => keep(child, node.kind === 'topology' ? above : left));
    if (children.length > 0) return [{ ...node, children, expanded: true }];
    return node.kind === 'alarm' ? [node] : [];
  };
  if (words.length === 0) return { roots: [...roots], matches };
  return { roots: roots.flatMap(node => keep(node, words)), matches };
}

/** Is the word in the text, at the beginning of a word? `us` is not meant by every "cluster". */
function beginsIn(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
    if (!/[\p{L}\p{N}]/u.test(text.charAt(at - 1)) || !/^[\p{L}\p{N}]/u.test(word)) return true;
  return false;
}
