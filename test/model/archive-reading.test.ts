/** What is kept of a listing: gaps in the line that is followed, and no others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArchiveCheck, TimelineCheck } from '../../src/model/archive-check.ts';
import type { ArchiveListing } from '../../src/model/archive-listing.ts';
import { readingOf, readingWords } from '../../src/model/archive-reading.ts';

const listing: ArchiveListing = {
  destinationPath: 's3://archive-eu/',
  serverName: 'cluster-eu',
  endpointURL: undefined,
  listedAt: new Date('2026-11-25T04:12:03Z'),
  segmentSize: 16777216,
  segmentSizeAssumed: false,
  timelines: [],
  backups: [],
  objects: 0,
  bytes: 0,
  requests: 0,
  truncated: false,
  foreign: { count: 0, examples: [] },
};
const timeline = (number: number, over: Partial<TimelineCheck>): TimelineCheck => ({
  timeline: number,
  parent: null,
  switchpoint: null,
  first: null,
  last: null,
  segments: 0,
  missing: [],
  partial: [],
  verdict: 'continuous',
  ...over,
});
const judged = (over: Partial<ArchiveCheck>) => ({
  listing,
  check: {
    destinationPath: listing.destinationPath,
    serverName: listing.serverName,
    segmentSize: listing.segmentSize,
    objects: 0,
    bytes: 0,
    requests: 0,
    truncated: false,
    timelines: [],
    backups: [],
    findings: [],
    recoveryWindow: null,
    verdict: 'ok' as const,
    ...over,
  },
});
const hole = { from: '000000020000000000000005', to: '000000020000000000000007', count: 3 };

test('path and time are those of the listing', () => {
  const { path, readAt, newest } = readingOf(judged({}));
  assert.deepEqual(
    [path, readAt, newest],
    ['s3://archive-eu/cluster-eu', Date.parse('2026-11-25T04:12:03Z'), undefined],
  );
});

test('gaps and the newest segment are of the line that is followed', () => {
  const timelines = [
    timeline(1, { last: '000000010000000000000004' }),
    timeline(2, { last: '000000020000000000000009', verdict: 'gap', missing: [hole, { ...hole, count: 1 }] }),
    timeline(3, { last: '000000030000000000000009', verdict: 'foreign', missing: [hole] }),
    timeline(4, { last: '000000040000000000000009', verdict: 'future', missing: [hole] }),
  ];
  const reading = readingOf(judged({ timelines, verdict: 'failure' }));
  assert.deepEqual(
    [reading.missing, reading.firstMissing, reading.newest],
    [4, '000000020000000000000005', '000000020000000000000009'],
  );
});

test('what is on its way is no gap; a timeline without a segment leaves the one before it the newest', () => {
  const timelines = [
    timeline(1, { last: '000000010000000000000004', verdict: 'tail-pending', missing: [hole] }),
    timeline(2, {}),
  ];
  const reading = readingOf(judged({ timelines, verdict: 'warning' }));
  assert.deepEqual([reading.missing, reading.newest], [0, '000000010000000000000004']);
});

test('in three words or so', () => {
  const error = { severity: 'error' as const, code: 'history-missing', message: 'It is missing.' };
  const gap = (count: number) => [timeline(2, { verdict: 'gap', missing: [{ ...hole, count }] })];
  const rows: [Partial<ArchiveCheck>, string][] = [
    [{}, 'no gaps'],
    [{ truncated: true }, 'listed in part'],
    [{ findings: [error] }, 'history missing'],
    [{ timelines: gap(1), findings: [error] }, 'gap: 1 segment missing'],
    [{ timelines: gap(3) }, 'gap: 3 segments missing'],
    [{ findings: [{ ...error, severity: 'warning' }] }, 'no gaps'],
  ];
  for (const [check, words] of rows) assert.equal(readingWords(readingOf(judged(check))), words);
  assert.equal(readingOf(judged({ findings: [{ ...error, severity: 'warning' }] })).warnings, 1);
});
