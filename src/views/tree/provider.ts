import * as vscode from 'vscode';
import type { Connections } from '../../connections.ts';
import { messageOf } from '../../errors.ts';
import type { Alarm } from '../../model/alarm.ts';
import type { Address } from '../../model/kubernetes.ts';
import type { Scenes } from '../scenes.ts';
import type { ArchiveBrowser, OpenArchive } from './archive-browser.ts';
import { createArchiveBrowser, isBrowsable } from './archive-browser.ts';
import { alarmNodeId } from './alarm-nodes.ts';
import { writeBinding } from './bind-member.ts';
import { filterTree } from './filter.ts';
import { createFolding } from './folding.ts';
import { messageFor } from './message.ts';
import type { TreeNode } from './node.ts';
import { unfold } from './node.ts';
import { treeOf } from './nodes.ts';
import { createRows } from './rows.ts';
import { treeItem } from './tree-item.ts';

export interface ReplicationView extends vscode.Disposable {
  filter(): string;
  /** Shows only what matches; an empty text shows all. */
  setFilter(text: string): Promise<void>;
  /** What is below a node is asked for again. */
  refreshBelow(node: TreeNode): void;
  readonly archives: ArchiveBrowser;
  /** Opens the view on an alarm's node. */
  reveal(alarm: Alarm | undefined): Promise<void>;
}

const clusterType = 'application/vnd.code.tree.cnpg.replication';
/** Matches that are opened when a filter is set. */
const revealed = 8;

/** The view `cnpg.replication`: shows {@link treeOf} and asks for instance status closely only while it can be seen. */
export function createReplicationView(
  connections: Connections,
  scenes: Scenes,
  openArchive: OpenArchive,
  memory: vscode.Memento,
  log: vscode.LogOutputChannel,
): ReplicationView {
  let filter = '';
  let matches: TreeNode[] = [];
  const changed = new vscode.EventEmitter<TreeNode[] | undefined>();
  const archives = createArchiveBrowser(openArchive, Date.now);
  const folding = createFolding(memory);
  const rows = createRows(({ id, expanded }) => (filter === '' ? folding.isOpen(id) : undefined) ?? expanded);

  const view = vscode.window.createTreeView<TreeNode>('cnpg.replication', {
    showCollapseAll: true,
    canSelectMany: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      async getChildren(node) {
        if (node) return isBrowsable(node) ? archives.childrenOf(node) : rows.childrenOf(node);
        // The first look at the view. An answer that comes later, by an event, may be lost while the view is being made.
        await read();
        if (outdated) build();
        return rows.roots();
      },
      getParent: node => rows.parentOf(node),
      getTreeItem: treeItem,
    },
    dragAndDropController: {
      dragMimeTypes: [clusterType],
      dropMimeTypes: [clusterType],
      handleDrag(nodes, data) {
        const [cluster] = nodes.filter(({ kind }) => kind === 'cluster');
        if (cluster?.address) data.set(clusterType, new vscode.DataTransferItem(JSON.stringify(cluster.address)));
      },
      async handleDrop(target, data) {
        const dragged = data.get(clusterType);
        if (target?.memberName === undefined || !dragged) return;
        await writeBinding(target.memberName, JSON.parse(await dragged.asString()) as Address, scenes);
      },
    },
  });

  /** While nobody looks, only the number on the icon is kept up to date. */
  let outdated = true;
  function refresh(): void {
    const alarms = scenes.current().judgement.alarms.filter(({ severity }) => severity !== 'notice').length;
    view.badge =
      alarms === 0 ? undefined : { value: alarms, tooltip: `${alarms} CloudNativePG alarm${alarms === 1 ? '' : 's'}` };
    poll();
    if (!view.visible) {
      outdated = true;
      return;
    }
    const changes = build();
    if (changes === 'all') changed.fire(undefined);
    else if (changes.length > 0) changed.fire(changes);
  }

  /** @param whole also what nobody has opened: the filter looks into it */
  function build(whole = filter !== ''): TreeNode[] | 'all' {
    const scene = scenes.current();
    const tree = treeOf(scene, connections.problems());
    if (whole) unfold(tree);
    const filtered = filterTree(tree, filter);
    const changes = rows.replace(filtered.roots, outdated);
    outdated = false;
    matches = filtered.matches;
    view.message = messageFor(scene, filter, matches.length) ?? '';
    view.description = filter === '' ? '' : `filter: ${filter}`;
    return changes;
  }

  /** With many Clusters only those that were opened are asked closely. */
  function poll(): void {
    const { many } = scenes.current();
    const closely = many
      ? folding
          .open()
          .flatMap(id => rows.find(id) ?? [])
          .flatMap(({ kind, address }) => (kind === 'cluster' && address ? [address] : []))
      : ('all' as const);
    connections.pollInstances('tree', view.visible ? { all: true, closely } : undefined);
  }

  /** Reads the kubeconfig files, once; a context is contacted when the user opens it. */
  let reading: Promise<void> | undefined;
  function read(): Promise<void> {
    reading ??= connections.reload().catch((error: unknown) => log.error(messageOf(error)));
    return reading;
  }

  const subscriptions = vscode.Disposable.from(
    view,
    archives,
    changed,
    scenes.onDidChange(refresh),
    view.onDidChangeVisibility(({ visible }) => (visible && outdated ? refresh() : poll())),
    view.onDidExpandElement(({ element }) => {
      // An archive is read when the user opens it, not because it was open in an earlier window.
      if (filter === '' && !isBrowsable(element)) folding.set(element.id, true);
      poll();
    }),
    view.onDidCollapseElement(({ element }) => {
      if (filter === '' && !isBrowsable(element)) folding.set(element.id, false);
      poll();
    }),
  );
  poll();
  return {
    archives,
    refreshBelow: node => changed.fire([node]),
    filter: () => filter,
    async setFilter(text) {
      filter = text.trim();
      outdated = true;
      await vscode.commands.executeCommand('setContext', 'cnpg.treeFiltered', filter !== '');
      refresh();
      for (const { id } of matches.slice(0, revealed)) {
        const node = rows.find(id);
        if (node) await view.reveal(node, { select: false, focus: false });
      }
    },
    async reveal(alarm) {
      await vscode.commands.executeCommand('cnpg.replication.focus');
      if (outdated) build();
      if (!alarm) return;
      const find = (): TreeNode | undefined => rows.find(alarmNodeId(alarm));
      if (!find()) build(true);
      const node = find();
      if (node) await view.reveal(node, { select: true, focus: true });
    },
    dispose: () => subscriptions.dispose(),
  };
}
