/**
 * What a listing of a WAL archive means: which timelines can be followed, which base backups restored and until when, and what is
 * wrong. Judged by names, sizes and small files; contents of segments are not read.
 *
 * Rules: PostgreSQL manual, "Continuous Archiving" (timelines), and how Barman Cloud names what it stores.
 */
import { packedBy } from './archive-keys.ts';
import type { ArchiveListing, BaseBackup, SegmentRange, TimelineListing } from './archive-listing.ts';
import { emptyTimeline } from './archive-listing.ts';
import { ofRetention } from './archive-retention.ts';
import { formatLsn, formatSegment, parseLsn, parseSegment } from './wal.ts';

export type TimelineVerdict = 'continuous' | 'gap' | 'tail-pending' | 'foreign' | 'future';
export type Severity = 'error' | 'warning' | 'info';

export interface Finding {
  severity: Severity;
  /** Stable: `gap`, `history-missing`. */
  code: string;
  message: string;
}

export interface TimelineCheck {
  timeline: number;
  parent: number | null;
  /** `X/Y`. */
  switchpoint: string | null;
  /** Names of complete segments. */
  first: string | null;
  last: string | null;
  segments: number;
  missing: SegmentRange[];
  partial: string[];
  verdict: TimelineVerdict;
}

export interface BackupCheck {
  id: string;
  timeline: number | null;
  beginWal: string | null;
  endWal: string | null;
  beginTime: string | null;
  endTime: string | null;
  systemId: string | null;
  status: string;
  /** Last segment that can be replayed after it. */
  restorableTo: string | null;
  /** First segment that is missing for it. */
  firstMissing: string | null;
  verdict: 'restorable' | 'broken' | 'unknown';
}

export interface ArchiveCheck {
  destinationPath: string;
  serverName: string;
  segmentSize: number;
  objects: number;
  bytes: number;
  requests: number;
  truncated: boolean;
  timelines: TimelineCheck[];
  backups: BackupCheck[];
  /** ISO 8601; from the end of the oldest base backup after which nothing is missing to when the newest segment was stored. */
  recoveryWindow: { from: string; to: string } | null;
  findings: Finding[];
  verdict: 'ok' | 'warning' | 'failure' | 'unreadable';
}

/** What is known of the Clusters around an archive; nothing of it is needed. */
export interface ArchiveSurroundings {
  /** Timeline on which its writer is. */
  timeline?: number;
  /** Of the database that it should hold. */
  systemId?: string;
  /** Segments that may be on their way: those ready to be archived, and uploads at the same time. */
  pending?: number;
  /** The last one that the writer says it archived. */
  lastArchived?: string;
  /** Replay positions of those who read it, by name: LSN. */
  readers?: Record<string, string>;
  /** `30d`, `4w`, `2m`: for how long recoveries shall be possible (ObjectStore, `spec.retentionPolicy`). */
  retention?: string;
  /** WAL file of a demotion token's checkpoint. */
  tokenSegment?: string;
  now?: Date;
}

/** Uploads at a time, in any order, and for how long a hole near the end may just be one of them. */
const usualPending = 8;
const settled = 120_000;

export function checkArchive(listed: ArchiveListing, around: ArchiveSurroundings = {}): ArchiveCheck {
  const chain = ancestry(listed, around.timeline);
  const needed = neededFrom(listed, chain);
  const listing = withAbsent(listed, chain, needed);
  const timelines = listing.timelines.map(timeline => judgeTimeline(timeline, listing, chain, needed, around));
  const backups = listing.backups.map(backup => judgeBackup(backup, listing, chain));
  const recoveryWindow = windowOf(listing, backups, chain);
  const findings = [
    ...ofWhole(listing),
    ...timelines.flatMap((check, at) => ofTimeline(check, listing.timelines[at], listing, chain, around)),
    ...ofBackups(listing, backups, around),
    ...ofReaders(listing, chain, around),
    ...ofRetention(listing, backups, around),
  ];
  const worst = (severity: Severity): boolean => findings.some(finding => finding.severity === severity);
  return {
    destinationPath: listing.destinationPath,
    serverName: listing.serverName,
    segmentSize: listing.segmentSize,
    objects: listing.objects,
    bytes: listing.bytes,
    requests: listing.requests,
    truncated: listing.truncated,
    timelines,
    backups,
    recoveryWindow,
    findings,
    verdict: worst('error') ? 'failure' : worst('warning') ? 'warning' : 'ok',
  };
}

