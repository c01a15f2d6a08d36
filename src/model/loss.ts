/** What a failover would lose: WAL that the lost primary has written and its replica cluster has not. */
import type { NewestWal } from './archive.ts';
import { formatDuration, formatTime } from './duration.ts';
import { formatBytes } from './instances.ts';
import type { Behind, Sample } from './positions.ts';
import { secondsBehind } from './positions.ts';
import { parseSegment, segmentStart } from './wal.ts';

export interface Loss {
  /** From where the replica cluster ends to the furthest position that the primary is known to have reached. */
  bytes: bigint;
  /** Time in which that was written; `undefined`: not known. */
  time: Behind | undefined;
  /** Milliseconds since the epoch of that knowledge. What was written later is lost as well, and nobody knows how much. */
  knownAt: number;
  /** Bytes of it that are in the primary's archive and come by waiting. */
  archived: bigint;
}

export interface LossEvidence {
  /** Up to where the replica cluster has WAL. */
  replica: bigint | undefined;
  timeline: number | undefined;
  /** Where the primary was while it was followed. */
  positions: readonly Sample[];
  /** Of the primary's archive. */
  newest: NewestWal | undefined;
}

/** @returns `undefined`: nothing is known of the primary's position, or of the replica's */
export function estimateLoss({ replica, timeline, positions, newest }: LossEvidence): Loss | undefined {
  const sample = positions.at(-1);
  const segment = parseSegment(newest?.name ?? '');
  const end =
    newest && segment && segment.timeline === timeline
      ? { lsn: segmentStart({ ...segment, number: segment.number + 1n }), at: newest.storedAt }
      : undefined;
  const furthest = end && (!sample || end.lsn > sample.lsn) ? end : sample;
  if (replica === undefined || !furthest) return undefined;
  const behind = (lsn: bigint): bigint => (lsn > replica ? lsn - replica : 0n);
  return {
    bytes: behind(furthest.lsn),
    time: secondsBehind(positions, replica, furthest.at),
    knownAt: furthest.at,
    archived: end ? behind(end.lsn < furthest.lsn ? end.lsn : furthest.lsn) : 0n,
  };
}

/** @param now for the date of another day */
export function lossWords(loss: Loss | undefined, now: number): string {
  if (!loss) return 'unknown: where the primary was is not known here';
  const { bytes, time, knownAt } = loss;
  const span =
    time && (bytes > 0n || time.seconds > 0)
      ? ` (${time.atLeast ? 'more than ' : ''}${formatDuration(time.seconds)} of writes)`
      : '';
  return `${formatBytes(bytes)} of WAL${span} as known at ${formatTime(knownAt, now)}, and all that was written later`;
}

/** To be typed by who takes the loss. */
export const lossSentence = (name: string, loss: Loss | undefined, now: number): string =>
  loss
    ? `fail over to ${name} and lose ${formatBytes(loss.bytes)} and all since ${formatTime(loss.knownAt, now)}`
    : `fail over to ${name} and lose an unknown amount`;
