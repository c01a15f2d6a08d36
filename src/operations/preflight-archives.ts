/** Checks before a switchover: does each side read the archive that the other one writes. Pure. */
import { entryArchive, ownArchive } from '../model/archive.ts';
import type { Cluster } from '../model/cluster.ts';
import { annotations, condition, externalCluster, topologyName } from '../model/cluster.ts';
import { formatTime } from '../model/duration.ts';
import { statusOf } from '../model/instances.ts';
import type { Segment } from '../model/wal.ts';
import { parseSegment } from '../model/wal.ts';
import type { Check } from './checks.ts';
import { check } from './checks.ts';
import type { Side } from './promotion.ts';
import type { ArchiveReading } from './surroundings.ts';

const name = ({ cluster }: Side): string => cluster.metadata.name;

/** WAL files waiting to be archived: warn from the first figure, block from the second (the defaults of repmgr). */
const backlogWarns = 16;
const backlogBlocks = 128;

export function archiving(a: Side): Check {
  const title = `${name(a)}: WAL archiving works now`;
  const remedy =
    'The last segment must be archived before the token appears; without it there would be no writer at all. Repair the archive first.';
  if (a.cluster.metadata.annotations?.[annotations.skipWalArchiving] === 'enabled')
    return check('blocks', title, false, 'switched off by cnpg.io/skipWalArchiving', remedy);
  if (!ownArchive(a.cluster)) return check('blocks', title, false, 'no archive is configured', remedy);
  const reported = condition(a.cluster, 'ContinuousArchiving');
  if (reported?.status !== 'True')
    return check('blocks', title, false, reported?.message ?? 'condition ContinuousArchiving is absent', remedy);
  const status = statusOf(a.leader);
  if (!status)
    return check(
      'warns',
      title,
      'unknown',
      `the condition says so; the archiver could not be asked${a.leader?.kind === 'failed' ? `: ${a.leader.reason}` : ''}`,
      remedy,
    );
  const waiting = status.readyWalFiles ?? 0;
  const evidence = `last archived ${status.lastArchivedWAL ?? 'none'} at ${status.lastArchivedWALTime ?? '?'}, ${waiting} files waiting`;
  const works = status.isArchivingWAL === true;
  if (works && waiting >= backlogWarns && waiting < backlogBlocks)
    return check('warns', title, false, evidence, remedy);
  return check('blocks', title, works && waiting < backlogBlocks, evidence, remedy);
}

export const archiveAfterwards = (cluster: Cluster): Check =>
  check(
    'warns',
    `${cluster.metadata.name}: has a WAL archive of its own`,
    ownArchive(cluster) !== undefined,
    ownArchive(cluster) ? 'configured' : 'none',
    'After the promotion there would be no point-in-time recovery, and the former primary could only follow by streaming.',
  );

/**
 * The end of the archive that the reader would restore from, beside what the writer says it has archived: an entry without
 * `serverName` leads into the wrong folder, and nobody notices before streaming breaks.
 */
export function readsArchiveOf(reader: Side, writer: Side, reading: ArchiveReading, now: number): Check {
  const title = `${name(reader)} reads the archive of ${name(writer)}`;
  const remedy = `Compare the entry "${topologyName(writer.cluster)}" of ${name(reader)} (bucket, serverName) with where ${name(writer)} archives.`;
  const entry = externalCluster(reader.cluster, topologyName(writer.cluster));
  if (!entry || !entryArchive(reader.cluster, entry))
    return check(
      'warns',
      title,
      false,
      'its entry names no archive: it can only stream',
      'Add the archive to the entry, so that a broken connection does no harm.',
    );
  if (reading.kind === 'unreadable')
    return check('warns', title, 'unknown', `not verified from here: ${reading.reason}`, remedy);
  const last = lastComplete(statusOf(writer.leader)?.lastArchivedWAL ?? '');
  const newest = parseSegment(reading.newest?.name ?? '');
  const evidence = reading.newest
    ? `its newest segment is ${reading.newest.name}, of ${formatTime(reading.newest.storedAt, now)}; ${name(writer)} says ${statusOf(writer.leader)?.lastArchivedWAL ?? 'nothing'}`
    : 'no WAL is there';
  if (!last) return check('warns', title, newest ? 'ok' : 'unknown', evidence, remedy);
  const isThere =
    newest !== undefined &&
    (newest.timeline > last.timeline || (newest.timeline === last.timeline && newest.number >= last.number));
  return check('blocks', title, isThere, evidence, remedy);
}

/** The last complete segment that was archived before this file: an archiver also archives the unfinished one of a demotion. */
function lastComplete(archived: string): Segment | undefined {
  const segment = parseSegment(archived.replace(/\.partial$/, ''));
  return segment && archived.endsWith('.partial') ? { ...segment, number: segment.number - 1n } : segment;
}
