import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listArchive } from '../../src/archive/listing.ts';
import type { JudgedArchive } from '../../src/model/archive-answers.ts';
import { ask } from '../../src/model/archive-answers.ts';
import { checkArchive } from '../../src/model/archive-check.ts';
import { lineAbout, sectionsOf, wordAt } from '../../src/model/archive-lines.ts';
import { renderListing } from '../../src/model/archive-listing-text.ts';
import { folderOf, info, segments } from '../archive/folders.ts';

const where = { configuration: { destinationPath: 's3://bucket' }, serverName: 'pg' };
const backup = (id: string, timeline: number, wal: string, hour: number): Record<string, string> => ({
  [`base/${id}/backup.info`]: info({
    status: 'DONE',
    timeline,
    begin_wal: wal,
    end_wal: wal,
    begin_time: `2026-11-20 ${hour}:00:00+00:00`,
    end_time: `2026-11-20 ${hour}:05:00+00:00`,
    systemid: '7500000000000000001',
    xlog_segment_size: 16777216,
  }),
});

/** Timeline 1 from 3 to 9, left in 10 for timeline 2, which goes to 14 without 12; timeline 7 is of nobody. */
async function archive(): Promise<JudgedArchive> {
  const objects = {
    ...segments(1, 3, 9),
    'wals/0000000100000000/00000001000000000000000A.partial': 100,
    'wals/00000002.history': '1\t0/A000148\tno recovery target specified\n',
    ...segments(2, 10, 11),
    ...segments(2, 13, 14),
    ...backup('20261120T100000', 1, '000000010000000000000004', 10),
    ...backup('20261120T120000', 2, '00000002000000000000000D', 12),
  };
  const modified = new Date('2026-11-20T13:00:00Z');
  const listing = await listArchive(folderOf(objects, { modified }), where, new AbortController().signal);
  return { listing: { ...listing, listedAt: new Date('2026-11-21') }, check: checkArchive(listing) };
}

const answers: [asked: string, title: RegExp, fact: string, value: RegExp][] = [
  ['000000010000000000000005', /^Segment 000000010000000000000005$/, 'LSN', /^0\/5000000 up to 0\/6000000$/],
  ['000000010000000000000005', /^Segment/, 'In the archive', /^yes$/],
  ['000000010000000000000005', /^Segment/, 'Needed by', /^20261120T100000$/],
  ['000000010000000000000004', /^Segment/, 'Written during base backup', /^20261120T100000$/],
  ['000000010000000000000003', /^Segment/, 'Needed by', /all begin later/],
  ['00000001000000000000000a', /^Segment/, 'In the archive', /^partial/],
  ['00000002000000000000000C', /^Segment/, 'In the archive', /^NO$/],
  ['00000002000000000000000E', /^Segment/, 'Needed by', /^20261120T120000, 20261120T100000$/],
  [
    '0000000200000000000000FF',
    /^Segment/,
    'In the archive',
    /^no: the newest of its timeline is 00000002000000000000000E$/,
  ],
  ['0/5000028', /^0\/5000028 is in 000000010000000000000005$/, 'Timeline', /^1$/],
  ['0/B000000', /^0\/B000000 is in 00000002000000000000000B$/, 'Timeline', /^2$/],
  ['20261120T120000', /^Base backup/, 'Restorable to', /^00000002000000000000000E$/],
  ['20261120T100000', /^Base backup/, 'First missing', /^00000002000000000000000C$/],
  ['2026-11-20 11:00', /begins with base backup 20261120T100000$/, 'Verdict', /^restorable$/],
  ['2026-11-20T14:00:00+01:00', /2026-11-20T13:00:00.000Z begins with base backup 20261120T120000$/, 'Status', /DONE/],
  ['2026-11-29', /begins with base backup 20261120T120000$/, 'Note', /newest WAL here was stored at 2026-11-20T13:00/],
];
for (const [asked, title, fact, value] of answers)
  test(`${asked}: ${fact}`, async () => {
    const answer = ask(asked, await archive());
    assert.ok(typeof answer === 'object', JSON.stringify(answer));
    assert.match(answer.title, title);
    assert.match(new Map(answer.facts).get(fact) ?? '', value);
  });

