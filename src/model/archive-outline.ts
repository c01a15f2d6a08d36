/**
 * What the folders below `wals/` tell of a large archive before its segments are listed: a folder holds the segments of one
 * timeline with the same log number. It may have holes, but a folder that is missing is a hole for sure.
 */
import { formatSegment } from './wal.ts';

export interface TimelineOutline {
  timeline: number;
  /** Runs of folders, as names of the first segment that the first one and the last one could hold. */
  runs: { from: string; to: string; folders: number }[];
}

export interface ArchiveOutline {
  timelines: TimelineOutline[];
  /** Segments if all folders were full. */
  atMost: number;
}

/** @param folders `wals/0000000100000002/`, in any order; other names are left out */
export function outlineOf(folders: readonly string[], segmentSize: number): ArchiveOutline {
  const perFolder = 2 ** 32 / segmentSize;
  const numbers = new Map<number, number[]>();
  for (const folder of folders) {
    const [, timeline = '', log = ''] = /^wals\/([0-9A-F]{8})([0-9A-F]{8})\/$/.exec(folder) ?? [];
    if (log === '') continue;
    const known = numbers.get(Number.parseInt(timeline, 16)) ?? [];
    known.push(Number.parseInt(log, 16));
    numbers.set(Number.parseInt(timeline, 16), known);
  }
  const timelines = [...numbers]
    .toSorted(([a], [b]) => a - b)
    .map(([timeline, logs]) => ({ timeline, runs: runsOf(timeline, logs, perFolder, segmentSize) }));
  const count = timelines.reduce((all, { runs }) => all + runs.reduce((sum, run) => sum + run.folders, 0), 0);
  return { timelines, atMost: count * perFolder };
}

function runsOf(timeline: number, logs: number[], perFolder: number, segmentSize: number): TimelineOutline['runs'] {
  const name = (log: number): string =>
    formatSegment({ timeline, number: BigInt(log) * BigInt(perFolder) }, segmentSize);
  const runs: { first: number; last: number }[] = [];
  for (const log of logs.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && log === run.last + 1) run.last = log;
    else runs.push({ first: log, last: log });
  }
  return runs.map(({ first, last }) => ({ from: name(first), to: name(last), folders: last - first + 1 }));
}

/** A page in the form of a listing, shown until the segments are listed. */
export function renderOutline({ timelines, atMost }: ArchiveOutline, title: string): string {
  const sections = timelines.toReversed().map(({ timeline, runs }) =>
    [
      `## Timeline ${timeline}`,
      ...runs.flatMap(({ from, to, folders }, at) => {
        const next = runs[at + 1];
        const line = `folders ${from.slice(0, 16)} .. ${to.slice(0, 16)}  ${folders}`;
        return next
          ? [line, `GAP ${to.slice(0, 16)} .. ${next.from.slice(0, 16)}  folders between are missing`]
          : [line];
      }),
    ].join('\n'),
  );
  const head = [
    `# ${title}`,
    `Listing:  by folders so far, at most ${atMost.toLocaleString('en')} segments; this page is replaced when all are listed`,
  ].join('\n\n');
  return `${[head, ...sections].join('\n\n')}\n`;
}
