/** The nodes that VS Code has. It knows them as objects: one that is shown stays the same object as long as its id is in the tree. */
import { changedNodes } from './changes.ts';
import type { TreeNode } from './node.ts';
import { unfold } from './node.ts';

export interface Rows {
  roots(): TreeNode[];
  /** `undefined`: there is none, or nobody has opened what it is in. */
  find(id: string): TreeNode | undefined;
  parentOf(node: TreeNode): TreeNode | undefined;
  /** VS Code asks for them once a node is opened. They are made then, and from then on with each tree. */
  childrenOf(node: TreeNode): TreeNode[];
  /**
   * Takes the place of the tree before.
   * @param anew whether VS Code forgets what it has
   * @returns what has to be drawn anew with all that is below it
   */
  replace(tree: readonly TreeNode[], anew: boolean): TreeNode[] | 'all';
}

/** @param isOpen how the node is shown at first, by what the user left or by itself */
export function createRows(isOpen: (node: TreeNode) => boolean): Rows {
  let roots: TreeNode[] = [];
  let shown = new Map<string, TreeNode>();
  let parents = new Map<string, TreeNode>();
  /** Whose children VS Code has, also of nodes that were closed since: it shows those again without asking. */
  const asked = new Set<string>();
  const wanted = (node: TreeNode): boolean => asked.has(node.id) || isOpen(node);

  function adopt(fresh: TreeNode, before: ReadonlyMap<string, TreeNode>, parent: TreeNode | undefined): TreeNode {
    const known = before.get(fresh.id);
    const node = known ? replaceContent(known, fresh) : fresh;
    shown.set(node.id, node);
    if (parent) parents.set(node.id, parent);
    node.expanded = isOpen(node);
    node.children = fresh.children.map(child => adopt(child, before, node));
    return node;
  }

  return {
    roots: () => roots,
    find: id => shown.get(id),
    parentOf: ({ id }) => parents.get(id),
    childrenOf(node) {
      asked.add(node.id);
      if (node.unfold && shown.get(node.id) === node) {
        unfold([node], wanted);
        node.children = node.children.map(child => adopt(child, shown, node));
      }
      return node.children;
    },
    replace(tree, anew) {
      if (anew) asked.clear();
      unfold(tree, wanted);
      const changes = anew ? 'all' : changedNodes(roots, tree);
      const before = shown;
      shown = new Map();
      parents = new Map();
      roots = tree.map(node => adopt(node, before, undefined));
      return changes === 'all' ? changes : changes.flatMap(id => shown.get(id) ?? []);
    },
  };
}

function replaceContent(known: TreeNode, fresh: TreeNode): TreeNode {
  for (const key of Object.keys(known)) if (!(key in fresh)) delete known[key as keyof TreeNode];
  return Object.assign(known, fresh);
}
