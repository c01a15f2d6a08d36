/**
 * One pass over an archive folder. Base backups first, because their `backup.info` tells the segment size; then `wals/` in
 * key order, in which a timeline's segments come sorted, so that ranges and gaps need no memory of single keys.
 */
import { gunzipSync } from 'node:zlib';
import { Failure, messageOf } from '../errors.ts';
import { parseArchiveKey, parseBackupInfo } from '../model/archive-keys.ts';
import type { BaseBackup, SegmentRange, TimelineListing } from '../model/archive-listing.ts';
import { archivePath } from '../model/archive.ts';
import { defaultSegmentSize, formatLsn, formatSegment, parseHistory, parseSegment } from '../model/wal.ts';
import type { ListArchive, ObjectStoreFolder } from './contract.ts';

/** `backup.info` and history files have a few hundred to a few thousand bytes. */
const smallFile = 256 * 1024;
/** Newest first; more base backups than this are listed without their details. */
const detailedBackups = 500;
const detailedHistories = 500;
const foreignExamples = 5;

export const listArchive: ListArchive = async (folder, where, signal, onProgress) => {
  const pass = newPass(folder, archivePath(where), signal, onProgress);
  const backups = await listBackups(pass);
  const told = backups.sizes.values().next().value;
  const segmentSize = told ?? defaultSegmentSize;
  const timelines = await listSegments(pass, segmentSize);
  await readHistories(pass, timelines);
  return {
    destinationPath: where.configuration.destinationPath,
    serverName: where.serverName,
    endpointURL: where.configuration.endpointURL,
    listedAt: new Date(),
    segmentSize,
    segmentSizeAssumed: told === undefined,
    timelines: [...timelines.values()].map(t => t.listing).toSorted((a, b) => a.timeline - b.timeline),
    backups: backups.list,
    objects: pass.objects,
    bytes: pass.bytes,
    requests: pass.requests,
    foreign: pass.foreign,
  };
};

interface Pass {
  folder: ObjectStoreFolder;
  where: string;
  signal: AbortSignal;
  objects: number;
  bytes: number;
  requests: number;
  foreign: { count: number; examples: string[] };
  /** All objects below a prefix; a listing that goes in circles ends as a `Failure`. */
  objectsBelow(prefix: string): AsyncIterable<{ key: string; size: number; modified: Date }>;
}

function newPass(
  folder: ObjectStoreFolder,
  where: string,
  signal: AbortSignal,
  onProgress: ((objects: number) => void) | undefined,
): Pass {
  const pass: Pass = {
    folder,
    where,
    signal,
    objects: 0,
    bytes: 0,
    requests: 0,
    foreign: { count: 0, examples: [] },
    async *objectsBelow(prefix) {
      let last = '';
      for await (const page of folder.list(prefix, signal)) {
        pass.requests++;
        for (const object of page) {
          if (object.key <= last) throw circling(where, object.key);
          last = object.key;
          pass.objects++;
          pass.bytes += object.size;
          yield object;
        }
        onProgress?.(pass.objects);
      }
    },
  };
  return pass;
}

const circling = (where: string, key: string): Failure =>
  new Failure('garbage', {
    what: `The listing of ${where} cannot be trusted`,
    why: `The object store gave "${printable(key)}" out of order or twice.`,
    remedy: 'Try again; if it stays so, the endpoint does not implement ListObjectsV2 as S3 does.',
  });

/** Object names are arbitrary: control characters would disturb a message. */
export const printable = (key: string): string => key.replace(/[\p{Cc}\u2028\u2029]/gu, '?').slice(0, 200);

async function read(pass: Pass, key: string): Promise<string> {
  pass.requests++;
  const bytes = await pass.folder.read(key, smallFile, pass.signal);
  const plain = key.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: smallFile }) : bytes;
  return new TextDecoder().decode(plain);
}

function noteForeign(pass: Pass, key: string): void {
  pass.foreign.count++;
  if (pass.foreign.examples.length < foreignExamples) pass.foreign.examples.push(printable(key));
}

async function listBackups(pass: Pass): Promise<{ list: BaseBackup[]; sizes: Set<number> }> {
  const found = new Map<string, { bytes: number; info: string | undefined }>();
  for await (const { key, size } of pass.objectsBelow('base/')) {
    const parsed = parseArchiveKey(key);
    if (parsed.kind !== 'backup') {
      noteForeign(pass, key);
      continue;
    }
    const backup = found.get(parsed.id) ?? { bytes: 0, info: undefined };
    backup.bytes += size;
    if (parsed.file === 'backup.info') backup.info = key;
    found.set(parsed.id, backup);
  }
  const newestFirst = [...found].toSorted(([a], [b]) => b.localeCompare(a));
  const list: BaseBackup[] = [];
  const sizes = new Set<number>();
  for (const [id, { bytes, info }] of newestFirst)
    list.push(await describeBackup(pass, id, bytes, info, sizes, list.length < detailedBackups));
  return { list, sizes };
}

