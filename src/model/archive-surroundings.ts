/** What the connected contexts know around an archive, for its judgement. What is not known is left out, never guessed. */
import { ownArchive } from './archive.ts';
import type { ArchiveSurroundings } from './archive-check.ts';
import { isReplicaCluster } from './cluster.ts';
import type { Instance } from './instances.ts';
import { instancesOf, statusOf } from './instances.ts';
import type { Address } from './kubernetes.ts';
import { sameAddress } from './kubernetes.ts';
import type { ContextSnapshot } from './snapshot.ts';
import { decodeToken } from './token.ts';
import type { Bindings, Member, Topology } from './topology.ts';
import { findTopologies, membersOf, primaries, sourceMember, topologyWith } from './topology.ts';

/** Uploads that Barman Cloud may have under way at a time, in any order. */
const parallelUploads = 8;

/** @param which the archive that the Cluster writes, or the one that its designated primary restores from */
export function archiveSurroundings(
  snapshots: readonly ContextSnapshot[],
  address: Address,
  which: 'own' | 'source',
  bindings: Bindings = {},
): ArchiveSurroundings {
  const topology = topologyWith(findTopologies(snapshots, bindings), address);
  const member = (topology?.members ?? snapshots.flatMap(membersOf)).find(each => sameAddress(each.address, address));
  const writer = which === 'own' ? member : topology && member && sourceMember(topology, member);
  if (!member || !writer) return {};
  const leader = leaderOf(writer, snapshots);
  const status = statusOf(leader?.reading);
  const timeline = timelineOf(writer, topology, snapshots);
  const systemId = writer.cluster.status?.systemID || status?.systemID;
  const retention = retentionOf(writer, snapshots);
  const token = writer.cluster.status?.demotionToken;
  // Once it was used, retention removes what it names: nobody needs it any more.
  const isUsed = topology?.members.some(({ cluster: { status: known } }) => known?.lastPromotionToken === token);
  const decoded = token && !isUsed ? decodeToken(token) : undefined;
  return {
    ...(timeline !== undefined && { timeline }),
    ...(systemId && { systemId }),
    ...(status?.lastArchivedWAL &&
      /^[0-9A-F]{24}$/.test(status.lastArchivedWAL) && { lastArchived: status.lastArchivedWAL }),
    pending: parallelUploads + (status?.readyWalFiles ?? 0),
    readers: Object.fromEntries(readersOf(writer, topology, snapshots)),
    ...(retention !== undefined && { retention }),
    ...(typeof decoded === 'object' && { tokenSegment: decoded.redoWalFile }),
  };
}

/** Of the ObjectStore with the plugin, of the Cluster with in-tree Barman. */
function retentionOf({ cluster, address }: Member, snapshots: readonly ContextSnapshot[]): string | undefined {
  const own = ownArchive(cluster);
  if (own?.by !== 'plugin') return cluster.spec.backup?.retentionPolicy;
  return snapshots
    .find(({ context }) => context === address.context)
    ?.objectStores.find(({ metadata }) => metadata.name === own.objectStore && metadata.namespace === address.namespace)
    ?.spec.retentionPolicy;
}

function leaderOf({ cluster, address }: Member, snapshots: readonly ContextSnapshot[]): Instance | undefined {
  const snapshot = snapshots.find(({ context, state }) => context === address.context && state === 'connected');
  return snapshot && instancesOf(cluster, snapshot).find(({ role }) => role !== 'standby');
}

/** Of the one that writes now: a standby's control file lags behind a switch of the timeline. */
function timelineOf(
  writer: Member,
  topology: Topology | undefined,
  snapshots: readonly ContextSnapshot[],
): number | undefined {
  const writing = topology ? primaries(topology) : isReplicaCluster(writer.cluster) ? [] : [writer];
  const [primary] = writing;
  if (!primary || writing.length > 1) return undefined;
  const status = statusOf(leaderOf(primary, snapshots)?.reading);
  return status?.isPrimary ? status.timeLineID : undefined;
}

/** Designated primaries that follow the writer, with the LSN up to which they have replayed. */
function readersOf(
  writer: Member,
  topology: Topology | undefined,
  snapshots: readonly ContextSnapshot[],
): [name: string, lsn: string][] {
  return (topology?.members ?? [])
    .filter(member => topology && sourceMember(topology, member) === writer)
    .flatMap((member): [string, string][] => {
      const lsn = statusOf(leaderOf(member, snapshots)?.reading)?.replayLsn;
      return lsn === undefined ? [] : [[member.name, lsn]];
    });
}
