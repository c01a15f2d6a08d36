import * as vscode from 'vscode';
import type { TreeNode } from './node.ts';
import { isLeaf } from './node.ts';
import { isBrowsable } from './archive-browser.ts';
import { plain } from './text.ts';
import { tooltipMarkdown } from './tooltip.ts';

export function treeItem(node: TreeNode): vscode.TreeItem {
  const state =
    isLeaf(node) && !isBrowsable(node)
      ? vscode.TreeItemCollapsibleState.None
      : node.expanded
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.Collapsed;
  const label = plain(node.label, 200);
  const description = plain(node.description);
  const item = new vscode.TreeItem(label, state);
  item.id = node.id;
  item.description = description;
  item.contextValue = node.contextValue;
  item.iconPath = new vscode.ThemeIcon(
    node.icon.id,
    node.icon.color === undefined ? undefined : new vscode.ThemeColor(node.icon.color),
  );
  item.tooltip = new vscode.MarkdownString(tooltipMarkdown(node.tooltip.length > 0 ? node.tooltip : [node.label]));
  item.accessibilityInformation = {
    label: [node.trouble, label, description].filter(Boolean).join(', ') || node.kind,
  };
  const command = clickCommands[node.contextValue];
  if (command) item.command = { ...command, arguments: [node] };
  return item;
}

const clickCommands: Record<string, { command: string; title: string } | undefined> = {
  'context.closed': { command: 'cnpg.connect', title: 'Connect' },
  'context.failed': { command: 'cnpg.connect', title: 'Retry' },
  'alarm.error': { command: 'cnpg.tellAlarm', title: 'Tell More' },
  'alarm.warning': { command: 'cnpg.tellAlarm', title: 'Tell More' },
  'alarm.notice': { command: 'cnpg.tellAlarm', title: 'Tell More' },
  archive: { command: 'cnpg.openWalArchive', title: 'Open WAL Archive' },
  'archive-file.text': { command: 'cnpg.openArchiveFile', title: 'Open' },
  'action.more-of-archive': { command: 'cnpg.showMoreOfArchive', title: 'Show More' },
  'action.settings': { command: 'cnpg.chooseKubeconfig', title: 'Choose Kubeconfig' },
  'action.playground': { command: 'cnpg.startPlayground', title: 'Start Playground' },
};
