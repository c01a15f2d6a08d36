import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListOptions, RestOfListing } from '../../src/archive/contract.ts';
import { listArchive } from '../../src/archive/listing.ts';
import type { ArchiveListing } from '../../src/model/archive-listing.ts';
import { checkArchive } from '../../src/model/archive-check.ts';
import type { ArchiveOutline } from '../../src/model/archive-outline.ts';
import { renderOutline } from '../../src/model/archive-outline.ts';
import { renderListing } from '../../src/model/archive-listing-text.ts';
import { parseArchiveKey, parseAzurePath, parseBucketPath, storeOf } from '../../src/model/archive-keys.ts';
import { folderOf, info, segments } from './folders.ts';

const never = new AbortController().signal;
const where = { configuration: { destinationPath: 's3://bucket/path/' }, serverName: 'pg' };

const list = (objects: Record<string, string | number>, pageSize?: number): Promise<ArchiveListing> =>
  listArchive(folderOf(objects, pageSize === undefined ? {} : { pageSize }), where, new AbortController().signal);

const runs = (listing: ArchiveListing, timeline: number): string[] =>
  listing.timelines
    .find(t => t.timeline === timeline)
    ?.ranges.map(r => `${r.from.slice(8)}..${r.to.slice(8)} ${r.count}`) ?? [];

test('runs of segments across log files and pages', async () => {
  const listing = await list(segments(1, 250, 260, '.gz'), 3);
  assert.deepEqual(runs(listing, 1), ['00000000000000FA..0000000100000004 11']);
  assert.deepEqual(listing.timelines[0]?.gaps, []);
  assert.ok(listing.segmentSizeAssumed);
});

test('a gap is named by its first and last missing segment', async () => {
  const listing = await list({ ...segments(1, 1, 4), ...segments(1, 8, 9) });
  assert.deepEqual(runs(listing, 1), ['0000000000000001..0000000000000004 4', '0000000000000008..0000000000000009 2']);
  assert.deepEqual(listing.timelines[0]?.gaps, [
    { from: '000000010000000000000005', to: '000000010000000000000007', count: 3 },
  ]);
});

test('the segment size of backup.info decides what follows what', async () => {
  const size = 64 * 1024 * 1024;
  const listing = await list({
    ...segments(1, 62, 66, '', size),
    'base/20261123T102709/backup.info': info({
      status: 'DONE',
      timeline: 1,
      xlog_segment_size: size,
      systemid: '77',
      begin_wal: 'a',
      end_wal: 'b',
    }),
    'base/20261123T102709/data.tar.gz': 1000,
  });
  assert.deepEqual(runs(listing, 1), ['000000000000003E..0000000100000002 5']);
  assert.equal(listing.segmentSize, size);
  assert.deepEqual(
    listing.backups.map(b => [b.id, b.status, b.systemId, b.problem]),
    [['20261123T102709', 'DONE', '77', undefined]],
  );
});

test('timelines, switchpoints, partial segments and labels', async () => {
  const listing = await list({
    ...segments(1, 1, 3),
    ...segments(2, 3, 5),
    'wals/0000000100000000/000000010000000000000003.partial.gz': 1,
    'wals/0000000100000000/000000010000000000000002.00000028.backup': 1,
    'wals/00000002.history.gz': '1\t0/3000148\tno recovery target specified\n',
  });
  const [first, second] = listing.timelines;
  assert.deepEqual(
    [first?.partial, first?.labels],
    [['000000010000000000000003'], ['000000010000000000000002.00000028.backup']],
  );
  assert.deepEqual(
    [second?.parent, second?.switchpoint, second?.reason],
    [1, '0/3000148', 'no recovery target specified'],
  );
});

test('the same segment in two compressions counts once', async () => {
  const listing = await list({ ...segments(1, 1, 2), ...segments(1, 2, 3, '.gz') });
  assert.deepEqual(runs(listing, 1), ['0000000000000001..0000000000000003 3']);
});

