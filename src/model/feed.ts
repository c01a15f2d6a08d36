/** How a designated primary gets its WAL: what its manifest says, what works now, and how far it is behind. */
import type { ArchiveReference } from './archive.ts';
import { entryArchive } from './archive.ts';
import { externalCluster, isReplicaCluster } from './cluster.ts';
import { bytesBehind, isCut, positionOf } from './instances.ts';
import type { Moment } from './moment.ts';
import type { Behind } from './positions.ts';
import { movedWithin, secondsBehind } from './positions.ts';
import type { Side } from './side.ts';
import { defaultSegmentSize, formatSegment, parseSegment, segmentAt } from './wal.ts';

export interface Feed {
  /** Name of the external cluster that it follows. */
  source: string;
  /** `host:port` of the manifest. */
  host: string | undefined;
  archive: ArchiveReference | undefined;
  configured: 'streaming' | 'archive' | 'both' | 'nothing';
  /** `none`: neither a WAL receiver nor movement by the archive. `unknown`: its status is not known, or not long enough. */
  works: 'streaming' | 'archive' | 'none' | 'unknown';
  /** It should stream, and the designated primary, which was read, has no WAL receiver. */
  interrupted: boolean;
  /** Bytes, whole segments and time behind the leader of the source. `undefined`: not known, or not comparable. */
  bytes: bigint | undefined;
  segments: bigint | undefined;
  time: Behind | undefined;
  /** Segment that holds its next WAL, on the timeline it is on. */
  needed: string | undefined;
  /** Newest segment that the source has archived. */
  newestArchived: string | undefined;
  /** Archived segments that it has not replayed to their end. `undefined`: not known, or of other timelines. */
  archivedAhead: bigint | undefined;
}

/** PostgreSQL archives a segment at least every five minutes by CNPG's default; uploading and polling come on top. */
const archivePatience = 6 * 60;

/** @param source the side it follows; absent: not found */
export function feedOf(side: Side, source: Side | undefined, moment: Moment): Feed | undefined {
  const { cluster, status } = side;
  const name = cluster.spec.replica?.source;
  if (!isReplicaCluster(cluster) || name === undefined) return undefined;
  const entry = externalCluster(cluster, name);
  const { host, port } = entry?.connectionParameters ?? {};
  const archive = entry && entryArchive(cluster, entry);
  const standing = status?.isPrimary ? undefined : status;
  const replay = positionOf(standing);
  const bytes = bytesBehind(source?.status, standing);
  const size = defaultSegmentSize;
  const last = parseSegment((source?.status?.lastArchivedWAL ?? '').slice(0, 24));
  // While it streams, the timeline that it says lags behind the one that it replays.
  const timeline = status?.isWalReceiverActive ? source?.status?.timeLineID : undefined;
  const needed = replay === undefined ? undefined : segmentAt(replay, timeline ?? status?.timeLineID ?? 1, size);
  const ahead = last && needed && last.timeline === needed.timeline ? last.number - needed.number + 1n : undefined;
  const archivedAhead = ahead === undefined ? undefined : ahead > 0n ? ahead : 0n;
  return {
    source: name,
    host: entry?.connectionParameters && `${host ?? 'local socket'}${port ? `:${port}` : ''}`,
    archive,
    configured: entry?.connectionParameters ? (archive ? 'both' : 'streaming') : archive ? 'archive' : 'nothing',
    works: worksNow(side, source, archive !== undefined, archivedAhead, moment),
    interrupted: entry?.connectionParameters !== undefined && isCut(standing),
    bytes,
    segments: bytes === undefined ? undefined : bytes / BigInt(size),
    time:
      replay === undefined || bytes === undefined ? undefined : secondsBehind(source?.positions, replay, moment.now),
    needed: needed && formatSegment(needed, size),
    newestArchived: last && formatSegment(last, size),
    archivedAhead,
  };
}

function worksNow(
  { status, positions, leader }: Side,
  source: Side | undefined,
  hasArchive: boolean,
  archivedAhead: bigint | undefined,
  { now }: Moment,
): Feed['works'] {
  if (!status || status.isPrimary || status.mightBeUnavailable) return 'unknown';
  if (status.isWalReceiverActive) return 'streaming';
  if (!hasArchive || !leader) return 'none';
  if ((movedWithin(positions, archivePatience, now) ?? 0n) > 0n || (movedWithin(positions, 20, now) ?? 0n) > 0n)
    return 'archive';
  if (archivedAhead === 0n) return 'archive';
  const stands = movedWithin(positions, archivePatience, now) === 0n;
  const sourceMoved = (movedWithin(source?.positions, archivePatience, now) ?? 0n) > BigInt(defaultSegmentSize);
  return stands && sourceMoved ? 'none' : 'unknown';
}

/** `streaming`, `from the archive`: what works now, as the rest of "it is fed …". */
export const feedWords: Record<Feed['works'], string> = {
  streaming: 'streaming',
  archive: 'from the archive',
  none: 'NOT FED',
  unknown: 'not known',
};