async function describeBackup(
  pass: Pass,
  id: string,
  bytes: number,
  info: string | undefined,
  sizes: Set<number>,
  detailed: boolean,
): Promise<BaseBackup> {
  if (info === undefined) return withoutInfo(id, bytes, 'no backup.info: still running, or it crashed');
  if (!detailed) return withoutInfo(id, bytes, 'not read: too many base backups');
  try {
    const values = parseBackupInfo(await read(pass, info));
    const text = (key: string): string | undefined => {
      const value = values.get(key);
      return value === undefined || value === 'None' || value === '' ? undefined : value;
    };
    const size = Number(text('xlog_segment_size'));
    if (isSegmentSize(size)) sizes.add(size);
    return {
      id,
      status: text('status') ?? 'unknown',
      timeline: text('timeline') === undefined ? undefined : Number(text('timeline')),
      beginWal: text('begin_wal'),
      endWal: text('end_wal'),
      beginTime: text('begin_time'),
      endTime: text('end_time'),
      systemId: text('systemid'),
      bytes,
      problem: undefined,
    };
  } catch (error) {
    pass.signal.throwIfAborted();
    return withoutInfo(id, bytes, messageOf(error));
  }
}

const withoutInfo = (id: string, bytes: number, problem: string): BaseBackup => ({
  id,
  status: 'unknown',
  timeline: undefined,
  beginWal: undefined,
  endWal: undefined,
  beginTime: undefined,
  endTime: undefined,
  systemId: undefined,
  bytes,
  problem,
});

/** A power of two from 1 MiB to 1 GiB (initdb, `--wal-segsize`). */
const isSegmentSize = (size: number): boolean =>
  Number.isInteger(size) && size >= 2 ** 20 && size <= 2 ** 30 && Number.isInteger(Math.log2(size));

interface TimelinePass {
  listing: TimelineListing;
  /** Number of the last segment seen: the end of the current run. */
  end: bigint | undefined;
  historyKey: string | undefined;
}

async function listSegments(pass: Pass, segmentSize: number): Promise<Map<number, TimelinePass>> {
  const timelines = new Map<number, TimelinePass>();
  for await (const { key, size, modified } of pass.objectsBelow('wals/')) {
    const parsed = parseArchiveKey(key);
    if (parsed.kind === 'foreign' || parsed.kind === 'backup') {
      noteForeign(pass, key);
      continue;
    }
    const timeline = timelines.get(parsed.timeline) ?? emptyTimeline(parsed.timeline);
    timelines.set(parsed.timeline, timeline);
    const { listing } = timeline;
    listing.bytes += size;
    if (listing.newest === undefined || modified > listing.newest) listing.newest = modified;
    if (parsed.kind === 'history') {
      listing.historyFile = true;
      timeline.historyKey = key;
    } else if (parsed.kind === 'partial') listing.partial.push(parsed.name);
    else if (parsed.kind === 'label') listing.labels.push(parsed.name);
    else if (!addSegment(timeline, parsed.name, segmentSize)) noteForeign(pass, key);
  }
  return timelines;
}

const emptyTimeline = (timeline: number): TimelinePass => ({
  listing: {
    timeline,
    parent: undefined,
    switchpoint: undefined,
    reason: undefined,
    historyFile: false,
    ranges: [],
    gaps: [],
    segments: 0,
    bytes: 0,
    partial: [],
    labels: [],
    newest: undefined,
  },
  end: undefined,
  historyKey: undefined,
});

/** @returns `false` when there is no such segment with this segment size */
function addSegment(timeline: TimelinePass, name: string, segmentSize: number): boolean {
  const segment = parseSegment(name, segmentSize);
  if (!segment) return false;
  const { listing, end } = timeline;
  // The same segment in two compressions: listed once.
  if (end === segment.number) return true;
  const range = listing.ranges.at(-1);
  if (range && end !== undefined && segment.number === end + 1n) {
    range.to = name;
    range.count++;
  } else {
    if (end !== undefined) listing.gaps.push(gapBetween(listing.timeline, end, segment.number, segmentSize));
    listing.ranges.push({ from: name, to: name, count: 1 });
  }
  listing.segments++;
  timeline.end = segment.number;
  return true;
}

const gapBetween = (timeline: number, before: bigint, after: bigint, segmentSize: number): SegmentRange => ({
  from: formatSegment({ timeline, number: before + 1n }, segmentSize),
  to: formatSegment({ timeline, number: after - 1n }, segmentSize),
  count: Number(after - before - 1n),
});

async function readHistories(pass: Pass, timelines: Map<number, TimelinePass>): Promise<void> {
  const withHistory = [...timelines.values()].filter(t => t.historyKey !== undefined);
  for (const { listing, historyKey } of withHistory.slice(-detailedHistories)) {
    try {
      const last = parseHistory(await read(pass, historyKey ?? '')).at(-1);
      if (!last) continue;
      listing.parent = last.parent;
      listing.switchpoint = formatLsn(last.lsn);
      listing.reason = last.reason;
    } catch (error) {
      pass.signal.throwIfAborted();
      listing.reason = `its history file cannot be read: ${messageOf(error)}`;
    }
  }
}
