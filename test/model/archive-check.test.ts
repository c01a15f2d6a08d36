/** Judgements of archives: against an oracle that walks segment by segment, and case by case. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { listArchive } from '../../src/archive/listing.ts';
import type { ArchiveCheck, ArchiveSurroundings } from '../../src/model/archive-check.ts';
import { checkArchive, isoTime } from '../../src/model/archive-check.ts';
import { folderOf, info, keyOf, segments } from '../archive/folders.ts';

const where = { configuration: { destinationPath: 's3://bucket/path' }, serverName: 'pg' };
const day = 24 * 3600_000;
const stored = new Date(Date.now() - day);

async function checked(
  objects: Record<string, string | number>,
  around: ArchiveSurroundings = {},
  modified = stored,
): Promise<ArchiveCheck> {
  const listing = await listArchive(folderOf(objects, { modified }), where, new AbortController().signal);
  return checkArchive(listing, around);
}

const nameOf = (timeline: number, number: number): string => keyOf(timeline, number).slice(-24);
const backup = (
  id: string,
  timeline: number,
  begin: number,
  end: number,
  more: Record<string, string | number> = {},
): Record<string, string | number> => ({
  [`base/${id}/backup.info`]: info({
    status: 'DONE',
    timeline,
    begin_wal: nameOf(timeline, begin),
    end_wal: nameOf(timeline, end),
    begin_time: '2026-11-20 10:00:00+00:00',
    end_time: '2026-11-20 10:05:00+00:00',
    systemid: '7500000000000000001',
    xlog_segment_size: 16777216,
    ...more,
  }),
  [`base/${id}/data.tar`]: 100,
});
const lsn = (segment: number): string =>
  `${Math.floor(segment / 256).toString(16)}/${(segment % 256).toString(16)}000148`.toUpperCase();
/** A history file: each parent with the segment in which it was left. */
const history = (timeline: number, ...left: [parent: number, segment: number][]): Record<string, string> => ({
  [`wals/${timeline.toString(16).padStart(8, '0')}.history`]: left
    .map(([parent, segment]) => `${parent}\t${lsn(segment)}\tno recovery target specified\n`)
    .join(''),
});
const codes = ({ findings }: ArchiveCheck): string[] =>
  findings.map(({ severity, code }) => `${severity} ${code}`).sort();

/** What happened: per timeline the first segment, and how many it wrote before it was left or until now. */
interface Story {
  first: number;
  written: number[];
  backups: { timeline: number; at: number; length: number }[];
  lost: number[];
}

const stories: fc.Arbitrary<Story> = fc.record({
  first: fc.integer({ min: 0, max: 600 }),
  written: fc.array(fc.integer({ min: 1, max: 14 }), { minLength: 1, maxLength: 4 }),
  backups: fc.array(fc.record({ timeline: fc.nat(3), at: fc.nat(13), length: fc.nat(2) }), { maxLength: 3 }),
  lost: fc.array(fc.nat(60), { maxLength: 4 }),
});

/** The archive of a story, and everything of it that the oracle looks at: no code of the product. */
function archiveOf({ first, written, backups, lost }: Story) {
  let next = first;
  const timelines = written.map((count, at) => {
    const range = { timeline: at + 1, from: next, to: next + count - 1 };
    // The next timeline begins in the segment in which this one is left.
    next = range.to + 1;
    return range;
  });
  const names = timelines.flatMap(({ timeline, from, to }) =>
    Array.from({ length: to - from + 1 }, (_, at) => ({ timeline, number: from + at })),
  );
  const kept = names.filter((_, at) => !lost.includes(at));
  const objects: Record<string, string | number> = Object.fromEntries(
    kept.map(({ timeline, number }) => [keyOf(timeline, number), 16 * 1024 * 1024]),
  );
  for (const { timeline } of timelines.slice(1))
    Object.assign(
      objects,
      history(
        timeline,
        ...timelines.slice(0, timeline - 1).map(({ timeline: parent, to }): [number, number] => [parent, to + 1]),
      ),
    );
  const made = backups.flatMap(({ timeline, at, length }, index) => {
    const on = timelines[timeline % timelines.length];
    if (!on) return [];
    const begin = on.from + (at % (on.to - on.from + 1));
    const end = Math.min(begin + length, on.to);
    const id = `2026112${index}T100000`;
    Object.assign(objects, backup(id, on.timeline, begin, end));
    return [{ id, timeline: on.timeline, begin, end }];
  });
  return { timelines, kept: new Set(kept.map(({ timeline, number }) => nameOf(timeline, number))), objects, made };
}

