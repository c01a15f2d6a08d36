/**
 * A whole archive folder. Base backups first, because their `backup.info` tells the segment size; then `wals/`, in slices that
 * are listed at the same time: an object store gives a thousand names a request, one request after the other.
 */
import { gunzipSync } from 'node:zlib';
import { Failure, messageOf } from '../errors.ts';
import { packedBy, parseArchiveKey, parseBackupInfo } from '../model/archive-keys.ts';
import type { BaseBackup, Examples, TimelineListing } from '../model/archive-listing.ts';
import type { ArchiveOutline } from '../model/archive-outline.ts';
import { outlineOf } from '../model/archive-outline.ts';
import { archivePath } from '../model/archive.ts';
import { defaultSegmentSize, formatLsn, parseHistory } from '../model/wal.ts';
import type {
  ListArchive,
  ListOptions,
  ObjectStoreFolder,
  ReadText,
  RestOfListing,
  Slice,
  StoredObject,
} from './contract.ts';
import type { WalSummary } from './wal-summary.ts';
import { addObject, append, emptySummary, note, printable } from './wal-summary.ts';

/** `backup.info` and history files have a few hundred to a few thousand bytes. */
const smallFile = 256 * 1024;
/** Newest first; more base backups than this are listed without their details. */
const detailedBackups = 500;
const detailedHistories = 500;
/** Requests under way at a time: for slices, and for small files. */
const inFlight = 16;
/** A slice ends with a page that is not full: there are so few that they add less than a tenth to the requests. */
const slicesPerPage = 0.08;
const mostSlices = 64;

export const listArchive: ListArchive = async (folder, where, signal, options = {}) => {
  const pass = newPass(folder, archivePath(where), signal, options);
  const backups = await listBackups(pass);
  const told = backups.find(({ segmentSize }) => segmentSize !== undefined)?.segmentSize;
  const segmentSize = told ?? defaultSegmentSize;
  const summary = await listSegments(pass, segmentSize);
  await readHistories(pass, summary);
  const timelines = [...summary.timelines.values()].map(({ listing }) => listing);
  const { count, examples } = pass.foreign;
  return {
    destinationPath: where.configuration.destinationPath,
    serverName: where.serverName,
    endpointURL: where.configuration.endpointURL,
    listedAt: new Date(),
    segmentSize,
    segmentSizeAssumed: told === undefined,
    timelines: timelines.toSorted((a, b) => a.timeline - b.timeline),
    backups,
    objects: pass.objects,
    bytes: pass.bytes,
    requests: pass.requests,
    truncated: pass.truncated,
    foreign: { count: count + summary.foreign.count, examples: [...examples, ...summary.foreign.examples].slice(0, 5) },
  };
};

interface Pass {
  folder: ObjectStoreFolder;
  where: string;
  signal: AbortSignal;
  stop: AbortSignal | undefined;
  resume: readonly Part[] | undefined;
  onStopped: ((rest: RestOfListing) => void) | undefined;
  onOutline: ((outline: ArchiveOutline) => void) | undefined;
  objects: number;
  bytes: number;
  requests: number;
  truncated: boolean;
  foreign: Examples;
  /** All objects of a slice, by pages; a listing that goes in circles ends as a `Failure`. */
  pages(slice: Slice): AsyncGenerator<StoredObject[]>;
}

function newPass(
  folder: ObjectStoreFolder,
  where: string,
  signal: AbortSignal,
  { onProgress, onOutline, stop, resume, onStopped }: ListOptions,
): Pass {
  const pass: Pass = {
    folder,
    where,
    signal,
    stop,
    resume: resume?.parts as readonly Part[] | undefined,
    onStopped,
    onOutline,
    objects: 0,
    bytes: 0,
    requests: 0,
    truncated: false,
    foreign: { count: 0, examples: [] },
    async *pages(slice) {
      let last = '';
      for await (const page of folder.list(slice, signal)) {
        pass.requests++;
        for (const { key, size } of page) {
          if (key <= last) throw circling(where, key);
          last = key;
          pass.bytes += size ?? 0;
        }
        pass.objects += page.length;
        onProgress?.(pass.objects);
        yield page;
      }
    },
  };
  return pass;
}

