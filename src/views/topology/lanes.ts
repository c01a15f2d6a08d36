/**
 * Lines that go up and down in the corridor between the boxes: which lane each takes, and at which height it leaves and reaches its
 * nodes, so that as few as possible cross. Lanes are numbered from the left.
 */
import type { Point } from './curves.ts';
import { at } from './curves.ts';

/** A node, as a line in the corridor meets it. */
export interface Mooring {
  id: string;
  column: 'left' | 'right';
  /** Of its edge at the corridor. */
  x: number;
  /** Of its middle. */
  y: number;
  /** Where lines may end, down from its middle. */
  reach: readonly [highest: number, lowest: number];
}

export interface Passage {
  id: string;
  from: Mooring;
  to: Mooring;
}

/** A level line from one column to the other, which is where it is. */
export interface Level {
  from: string;
  to: string;
  y: number;
  /** Its ends. */
  x: readonly [number, number];
}

/** Between two lines that end at the same side of a node, if there is room. */
const step = 12;
/** Of more lines than that only few orders are tried: the picture is drawn again when somebody moves the edge of a window. */
const most = 16;

/**
 * @param xOf where the lane of that number is
 * @returns corners of each passage, from its start to its end
 */
export function routeLanes(
  passages: readonly Passage[],
  levels: readonly Level[],
  xOf: (lane: number) => number,
): Map<string, Point[]> {
  const height = ({ from, to }: Passage): number => Math.abs(from.y - to.y);
  const cost = (order: readonly Passage[]): number => costOf(cornersOf(order, levels, xOf), levels);
  const tried = [passages, passages.toReversed(), passages.toSorted((a, b) => height(a) - height(b))];
  const orders = passages.length > most ? tried : tried.map(order => improved(order, cost));
  const best = orders.reduce((known, order) => (cost(order) < cost(known) ? order : known));
  return cornersOf(best, levels, xOf);
}

/** Moves one passage after the other to where it costs least, until that helps no more. */
function improved(
  beginning: readonly Passage[],
  costOfOrder: (order: readonly Passage[]) => number,
): readonly Passage[] {
  let best = beginning;
  let least = costOfOrder(best);
  for (let better = true; better; ) {
    better = false;
    for (const passage of beginning)
      for (let place = 0; place < beginning.length; place++) {
        const order = best.filter(other => other !== passage).toSpliced(place, 0, passage);
        const cost = costOfOrder(order);
        if (cost < least) [best, least, better] = [order, cost, true];
      }
  }
  return best;
}

/** Crossings count; among orders with as many, short lines do. */
function costOf(corners: ReadonlyMap<string, Point[]>, levels: readonly Level[]): number {
  const lines = [...corners.values(), ...levels.map(({ x: [a, b], y }) => [at(a, y), at(b, y)])];
  const crossings = lines.flatMap((a, index) => lines.slice(index + 1).map(b => crossingsOf(a, b)));
  const level = [...corners.values()].map(([a, b, , d]) =>
    a && b && d ? Math.abs(a.x - b.x) + Math.abs(b.x - d.x) : 0,
  );
  return sum(crossings) + sum(level) / 1e6;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Of two lines whose parts are level or upright. */
function crossingsOf(a: readonly Point[], b: readonly Point[]): number {
  let count = 0;
  for (let i = 1; i < a.length; i++)
    for (let j = 1; j < b.length; j++) {
      const [p, q, r, s] = [a[i - 1], a[i], b[j - 1], b[j]];
      if (p && q && r && s && meet(p, q, r, s)) count++;
    }
  return count;
}

const meet = (p: Point, q: Point, r: Point, s: Point): boolean =>
  overlap(p.x, q.x, r.x, s.x) && overlap(p.y, q.y, r.y, s.y);
const overlap = (a: number, b: number, c: number, d: number): boolean =>
  Math.max(a, b) >= Math.min(c, d) && Math.max(c, d) >= Math.min(a, b);

/** @param order from the left */
function cornersOf(
  order: readonly Passage[],
  levels: readonly Level[],
  xOf: (lane: number) => number,
): Map<string, Point[]> {
  const heights = heightsOf(order, levels);
  return new Map(
    order.map(({ id, from, to }, lane) => {
      const x = xOf(lane);
      const [start, end] = [heights.get(endKey(id, from)) ?? from.y, heights.get(endKey(id, to)) ?? to.y];
      return [id, [at(from.x, start), at(x, start), at(x, end), at(to.x, end)]];
    }),
  );
}

const endKey = (id: string, mooring: Mooring): string => JSON.stringify([id, mooring.id]);

/**
 * Of lines that leave a node upwards, the one in the nearest lane is highest; of those that leave it downwards, lowest: so none of
 * them crosses another. Level lines are between them.
 */
function heightsOf(order: readonly Passage[], levels: readonly Level[]): Map<string, number> {
  const ends = order.flatMap(({ id, from, to }, lane) => [
    { id, mooring: from, other: to, lane },
    { id, mooring: to, other: from, lane },
  ]);
  const heights = new Map<string, number>();
  for (const group of Map.groupBy(ends, ({ mooring }) => mooring.id).values()) {
    const [first] = group;
    if (!first) continue;
    const { mooring } = first;
    const near = (lane: number): number => (mooring.column === 'left' ? lane : -lane);
    const up = group.filter(({ other }) => other.y < mooring.y).toSorted((a, b) => near(a.lane) - near(b.lane));
    const down = group.filter(({ other }) => other.y >= mooring.y).toSorted((a, b) => near(b.lane) - near(a.lane));
    const taken = levels
      .filter(({ from, to }) => from === mooring.id || to === mooring.id)
      .map(({ y }) => y - mooring.y);
    // Both columns have nodes at the same heights: lines from either side must not lie on each other.
    const shift = mooring.column === 'left' ? 0 : step / 2;
    const [highest, lowest] = mooring.reach;
    const spread = (wanted: readonly { id: string }[], room: number, first: (gap: number) => number): void => {
      const gap = Math.min(step, (room - shift) / Math.max(1, wanted.length));
      for (const [index, { id }] of wanted.entries())
        heights.set(endKey(id, mooring), mooring.y + first(gap) + index * gap);
    };
    if (taken.length > 0) {
      const [top, low] = [Math.min(...taken), Math.max(...taken)];
      spread(up, top - highest, gap => top - shift - gap * up.length);
      spread(down, lowest - low, gap => low + shift + gap);
    } else {
      const middle = (highest + lowest) / 2 + shift;
      spread([...up, ...down], lowest - highest, gap => middle - (gap * (group.length - 1)) / 2);
    }
  }
  return heights;
}
