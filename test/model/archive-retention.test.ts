import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listArchive } from '../../src/archive/listing.ts';
import { checkArchive } from '../../src/model/archive-check.ts';
import { retentionTime } from '../../src/model/archive-retention.ts';
import { folderOf, info, segments } from '../archive/folders.ts';

const now = new Date('2026-11-25T00:00:00Z');
const where = { configuration: { destinationPath: 's3://bucket' }, serverName: 'pg' };

/** Segments 1 to 30; a base backup of so many days ago begins with segment 31 less the days. */
async function findings(ages: number[], retention: string, readers: Record<string, string> = {}): Promise<string[]> {
  const backups = ages.map(age => {
    const at = new Date(now.getTime() - age * 24 * 3600_000).toISOString();
    const wal = `0000000100000000000000${(31 - age).toString(16).toUpperCase().padStart(2, '0')}`;
    return {
      [`base/${at.slice(0, 19).replaceAll(/[-:]/g, '')}/backup.info`]: info({
        status: 'DONE',
        timeline: 1,
        begin_wal: wal,
        end_wal: wal,
        begin_time: at,
        end_time: at,
        systemid: '1',
        xlog_segment_size: 16777216,
      }),
    };
  });
  const objects = Object.assign({}, segments(1, 1, 30), ...backups) as Record<string, string | number>;
  const listing = await listArchive(folderOf(objects, { modified: now }), where, new AbortController().signal);
  const { findings: all } = checkArchive(listing, { retention, readers, now });
  return all.filter(({ code }) => /^retention|at-risk/.test(code)).map(({ code, message }) => `${code}: ${message}`);
}

test('the lengths of policies', () => {
  assert.deepEqual(
    ['30d', '2w', '1m', '0d', '30', 'x', ''].map(policy => (retentionTime(policy) ?? 0) / (24 * 3600_000)),
    [30, 14, 31, 0, 0, 0, 0],
  );
});

const cases: [title: string, ages: number[], retention: string, readers: Record<string, string>, expected: RegExp[]][] =
  [
    ['no policy', [1], '', {}, []],
    ['no base backup', [], '7d', {}, []],
    ['a young archive', [1, 2], '7d', {}, [/^retention-not-reached: .*\(7d\) asks for recoveries from 2026-11-18/]],
    ['as asked', [1, 6, 8], '7d', {}, []],
    ['more than asked', [1, 8, 9, 20], '7d', {}, [/^retention-behind: 2 base backups older .* such as 20261105T/]],
    ['a reader within', [1, 6, 8], '7d', { 'cluster-us': '0/17000000' }, []],
    [
      'a reader before',
      [1, 6, 8],
      '7d',
      { 'cluster-us': '0/16000000' },
      [/^reader-at-risk: cluster-us is at 0\/16000000/],
    ],
    ['a reader before all', [1], '7d', { 'cluster-us': '0/5000000' }, [/not-reached/, /^reader-at-risk/]],
    ['a position that is none', [1, 8], '7d', { 'cluster-us': 'x' }, []],
  ];
for (const [title, ages, retention, readers, expected] of cases)
  test(`retention: ${title}`, async () => {
    const found = await findings(ages, retention, readers);
    assert.equal(found.length, expected.length, found.join('\n'));
    for (const [index, shape] of expected.entries()) assert.match(found[index] ?? '', shape);
  });
