/** Where an arrow key leads: along a line if there is one that way, else to what is nearest that way. */
import type { Point } from './curves.ts';
import { at, pointAt } from './curves.ts';
import type { Layout } from './layout.ts';
import type { Item } from './picture.ts';
import { isBox, isEdge, isNode } from './picture.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

const directions: Record<Direction, Point> = { left: at(-1, 0), right: at(1, 0), up: at(0, -1), down: at(0, 1) };

/** @returns the id of the item; `undefined`: there is none that way */
export function walk(from: string, direction: Direction, items: readonly Item[], layout: Layout): string | undefined {
  const start = items.find(({ id }) => id === from);
  const here = start && centreOf(start, layout);
  if (!here) return undefined;
  const linked = new Set(items.filter(item => touches(item, from)).flatMap(item => otherThan(from, item, items)));
  const way = directions[direction];
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const { id } = item;
    const step = id === from ? undefined : stepTo(item, from, here, layout);
    if (!step) continue;
    const { x: dx, y: dy } = step;
    const ahead = dx * way.x + dy * way.y;
    const aside = Math.abs(dx * way.y) + Math.abs(dy * way.x);
    // Within 60 degrees of the way.
    if (ahead <= 1 || aside > ahead * 1.8) continue;
    // Of two lines beside each other the one that is in use comes first.
    const cost = (ahead + aside * 2) * (linked.has(id) ? 0.3 : 1) * (item.kind === 'way-back' ? 1.1 : 1);
    if (cost < least) [best, least] = [id, cost];
  }
  return best;
}

/** Of a line that begins or ends here, how it leaves; else the way to the middle. */
function stepTo(item: Item, from: string, here: Point, layout: Layout): Point | undefined {
  const route = layout.routes.get(item.id);
  if (isEdge(item) && route && (item.from === from || item.to === from)) {
    const [near, next] = item.from === from ? [0, 0.3] : [1, 0.7];
    const [a, b] = [pointAt(route.curve, near), pointAt(route.curve, next)];
    return at(b.x - a.x, b.y - a.y);
  }
  const there = centreOf(item, layout);
  return there && at(there.x - here.x, there.y - here.y);
}

function centreOf(item: Item, { places, routes }: Layout): Point | undefined {
  const place = places.get(item.id);
  // A box is where its title is: its middle is full of other things.
  if (place) return at(place.x + place.width / 2, isBox(item) ? place.y - 20 : place.y + place.height / 2);
  const route = routes.get(item.id);
  return route && pointAt(route.curve, 0.5);
}

/** A line touches the nodes at its ends, a box the nodes in it. */
const touches = (item: Item, id: string): boolean =>
  isEdge(item)
    ? item.id === id || item.from === id || item.to === id
    : isNode(item) && (item.box === id || item.id === id);

const otherThan = (from: string, item: Item, items: readonly Item[]): string[] =>
  item.id !== from
    ? [item.id]
    : isEdge(item)
      ? items.map(({ id }) => id).filter(id => id === item.from || id === item.to)
      : [];
