/** What a segment, a position, a base backup or a time is to an archive: asked at a place in its listing, or by a user. */
import type { ArchiveCheck, BackupCheck, TimelineCheck } from './archive-check.ts';
import type { ArchiveListing } from './archive-listing.ts';
import { formatBytes } from './instances.ts';
import type { Segment } from './wal.ts';
import { formatLsn, formatSegment, parseLsn, parseSegment, segmentAt, segmentStart } from './wal.ts';

export interface JudgedArchive {
  listing: ArchiveListing;
  check: ArchiveCheck;
}

export interface Answer {
  title: string;
  facts: [name: string, value: string][];
  /** Name of the segment, or id of the base backup, whose line in the listing it is about. */
  about: string;
}

/**
 * @param text a segment's name, an LSN, a base backup's id, or a time: `2026-11-25T01:02:03Z`, `2026-11-25 01:02` (UTC)
 * @returns a text when the archive has no answer
 */
export function ask(text: string, archive: JudgedArchive): Answer | string {
  const asked = text.trim();
  if (/^[0-9A-Fa-f]{24}$/.test(asked)) return ofSegment(asked.toUpperCase(), archive);
  const lsn = parseLsn(asked);
  if (lsn !== undefined) return ofPosition(lsn, archive);
  if (/^\d{8}T\d{6}$/.test(asked)) return ofBackup(asked, archive);
  if (/^\d{4}-\d\d-\d\d/.test(asked)) return ofTime(asked, archive);
  return `"${asked}" is neither a segment's name (24 digits), nor an LSN (2/4C000028), nor a base backup, nor a time (2026-11-25 01:02).`;
}

function ofSegment(name: string, { listing, check }: JudgedArchive): Answer | string {
  const { segmentSize } = listing;
  const segment = parseSegment(name, segmentSize);
  if (!segment) return `${name} is no name of a segment of ${formatBytes(segmentSize)}.`;
  const start = segmentStart(segment, segmentSize);
  const holding = check.backups.filter(({ beginWal, endWal }) => within(name, beginWal, endWal));
  return {
    title: `Segment ${name}`,
    about: name,
    facts: [
      ['Timeline', String(segment.timeline)],
      ['LSN', `${formatLsn(start)} up to ${formatLsn(start + BigInt(segmentSize))}`],
      ['In the archive', presence(name, segment, listing)],
      ...(holding.length > 0 ? [['Written during base backup', idsOf(holding)] as [string, string]] : []),
      ['Needed by', neededBy(segment, { listing, check })],
    ],
  };
}

const within = (name: string, from: string | null, to: string | null): boolean =>
  from !== null && to !== null && from <= name && name <= to;

const idsOf = (backups: readonly BackupCheck[]): string => {
  const ids = backups.map(({ id }) => id);
  return ids.length <= 3 ? ids.join(', ') : `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more`;
};

function presence(name: string, { timeline: number }: Segment, { timelines, truncated }: ArchiveListing): string {
  const timeline = timelines.find(each => each.timeline === number);
  if (timeline?.ranges.some(({ from, to }) => within(name, from, to))) return 'yes';
  if (timeline?.partial.includes(name)) return 'partial: written up to the end of the timeline';
  const last = timeline?.ranges.at(-1)?.to;
  if (truncated) return 'unknown: not everything was listed';
  return last !== undefined && name > last ? `no: the newest of its timeline is ${last}` : 'NO';
}

/** Base backups whose recovery to the end reads it. */
function neededBy({ timeline, number }: Segment, { listing, check }: JudgedArchive): string {
  if (!isFollowed(check, timeline)) return 'no base backup: its timeline is not in the line that is followed';
  const from = check.backups.filter(({ beginWal, status }) => {
    const begin = parseSegment(beginWal ?? '', listing.segmentSize);
    return (
      status === 'DONE' &&
      begin &&
      isFollowed(check, begin.timeline) &&
      begin.timeline <= timeline &&
      begin.number <= number
    );
  });
  return from.length === 0 ? 'no base backup: all begin later' : idsOf(from);
}

const isFollowed = ({ timelines }: ArchiveCheck, number: number): boolean =>
  timelines.some(({ timeline, verdict }) => timeline === number && verdict !== 'foreign' && verdict !== 'future');

/** On the timeline that was written at that position, in the line that is followed. */
function ofPosition(lsn: bigint, archive: JudgedArchive): Answer | string {
  const { check, listing } = archive;
  const begun = ({ switchpoint }: TimelineCheck): boolean => (parseLsn(switchpoint ?? '') ?? 0n) <= lsn;
  const timeline = check.timelines.findLast(each => isFollowed(check, each.timeline) && begun(each))?.timeline;
  if (timeline === undefined) return `No timeline here was at ${formatLsn(lsn)}.`;
  const answer = ofSegment(formatSegment(segmentAt(lsn, timeline, listing.segmentSize), listing.segmentSize), archive);
  return typeof answer === 'string' ? answer : { ...answer, title: `${formatLsn(lsn)} is in ${answer.about}` };
}

function ofBackup(id: string, { listing, check }: JudgedArchive): Answer | string {
  const backup = check.backups.find(each => each.id === id);
  const listed = listing.backups.find(each => each.id === id);
  if (!backup || !listed) return `There is no base backup ${id} here.`;
  return {
    title: `Base backup ${id}`,
    about: id,
    facts: [
      ['Status', backup.status],
      ['Verdict', backup.verdict],
      ['Time', `${backup.beginTime ?? '?'} to ${backup.endTime ?? '?'}`],
      ['WAL', `${backup.beginWal ?? '?'} to ${backup.endWal ?? '?'}`],
      ['Stored', formatBytes(listed.bytes)],
      ['System identifier', backup.systemId ?? 'unknown'],
      ['Restorable to', backup.restorableTo ?? 'nothing'],
      ...(backup.firstMissing === null ? [] : [['First missing', backup.firstMissing] as [string, string]]),
    ],
  };
}

/** A recovery to a time begins with the newest base backup that ended before it. */
function ofTime(text: string, archive: JudgedArchive): Answer | string {
  const zoned = /(?:Z|[-+]\d\d:?\d\d)$/.test(text) ? text : `${text.replace(' ', 'T')}${/:/.test(text) ? 'Z' : ''}`;
  const time = Date.parse(zoned);
  if (Number.isNaN(time)) return `"${text}" is no time.`;
  const fit = archive.check.backups.filter(
    ({ endTime, verdict, timeline }) =>
      verdict === 'restorable' &&
      timeline !== null &&
      isFollowed(archive.check, timeline) &&
      endTime !== null &&
      Date.parse(endTime) <= time,
  );
  const newest = fit.reduce<BackupCheck | undefined>(
    (best, each) => (best && (best.endTime ?? '') >= (each.endTime ?? '') ? best : each),
    undefined,
  );
  const iso = new Date(time).toISOString();
  if (!newest) return `No base backup here that can be restored ended before ${iso}.`;
  const answer = ofBackup(newest.id, archive);
  const reached = archive.check.recoveryWindow;
  const beyond = reached !== null && time > Date.parse(reached.to);
  if (typeof answer === 'string') return answer;
  return {
    ...answer,
    title: `A recovery to ${iso} begins with base backup ${newest.id}`,
    facts: [
      ...(beyond ? [['Note', `the newest WAL here was stored at ${reached.to}`] as [string, string]] : []),
      ...answer.facts,
    ],
  };
}
