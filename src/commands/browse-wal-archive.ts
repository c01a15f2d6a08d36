/** Commands on the names in a WAL archive, below its node in the tree. */
import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import type { ArchiveRoom } from '../operations/list-archive.ts';
import { openClusterArchive } from '../operations/list-archive.ts';
import { archiveFileScheme } from '../views/archive-documents.ts';
import type { OpenArchive } from '../views/tree/archive-browser.ts';
import { isBrowsable } from '../views/tree/archive-browser.ts';
import type { TreeNode } from '../views/tree/node.ts';
import type { ReplicationView } from '../views/tree/provider.ts';
import { archiveUri } from './open-wal-archive.ts';

/** Contexts are contacted here: an archive is opened by the user. */
export const archiveOpener =
  (connections: Connections, room: () => Promise<ArchiveRoom>): OpenArchive =>
  async (address, which, signal) => {
    const connection = await connections.open(address.context);
    const opened = await openClusterArchive(connection, address, which, room, signal);
    return {
      directory: (prefix, until) => opened.folder.directory(prefix, until),
      close: () => opened.close(),
    };
  };

export const showMoreOfArchive = (tree: ReplicationView) => (node?: TreeNode) => {
  if (!node?.shownBy) return;
  tree.archives.more(node.shownBy);
  tree.refreshBelow(node.shownBy);
};

/** Reads a folder again, or tries again what failed. */
export const refreshArchiveFolder = (tree: ReplicationView) => (node?: TreeNode) => {
  const folder = node?.shownBy ?? node;
  if (!folder || !isBrowsable(folder)) return;
  tree.archives.forget(folder);
  tree.refreshBelow(folder);
};

/** Shows only the names in a folder that begin with a text. */
export const filterArchiveFolder = (tree: ReplicationView) => async (node?: TreeNode) => {
  if (!node || !isBrowsable(node)) return;
  const typed = await vscode.window.showInputBox({
    title: `Names in ${node.key ?? node.label}`,
    prompt: 'Only names that begin with this, for example 00000002 in wals/; empty shows all',
    value: tree.archives.filterOf(node),
  });
  if (typed === undefined) return;
  tree.archives.filter(node, typed.trim());
  tree.refreshBelow(node);
};

/** Opens a small text file of the archive. */
export const openArchiveFile = async (node?: TreeNode): Promise<void> => {
  if (!node?.address || !node.archive || node.key === undefined) return;
  const uri = archiveUri(node.address, node.archive).with({ scheme: archiveFileScheme, path: `/${node.key}` });
  await vscode.window.showTextDocument(uri, { preview: true });
};