test('a base backup of a branch that was given up leads nowhere', async () => {
  const objects = {
    ...segments(1, 1, 9),
    ...segments(2, 5, 6),
    ...segments(3, 8, 12),
    'wals/00000002.history': '1\t0/5000148\tx\n',
    'wals/00000003.history': '1\t0/8000148\tx\n',
    ...backup('20261120T100000', 1, '000000010000000000000004', 10),
    ...backup('20261120T120000', 2, '000000020000000000000005', 12),
  };
  const listing = await listArchive(folderOf(objects), where, new AbortController().signal);
  const judged = { listing, check: checkArchive(listing) };
  const byTime = ask('2026-11-20 13:00', judged);
  assert.ok(typeof byTime === 'object');
  assert.match(byTime.title, /begins with base backup 20261120T100000$/);
  const bySegment = ask('00000003000000000000000A', judged);
  assert.ok(typeof bySegment === 'object');
  assert.equal(new Map(bySegment.facts).get('Needed by'), '20261120T100000');
});

const none: [asked: string, words: RegExp][] = [
  ['2026-11-20 09:00', /No base backup here/],
  ['2026-99-99', /is no time/],
  ['20200101T000000', /There is no base backup/],
  ['000000010000000000000FFF', /no name of a segment of 16 MB/],
  ['x', /is neither a segment's name/],
  ['', /is neither a segment's name/],
];
for (const [asked, words] of none)
  test(`"${asked}" has no answer`, async () => {
    const answer = ask(asked, await archive());
    assert.match(typeof answer === 'string' ? answer : answer.title, words);
  });

const page = async (): Promise<string[]> => {
  const { listing, check } = await archive();
  return renderListing(listing, check, 'WAL archive of pg').split('\n');
};

test('the sections of a listing, with what stands out in them', async () => {
  const lines = await page();
  const sections = sectionsOf(lines);
  assert.deepEqual(
    sections.map(({ title }) => title),
    ['Findings', 'Timeline 2', 'Timeline 1', 'Base backups'],
  );
  assert.deepEqual(
    sections[1]?.parts.map(({ kind, title }) => `${kind} ${title}`),
    [
      'run 00000002000000000000000A .. 00000002000000000000000B',
      'gap GAP 00000002000000000000000C .. 00000002000000000000000C',
      'run 00000002000000000000000D .. 00000002000000000000000E',
    ],
  );
  assert.deepEqual(
    sections[3]?.parts.map(({ title }) => title),
    ['20261120T120000', '20261120T100000'],
  );
  for (const { from, to, title } of sections) {
    assert.equal(lines[from], `## ${title}`);
    assert.notEqual(lines[to], '');
    assert.ok(lines[to + 1] === '' || to === lines.length - 1);
  }
});

const places: [about: string, line: RegExp | undefined][] = [
  ['000000010000000000000005', /^000000010000000000000003 \.\. /],
  ['00000002000000000000000C', /^GAP /],
  ['00000001000000000000000A', /^partial /],
  ['20261120T100000', /^20261120T100000 /],
  ['0000000900000000000000FF', undefined],
];
for (const [about, shape] of places)
  test(`the line about ${about}`, async () => {
    const lines = await page();
    const line = lineAbout(about, lines);
    if (shape === undefined) assert.equal(line, undefined);
    else assert.match(lines[line ?? -1] ?? '', shape);
  });

test('the word at a place', () => {
  const text = '00000002000000000000000D .. 00000002000000000000000E  2 segments  (LSN 0/D000000 .. 0/F000000)';
  assert.equal(wordAt(text, 0)?.word, '00000002000000000000000D');
  assert.equal(wordAt(text, 30)?.word, '00000002000000000000000E');
  assert.equal(wordAt(text, text.indexOf('0/D') + 2)?.word, '0/D000000');
  assert.equal(wordAt(text, text.indexOf('segments')), undefined);
});