const circling = (where: string, key: string): Failure =>
  new Failure('garbage', {
    what: `The listing of ${where} cannot be trusted`,
    why: `The object store gave "${printable(key)}" out of order or twice.`,
    remedy: 'Try again; if it stays so, the endpoint does not list objects as its protocol demands.',
  });

export const readText: ReadText = async (folder, key, signal) => {
  const bytes = await folder.read(key, smallFile, signal);
  const plain = key.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: smallFile }) : bytes;
  return new TextDecoder().decode(plain);
};

function read(pass: Pass, key: string): Promise<string> {
  pass.requests++;
  return readText(pass.folder, key, pass.signal);
}

/** Works through the items, several at a time. After the first failure no other is begun; it is thrown when all are at rest. */
async function atOnce<T, R>(items: readonly T[], work: (item: T, ended: AbortSignal) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const next = items.entries();
  const failed = new AbortController();
  const worker = async (): Promise<void> => {
    for (const [at, item] of next) {
      if (failed.signal.aborted) return;
      try {
        results[at] = await work(item, failed.signal);
      } catch (error) {
        failed.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, items.length) }, worker));
  failed.signal.throwIfAborted();
  return results;
}

async function listBackups(pass: Pass): Promise<BaseBackup[]> {
  const found = new Map<string, { bytes: number; info: string | undefined }>();
  for await (const page of pass.pages({ prefix: 'base/' }))
    for (const { key, size } of page) {
      const parsed = parseArchiveKey(key);
      if (parsed.kind !== 'backup') {
        note(pass.foreign, key);
        continue;
      }
      const backup = found.get(parsed.id) ?? { bytes: 0, info: undefined };
      backup.bytes += size ?? 0;
      if (parsed.file === 'backup.info') backup.info = key;
      found.set(parsed.id, backup);
    }
  const newestFirst = [...found].toSorted(([a], [b]) => (a < b ? 1 : -1));
  return atOnce(
    newestFirst.map(([id, { bytes, info }], at) => ({ id, bytes, info, detailed: at < detailedBackups })),
    backup => describeBackup(pass, backup),
  );
}

async function describeBackup(
  pass: Pass,
  { id, bytes, info, detailed }: { id: string; bytes: number; info: string | undefined; detailed: boolean },
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
    const timeline = Number(text('timeline'));
    return {
      id,
      status: text('status') ?? 'unknown',
      timeline: Number.isSafeInteger(timeline) ? timeline : undefined,
      beginWal: text('begin_wal'),
      endWal: text('end_wal'),
      beginTime: text('begin_time'),
      endTime: text('end_time'),
      systemId: text('systemid'),
      segmentSize: isSegmentSize(size) ? size : undefined,
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
  segmentSize: undefined,
  bytes,
  problem,
});

/** A power of two from 1 MiB to 1 GiB (initdb, `--wal-segsize`). */
const isSegmentSize = (size: number): boolean =>
  Number.isInteger(size) && size >= 2 ** 20 && size <= 2 ** 30 && Number.isInteger(Math.log2(size));

/** A slice with what was seen of it. */
interface Part {
  slice: Slice;
  summary: WalSummary;
  objects: number;
  bytes: number;
  /** Key of the last object seen. */
  last: string | undefined;
  complete: boolean;
}

const newPart = (slice: Slice): Part => ({
  slice,
  summary: emptySummary(),
  objects: 0,
  bytes: 0,
  last: undefined,
  complete: false,
});

async function listSegments(pass: Pass, segmentSize: number): Promise<WalSummary> {
  const parts = pass.resume ?? (await cutIntoParts(pass, segmentSize));
  for (const { objects, bytes } of pass.resume ?? []) {
    pass.objects += objects;
    pass.bytes += bytes;
  }
  try {
    await atOnce(
      parts.filter(({ complete }) => !complete),
      (part, ended) => listPart(pass, part, segmentSize, ended),
    );
  } finally {
    pass.truncated = parts.some(({ complete }) => !complete);
    if (pass.truncated) pass.onStopped?.({ objects: parts.reduce((sum, { objects }) => sum + objects, 0), parts });
  }
  const whole = emptySummary();
  for (const { summary, complete } of parts) {
    // What may be gone on with stays as it is.
    append(whole, pass.truncated ? structuredClone(summary) : summary, segmentSize);
    // Behind what was not listed, everything would look like a gap.
    if (!complete) break;
  }
  return whole;
}

