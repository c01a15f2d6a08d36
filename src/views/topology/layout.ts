/**
 * Where everything is: the user's drawing as a function. Boxes stand in two columns with a corridor between, or in one beside it;
 * in each the service is on top, the instances are in a row with the (designated) primary next to the corridor, and the archive is
 * below and outside. Lines between boxes run in the corridor only. Pure, and the same for the same items.
 */
import type { Curve, Point } from './curves.ts';
import { at, line, pathOf, pointAt, rounded, sample } from './curves.ts';
import type { Level, Mooring, Passage } from './lanes.ts';
import { routeLanes } from './lanes.ts';
import type { Box, Edge, Item, Node } from './picture.ts';
import { isBox, isEdge, isNode, labelOf } from './picture.ts';

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Anchor = 'start' | 'middle' | 'end';

export interface Route {
  curve: Curve;
  /** SVG path data. */
  path: string;
  /** Centre of the room for its label. */
  label: Point;
  /** Which end of that room its text keeps to: at the side of a lane, the one at the lane. */
  anchor: Anchor;
}

export interface Layout {
  width: number;
  height: number;
  /** Of boxes and nodes. */
  places: Map<string, Rectangle>;
  routes: Map<string, Route>;
}

const sizes = {
  margin: 24,
  /** Room above a box for its title. */
  title: 60,
  gap: 22,
  instance: { width: 164, height: 104 },
  /** In one column. */
  narrow: { width: 156, height: 104 },
  service: { top: 26, height: 54 },
  instances: 126,
  archive: { width: 250, height: 128, above: 52 },
  /** Below the instances: room for lines to standbys, and more for each of them. */
  arcs: { first: 66, each: 26 },
  lane: 22,
  /** Between rows; in one column, labels of lanes have room there. */
  row: { height: 48, label: 22 },
};

/** Units that a label may be wide, roughly: letters of 13 units, in steps of four, so that another digit moves nothing. */
export const roomFor = (label: string): number => Math.ceil(label.length / 4) * 4 * 7.6;
const labelHeight = 18;

interface Side {
  box: Box;
  service: Node | undefined;
  /** The (designated) primary first. */
  instances: Node[];
  archive: Node | undefined;
  row: number;
  /** Where the corridor is. */
  inner: 'left' | 'right';
}

export function layOut(items: readonly Item[], columns: 1 | 2 = 2): Layout {
  const boxes = items.filter(isBox).toSorted((a, b) => a.place - b.place);
  const nodes = Map.groupBy(items.filter(isNode), ({ box }) => box);
  const sides = boxes.map((box, index): Side => {
    const own = nodes.get(box.id) ?? [];
    return {
      box,
      service: own.find(({ kind }) => kind === 'service'),
      instances: own.filter(({ kind }) => kind === 'instance').toSorted((a, b) => a.place - b.place),
      archive: own.find(({ kind }) => kind === 'archive'),
      row: columns === 1 ? index : Math.floor(index / 2),
      inner: columns === 1 || index % 2 === 0 ? 'right' : 'left',
    };
  });
  // What changes comes in any order.
  const edges = items.filter(isEdge).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const sideOf = new Map(
    sides.flatMap(side => (nodes.get(side.box.id) ?? []).map((node): [string, Side] => [node.id, side])),
  );
  const lanes = lanesOf(edges, sideOf);
  const places = placeAll(sides, columns, edges, lanes.length);
  const corridor = corridorOf(sides, columns, places, edges, lanes.length);
  const routes = routeAll(edges, sideOf, places, lanes, corridor);
  const all = [...places.values()];
  const width = Math.max(corridor.right, ...all.map(({ x, width }) => x + width)) + sizes.margin;
  const height = Math.max(0, ...all.map(({ y, height }) => y + height)) + sizes.margin;
  return { width, height, places, routes: withLabels(edges, routes, places, nodes, { width, height }) };
}

/** Lines between boxes that do not face each other; and where there are any, all but level ones, which would cross them. */
function lanesOf(edges: readonly Edge[], sideOf: ReadonlyMap<string, Side>): Edge[] {
  const across = edges.filter(({ from, to }) => sideOf.get(from) !== sideOf.get(to));
  const face = ({ from, to }: Edge): boolean => {
    const [a, b] = [sideOf.get(from), sideOf.get(to)];
    return a?.row === b?.row && a?.inner !== b?.inner;
  };
  return across.every(face) ? [] : across.filter(edge => !face(edge) || !isLevel(edge.kind));
}