/** One stretch of history: a timeline from where it begins to where the next one leaves it, as numbers of segments. */
interface Stretch {
  timeline: number;
  /** Segment that holds the switchpoint; 0 for the first timeline. */
  from: bigint;
  /** The last one that must be complete: the segment before the one of the switchpoint. `undefined`: it goes on. */
  until: bigint | undefined;
}

/** From the oldest timeline to the one that is written now. */
function ancestry({ timelines, segmentSize }: ArchiveListing, live: number | undefined): Stretch[] {
  const known = timelines.filter(({ timeline }) => live === undefined || timeline <= live);
  const newest = known.at(-1);
  if (!newest) return [];
  const switches = isPacked(newest) ? switchesByNames(known, segmentSize) : switchesOf(newest, segmentSize);
  const stretches = switches.map(({ parent, segment }, at) => ({
    timeline: parent,
    from: switches[at - 1]?.segment ?? 0n,
    until: segment - 1n,
  }));
  return [...stretches, { timeline: newest.timeline, from: switches.at(-1)?.segment ?? 0n, until: undefined }];
}

interface Switch {
  parent: number;
  /** That holds the switchpoint. */
  segment: bigint;
}

const switchesOf = ({ history }: TimelineListing, segmentSize: number): Switch[] =>
  history.flatMap(({ parent, switchpoint }) => {
    const lsn = parseLsn(switchpoint);
    return lsn === undefined ? [] : [{ parent, segment: lsn / BigInt(segmentSize) }];
  });

/** There is a history file, and it is not read here. */
const isPacked = ({ historyKey }: TimelineListing): boolean =>
  historyKey !== undefined && packedBy(historyKey) !== undefined;

/** As if each timeline came from the one before it: a timeline begins with the segment that holds its switchpoint. */
function switchesByNames(timelines: readonly TimelineListing[], segmentSize: number): Switch[] {
  return timelines.slice(1).flatMap((timeline, at): Switch[] => {
    const before = timelines[at];
    const last = runsOf(before, segmentSize).at(-1)?.to;
    const segment = runsOf(timeline, segmentSize)[0]?.from ?? (last === undefined ? undefined : last + 1n);
    return before && segment !== undefined ? [{ parent: before.timeline, segment }] : [];
  });
}

const stretchOf = (chain: readonly Stretch[], timeline: number | undefined): Stretch | undefined =>
  chain.find(stretch => stretch.timeline === timeline);

const isDone = ({ status, beginWal }: BaseBackup): boolean => status === 'DONE' && beginWal !== undefined;

/**
 * Segment from which something is needed: the oldest base backup's first; what is missing before it harms nobody. Without a base
 * backup, the first one that is there.
 */
function neededFrom(
  { backups, timelines, segmentSize }: ArchiveListing,
  chain: readonly Stretch[],
): bigint | undefined {
  const begins = backups.filter(isDone).flatMap(({ beginWal = '', timeline }) => {
    const segment = parseSegment(beginWal, segmentSize);
    return segment && stretchOf(chain, timeline ?? segment.timeline) ? [segment.number] : [];
  });
  const firsts = timelines
    .filter(({ timeline }) => stretchOf(chain, timeline))
    .flatMap(timeline =>
      runsOf(timeline, segmentSize)
        .slice(0, 1)
        .map(({ from }) => from),
    );
  return least(begins) ?? least(firsts);
}

const least = (numbers: readonly bigint[]): bigint | undefined =>
  numbers.reduce<bigint | undefined>((known, each) => (known === undefined || each < known ? each : known), undefined);

