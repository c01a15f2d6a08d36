/**
 * The objects below `wals/` as ranges: what is seen in key order is summed up at once, so that memory does not grow with
 * their number. Summaries of neighbouring slices are put together afterwards.
 */
import { parseArchiveKey } from '../model/archive-keys.ts';
import type { Examples, SegmentRange, TimelineListing } from '../model/archive-listing.ts';
import { emptyTimeline } from '../model/archive-listing.ts';
import { formatSegment, parseSegment } from '../model/wal.ts';
import type { StoredObject } from './contract.ts';

const mostExamples = 5;

export interface WalSummary {
  timelines: Map<number, TimelineSummary>;
  foreign: Examples;
}

interface TimelineSummary {
  listing: TimelineListing;
  /** Numbers of the first and the last segment seen. */
  first: bigint | undefined;
  end: bigint | undefined;
}

export const emptySummary = (): WalSummary => ({ timelines: new Map(), foreign: { count: 0, examples: [] } });

/** Object names are arbitrary: control characters would disturb a message. */
export const printable = (key: string): string => key.replace(/[\p{Cc}\u2028\u2029]/gu, '?').slice(0, 200);

export function note(examples: Examples, name: string): void {
  examples.count++;
  if (examples.examples.length < mostExamples) examples.examples.push(printable(name));
}

const compressed = /\.(?:gz|bz2|xz|snappy|zst|lz4)$/;

/** Adds an object; they come in key order. */
export function addObject(summary: WalSummary, { key, size, modified }: StoredObject, segmentSize: number): void {
  const parsed = parseArchiveKey(key);
  if (parsed.kind === 'foreign' || parsed.kind === 'backup') return note(summary.foreign, key);
  const timeline = summary.timelines.get(parsed.timeline) ?? newSummary(parsed.timeline);
  const { listing } = timeline;
  if (parsed.kind === 'segment') {
    const segment = parseSegment(parsed.name, segmentSize);
    if (!segment) return note(summary.foreign, key);
    addSegment(timeline, segment.number, parsed.name, modified, segmentSize);
    if (size !== undefined && size !== segmentSize && !compressed.test(key)) note(listing.oddSizes, parsed.name);
  } else if (parsed.kind === 'history') listing.historyKey = key;
  else if (parsed.kind === 'partial') addPartial(listing, parsed.name);
  else listing.labels.push(parsed.name);
  summary.timelines.set(parsed.timeline, timeline);
  listing.bytes += size ?? 0;
  if (listing.newest === undefined || modified > listing.newest) listing.newest = modified;
}

const newSummary = (timeline: number): TimelineSummary => ({
  listing: emptyTimeline(timeline),
  first: undefined,
  end: undefined,
});

function addSegment(
  timeline: TimelineSummary,
  number: bigint,
  name: string,
  modified: Date,
  segmentSize: number,
): void {
  const { listing, end } = timeline;
  if (end === number) return note(listing.duplicates, name);
  // The partial one sorts between two compressions of the complete one.
  if (listing.partial.at(-1) === name) listing.partialBesideFull.push(name);
  const range = listing.ranges.at(-1);
  if (range && end !== undefined && number === end + 1n) {
    range.to = name;
    range.count++;
  } else {
    if (end !== undefined) listing.gaps.push(between(listing.timeline, end, number, segmentSize));
    listing.ranges.push({ from: name, to: name, count: 1 });
  }
  listing.segments++;
  listing.lastStored = modified;
  timeline.first ??= number;
  timeline.end = number;
}

function addPartial(listing: TimelineListing, name: string): void {
  listing.partial.push(name);
  if (listing.ranges.at(-1)?.to === name) listing.partialBesideFull.push(name);
}

const between = (timeline: number, before: bigint, after: bigint, segmentSize: number): SegmentRange => ({
  from: formatSegment({ timeline, number: before + 1n }, segmentSize),
  to: formatSegment({ timeline, number: after - 1n }, segmentSize),
  count: Number(after - before - 1n),
});

/** Puts the summary of the slice behind into that of the slice before it. */
export function append(summary: WalSummary, behind: WalSummary, segmentSize: number): void {
  for (const name of behind.foreign.examples)
    if (summary.foreign.examples.length < mostExamples) summary.foreign.examples.push(name);
  summary.foreign.count += behind.foreign.count;
  for (const [number, next] of behind.timelines) {
    const before = summary.timelines.get(number);
    if (before) appendTimeline(before, next, segmentSize);
    else summary.timelines.set(number, next);
  }
}

function appendTimeline(before: TimelineSummary, next: TimelineSummary, segmentSize: number): void {
  const [into, from] = [before.listing, next.listing];
  const [range, following] = [into.ranges.at(-1), from.ranges[0]];
  if (range && following && before.end !== undefined && next.first !== undefined) {
    if (next.first === before.end + 1n) {
      range.to = following.to;
      range.count += following.count;
      from.ranges.shift();
    } else into.gaps.push(between(into.timeline, before.end, next.first, segmentSize));
  }
  into.ranges.push(...from.ranges);
  into.gaps.push(...from.gaps);
  into.partial.push(...from.partial);
  into.partialBesideFull.push(...from.partialBesideFull);
  into.labels.push(...from.labels);
  into.segments += from.segments;
  into.bytes += from.bytes;
  for (const field of ['duplicates', 'oddSizes'] as const) {
    into[field].count += from[field].count;
    into[field].examples.push(...from[field].examples.slice(0, mostExamples - into[field].examples.length));
  }
  if (from.newest && (!into.newest || from.newest > into.newest)) into.newest = from.newest;
  into.lastStored = from.lastStored ?? into.lastStored;
  into.historyKey ??= from.historyKey;
  before.first ??= next.first;
  before.end = next.end ?? before.end;
}