test('base backups and timelines, as somebody sees them who walks from segment to segment', async () => {
  await fc.assert(
    fc.asyncProperty(stories, async story => {
      const { timelines, kept, objects, made } = archiveOf(story);
      // Of an archive whose newest timeline lost everything, nobody knows that it was there but for its history file.
      const check = await checked(objects);
      const newest = timelines.at(-1);
      const end = Math.max(
        -1,
        ...[...kept].filter(name => Number.parseInt(name.slice(0, 8), 16) === newest?.timeline).map(numberOf),
      );
      for (const { id, timeline, begin, end: last } of made) {
        let reached: string | null = null;
        let missing: string | null = null;
        walk: for (const each of timelines.filter(({ timeline: number }) => number >= timeline)) {
          const until = each === newest ? end : each.to;
          for (let number = each.timeline === timeline ? begin : each.from; number <= until; number++) {
            const name = nameOf(each.timeline, number);
            if (!kept.has(name)) {
              missing = name;
              break walk;
            }
            reached = name;
          }
        }
        const needed = Array.from({ length: last - begin + 1 }, (_, at) => nameOf(timeline, begin + at));
        const lacks = needed.find(name => !kept.has(name));
        const found = check.backups.find(each => each.id === id);
        assert.ok(found);
        const expected =
          lacks === undefined
            ? { verdict: 'restorable', restorableTo: reached, firstMissing: missing }
            : { verdict: 'broken', restorableTo: null, firstMissing: lacks };
        const { verdict, restorableTo, firstMissing } = found;
        assert.deepEqual({ verdict, restorableTo, firstMissing }, expected, id);
      }
      const needed = Math.min(...(made.length > 0 ? made.map(({ begin }) => begin) : [...kept].map(numberOf)));
      for (const each of timelines) {
        const own = [...kept].filter(name => Number.parseInt(name.slice(0, 8), 16) === each.timeline).map(numberOf);
        const from = Math.max(each.from, needed);
        const to = each === newest ? Math.max(-1, ...own) : each.to;
        const holes = Array.from({ length: Math.max(0, to - from + 1) }, (_, at) =>
          nameOf(each.timeline, from + at),
        ).filter(name => !kept.has(name));
        const found = check.timelines.find(({ timeline }) => timeline === each.timeline);
        const shown = (found?.missing ?? []).flatMap(({ from: a, to: b }) =>
          Array.from({ length: numberOf(b) - numberOf(a) + 1 }, (_, at) => nameOf(each.timeline, numberOf(a) + at)),
        );
        assert.deepEqual(shown, holes, `timeline ${each.timeline}`);
        if (found) assert.equal(found.verdict, holes.length === 0 ? 'continuous' : 'gap');
      }
    }),
    { numRuns: 500 },
  );
});

const numberOf = (name: string): number =>
  Number.parseInt(name.slice(8, 16), 16) * 256 + Number.parseInt(name.slice(16), 16);

const whole = { ...segments(1, 1, 9), ...backup('20261120T100000', 1, 2, 3) };

