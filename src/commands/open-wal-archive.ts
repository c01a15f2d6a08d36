import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { checkArchive } from '../model/archive-check.ts';
import { archiveSurroundings } from '../model/archive-surroundings.ts';
import { renderListing } from '../model/archive-listing-text.ts';
import { renderOutline } from '../model/archive-outline.ts';
import { ownArchive, sourceArchive } from '../model/archive.ts';
import type { Address } from '../model/kubernetes.ts';
import type { ArchiveOf, ArchiveRoom } from '../operations/list-archive.ts';
import { listClusterArchive } from '../operations/list-archive.ts';
import { configuredBindings } from '../views/bindings.ts';
import type { TextDocuments } from '../views/text-documents.ts';
import { abortSignalOf } from './cancellation.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import { pickCluster } from './pick-cluster.ts';

export const archiveScheme = 'cnpg-wal';
export const forgottenArchive =
  '# This listing is from an earlier window.\n# Run "CNPG: Refresh WAL Archive Listing" to read the archive again.\n';

/** Lists the archive that a Cluster writes or reads and opens the listing as a read-only document. */
export const openWalArchive =
  (connections: Connections, documents: TextDocuments, room: () => Promise<ArchiveRoom>) =>
  async (argument?: ClusterArgument): Promise<void> => {
    const address = await pickCluster(
      connections,
      argument,
      'Open WAL Archive',
      cluster => ownArchive(cluster) !== undefined || sourceArchive(cluster) !== undefined,
    );
    if (!address) return;
    const which = (argument && 'archive' in argument ? argument.archive : undefined) ?? 'own';
    const uri = archiveUri(address, which);
    await load(connections, documents, room, address, which, uri);
  };

/** Reads the archive of the listing in the active editor again. */
export const refreshWalArchive =
  (connections: Connections, documents: TextDocuments, room: () => Promise<ArchiveRoom>) => async (): Promise<void> => {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const from = uri?.scheme === archiveScheme ? parseArchiveUri(uri) : undefined;
    if (uri && from) await load(connections, documents, room, from.address, from.which, uri);
  };

/** A large archive shows its folders first, and its segments when all are listed. Cancelled, it shows what was listed by then. */
async function load(
  connections: Connections,
  documents: TextDocuments,
  room: () => Promise<ArchiveRoom>,
  address: Address,
  which: ArchiveOf,
  uri: vscode.Uri,
): Promise<void> {
  const connection = await connections.open(address.context);
  const role = which === 'own' ? 'WAL archive of' : "Source's WAL archive, read by";
  const title = `${role} ${address.name} (context ${address.context}, namespace ${address.namespace})`;
  const options: vscode.ProgressOptions = {
    location: vscode.ProgressLocation.Notification,
    title: `Listing the WAL archive of ${address.name}`,
    cancellable: true,
  };
  await vscode.window.withProgress(options, async (progress, cancellation) => {
    const cancelled = abortSignalOf(cancellation);
    const hard = new AbortController();
    let isLarge = false;
    // Before there is anything to show, cancelling ends it.
    cancelled.addEventListener('abort', () => isLarge || hard.abort(), { once: true });
    let about = '';
    try {
      const listing = await listClusterArchive(connection, address, which, room, hard.signal, {
        stop: cancelled,
        onProgress: objects => progress.report({ message: `${objects.toLocaleString('en')}${about} objects` }),
        onOutline(outline) {
          isLarge = true;
          about = ` of about ${outline.atMost.toLocaleString('en')}`;
          documents.set(uri, renderOutline(outline, title));
          void documents.show(uri, 'cnpg-wal');
        },
      });
      const around = archiveSurroundings(connections.snapshots(), address, which, configuredBindings());
      documents.set(uri, renderListing(listing, checkArchive(listing, around), title));
      await documents.show(uri, 'cnpg-wal');
    } catch (error) {
      if (!hard.signal.aborted) throw error;
    }
  });
}

/** The file name is what the tab shows; everything else is in the query. */
const archiveUri = (address: Address, which: ArchiveOf): vscode.Uri =>
  vscode.Uri.from({
    scheme: archiveScheme,
    path: `/${address.name}${which === 'source' ? ' (source)' : ''}.wal`,
    query: JSON.stringify([address.context, address.namespace, address.name, which]),
  });

function parseArchiveUri(uri: vscode.Uri): { address: Address; which: ArchiveOf } | undefined {
  try {
    const [context, namespace, name, which] = JSON.parse(uri.query) as string[];
    if (context === undefined || namespace === undefined || name === undefined) return undefined;
    return { address: { context, namespace, name }, which: which === 'source' ? 'source' : 'own' };
  } catch {
    return undefined;
  }
}
