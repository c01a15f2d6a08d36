/**
 * An archive listing as a page of text. Lines have one of these shapes, so that a grammar can colour them:
 *
 * - `# heading` and `## heading`;
 * - `Name:  value`, facts;
 * - `FROM .. TO  n segments  (LSN X/Y .. X/Y)`, a run of segments;
 * - `GAP FROM .. TO  n missing`, what lies between two runs;
 * - `partial NAME`, `label NAME`;
 * - rows of the base backups: `id  status  TL n  BEGIN .. END  time .. time  size`.
 */
import { formatBytes } from './instances.ts';
import type { ArchiveListing, BaseBackup, SegmentRange, TimelineListing } from './archive-listing.ts';
import { formatLsn, parseSegment, segmentStart } from './wal.ts';

export function renderListing(listing: ArchiveListing, { title }: { title: string }): string {
  const sections = [
    `# ${title}`,
    renderFacts(listing),
    ...listing.timelines.toReversed().map(timeline => renderTimeline(timeline, listing.segmentSize)),
    renderBackups(listing.backups),
    renderForeign(listing),
  ];
  return `${sections.filter(section => section !== '').join('\n\n')}\n`;
}

const facts = (rows: [name: string, value: string][]): string => {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, value]) => `${`${name}:`.padEnd(width)} ${value}`).join('\n');
};

function renderFacts(listing: ArchiveListing): string {
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
    ['By name', verdict(listing)],
  ]);
}

/** Only what names can tell: contents were not read, and whether a gap matters depends on the base backups. */
function verdict({ timelines, backups, objects }: ArchiveListing): string {
  if (objects === 0) return 'EMPTY: nothing was archived here, or the server name is another';
  const gaps = timelines.reduce((sum, timeline) => sum + timeline.gaps.length, 0);
  const lost = timelines
    .filter(timeline => timeline.timeline > 1 && !timeline.historyFile)
    .map(timeline => timeline.timeline);
  const done = backups.filter(backup => backup.status === 'DONE').length;
  return [
    gaps === 0 ? 'no gap within a timeline' : `${gaps} GAP${gaps === 1 ? '' : 'S'} within timelines`,
    lost.length === 0 ? '' : `NO HISTORY FILE of timeline ${lost.join(', ')}`,
    done === 0
      ? 'NO COMPLETED BASE BACKUP: nothing can be restored from here'
      : `${done} completed base backup${done === 1 ? '' : 's'}`,
  ]
    .filter(Boolean)
    .join('; ');
}

function renderTimeline(timeline: TimelineListing, segmentSize: number): string {
  const rows: [string, string][] = [
    ['Segments', `${timeline.segments} (${formatBytes(timeline.bytes)} stored)`],
    ['Newest', timeline.newest?.toISOString() ?? 'nothing'],
  ];
  if (timeline.timeline > 1 || timeline.historyFile) rows.unshift(['Parent', parentOf(timeline)]);
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

const parentOf = ({ parent, switchpoint, reason, historyFile }: TimelineListing): string => {
  if (!historyFile) return 'unknown: NO HISTORY FILE';
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

function renderBackups(backups: readonly BaseBackup[]): string {
  if (backups.length === 0) return '## Base backups\nnone';
  const rows = backups.map(backup => [
    backup.id,
    backup.status,
    backup.timeline === undefined ? 'TL ?' : `TL ${backup.timeline}`,
    `${backup.beginWal ?? '?'} .. ${backup.endWal ?? '?'}`,
    `${backup.beginTime ?? '?'} .. ${backup.endTime ?? '?'}`,
    formatBytes(backup.bytes),
    backup.problem ?? '',
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

const renderForeign = ({ foreign }: ArchiveListing): string =>
  foreign.count === 0
    ? ''
    : [
        '## Other objects',
        `${foreign.count} with names that are none of an archive:`,
        ...foreign.examples.map(name => `  ${name}`),
      ].join('\n');