const cases: [
  name: string,
  objects: Record<string, string | number>,
  around: ArchiveSurroundings,
  verdict: ArchiveCheck['verdict'],
  findings: string[],
][] = [
  ['all is well', whole, {}, 'ok', []],
  ['nothing', {}, {}, 'failure', ['error empty']],
  ['no base backup', segments(1, 1, 3), {}, 'warning', ['info segment-size-assumed', 'warning no-backup']],
  [
    'a hole',
    { ...segments(1, 1, 5), ...segments(1, 7, 9), ...backup('20261120T100000', 1, 2, 3) },
    {},
    'failure',
    ['error gap', 'warning backup-limited'],
  ],
  [
    'a hole before the oldest base backup',
    { ...segments(1, 1, 3), ...segments(1, 5, 9), ...backup('20261120T100000', 1, 5, 6) },
    {},
    'ok',
    [],
  ],
  [
    'a base backup without its WAL',
    { ...segments(1, 1, 2), ...segments(1, 5, 9), ...backup('20261120T100000', 1, 2, 4) },
    {},
    'failure',
    ['error backup-broken', 'error gap'],
  ],
  [
    'a failed base backup',
    { ...whole, ...backup('20261121T100000', 1, 4, 5, { status: 'FAILED' }) },
    {},
    'warning',
    ['warning backup-failed'],
  ],
  [
    'a running base backup',
    { ...whole, 'base/20261121T100000/data.tar': 1 },
    {},
    'warning',
    ['warning backup-unknown'],
  ],
  [
    'two systems',
    { ...whole, ...backup('20261121T100000', 1, 4, 5, { systemid: '8' }) },
    {},
    'failure',
    ['error system-ids'],
  ],
  ["another system than the Cluster's", whole, { systemId: '8' }, 'failure', ['error other-system']],
  ['the system of the Cluster', whole, { systemId: '7500000000000000001' }, 'ok', []],
  [
    'two segment sizes',
    { ...whole, ...backup('20261119T100000', 1, 4, 5, { xlog_segment_size: 67108864 }) },
    {},
    'failure',
    ['error segment-size-mixed'],
  ],
  [
    'a timeline without history',
    { ...whole, ...segments(2, 10, 12) },
    {},
    'failure',
    ['error history-missing', 'warning foreign-timeline'],
  ],
  ['a switch', { ...whole, ...segments(2, 10, 12), ...history(2, [1, 10]) }, { timeline: 2 }, 'ok', []],
  [
    'a switch whose last segment is partial',
    {
      ...whole,
      'wals/0000000100000000/00000001000000000000000A.partial': 5,
      ...segments(2, 10, 12),
      ...history(2, [1, 10]),
    },
    {},
    'ok',
    [],
  ],
  [
    'a future timeline',
    { ...whole, ...segments(2, 10, 12), ...history(2, [1, 10]) },
    { timeline: 1 },
    'failure',
    ['error future-timeline'],
  ],
  [
    'a future history file alone',
    { ...whole, ...history(2, [1, 10]) },
    { timeline: 1 },
    'failure',
    ['error future-timeline'],
  ],
  [
    'a branch that was given up',
    { ...whole, ...segments(2, 10, 12), ...history(2, [1, 10]), ...segments(3, 9, 13), ...history(3, [1, 9]) },
    {},
    'warning',
    ['warning foreign-timeline'],
  ],
  [
    'a former primary that wrote on',
    { ...whole, ...segments(1, 10, 14), ...segments(2, 10, 12), ...history(2, [1, 10]) },
    {},
    'warning',
    ['warning beyond-switchpoint'],
  ],
  ['two compressions', { ...whole, ...segments(1, 5, 5, '.gz') }, {}, 'warning', ['warning duplicate-segments']],
  ['a segment of a wrong size', { ...whole, [keyOf(1, 5)]: 5 }, {}, 'failure', ['error wrong-size']],
  ['partial beside full', { ...whole, [`${keyOf(1, 5)}.partial`]: 5 }, {}, 'ok', ['info partial-beside-full']],
  [
    'a label without base backup',
    { ...whole, [`${keyOf(1, 7)}.00000028.backup`]: 5 },
    {},
    'ok',
    ['info orphan-labels'],
  ],
  ['names of others', { ...whole, 'wals/README': 5 }, {}, 'ok', ['info foreign-objects']],
  ['the writer archived more than is here', whole, { lastArchived: nameOf(1, 11) }, 'failure', ['error gap']],
  ['a reader in the middle', whole, { readers: { us: '0/5000028' } }, 'ok', ['info reader']],
  ['a reader at the end', whole, { readers: { us: '0/A000000' } }, 'ok', []],
  [
    'a reader whose next segment is gone',
    { ...segments(1, 5, 9), ...backup('20261120T100000', 1, 5, 6) },
    { readers: { us: '0/3000028' } },
    'failure',
    ['error reader-behind'],
  ],
  ["the token's segment", whole, { tokenSegment: nameOf(1, 9) }, 'ok', ['info token-segment']],
  [
    "the token's segment, partial",
    { ...whole, [`${keyOf(1, 10)}.partial`]: 5 },
    { tokenSegment: nameOf(1, 10) },
    'ok',
    ['info token-segment'],
  ],
  [
    "the token's segment is missing",
    whole,
    { tokenSegment: nameOf(1, 10) },
    'failure',
    ['error token-segment-missing'],
  ],
];
for (const [name, objects, around, verdict, findings] of cases)
  test(name, async () => {
    const check = await checked(objects, around);
    assert.deepEqual(codes(check), findings.toSorted(), JSON.stringify(check.findings, null, 1));
    assert.equal(check.verdict, verdict);
  });

