/**
 * A retention policy against an archive and those who read it. Barman keeps the newest base backup that ended before the
 * asked time and all later ones, and removes WAL from before the oldest that it keeps (Barman manual, "Retention policies").
 */
import type { ArchiveSurroundings, BackupCheck, Finding } from './archive-check.ts';
import type { ArchiveListing } from './archive-listing.ts';
import { parseLsn, parseSegment } from './wal.ts';

const days: Record<string, number> = { d: 1, w: 7, m: 31 };

/** @returns milliseconds of `30d`, `4w`, `2m`; `undefined` for anything else */
export function retentionTime(policy: string): number | undefined {
  const [, count = '', unit = ''] = /^([1-9]\d*)([dwm])$/.exec(policy) ?? [];
  const length = days[unit];
  return length === undefined ? undefined : Number(count) * length * 24 * 3600_000;
}

export function ofRetention(
  listing: ArchiveListing,
  backups: readonly BackupCheck[],
  { retention = '', readers = {}, now = listing.listedAt }: ArchiveSurroundings,
): Finding[] {
  const time = retentionTime(retention);
  if (time === undefined) return [];
  const asked = now.getTime() - time;
  const done = backups
    .filter(({ status, endTime }) => status === 'DONE' && endTime !== null)
    .toSorted((a, b) => ((a.endTime ?? '') < (b.endTime ?? '') ? -1 : 1));
  const at = done.findLastIndex(({ endTime }) => Date.parse(endTime ?? '') <= asked);
  const [oldest] = done;
  if (!oldest) return [];
  const kept = at === -1 ? oldest : done[at];
  const found: Finding[] = [];
  if (at === -1)
    found.push({
      severity: 'info',
      code: 'retention-not-reached',
      message: `The retention policy (${retention}) asks for recoveries from ${new Date(asked).toISOString()}; the oldest base backup ended at ${oldest.endTime ?? '?'}.`,
    });
  if (at > 0)
    found.push({
      severity: 'info',
      code: 'retention-behind',
      message: `${at} base backup${at === 1 ? '' : 's'} older than the retention policy (${retention}) needs, such as ${oldest.id}: removed when the retention next runs.`,
    });
  return [...found, ...readersAtRisk(listing, kept, retention, readers)];
}

/** Those that still need WAL from before the oldest base backup that is kept. */
function readersAtRisk(
  { segmentSize }: ArchiveListing,
  kept: BackupCheck | undefined,
  retention: string,
  readers: Record<string, string>,
): Finding[] {
  const begin = parseSegment(kept?.beginWal ?? '', segmentSize);
  return Object.entries(readers).flatMap(([name, position]): Finding[] => {
    const lsn = parseLsn(position);
    if (!begin || lsn === undefined || lsn / BigInt(segmentSize) >= begin.number) return [];
    return [
      {
        severity: 'warning',
        code: 'reader-at-risk',
        message: `${name} is at ${position}, before base backup ${kept?.id ?? ''}: the retention policy (${retention}) removes WAL that it still needs.`,
      },
    ];
  });
}
