/** Each line of a rendered listing has a pattern of the grammar that covers it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { checkArchive } from '../../src/model/archive-check.ts';
import type { ArchiveListing } from '../../src/model/archive-listing.ts';
import { emptyTimeline } from '../../src/model/archive-listing.ts';
import { renderListing } from '../../src/model/archive-listing-text.ts';

const root = path.resolve(import.meta.dirname, '../..');
const grammar = JSON.parse(fs.readFileSync(path.join(root, 'syntaxes/cnpg-wal.tmLanguage.json'), 'utf8')) as {
  patterns: { match?: string; begin?: string }[];
};

const listing: ArchiveListing = {
  destinationPath: 's3://archive-eu/',
  serverName: 'cluster-eu',
  listedAt: new Date('2026-11-23T10:00:00Z'),
  segmentSize: 16 * 1024 * 1024,
  segmentSizeAssumed: false,
  objects: 7,
  bytes: 1000,
  requests: 1,
  truncated: false,
  timelines: [
    {
      ...emptyTimeline(2),
      parent: 1,
      switchpoint: '0/50000A0',
      reason: 'no recovery target specified',
      historyKey: 'wals/00000002.history',
      segments: 3,
      bytes: 900,
      newest: new Date('2026-11-23T09:59:00Z'),
      ranges: [
        { from: '000000020000000000000005', to: '000000020000000000000006', count: 2 },
        { from: '000000020000000000000008', to: '000000020000000000000008', count: 1 },
      ],
      gaps: [{ from: '000000020000000000000007', to: '000000020000000000000007', count: 1 }],
      partial: ['000000020000000000000009.partial'],
      labels: ['000000020000000000000005.00000028.backup'],
    },
  ],
  backups: [
    {
      id: '20261123T090000',
      status: 'DONE',
      timeline: 2,
      beginWal: '000000020000000000000005',
      endWal: '000000020000000000000005',
      beginTime: '2026-11-23 09:00:00',
      endTime: '2026-11-23 09:01:00',
      bytes: 5,
    },
    { id: '20261123T093000', status: 'FAILED', bytes: 5 },
  ],
  foreign: { count: 0, examples: [] },
} as unknown as ArchiveListing;

test('every line of a listing is coloured', () => {
  const expressions = grammar.patterns.map(({ match, begin }) => new RegExp(match ?? begin ?? ''));
  const lines = renderListing(listing, checkArchive(listing), 'WAL archive of cluster-eu')
    .split('\n')
    .filter(line => line !== '');
  const plain = lines.filter(line => !expressions.some(expression => expression.test(line)));
  assert.deepEqual(plain, []);
  assert.ok(lines.some(line => line.startsWith('GAP ')) && lines.some(line => line.includes('FAILED')));
});