test('a hole near the end that is young is pending', async () => {
  const objects = { ...segments(1, 1, 7), ...segments(1, 9, 9), ...backup('20261120T100000', 1, 2, 3) };
  assert.deepEqual(codes(await checked(objects, {}, new Date())), ['warning backup-limited', 'warning tail-pending']);
  assert.deepEqual(codes(await checked(objects)), ['error gap', 'warning backup-limited']);
});

test('the recovery window begins with the oldest base backup after which nothing is missing', async () => {
  const late = { begin_time: '2026-11-22 10:00:00+00:00', end_time: '2026-11-22 10:05:00+00:00' };
  const { recoveryWindow } = await checked({
    ...segments(1, 1, 5),
    ...segments(1, 7, 12),
    ...backup('20261120T100000', 1, 2, 3),
    ...backup('20261122T100000', 1, 8, 9, late),
  });
  assert.equal(recoveryWindow?.from, '2026-11-22T10:05:00.000Z');
  assert.equal((await checked(segments(1, 1, 5))).recoveryWindow, null);
});

test('times of backup.info', () => {
  assert.equal(isoTime('2026-11-23 10:27:09.123456+01:00'), '2026-11-23T09:27:09.123Z');
  assert.equal(isoTime('2026-11-23T10:27:09Z'), '2026-11-23T10:27:09.000Z');
  assert.equal(isoTime('2026-11-23 10:27:09'), '2026-11-23T10:27:09.000Z');
  assert.equal(isoTime('Mon Nov 23 10:27:09 2026'), new Date('Mon Nov 23 10:27:09 2026').toISOString());
  assert.equal(isoTime('soon'), null);
  assert.equal(isoTime(undefined), null);
});

test('what a listing that was stopped has not come to is not missing', async () => {
  const listing = await listArchive(
    folderOf({ ...segments(1, 0, 9), ...backup('20261120T100000', 1, 2, 3), ...backup('20261121T100000', 1, 20, 21) }),
    where,
    new AbortController().signal,
  );
  const around = { timeline: 1, lastArchived: nameOf(1, 22), tokenSegment: nameOf(1, 22), readers: { us: lsn(21) } };
  const stopped = checkArchive({ ...listing, truncated: true }, around);
  assert.deepEqual(codes(stopped), ['warning truncated']);
  assert.deepEqual(
    stopped.backups.map(({ id, verdict }) => `${id} ${verdict}`),
    ['20261121T100000 unknown', '20261120T100000 restorable'],
  );
  assert.equal(stopped.timelines[0]?.verdict, 'continuous');
  assert.deepEqual(codes(checkArchive(listing, around)).slice(0, 3), [
    'error backup-broken',
    'error gap',
    'error token-segment-missing',
  ]);
});

test('a history file that is packed by something else than gzip', async () => {
  const objects = {
    ...segments(1, 1, 4, '.snappy'),
    ...segments(2, 5, 6, '.snappy'),
    ...segments(3, 7, 9, '.snappy'),
    // A literal of snappy: all lines but the first could be read by chance.
    'wals/00000002.history.snappy': `\u00ff\u0006sNaPpY1\t${lsn(5)}\tno recovery target specified\n`,
    'wals/00000003.history.snappy': `\u00ff\u0006sNaPpY1\t${lsn(5)}\tx\n2\t${lsn(7)}\tx\n`,
    ...backup('20261120T100000', 1, 2, 3),
  };
  const found = await checked(objects, { timeline: 3 });
  assert.deepEqual(codes(found), ['warning history-packed']);
  assert.deepEqual(
    found.timelines.map(({ verdict }) => verdict),
    ['continuous', 'continuous', 'continuous'],
  );
  assert.deepEqual(
    found.backups.map(({ restorableTo, firstMissing }) => [restorableTo, firstMissing]),
    [[nameOf(3, 9), null]],
  );
  assert.equal(found.recoveryWindow?.from, '2026-11-20T10:05:00.000Z');
});