/** From leader to leader. */
const isLevel = (kind: Edge['kind']): boolean => kind === 'cross-streaming' || kind === 'way-back';

function corridorWidth(edges: readonly Edge[], columns: 1 | 2, lanes: number): number {
  const labels = edges.filter(({ kind }) => kind === 'cross-streaming' || kind === 'restore_command');
  const widest = Math.max(120, ...labels.map(edge => roomFor(labelOf(edge))));
  // In one column labels have room at the side of the archives.
  return columns === 2 ? Math.max(260, widest + 40) + lanes * sizes.lane : 48 + lanes * sizes.lane;
}

interface Corridor {
  left: number;
  right: number;
  /** Of the first lane. */
  lane: number;
}

function corridorOf(
  sides: readonly Side[],
  columns: 1 | 2,
  places: ReadonlyMap<string, Rectangle>,
  edges: readonly Edge[],
  lanes: number,
): Corridor {
  const lefts = sides.filter(({ inner }) => inner === 'right').flatMap(({ box }) => places.get(box.id) ?? []);
  const left = Math.max(sizes.margin, ...lefts.map(({ x, width }) => x + width));
  const alone = sides.length < 2;
  const right = alone ? left : left + corridorWidth(edges, columns, lanes);
  const middle = columns === 2 ? (left + right) / 2 : left + 24 + ((lanes + 1) * sizes.lane) / 2;
  return { left, right, lane: middle - ((lanes - 1) * sizes.lane) / 2 };
}

function boxSize({ instances }: Side, columns: 1 | 2): { width: number; height: number } {
  const { width } = columns === 2 ? sizes.instance : sizes.narrow;
  const standbys = Math.max(0, instances.length - 1);
  return {
    width: sizes.gap + Math.max(instances.length, 2) * (width + sizes.gap),
    height: sizes.instances + sizes.instance.height + sizes.arcs.first + standbys * sizes.arcs.each,
  };
}

function placeAll(
  sides: readonly Side[],
  columns: 1 | 2,
  edges: readonly Edge[],
  lanes: number,
): Map<string, Rectangle> {
  const places = new Map<string, Rectangle>();
  const lefts = sides.filter(({ inner }) => inner === 'right').map(side => boxSize(side, columns).width);
  const leftEnd = sizes.margin + Math.max(0, ...lefts);
  let y = sizes.margin;
  for (const row of Map.groupBy(sides, each => each.row).values()) {
    const height = Math.max(...row.map(side => boxSize(side, columns).height));
    for (const side of row) {
      const { width } = boxSize(side, columns);
      const x = side.inner === 'right' ? leftEnd - width : leftEnd + corridorWidth(edges, columns, lanes);
      const box = { x, y: y + sizes.title, width, height };
      places.set(side.box.id, box);
      placeInside(side, box, columns, places);
    }
    y += sizes.title + height + sizes.archive.above + sizes.archive.height + sizes.row.height;
    if (columns === 1) y += lanes * sizes.row.label;
  }
  return places;
}

function placeInside(side: Side, box: Rectangle, columns: 1 | 2, places: Map<string, Rectangle>): void {
  const { service, instances, archive, inner } = side;
  const size = columns === 2 ? sizes.instance : sizes.narrow;
  if (service)
    places.set(service.id, {
      x: box.x + sizes.gap,
      y: box.y + sizes.service.top,
      width: box.width - 2 * sizes.gap,
      height: sizes.service.height,
    });
  for (const [index, { id }] of instances.entries()) {
    const fromInner = sizes.gap + index * (size.width + sizes.gap);
    const x = inner === 'right' ? box.x + box.width - fromInner - size.width : box.x + fromInner;
    places.set(id, { x, y: box.y + sizes.instances, ...size });
  }
  if (archive)
    places.set(archive.id, {
      x: box.x + (box.width - sizes.archive.width) / 2,
      y: box.y + box.height + sizes.archive.above,
      width: sizes.archive.width,
      height: sizes.archive.height,
    });
}

/** A point on a side of a rectangle, mirrored: 0 is its outer end, 1 the one at the corridor. */
const along = ({ x, width }: Rectangle, share: number, { inner }: Side): number =>
  x + width * (inner === 'right' ? share : 1 - share);
const innerEdge = (rectangle: Rectangle, side: Side): number => along(rectangle, 1, side);
const bottom = ({ y, height }: Rectangle): number => y + height;
const middle = ({ y, height }: Rectangle): number => y + height / 2;

