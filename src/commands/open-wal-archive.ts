import * as vscode from 'vscode';
import type { RestOfListing } from '../archive/contract.ts';
import type { Connections } from '../connections.ts';
import { checkArchive } from '../model/archive-check.ts';
import { archiveSurroundings } from '../model/archive-surroundings.ts';
import { renderListing } from '../model/archive-listing-text.ts';
import { renderOutline } from '../model/archive-outline.ts';
import { ownArchive, sourceArchive } from '../model/archive.ts';
import type { Address } from '../model/kubernetes.ts';
import { sameAddress } from '../model/kubernetes.ts';
import { membersOf } from '../model/topology.ts';
import type { ArchiveOf, ArchiveRoom } from '../operations/list-archive.ts';
import { listClusterArchive, readArchiveFile } from '../operations/list-archive.ts';
import type { ArchiveDocuments } from '../views/archive-documents.ts';
import { archiveScheme } from '../views/archive-documents.ts';
import { configuredBindings } from '../views/bindings.ts';
import { abortSignalOf } from './cancellation.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import { pickCluster } from './pick-cluster.ts';

export interface ArchiveDependencies {
  connections: Connections;
  documents: ArchiveDocuments;
  room: () => Promise<ArchiveRoom>;
  /** Of listings that were stopped or failed, by the address of their document. */
  rests: Map<string, RestOfListing>;
}

/** Lists the archive that a Cluster writes or reads and opens the listing as a read-only document. */
export const openWalArchive =
  (deps: ArchiveDependencies) =>
  async (argument?: ClusterArgument): Promise<void> => {
    const address = await pickCluster(
      deps.connections,
      argument,
      'Open WAL Archive',
      cluster => ownArchive(cluster) !== undefined || sourceArchive(cluster) !== undefined,
    );
    if (!address) return;
    const which =
      (argument && 'archive' in argument ? argument.archive : undefined) ?? theOneOf(deps.connections, address);
    await load(deps, address, which, archiveUri(address, which));
  };

/** Its own, unless it has none and reads another. */
function theOneOf(connections: Connections, address: Address): ArchiveOf {
  const cluster = connections
    .snapshots()
    .flatMap(membersOf)
    .find(member => sameAddress(member.address, address))?.cluster;
  return cluster && !ownArchive(cluster) && sourceArchive(cluster) ? 'source' : 'own';
}

/** Opens the archive that a replica cluster reads and the one that it writes, beside each other. */
export const openBothWalArchives =
  (deps: ArchiveDependencies) =>
  async (argument?: ClusterArgument): Promise<void> => {
    const address = await pickCluster(
      deps.connections,
      argument,
      'Open Both WAL Archives',
      cluster => ownArchive(cluster) !== undefined && sourceArchive(cluster) !== undefined,
    );
    if (!address) return;
    // The source's may be lost with its site.
    const [source] = await Promise.allSettled([load(deps, address, 'source', archiveUri(address, 'source'))]);
    await load(deps, address, 'own', archiveUri(address, 'own'), true);
    if (source.status === 'rejected') throw source.reason;
  };

/** Reads the archive of the listing in the active editor again. */
export const refreshWalArchive = (deps: ArchiveDependencies) => async (): Promise<void> => {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const from = uri?.scheme === archiveScheme ? parseArchiveUri(uri) : undefined;
  if (uri && from) await load(deps, from.address, from.which, uri);
};

/**
 * A large archive shows its folders first, and its segments when all are listed. Cancelled, it shows what was listed by then, and can
 * be gone on with.
 */
async function load(
  { connections, documents, room, rests }: ArchiveDependencies,
  address: Address,
  which: ArchiveOf,
  uri: vscode.Uri,
  beside = false,
): Promise<void> {
  const resume = await restToGoOnWith(rests.get(uri.toString()), address);
  if (resume === 'cancelled') return;
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
    let isLarge = resume !== undefined;
    rests.delete(uri.toString());
    // Before there is anything to show, cancelling ends it.
    cancelled.addEventListener('abort', () => isLarge || hard.abort(), { once: true });
    let about = '';
    try {
      const listing = await listClusterArchive(connection, address, which, room, hard.signal, {
        stop: cancelled,
        ...(resume && { resume }),
        onStopped: rest => rests.set(uri.toString(), rest),
        onProgress: objects => progress.report({ message: `${objects.toLocaleString('en')}${about} objects` }),
        onOutline(outline) {
          isLarge = true;
          about = ` of about ${outline.atMost.toLocaleString('en')}`;
          documents.setOutline(uri, renderOutline(outline, title));
          void documents.show(uri, beside);
        },
      });
      const around = archiveSurroundings(connections.snapshots(), address, which, configuredBindings());
      const check = checkArchive(listing, around);
      documents.setListing(uri, renderListing(listing, check, title), { listing, check });
      await documents.show(uri, beside);
    } catch (error) {
      if (!hard.signal.aborted) throw error;
    }
  });
}

/** Asks whether a listing that came to no end is gone on with. */
async function restToGoOnWith(
  rest: RestOfListing | undefined,
  { name }: Address,
): Promise<RestOfListing | undefined | 'cancelled'> {
  if (!rest) return undefined;
  const goOn = { label: 'Go On', description: `${rest.objects.toLocaleString('en')} objects are listed already` };
  const anew = { label: 'Begin Anew', description: 'sees what was stored or removed meanwhile' };
  const picked = await vscode.window.showQuickPick([goOn, anew], {
    title: `WAL archive of ${name}`,
    placeHolder: 'Its listing was not finished',
  });
  if (!picked) return 'cancelled';
  return picked === goOn ? rest : undefined;
}

/** Reads the file of an archive that a link in its listing names. */
export const archiveFileReader =
  (connections: Connections, room: () => Promise<ArchiveRoom>) =>
  async (uri: vscode.Uri, signal: AbortSignal): Promise<string> => {
    const from = parseArchiveUri(uri);
    if (!from) return '';
    const connection = await connections.open(from.address.context);
    return readArchiveFile(connection, from.address, from.which, uri.path.slice(1), room, signal);
  };

/** The file name is what the tab shows; everything else is in the query. */
export const archiveUri = (address: Address, which: ArchiveOf): vscode.Uri =>
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