test('a base backup without backup.info is running or crashed', async () => {
  const listing = await list({ 'base/20261123T102709/data.tar': 5 });
  assert.match(listing.backups[0]?.problem ?? '', /crashed/);
});

test('hostile names are counted and shown without control characters', async () => {
  const listing = await list({
    'wals/\u001b[31mred': 1,
    'wals/0000000100000000/000000020000000000000001': 1,
    'base/x': 1,
  });
  assert.deepEqual(listing.foreign.examples, [
    'base/x',
    'wals/?[31mred',
    'wals/0000000100000000/000000020000000000000001',
  ]);
  assert.equal(listing.foreign.count, 3);
});

test('a listing that goes in circles ends', async () => {
  const liar = folderOf({});
  liar.list = async function* () {
    for (;;) yield [{ key: 'base/20261123T102709/data.tar', size: 1, modified: new Date(0) }];
  };
  await assert.rejects(listArchive(liar, where, new AbortController().signal), /out of order or twice/);
});

test('memory: a hundred thousand segments are a handful of ranges', async () => {
  const listing = await list(segments(1, 0, 99_999));
  assert.equal(listing.timelines[0]?.segments, 100_000);
  assert.equal(listing.timelines[0]?.ranges.length, 1);
});

const keys: [string, string][] = [
  ['wals/0000000100000000/000000010000000000000001', 'segment'],
  ['wals/0000000100000000/000000010000000000000001.zst', 'segment'],
  ['wals/0000000100000000/000000010000000000000001.partial.lz4', 'partial'],
  ['wals/0000000100000000/000000010000000000000001.00000028.backup', 'label'],
  ['wals/0000000A.history', 'history'],
  ['wals/0000000200000000/000000010000000000000001', 'foreign'],
  ['wals/000000010000000000000001', 'foreign'],
  ['wals/0000000100000000/000000010000000000000001.gz.gz', 'foreign'],
  ['base/20261123T102709/backup.info', 'backup'],
  ['base/now/backup.info', 'foreign'],
];
for (const [key, kind] of keys) test(`key ${key}: ${kind}`, () => assert.equal(parseArchiveKey(key).kind, kind));

const paths: [string, unknown][] = [
  ['s3://bucket', { bucket: 'bucket', prefix: 'pg/' }],
  ['s3://bucket/', { bucket: 'bucket', prefix: 'pg/' }],
  ['s3://bucket//a/b//', { bucket: 'bucket', prefix: 'a/b/pg/' }],
  ['gs://bucket/a', { bucket: 'bucket', prefix: 'a/pg/' }],
  ['bucket', undefined],
];
for (const [path, expected] of paths)
  test(`path ${path}`, () => assert.deepEqual(parseBucketPath(path, 'pg'), expected));

const hosted = 'https://shop.blob.core.windows.net';
const azurePaths: [string, unknown][] = [
  [`${hosted}/wal/a/`, { serviceUrl: hosted, account: 'shop', container: 'wal', prefix: 'a/pg/' }],
  [
    'http://127.0.0.1:10000/shop/wal',
    { serviceUrl: 'http://127.0.0.1:10000/shop', account: 'shop', container: 'wal', prefix: 'pg/' },
  ],
  [hosted, undefined],
  ['http://127.0.0.1:10000/shop', undefined],
  ['nowhere', undefined],
];
for (const [path, expected] of azurePaths)
  test(`path ${path}`, () => assert.deepEqual(parseAzurePath(path, 'pg'), expected));

test('the store is told by the path', () => {
  assert.equal(storeOf('s3://a/b'), 's3');
  assert.equal(storeOf('gs://a'), 'google');
  assert.equal(storeOf(`${hosted}/wal`), 'azure');
  for (const odd of ['', 's3://', 'ftp://a/b', 'https://host', '/a/b']) assert.equal(storeOf(odd), undefined);
});