/** Room for the head of an arrow. */
const head = 3;

function routeAll(
  edges: readonly Edge[],
  sideOf: ReadonlyMap<string, Side>,
  places: ReadonlyMap<string, Rectangle>,
  lanes: readonly Edge[],
  corridor: Corridor,
): Map<string, Curve> {
  const curves = new Map<string, Curve>();
  for (const edge of edges) {
    const [a, b] = [sideOf.get(edge.from), sideOf.get(edge.to)];
    const [from, to] = [places.get(edge.from), places.get(edge.to)];
    if (!a || !b || !from || !to || lanes.includes(edge)) continue;
    // In the middle of a switchover both follow each other.
    const mutual = edges.some(other => other.kind === edge.kind && other.from === edge.to && other.to === edge.from);
    curves.set(edge.id, curveOf(edge, a, b, from, to, mutual ? (a.inner === 'right' ? -10 : 10) : 0));
  }
  const passages = lanes.flatMap(({ id, from, to }): Passage[] => {
    const [start, end] = [mooringOf(from, sideOf, places), mooringOf(to, sideOf, places)];
    return start && end ? [{ id, from: start, to: end }] : [];
  });
  const levels = edges.flatMap(({ id, kind, from, to }): Level[] => {
    const curve = curves.get(id);
    const [start, end] = [curve?.[0]?.[0], curve?.at(-1)?.[3]];
    return isLevel(kind) && start && end ? [{ from, to, y: start.y, x: [start.x, end.x] }] : [];
  });
  for (const [id, corners] of routeLanes(passages, levels, lane => corridor.lane + lane * sizes.lane)) {
    const [start, from, to, end] = corners;
    if (!start || !from || !to || !end) continue;
    const tip = at(end.x + Math.sign(to.x - end.x) * head, end.y);
    curves.set(id, rounded([start, from, to, tip], 14));
  }
  return curves;
}

function mooringOf(
  id: string,
  sideOf: ReadonlyMap<string, Side>,
  places: ReadonlyMap<string, Rectangle>,
): Mooring | undefined {
  const [side, place] = [sideOf.get(id), places.get(id)];
  if (!side || !place) return undefined;
  const { height } = place;
  return {
    id,
    column: side.inner === 'right' ? 'left' : 'right',
    x: innerEdge(place, side),
    y: middle(place),
    // At an archive, what archives ends above them.
    reach: id === side.archive?.id ? [0, height / 2 - 20] : [8 - height / 2, height / 2 - 8],
  };
}

/** @param aside down from the middle, of a line from leader to leader */
function curveOf({ kind, to: target }: Edge, a: Side, b: Side, from: Rectangle, to: Rectangle, aside: number): Curve {
  const inwards = a.inner === 'right' ? 1 : -1;
  switch (kind) {
    case 'serves': {
      const x = along(to, 0.5, b);
      return line(at(x, bottom(from)), at(x, to.y - head));
    }
    case 'streaming': {
      // The farther the standby, the deeper its line and the nearer to the corridor its start: none crosses another.
      const place = Math.max(
        1,
        b.instances.findIndex(({ id }) => id === target),
      );
      const step = Math.min(0.12, 0.5 / b.instances.length);
      const [x, end] = [along(from, 0.16 + step * (place - 1), a), along(to, 0.86, b)];
      const depth = bottom(from) + sizes.arcs.first - 6 + (place - 1) * sizes.arcs.each;
      return [[at(x, bottom(from)), at(x, depth), at(end, depth), at(end, bottom(to) + head)]];
    }
    case 'cross-streaming':
    case 'way-back': {
      const y = middle(from) + aside - (kind === 'way-back' ? 22 : 0);
      return line(at(innerEdge(from, a), y), at(innerEdge(to, b) - inwards * head, y));
    }
    case 'archive_command': {
      const x = along(from, 0.8, a);
      const end = at(innerEdge(to, b) + inwards * head, middle(to) - 12);
      return [[at(x, bottom(from)), at(x, bottom(from) + (to.y - bottom(from)) * 0.8), at(x, end.y), end]];
    }
    case 'restore_command':
    default: {
      const start = at(innerEdge(from, a) - inwards * 6, middle(from) + 24);
      const end = at(along(to, 0.95, b), bottom(to) + head);
      const width = end.x - start.x;
      return [
        [
          start,
          at(start.x + width * 0.45, start.y + 24),
          at(end.x - width * 0.1, end.y + (start.y - end.y) * 0.5),
          end,
        ],
      ];
    }
  }
}

