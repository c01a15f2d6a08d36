/**
 * An archive listing as a page of text. Lines have one of these shapes, so that a grammar can colour them:
 *
 * - `# heading` and `## heading`;
 * - `Name:  value`, facts;
 * - `error|warning|info code: message`, findings;
 * - `FROM .. TO  n segments  (LSN X/Y .. X/Y)`, a run of segments;
 * - `GAP FROM .. TO  n missing`, what lies between two runs;
 * - `partial NAME`, `label NAME`;
 * - rows of the base backups: `id  status  verdict  TL n  BEGIN .. END  time .. time  size  restorable to SEGMENT`.
 */
import { formatBytes } from './instances.ts';
import type { ArchiveCheck, BackupCheck, Finding, TimelineCheck } from './archive-check.ts';
import type { ArchiveListing, BaseBackup, SegmentRange, TimelineListing } from './archive-listing.ts';
import { formatLsn, parseSegment, segmentStart } from './wal.ts';

export function renderListing(listing: ArchiveListing, check: ArchiveCheck, title: string): string {
  const verdicts = new Map(check.timelines.map(timeline => [timeline.timeline, timeline]));
  const sections = [
    `# ${title}`,
    renderFacts(listing, check),
    renderFindings(check.findings),
    ...listing.timelines
      .toReversed()
      .map(timeline => renderTimeline(timeline, verdicts.get(timeline.timeline), listing.segmentSize)),
    renderBackups(listing.backups, check.backups),
    renderForeign(listing),
  ];
  return `${sections.filter(section => section !== '').join('\n\n')}\n`;
}

const facts = (rows: [name: string, value: string][]): string => {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, value]) => `${`${name}:`.padEnd(width)} ${value}`).join('\n');
};

function renderFacts(listing: ArchiveListing, { verdict, recoveryWindow }: ArchiveCheck): string {
  const path = `${listing.destinationPath.replace(/\/+$/, '')}/${listing.serverName}`;
  return facts([
    ['Archive', path],
    ['Endpoint', listing.endpointURL ?? 'AWS S3'],
    [
      'Listed',
      `${listing.listedAt.toISOString()} (${listing.objects} objects, ${formatBytes(listing.bytes)}, ${listing.requests} requests)`,
    ],
    [
      'Segment size',
      `${formatBytes(listing.segmentSize)}${listing.segmentSizeAssumed ? ' (assumed: no base backup tells it)' : ''}`,
    ],
    ['Recovery window', windowText(recoveryWindow)],
    ['Verdict', `${verdictWords[verdict]} (by names and small files; contents of segments were not read)`],
  ]);
}

const verdictWords: Record<ArchiveCheck['verdict'], string> = {
  ok: 'OK',
  warning: 'WARNING',
  failure: 'FAILURE',
  unreadable: 'UNREADABLE',
};

const windowText = (window: ArchiveCheck['recoveryWindow']): string =>
  window === null ? 'NONE: no base backup can be restored to the end' : `${window.from} .. ${window.to}`;

const renderFindings = (findings: readonly Finding[]): string =>
  findings.length === 0
    ? ''
    : ['## Findings', ...findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`)].join('\n');

function renderTimeline(timeline: TimelineListing, check: TimelineCheck | undefined, segmentSize: number): string {
  const rows: [string, string][] = [
    ['Verdict', check?.verdict ?? 'unknown'],
    ['Segments', `${timeline.segments} (${formatBytes(timeline.bytes)} stored)`],
    ['Newest', timeline.newest?.toISOString() ?? 'nothing'],
  ];
  if (timeline.timeline > 1 || timeline.historyKey !== undefined) rows.unshift(['Parent', parentOf(timeline)]);
  const runs = timeline.ranges.flatMap((range, index) => {
    const gap = timeline.gaps[index];
    return [renderRange(range, segmentSize), ...(gap ? [`GAP ${gap.from} .. ${gap.to}  ${gap.count} missing`] : [])];
  });
  return [
    `## Timeline ${timeline.timeline}`,
    facts(rows),
    ...runs,
    ...timeline.partial.map(name => `partial ${name}`),
    ...timeline.labels.map(name => `label ${name}`),
  ].join('\n');
}

const parentOf = ({ parent, switchpoint, reason, historyKey }: TimelineListing): string => {
  if (historyKey === undefined) return 'unknown: NO HISTORY FILE';
  if (parent === undefined) return `unknown${reason === undefined ? '' : `: ${reason}`}`;
  return `timeline ${parent}, left at ${switchpoint ?? '?'}${reason ? ` (${reason})` : ''}`;
};

function renderRange({ from, to, count }: SegmentRange, segmentSize: number): string {
  const [first, last] = [from, to].map(name => parseSegment(name, segmentSize));
  const lsn =
    first && last
      ? `  (LSN ${formatLsn(segmentStart(first, segmentSize))} .. ${formatLsn(segmentStart(last, segmentSize) + BigInt(segmentSize))})`
      : '';
  return `${from} .. ${to}  ${count} segment${count === 1 ? '' : 's'}${lsn}`;
}

function renderBackups(backups: readonly BaseBackup[], checks: readonly BackupCheck[]): string {
  if (backups.length === 0) return '## Base backups\nnone';
  const rows = backups.map((backup, at) => [
    backup.id,
    backup.status,
    checks[at]?.verdict ?? 'unknown',
    backup.timeline === undefined ? 'TL ?' : `TL ${backup.timeline}`,
    `${backup.beginWal ?? '?'} .. ${backup.endWal ?? '?'}`,
    `${backup.beginTime ?? '?'} .. ${backup.endTime ?? '?'}`,
    formatBytes(backup.bytes),
    backup.problem ?? reachOf(checks[at]),
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return ['## Base backups', ...lines].join('\n');
}

function reachOf(check: BackupCheck | undefined): string {
  if (check?.firstMissing)
    return `${check.restorableTo ? `restorable to ${check.restorableTo}, ` : ''}MISSING ${check.firstMissing}`;
  return check?.restorableTo ? `restorable to ${check.restorableTo}` : '';
}

const renderForeign = ({ foreign }: ArchiveListing): string =>
  foreign.count === 0
    ? ''
    : [
        '## Other objects',
        `${foreign.count} with names that are none of an archive:`,
        ...foreign.examples.map(name => `  ${name}`),
      ].join('\n');
