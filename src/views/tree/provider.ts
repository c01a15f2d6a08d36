import * as vscode from 'vscode';
import type { Connections } from '../../connections.ts';
import { messageOf } from '../../errors.ts';
import type { TreeNode } from './nodes.ts';
import { buildTree } from './nodes.ts';
import { tooltipMarkdown } from './tooltip.ts';

/** The view `cnpg.replication`: shows {@link buildTree} and asks for instance status only while it can be seen. */
export function createReplicationView(connections: Connections, log: vscode.LogOutputChannel): vscode.Disposable {
  let roots: TreeNode[] = [];
  const parents = new Map<string, TreeNode>();
  const changed = new vscode.EventEmitter<void>();

  const view = vscode.window.createTreeView<TreeNode>('cnpg.replication', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      async getChildren(node) {
        if (node) return node.children;
        // The first look at the view. An answer that comes later, by an event, may be lost while the view is being made.
        await read();
        return roots;
      },
      getParent: node => parents.get(node.id),
      getTreeItem: treeItem,
    },
  });

  function refresh(): void {
    roots = buildTree(connections.snapshots(), connections.problems());
    parents.clear();
    const remember = (node: TreeNode): void => {
      for (const child of node.children) {
        parents.set(child.id, node);
        remember(child);
      }
    };
    roots.forEach(remember);
    changed.fire();
  }

  /** Reads the kubeconfig files, once; a context is contacted when the user opens it. */
  let reading: Promise<void> | undefined;
  function read(): Promise<void> {
    reading ??= connections.reload().catch((error: unknown) => log.error(messageOf(error)));
    return reading;
  }

  const look = (visible: boolean): void =>
    connections.pollInstances('tree', visible ? { all: true, closely: 'all' } : undefined);
  const subscription = connections.onDidChange(refresh);
  const visibility = view.onDidChangeVisibility(({ visible }) => look(visible));
  look(view.visible);
  return vscode.Disposable.from(view, subscription, visibility, changed);
}

function treeItem(node: TreeNode): vscode.TreeItem {
  const state =
    node.children.length === 0
      ? vscode.TreeItemCollapsibleState.None
      : node.expanded
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(node.label, state);
  item.id = node.id;
  item.description = node.description;
  item.contextValue = node.contextValue;
  item.iconPath = new vscode.ThemeIcon(
    node.icon.id,
    node.icon.color === undefined ? undefined : new vscode.ThemeColor(node.icon.color),
  );
  item.tooltip = new vscode.MarkdownString(tooltipMarkdown(node.tooltip.length > 0 ? node.tooltip : [node.label]));
  item.accessibilityInformation = { label: [node.label, node.description].filter(Boolean).join(', ') };
  const command = clickCommands[node.contextValue];
  if (command) item.command = { ...command, arguments: [node] };
  return item;
}

const clickCommands: Record<string, { command: string; title: string } | undefined> = {
  'context.closed': { command: 'cnpg.connect', title: 'Connect' },
  'context.failed': { command: 'cnpg.connect', title: 'Retry' },
  archive: { command: 'cnpg.openWalArchive', title: 'Open WAL Archive' },
  'action.settings': { command: 'cnpg.chooseKubeconfig', title: 'Choose Kubeconfig' },
  'action.playground': { command: 'cnpg.startPlayground', title: 'Start Playground' },
};