/** A timeline of which nothing is left, although something of it is needed, is to be judged as well. */
function withAbsent(listing: ArchiveListing, chain: readonly Stretch[], needed: bigint | undefined): ArchiveListing {
  const known = new Set(listing.timelines.map(({ timeline }) => timeline));
  const absent = chain.filter(
    ({ timeline, until }) => !known.has(timeline) && needed !== undefined && until !== undefined && until >= needed,
  );
  if (absent.length === 0) return listing;
  const timelines = [...listing.timelines, ...absent.map(({ timeline }) => emptyTimeline(timeline))];
  return { ...listing, timelines: timelines.toSorted((a, b) => a.timeline - b.timeline) };
}

/** Did the listing end before that segment? They come in the order of their names. */
const isUnlisted = ({ truncated, timelines }: ArchiveListing, name: string): boolean =>
  truncated && !timelines.some(({ ranges }) => (ranges.at(-1)?.to ?? '') >= name);

const numberOf = (name: string | undefined, segmentSize: number): bigint | undefined =>
  name === undefined ? undefined : parseSegment(name, segmentSize)?.number;

/** Runs of complete segments of a timeline, as numbers. */
const runsOf = (timeline: TimelineListing | undefined, segmentSize: number): { from: bigint; to: bigint }[] =>
  (timeline?.ranges ?? []).map(({ from, to }) => ({
    from: numberOf(from, segmentSize) ?? 0n,
    to: numberOf(to, segmentSize) ?? 0n,
  }));

const rangeOf = (timeline: number, from: bigint, to: bigint, segmentSize: number): SegmentRange => ({
  from: formatSegment({ timeline, number: from }, segmentSize),
  to: formatSegment({ timeline, number: to }, segmentSize),
  count: Number(to - from + 1n),
});

/** What is not there between two segments, both included. */
function holes(
  timeline: TimelineListing | undefined,
  number: number,
  from: bigint,
  to: bigint,
  segmentSize: number,
): SegmentRange[] {
  const found: SegmentRange[] = [];
  let next = from;
  for (const run of runsOf(timeline, segmentSize)) {
    if (run.to < next) continue;
    if (run.from > to) break;
    if (run.from > next) found.push(rangeOf(number, next, run.from - 1n, segmentSize));
    next = run.to + 1n;
  }
  if (next <= to) found.push(rangeOf(number, next, to, segmentSize));
  return found;
}

function judgeTimeline(
  timeline: TimelineListing,
  listing: ArchiveListing,
  chain: readonly Stretch[],
  needed: bigint | undefined,
  around: ArchiveSurroundings,
): TimelineCheck {
  const { segmentSize } = listing;
  const stretch = stretchOf(chain, timeline.timeline);
  const runs = runsOf(timeline, segmentSize);
  const [first, last] = [runs[0]?.from, runs.at(-1)?.to];
  const missing = stretch ? missingIn(timeline, stretch, needed, around, listing) : timeline.gaps;
  const isFuture = around.timeline !== undefined && timeline.timeline > around.timeline;
  return {
    timeline: timeline.timeline,
    parent: timeline.parent ?? null,
    switchpoint: timeline.switchpoint ?? null,
    first: first === undefined ? null : (timeline.ranges[0]?.from ?? null),
    last: last === undefined ? null : (timeline.ranges.at(-1)?.to ?? null),
    segments: timeline.segments,
    missing,
    partial: timeline.partial,
    verdict: isFuture
      ? 'future'
      : !stretch
        ? 'foreign'
        : missing.length === 0
          ? 'continuous'
          : missing.every(range => isPending(range, timeline, stretch, listing, around))
            ? 'tail-pending'
            : 'gap',
  };
}