/** Each label where it covers least: no node, no other label, few lines. */
function withLabels(
  edges: readonly Edge[],
  curves: ReadonlyMap<string, Curve>,
  places: ReadonlyMap<string, Rectangle>,
  nodes: ReadonlyMap<string, readonly Node[]>,
  canvas: { width: number; height: number },
): Map<string, Route> {
  const solid = [
    ...[...nodes.values()].flat().flatMap(({ id }) => places.get(id) ?? []),
    ...[...nodes.keys()].flatMap(id => titleOf(places.get(id))),
  ];
  const points = [...curves].flatMap(([id, curve]) => sample(curve, 16).map(point => ({ id, point })));
  const taken: Rectangle[] = [];
  const routes = new Map<string, Route>();
  for (const edge of edges) {
    const curve = curves.get(edge.id);
    if (!curve) continue;
    const width = roomFor(labelOf(edge));
    const reach = boundsOf(curve, width + 120);
    // Of a lane it is at its side, whatever that covers of other lanes: who reads it must not take it for another's.
    const near = isLane(curve) ? [] : points.filter(({ id, point }) => id !== edge.id && isIn(point, reach));
    const shapes = [...solid, ...taken].filter(other => overlaps(other, reach));
    const cost = (centre: Point): number => {
      const area = { x: centre.x - width / 2, y: centre.y - labelHeight / 2, width, height: labelHeight };
      const outside = area.x < 2 || area.x + width > canvas.width - 2 ? 1000 : 0;
      const covered = shapes.filter(other => overlaps(area, other)).length * 100;
      return outside + covered + near.filter(({ point }) => isIn(point, area)).length;
    };
    let label = at(0, 0);
    let anchor: Anchor = 'middle';
    let least = Number.POSITIVE_INFINITY;
    for (const [candidate, end] of candidates(edge, curve, places)) {
      const price = cost(candidate);
      if (price < least) [label, anchor, least] = [candidate, end, price];
      if (least === 0) break;
    }
    if (edge.label !== '')
      taken.push({ x: label.x - width / 2, y: label.y - labelHeight / 2, width, height: labelHeight });
    routes.set(edge.id, { curve, path: pathOf(curve), label, anchor });
  }
  return routes;
}

/** Where the title of a box is, and below its upper edge what its manifest says otherwise. */
const titleOf = (box: Rectangle | undefined): Rectangle[] =>
  box ? [{ x: box.x + 20, y: box.y - 48, width: box.width - 40, height: 48 + sizes.service.top }] : [];

/** @param more on each side */
function boundsOf(curve: Curve, more: number): Rectangle {
  const points = curve.flat();
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs) - more, Math.min(...ys) - more];
  return { x, y, width: Math.max(...xs) + more - x, height: Math.max(...ys) + more - y };
}

const isLane = (curve: Curve): boolean => curve.length > 1;

/** In the order in which they are liked. */
function* candidates(edge: Edge, curve: Curve, places: ReadonlyMap<string, Rectangle>): Generator<[Point, Anchor]> {
  const to = places.get(edge.to);
  if (edge.kind === 'streaming' && to) {
    const away = (to.x + to.width / 2 - (curve.at(-1)?.[3].x ?? 0)) * 0.35;
    yield [at(to.x + to.width / 2 + away, bottom(to) + 15), 'middle'];
  }
  const level = Math.abs((curve[0]?.[0].y ?? 0) - (curve.at(-1)?.[3].y ?? 0)) < 1;
  const offsets = level ? [-13, 14, 0] : [0, -16, 16, -32, 32];
  const beside = roomFor(labelOf(edge)) / 2 + 8;
  const asides = isLane(curve) ? [-beside, beside] : [];
  for (const share of [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8])
    for (const dy of offsets)
      for (const dx of [...asides, 0, 30, -30, 70, -70, -120]) {
        const { x, y } = pointAt(curve, share);
        const aside = asides.indexOf(dx);
        yield [at(x + dx, y + dy), aside < 0 ? 'middle' : aside === 0 ? 'end' : 'start'];
      }
}

export const overlaps = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const isIn = ({ x, y }: Point, area: Rectangle): boolean =>
  x >= area.x && x <= area.x + area.width && y >= area.y && y <= area.y + area.height;