test('the page', async () => {
  const listing = await list({
    ...segments(1, 1, 3),
    ...segments(2, 3, 3),
    ...segments(2, 6, 7),
    'wals/00000002.history': '1\t0/3000148\tno recovery target specified\n',
    'base/20261123T102709/backup.info': info({
      status: 'DONE',
      timeline: 1,
      xlog_segment_size: 16777216,
      begin_wal: '000000010000000000000002',
      end_wal: '000000010000000000000002',
      begin_time: '2026-11-23 10:27:09+00:00',
      end_time: '2026-11-23 10:27:12+00:00',
    }),
  });
  const page = renderListing({ ...listing, listedAt: new Date(0) }, checkArchive(listing), 'WAL archive of pg');
  assert.deepEqual(page.split('\n'), [
    '# WAL archive of pg',
    '',
    'Archive:          s3://bucket/path/pg',
    'Endpoint:         AWS S3',
    'Listed:           1970-01-01T00:00:00.000Z (8 objects, 96 MB, 4 requests)',
    'Segment size:     16 MB',
    'Recovery window:  NONE: no base backup can be restored to the end',
    'Verdict:          FAILURE (by names and small files; contents of segments were not read)',
    '',
    '## Findings',
    'error gap: Timeline 2: 000000020000000000000004 to 000000020000000000000005 (2 segments) missing. No recovery gets across.',
    'warning backup-limited: Base backup 20261123T102709 can be restored up to 000000020000000000000003 only: 000000020000000000000004 is missing.',
    '',
    '## Timeline 2',
    'Parent:    timeline 1, left at 0/3000148 (no recovery target specified)',
    'Verdict:   gap',
    'Segments:  3 (48 MB stored)',
    'Newest:    1970-01-01T00:00:00.000Z',
    '000000020000000000000003 .. 000000020000000000000003  1 segment  (LSN 0/3000000 .. 0/4000000)',
    'GAP 000000020000000000000004 .. 000000020000000000000005  2 missing',
    '000000020000000000000006 .. 000000020000000000000007  2 segments  (LSN 0/6000000 .. 0/8000000)',
    '',
    '## Timeline 1',
    'Verdict:   continuous',
    'Segments:  3 (48 MB stored)',
    'Newest:    1970-01-01T00:00:00.000Z',
    '000000010000000000000001 .. 000000010000000000000003  3 segments  (LSN 0/1000000 .. 0/4000000)',
    '',
    '## Base backups',
    '20261123T102709  DONE  restorable  TL 1  000000010000000000000002 .. 000000010000000000000002  2026-11-23 10:27:09+00:00 .. 2026-11-23 10:27:12+00:00  189 B  restorable to 000000020000000000000003, MISSING 000000020000000000000004',
    '',
  ]);
});

test('a long archive is listed in slices at the same time, with hardly a request more than its pages', async () => {
  const objects: Record<string, string | number> = {
    ...segments(1, 1, 99_000),
    ...segments(2, 99_000, 199_999),
    'wals/00000002.history': '1\t183/B8000148\tx\n',
  };
  delete objects['wals/0000000100000050/000000010000005000000017'];
  const folder = folderOf(objects, { latency: 1 });
  const listing = await listArchive(folder, where, new AbortController().signal);
  assert.ok(listing.requests <= 1.1 * 201, `${listing.requests} requests`);
  assert.ok(folder.mostInFlight() >= 8, `${folder.mostInFlight()} in flight`);
  assert.equal(listing.objects, Object.keys(objects).length);
  assert.deepEqual(runs(listing, 1), [
    '0000000000000001..0000005000000016 20502',
    '0000005000000018..00000182000000B8 78497',
  ]);
  assert.deepEqual(runs(listing, 2), ['00000182000000B8..0000030D0000003F 101000']);
});