/** The first page, and what is behind it: less than a page is all there is; of more, nobody says how much. */
async function cutIntoParts(pass: Pass, segmentSize: number): Promise<readonly Part[]> {
  const head = newPart({ prefix: 'wals/' });
  const pages = pass.pages(head.slice);
  const first = await pages.next();
  if (first.done) return [{ ...head, complete: true }];
  addPage(head, first.value, segmentSize);
  head.complete = first.value.length < pass.folder.pageSize;
  if (head.complete || head.last === undefined) {
    for await (const page of pages) addPage(head, page, segmentSize);
    return [{ ...head, complete: true }];
  }
  await pages.return(undefined);
  const slices = await slicesBehind(pass, head.last, segmentSize);
  return [{ ...head, complete: true }, ...slices.map(newPart)];
}

function addPage(part: Part, page: readonly StoredObject[], segmentSize: number): void {
  for (const object of page) {
    addObject(part.summary, object, segmentSize);
    part.bytes += object.size ?? 0;
  }
  part.objects += page.length;
  part.last = page.at(-1)?.key ?? part.last;
}

async function listPart(pass: Pass, part: Part, segmentSize: number, ended: AbortSignal): Promise<void> {
  if (pass.stop?.aborted) return;
  const after = part.last ?? part.slice.after;
  for await (const page of pass.pages({ ...part.slice, ...(after !== undefined && { after }) })) {
    addPage(part, page, segmentSize);
    if (pass.stop?.aborted || ended.aborted) return;
  }
  part.complete = true;
}

/** What is behind a key, cut where folders begin; about equally long if the folders are. */
async function slicesBehind(pass: Pass, lastKey: string, segmentSize: number): Promise<Slice[]> {
  const folders: string[] = [];
  for await (const page of pass.folder.directory('wals/', pass.signal)) {
    pass.requests++;
    folders.push(...page.folders);
  }
  pass.onOutline?.(outlineOf(folders, segmentSize));
  const behind = folders.filter(name => name > lastKey).sort((a, b) => (a < b ? -1 : 1));
  const perFolder = 2 ** 32 / segmentSize;
  const pages = (behind.length * perFolder) / pass.folder.pageSize;
  const count = Math.min(mostSlices, Math.max(1, Math.floor(pages * slicesPerPage)));
  const edges = Array.from({ length: count - 1 }, (_, at) => behind[Math.floor(((at + 1) * behind.length) / count)]);
  const cuts = [lastKey, ...edges.filter(edge => edge !== undefined)];
  return cuts.map((after, at) => {
    const until = cuts[at + 1];
    return { prefix: 'wals/', after, ...(until !== undefined && { until }) };
  });
}

async function readHistories(pass: Pass, { timelines }: WalSummary): Promise<void> {
  const withHistory = [...timelines.values()].filter(({ listing }) => listing.historyKey !== undefined);
  withHistory.sort((a, b) => a.listing.timeline - b.listing.timeline);
  await atOnce(withHistory.slice(-detailedHistories), ({ listing }) =>
    readHistory(pass, listing, listing.historyKey ?? ''),
  );
}

async function readHistory(pass: Pass, listing: TimelineListing, key: string): Promise<void> {
  const packer = packedBy(key);
  if (packer !== undefined) {
    listing.reason = `its history file is packed by ${packer}`;
    return;
  }
  try {
    const entries = parseHistory(await read(pass, key));
    listing.history = entries.map(({ parent, lsn, reason }) => ({ parent, switchpoint: formatLsn(lsn), reason }));
    const last = listing.history.at(-1);
    listing.parent = last?.parent;
    listing.switchpoint = last?.switchpoint;
    listing.reason = last?.reason;
  } catch (error) {
    pass.signal.throwIfAborted();
    listing.reason = `its history file cannot be read: ${messageOf(error)}`;
  }
}