/** Of a timeline in the line of ancestry: the holes from where something is needed to where it must go. */
function missingIn(
  timeline: TimelineListing,
  { from, until }: Stretch,
  needed: bigint | undefined,
  { lastArchived = '' }: ArchiveSurroundings,
  listing: ArchiveListing,
): SegmentRange[] {
  const { segmentSize } = listing;
  const runs = runsOf(timeline, segmentSize);
  const last = runs.at(-1)?.to;
  const start = needed !== undefined && needed > from ? needed : from;
  const archived = isUnlisted(listing, lastArchived) ? undefined : parseSegment(lastArchived, segmentSize);
  const said = archived?.timeline === timeline.timeline ? archived.number : undefined;
  const end = until ?? (said !== undefined && (last === undefined || said > last) ? said : last);
  if (end === undefined || end < start) return [];
  return holes(timeline, timeline.timeline, start, end, segmentSize);
}

/** Near the end of what is written now, and young: it may be on its way. */
function isPending(
  range: SegmentRange,
  timeline: TimelineListing,
  { until }: Stretch,
  { segmentSize, listedAt }: ArchiveListing,
  { pending = usualPending, now = listedAt }: ArchiveSurroundings,
): boolean {
  if (until !== undefined) return false;
  const last = runsOf(timeline, segmentSize).at(-1)?.to ?? 0n;
  const from = numberOf(range.from, segmentSize) ?? 0n;
  const isNear = from > last || last - from < BigInt(pending);
  const age = timeline.lastStored === undefined ? 0 : now.getTime() - timeline.lastStored.getTime();
  return isNear && age < settled;
}

/** How far one can replay from a segment of a timeline: along the line of ancestry, or to the end of a branch. */
function replayFrom(
  number: bigint,
  timeline: number,
  listing: ArchiveListing,
  chain: readonly Stretch[],
): { last: string | null; missing: string | null } {
  const { segmentSize, timelines } = listing;
  const at = chain.findIndex(stretch => stretch.timeline === timeline);
  const path = at === -1 ? [{ timeline, from: number, until: undefined }] : chain.slice(at);
  let last: string | null = null;
  for (const stretch of path) {
    const found = timelines.find(each => each.timeline === stretch.timeline);
    const start = stretch.timeline === timeline ? number : stretch.from;
    const end = stretch.until ?? runsOf(found, segmentSize).at(-1)?.to;
    if (end === undefined || end < start) {
      // The switch came within the first segment, or nothing of the last timeline is there yet.
      if (stretch.until === undefined && end === undefined) return { last, missing: null };
      continue;
    }
    const [hole] = holes(found, stretch.timeline, start, end, segmentSize);
    const until = hole ? (numberOf(hole.from, segmentSize) ?? 0n) - 1n : end;
    if (until >= start) last = formatSegment({ timeline: stretch.timeline, number: until }, segmentSize);
    if (hole) return { last, missing: hole.from };
  }
  return { last, missing: null };
}

function judgeBackup(backup: BaseBackup, listing: ArchiveListing, chain: readonly Stretch[]): BackupCheck {
  const { segmentSize } = listing;
  const begin = parseSegment(backup.beginWal ?? '', segmentSize);
  const end = parseSegment(backup.endWal ?? '', segmentSize);
  const timeline = backup.timeline ?? begin?.timeline;
  const facts = {
    id: backup.id,
    timeline: timeline ?? null,
    beginWal: backup.beginWal ?? null,
    endWal: backup.endWal ?? null,
    beginTime: isoTime(backup.beginTime),
    endTime: isoTime(backup.endTime),
    systemId: backup.systemId ?? null,
    status: backup.status,
  };
  if (backup.status === 'FAILED') return { ...facts, restorableTo: null, firstMissing: null, verdict: 'broken' };
  if (backup.status !== 'DONE' || !begin || !end || timeline === undefined)
    return { ...facts, restorableTo: null, firstMissing: null, verdict: 'unknown' };
  const found = listing.timelines.find(each => each.timeline === begin.timeline);
  const [own] = holes(found, begin.timeline, begin.number, end.number, segmentSize);
  if (own && isUnlisted(listing, own.from))
    return { ...facts, restorableTo: null, firstMissing: null, verdict: 'unknown' };
  if (own) return { ...facts, restorableTo: null, firstMissing: own.from, verdict: 'broken' };
  const { last, missing } = replayFrom(begin.number, begin.timeline, listing, chain);
  return { ...facts, restorableTo: last ?? facts.endWal, firstMissing: missing, verdict: 'restorable' };
}

