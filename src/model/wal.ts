/**
 * WAL arithmetic: LSNs, segment names and timelines (PostgreSQL manual, "WAL Internals"; xlog_internal.h).
 * Positions are BigInt because they are 64 bits wide.
 */

/** Default of `--wal-segsize`. Real archives may have 1 MiB to 1 GiB. */
export const defaultSegmentSize = 16 * 1024 * 1024;

/** Value of an LSN such as `2/4C000028`; `undefined` when it is none. */
export function parseLsn(text: string): bigint | undefined {
  const match = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text);
  return match ? (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`) : undefined;
}

export const formatLsn = (lsn: bigint): string =>
  `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`;

/** A complete segment's file name taken apart. `number` counts segments from the start of the WAL. */
export interface Segment {
  timeline: number;
  number: bigint;
}

const hex8 = (value: bigint | number): string => value.toString(16).toUpperCase().padStart(8, '0');

const segmentsPerLog = (segmentSize: number): bigint => 0x100000000n / BigInt(segmentSize);

/** @returns `undefined` when the name is no segment name or its last part is impossible with this segment size */
export function parseSegment(name: string, segmentSize = defaultSegmentSize): Segment | undefined {
  const match = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/.exec(name);
  if (!match) return undefined;
  const perLog = segmentsPerLog(segmentSize);
  const low = BigInt(`0x${match[3]}`);
  if (low >= perLog) return undefined;
  return { timeline: Number.parseInt(match[1] ?? '', 16), number: BigInt(`0x${match[2]}`) * perLog + low };
}

export function formatSegment(segment: Segment, segmentSize = defaultSegmentSize): string {
  const perLog = segmentsPerLog(segmentSize);
  return hex8(segment.timeline) + hex8(segment.number / perLog) + hex8(segment.number % perLog);
}

/** The segment that holds the byte at `lsn`. A boundary belongs to the segment that begins there, as for record positions. */
export const segmentAt = (lsn: bigint, timeline: number, segmentSize = defaultSegmentSize): Segment => ({
  timeline,
  number: lsn / BigInt(segmentSize),
});

/** Position of the segment's first byte. */
export const segmentStart = (segment: Segment, segmentSize = defaultSegmentSize): bigint =>
  segment.number * BigInt(segmentSize);

export interface TimelineSwitch {
  parent: number;
  lsn: bigint;
  reason: string;
}

/** Lines of a `.history` file, oldest first; comments, blank and foreign lines are left out. */
export function parseHistory(text: string): TimelineSwitch[] {
  const switches: TimelineSwitch[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+([0-9A-Fa-f]+\/[0-9A-Fa-f]+)\s*(.*?)\s*$/.exec(line);
    const lsn = match && parseLsn(match[2] ?? '');
    if (match && lsn !== undefined && lsn !== null)
      switches.push({ parent: Number(match[1]), lsn, reason: match[3] ?? '' });
  }
  return switches;
}