test('the outline of a long archive comes first, with folders that are missing', async () => {
  const objects = { ...segments(1, 1, 2600), ...segments(1, 3600, 5000), ...segments(2, 5000, 5100) };
  let outline: ArchiveOutline | undefined;
  await listArchive(folderOf(objects), where, new AbortController().signal, {
    onOutline: found => (outline = found),
  });
  assert.ok(outline);
  assert.deepEqual(renderOutline(outline, 'WAL archive of pg').split('\n'), [
    '# WAL archive of pg',
    '',
    'Listing:  by folders so far, at most 4,608 segments; this page is replaced when all are listed',
    '',
    '## Timeline 2',
    'folders 0000000200000013 .. 0000000200000013  1',
    '',
    '## Timeline 1',
    'folders 0000000100000000 .. 000000010000000A  11',
    'GAP 000000010000000A .. 000000010000000E  folders between are missing',
    'folders 000000010000000E .. 0000000100000013  6',
    '',
  ]);
});

test('a listing that is stopped says so, and shows no gap where it was not looked', async () => {
  const stop = new AbortController();
  const folder = folderOf(segments(1, 1, 50_000), { latency: 1 });
  const listing = await listArchive(folder, where, new AbortController().signal, {
    stop: stop.signal,
    onProgress: objects => objects > 20_000 && stop.abort(),
  });
  assert.ok(listing.truncated);
  assert.deepEqual(listing.timelines[0]?.gaps, []);
  assert.ok((listing.timelines[0]?.segments ?? 0) > 0);
});

const plain = ({ timelines, objects, bytes, backups, truncated }: ArchiveListing) => ({
  timelines,
  objects,
  bytes,
  backups,
  truncated,
});

/** Timelines, a gap, labels, a partial one: what must not depend on how it was listed. */
const varied = (): Record<string, string | number> => {
  const objects: Record<string, string | number> = {
    ...segments(1, 1, 30_000),
    ...segments(2, 30_000, 60_000),
    'wals/00000002.history': '1\t75/30000148\tx\n',
    'wals/0000000100000075/000000010000007500000031.partial': 10,
    'wals/0000000200000080/000000020000008000000001.00000028.backup': 10,
  };
  delete objects['wals/0000000100000050/000000010000005000000017'];
  return objects;
};

test('a listing that is stopped again and again is in the end that of one pass', async () => {
  const folder = folderOf(varied());
  const whole = await listArchive(folder, where, never);
  let resume: RestOfListing | undefined;
  let listing: ArchiveListing | undefined;
  let passes = 0;
  do {
    const stop = new AbortController();
    const from = resume;
    const before = from?.objects ?? 0;
    resume = undefined;
    const given: ListOptions = {
      stop: stop.signal,
      onProgress: objects => objects > before + 9000 && stop.abort(),
      onStopped: rest => (resume = rest),
      ...(from && { resume: from }),
    };
    listing = await listArchive(folder, where, never, given);
    passes++;
    assert.ok(passes < 20);
  } while (resume);
  assert.ok(passes >= 3, `${passes} passes`);
  assert.deepEqual(plain(listing), plain(whole));
});

test('what was listed before a failure is not listed again', async () => {
  const folder = folderOf(varied());
  const whole = await listArchive(folder, where, never);
  const all = folder.list.bind(folder);
  let pages = 0;
  folder.list = async function* (slice, signal) {
    for await (const page of all(slice, signal)) {
      if (++pages === 40) throw new Error('HTTP 503 SlowDown');
      yield page;
    }
  };
  let rest: RestOfListing | undefined;
  await assert.rejects(listArchive(folder, where, never, { onStopped: found => (rest = found) }), /SlowDown/);
  assert.ok(rest && rest.objects > 10_000);
  const listing = await listArchive(folder, where, never, { resume: rest });
  assert.deepEqual(plain(listing), plain(whole));
  assert.ok(pages < 75, `${pages} pages for an archive of 61`);
});

test('the first failure of a slice ends the listing', async () => {
  const folder = folderOf(segments(1, 1, 50_000));
  const all = folder.list.bind(folder);
  let calls = 0;
  folder.list = (slice, signal) => {
    if (slice.after !== undefined && ++calls === 2) throw new Error('HTTP 503 SlowDown');
    return all(slice, signal);
  };
  await assert.rejects(listArchive(folder, where, new AbortController().signal), /SlowDown/);
});