/** `2026-11-23 10:27:09.123456+00:00`, ISO 8601, or the form of ctime; `null` for what is none of them. */
export function isoTime(text: string | undefined): string | null {
  if (text === undefined) return null;
  const iso = /^\d{4}-\d\d-\d\d[ T]/.test(text) ? text.replace(' ', 'T') : text;
  const zoned = /(?:Z|[-+]\d\d:?\d\d)$/.test(iso) || !iso.includes('T') ? iso : `${iso}Z`;
  const time = new Date(zoned);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

function windowOf(
  listing: ArchiveListing,
  backups: readonly BackupCheck[],
  chain: readonly Stretch[],
): ArchiveCheck['recoveryWindow'] {
  const current = chain.at(-1)?.timeline;
  const newest = listing.timelines.find(({ timeline }) => timeline === current);
  // Just promoted, the new timeline may have no complete segment yet.
  const lastStored = newest?.lastStored ?? listing.timelines.toReversed().find(({ lastStored: at }) => at)?.lastStored;
  const whole = backups
    .filter(
      ({ verdict, firstMissing, timeline, endTime }) =>
        verdict === 'restorable' &&
        firstMissing === null &&
        endTime !== null &&
        stretchOf(chain, timeline ?? undefined),
    )
    .map(({ endTime }) => endTime ?? '')
    .sort();
  const [from] = whole;
  if (from === undefined || lastStored === undefined) return null;
  const to = lastStored.toISOString();
  return { from, to: to < from ? from : to };
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const rangeText = ({ from, to, count }: SegmentRange): string =>
  count === 1 ? from : `${from} to ${to} (${count} segments)`;

function ofWhole(listing: ArchiveListing): Finding[] {
  const { objects, foreign, segmentSizeAssumed, segmentSize, truncated, backups, timelines } = listing;
  const sizes = new Set(backups.flatMap(({ segmentSize: size }) => size ?? []));
  const found: (Finding | false)[] = [
    objects === 0 && {
      severity: 'error',
      code: 'empty',
      message: 'Nothing was archived here, or the server name is another.',
    },
    truncated && {
      severity: 'warning',
      code: 'truncated',
      message: 'The archive was not listed to its end: what is said holds only for what was listed.',
    },
    objects > 0 &&
      timelines.some(({ segments }) => segments > 0) &&
      segmentSizeAssumed && {
        severity: 'info',
        code: 'segment-size-assumed',
        message: `No base backup tells the size of a WAL segment; ${segmentSize / 2 ** 20} MiB is assumed.`,
      },
    sizes.size > 1 && {
      severity: 'error',
      code: 'segment-size-mixed',
      message: `Base backups were made with segments of ${[...sizes].map(size => `${size / 2 ** 20} MiB`).join(' and ')}: two databases were archived into this folder.`,
    },
    foreign.count > 0 && {
      severity: 'info',
      code: 'foreign-objects',
      message: `${plural(foreign.count, 'object')} with names that are none of an archive, such as ${foreign.examples[0] ?? ''}.`,
    },
  ];
  return found.filter(finding => finding !== false);
}

function ofTimeline(
  check: TimelineCheck,
  timeline: TimelineListing | undefined,
  listing: ArchiveListing,
  chain: readonly Stretch[],
  around: ArchiveSurroundings,
): Finding[] {
  if (!timeline) return [];
  const { segmentSize } = listing;
  const name = `Timeline ${timeline.timeline}`;
  const stretch = stretchOf(chain, timeline.timeline);
  const last = runsOf(timeline, segmentSize).at(-1)?.to;
  const beyond = stretch?.until !== undefined && last !== undefined && last > stretch.until + 1n;
  const labelled = new Set(listing.backups.map(({ beginWal }) => beginWal));
  const orphans = timeline.labels.filter(label => !labelled.has(label.slice(0, 24)));
  const isNewest = chain.at(-1)?.timeline === timeline.timeline;
  const found: (Finding | false)[] = [
    check.verdict === 'gap' && {
      severity: 'error',
      code: 'gap',
      message: `${name}: ${check.missing.map(rangeText).join(', ')} missing. No recovery gets across.`,
    },
    check.verdict === 'tail-pending' && {
      severity: 'warning',
      code: 'tail-pending',
      message: `${name}: ${check.missing.map(rangeText).join(', ')} not there yet; near the end it may be on its way. List again.`,
    },
    check.verdict === 'future' && {
      severity: 'error',
      code: 'future-timeline',
      message: `${name} is above the timeline ${around.timeline ?? ''} that is written now: a standby or replica that follows "latest" goes astray. Another writer was or is here.`,
    },
    check.verdict === 'foreign' && {
      severity: 'warning',
      code: 'foreign-timeline',
      message: `${name} is not in the line of ancestry of timeline ${chain.at(-1)?.timeline ?? '?'}: a branch that was given up, such as a former primary's.`,
    },
    timeline.timeline > 1 &&
      timeline.historyKey === undefined &&
      (timeline.segments > 0 || timeline.partial.length > 0) && {
        severity: isNewest || stretch ? 'error' : 'warning',
        code: 'history-missing',
        message: `${name} has no history file: nobody can switch to it, and what it came from is unknown.`,
      },
    isNewest &&
      isPacked(timeline) && {
        severity: 'warning',
        code: 'history-packed',
        message: `The history file of timeline ${timeline.timeline} is packed by ${packedBy(timeline.historyKey ?? '')} and not read here: that each timeline came from the one before it is an assumption.`,
      },
    timeline.historyKey !== undefined &&
      !isPacked(timeline) &&
      timeline.history.length === 0 && {
        severity: 'error',
        code: 'history-unreadable',
        message: `The history file of timeline ${timeline.timeline} cannot be used: ${timeline.reason ?? 'it has no line'}.`,
      },
    beyond && {
      severity: 'warning',
      code: 'beyond-switchpoint',
      message: `${name} goes on to ${timeline.ranges.at(-1)?.to ?? ''} although it was left in ${formatSegment({ timeline: timeline.timeline, number: (stretch?.until ?? 0n) + 1n }, segmentSize)}: its primary wrote on after the promotion.`,
    },
    timeline.duplicates.count > 0 && {
      severity: 'warning',
      code: 'duplicate-segments',
      message: `${name}: ${plural(timeline.duplicates.count, 'segment')} in more than one compression, such as ${timeline.duplicates.examples[0] ?? ''}. Which one is restored depends on settings.`,
    },
    timeline.oddSizes.count > 0 && {
      severity: 'error',
      code: 'wrong-size',
      message: `${name}: ${plural(timeline.oddSizes.count, 'uncompressed segment')} that ${timeline.oddSizes.count === 1 ? 'has' : 'have'} not the size of a segment, such as ${timeline.oddSizes.examples[0] ?? ''}.`,
    },
    timeline.partialBesideFull.length > 0 && {
      severity: 'info',
      code: 'partial-beside-full',
      message: `${name}: ${timeline.partialBesideFull[0]} is there partial and complete; the complete one is used.`,
    },
    orphans.length > 0 && {
      severity: 'info',
      code: 'orphan-labels',
      message: `${name}: ${plural(orphans.length, 'backup label')} whose base backup is not here, such as ${orphans[0]}.`,
    },
  ];
  return found.filter(finding => finding !== false);
}

function ofBackups(
  listing: ArchiveListing,
  backups: readonly BackupCheck[],
  { systemId }: ArchiveSurroundings,
): Finding[] {
  const done = backups.filter(({ status }) => status === 'DONE');
  const ids = [...new Set(backups.flatMap(({ systemId: id }) => id ?? []))];
  const other = systemId === undefined || systemId === '' ? [] : ids.filter(id => id !== systemId);
  return [
    ...(listing.objects > 0 && done.length === 0
      ? [finding('warning', 'no-backup', 'There is no completed base backup: nothing can be restored from here alone.')]
      : []),
    ...backups
      .filter(({ verdict, status }) => verdict === 'broken' && status === 'DONE')
      .map(({ id, firstMissing }) =>
        finding('error', 'backup-broken', `Base backup ${id} cannot be restored: ${firstMissing ?? '?'} is missing.`),
      ),
    ...backups
      .filter(({ verdict, firstMissing }) => verdict === 'restorable' && firstMissing !== null)
      .map(({ id, restorableTo, firstMissing }) =>
        finding(
          'warning',
          'backup-limited',
          `Base backup ${id} can be restored up to ${restorableTo ?? '?'} only: ${firstMissing ?? '?'} is missing.`,
        ),
      ),
    ...backups
      .filter(({ status }) => status === 'FAILED')
      .map(({ id }) => finding('warning', 'backup-failed', `Base backup ${id} failed.`)),
    ...listing.backups
      .filter(({ problem }) => problem !== undefined)
      .map(({ id, problem }) => finding('warning', 'backup-unknown', `Base backup ${id}: ${problem ?? ''}.`)),
    ...(ids.length > 1
      ? [
          finding(
            'error',
            'system-ids',
            `Base backups of ${ids.length} different systems (${ids.join(', ')}) are in this folder: two databases write here, or one was made anew.`,
          ),
        ]
      : []),
    ...(ids.length === 1 && other.length === 1
      ? [
          finding(
            'error',
            'other-system',
            `The base backups are of system ${other[0]}, and the Cluster's is ${systemId}.`,
          ),
        ]
      : []),
  ];
}

const finding = (severity: Severity, code: string, message: string): Finding => ({ severity, code, message });

/** Whether those who read the archive find what they need next. */
function ofReaders(listing: ArchiveListing, chain: readonly Stretch[], around: ArchiveSurroundings): Finding[] {
  const { segmentSize, timelines } = listing;
  const current = chain.at(-1);
  const newest = timelines.find(({ timeline }) => timeline === current?.timeline);
  const last = runsOf(newest, segmentSize).at(-1)?.to;
  const readers = Object.entries(around.readers ?? {}).flatMap(([name, position]) => {
    const lsn = parseLsn(position);
    if (lsn === undefined || last === undefined) return [];
    const next = lsn / BigInt(segmentSize);
    if (next > last) return [];
    const stretch = chain.findLast(({ from }) => from <= next);
    const found = timelines.find(({ timeline }) => timeline === stretch?.timeline);
    const isThere = stretch && holes(found, stretch.timeline, next, next, segmentSize).length === 0;
    const wanted = formatSegment({ timeline: stretch?.timeline ?? 1, number: next }, segmentSize);
    return isThere
      ? [
          finding(
            'info',
            'reader',
            `${name} is at ${formatLsn(lsn)}, ${plural(Number(last - next), 'segment')} behind the newest one here.`,
          ),
        ]
      : [
          finding(
            'error',
            'reader-behind',
            `${name} needs ${wanted} next, and it is not here: it can follow by streaming only, or must be made anew.`,
          ),
        ];
  });
  return [...readers, ...ofToken(listing, around)];
}

function ofToken(listing: ArchiveListing, { tokenSegment }: ArchiveSurroundings): Finding[] {
  if (tokenSegment === undefined || isUnlisted(listing, tokenSegment)) return [];
  const timeline = listing.timelines.find(each => each.timeline === Number.parseInt(tokenSegment.slice(0, 8), 16));
  const isPartial = timeline?.partial.includes(tokenSegment) ?? false;
  const isComplete = timeline?.ranges.some(({ from, to }) => from <= tokenSegment && tokenSegment <= to) ?? false;
  return isPartial || isComplete
    ? [
        finding(
          'info',
          'token-segment',
          `${tokenSegment}, which the demotion token names, is here${isPartial ? ' (partial)' : ''}.`,
        ),
      ]
    : [
        finding(
          'error',
          'token-segment-missing',
          `${tokenSegment}, which the demotion token names, is not here: the replica cluster cannot reach the end by this archive.`,
        ),
      ];
}
