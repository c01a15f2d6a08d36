/** Layout: what holds for every topology. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Point } from '../../../src/views/topology/curves.ts';
import { pointAt, sample } from '../../../src/views/topology/curves.ts';
import type { Layout, Rectangle } from '../../../src/views/topology/layout.ts';
import { layOut, overlaps, roomFor } from '../../../src/views/topology/layout.ts';
import type { Mooring } from '../../../src/views/topology/lanes.ts';
import { routeLanes } from '../../../src/views/topology/lanes.ts';
import type { Edge, EdgeKind, Picture } from '../../../src/views/topology/picture.ts';
import { isBox, isEdge, isNode, labelOf } from '../../../src/views/topology/picture.ts';
import type { MemberShape } from '../../support/topologies.ts';
import { pair, pictureOf, snapshotsOf } from '../../support/topologies.ts';

const shapes = fc
  .array(fc.record({ instances: fc.integer({ min: 1, max: 6 }), follows: fc.nat(5) }), { minLength: 2, maxLength: 6 })
  // A member follows one before it: a chain is a cascade.
  .map(members =>
    members.map((shape, index): MemberShape => ({ ...shape, follows: index === 0 ? 1 : shape.follows % index })),
  );
const columns = fc.constantFrom(1 as const, 2 as const);

const placeOf = (layout: Layout, id: string): Rectangle => {
  const place = layout.places.get(id);
  assert.ok(place, `${id} has no place`);
  return place;
};
const within = (inner: Rectangle, outer: Rectangle): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
const nodesOf = (picture: Picture) => picture.items.filter(isNode);

test('nothing overlaps, all lies in the canvas, instances and services lie in their box and archives below it', () =>
  fc.assert(
    fc.property(shapes, columns, (members, count) => {
      const picture = pictureOf(snapshotsOf(members));
      const layout = layOut(picture.items, count);
      const canvas = { x: 0, y: 0, width: layout.width, height: layout.height };
      const boxes = picture.items.filter(isBox).map(({ id }) => placeOf(layout, id));
      const nodes = nodesOf(picture);
      for (const [index, a] of nodes.entries()) {
        const [place, box] = [placeOf(layout, a.id), placeOf(layout, a.box)];
        assert.ok(within(place, canvas), a.id);
        if (a.kind === 'archive') assert.ok(place.y > box.y + box.height, `${a.id} is below its box`);
        else assert.ok(within(place, box), `${a.id} is in its box`);
        for (const b of nodes.slice(index + 1))
          assert.ok(!overlaps(place, placeOf(layout, b.id)), `${a.id} on ${b.id}`);
      }
      for (const [index, a] of boxes.entries())
        for (const b of boxes.slice(index + 1)) assert.ok(!overlaps(a, b), 'boxes overlap');
    }),
  ));

test('the leader of each member is next to the corridor, the others behind it in their order', () =>
  fc.assert(
    fc.property(shapes, members => {
      const picture = pictureOf(snapshotsOf(members));
      const layout = layOut(picture.items);
      for (const [index, box] of picture.items.filter(isBox).entries()) {
        const xs = nodesOf(picture)
          .filter(node => node.box === box.id && node.kind === 'instance')
          .toSorted((a, b) => a.place - b.place)
          .map(({ id }) => placeOf(layout, id).x);
        const sorted = xs.toSorted((a, b) => (index % 2 === 0 ? b - a : a - b));
        assert.deepEqual(xs, sorted);
      }
    }),
  ));

test('the layout is the same for the same items, whatever their order', () =>
  fc.assert(
    fc.property(shapes, columns, (members, count) => {
      const { items } = pictureOf(snapshotsOf(members));
      const [one, other] = [items, items.toReversed()].map(all => layOut(all, count));
      assert.deepEqual(other, one);
    }),
  ));

test('every line is drawn, in the canvas, with its label on no node and no other label', () =>
  fc.assert(
    fc.property(shapes, columns, (members, count) => {
      const picture = pictureOf(snapshotsOf(members));
      const layout = layOut(picture.items, count);
      const labels: Rectangle[] = [];
      for (const edge of picture.items.filter(isEdge)) {
        const route = layout.routes.get(edge.id);
        assert.ok(route, edge.id);
        for (const { x, y } of sample(route.curve, 30))
          assert.ok(x >= 0 && y >= 0 && x <= layout.width && y <= layout.height, `${edge.id} leaves the canvas`);
        if (edge.label === '') continue;
        const width = roomFor(labelOf(edge));
        const label = { x: route.label.x - width / 2, y: route.label.y - 8, width, height: 16 };
        for (const other of labels) assert.ok(!overlaps(label, other), `label of ${edge.id}`);
        for (const node of nodesOf(picture))
          assert.ok(!overlaps(label, placeOf(layout, node.id)), `${edge.id} on ${node.id}`);
        labels.push(label);
      }
    }),
  ));

test('lines run through no node but those at their ends', () =>
  fc.assert(
    fc.property(shapes, columns, (members, count) => {
      const picture = pictureOf(snapshotsOf(members));
      const layout = layOut(picture.items, count);
      for (const edge of picture.items.filter(isEdge)) {
        const route = layout.routes.get(edge.id);
        assert.ok(route);
        for (const node of nodesOf(picture).filter(({ id }) => id !== edge.from && id !== edge.to)) {
          const { x, y, width, height } = placeOf(layout, node.id);
          const inside = sample(route.curve, 60).some(p => p.x > x && p.x < x + width && p.y > y && p.y < y + height);
          assert.ok(!inside, `${edge.id} runs through ${node.id}`);
        }
      }
    }),
  ));

const crosses = (a: Point, b: Point, c: Point, d: Point): boolean => {
  const side = (p: Point, q: Point, r: Point) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
};

function crossings(a: readonly Point[], b: readonly Point[]): number {
  let count = 0;
  for (let i = 1; i < a.length; i++)
    for (let j = 1; j < b.length; j++) {
      const [p, q, r, s] = [a[i - 1], a[i], b[j - 1], b[j]];
      if (p && q && r && s && crosses(p, q, r, s)) count++;
    }
  return count;
}

/**
 * Lines in the corridor lead from place to place on its border. Two of them must cross where their ends are in turns along it, and
 * need not where they are not.
 */
function unavoidable(picture: Picture, layout: Layout, lines: readonly Edge[]): number {
  const border = nodesOf(picture)
    .filter(({ kind, place }) => kind === 'archive' || (kind === 'instance' && place === 0))
    .map(({ id, box }) => ({ id, place: placeOf(layout, id), isLeft: placeOf(layout, box).x < layout.width / 3 }))
    .toSorted((a, b) => a.place.y - b.place.y);
  const around = [...border.filter(({ isLeft }) => isLeft), ...border.filter(({ isLeft }) => !isLeft).toReversed()];
  const at = (id: string): number => around.findIndex(each => each.id === id);
  const between = (x: number, [from = 0, to = 0]: readonly number[]): boolean => x > from && x < to;
  const ends = lines.map(({ from, to }) => [at(from), at(to)].toSorted((x, y) => x - y));
  return ends.flatMap((a, index) =>
    ends.slice(index + 1).filter(b => {
      const apart = new Set([...a, ...b]).size === 4;
      return apart && between(b[0] ?? 0, a) !== between(b[1] ?? 0, a);
    }),
  ).length;
}

test('among many members no more lines cross than must', () =>
  fc.assert(
    fc.property(shapes, columns, (members, count) => {
      const picture = pictureOf(
        snapshotsOf(members.map(each => ({ ...each, instances: Math.min(each.instances, 2) }))),
      );
      const layout = layOut(picture.items, count);
      const across: readonly EdgeKind[] = ['cross-streaming', 'restore_command', 'way-back'];
      const lines = picture.items.filter(isEdge).filter(({ kind }) => across.includes(kind));
      const drawn = lines.map(({ id }) => sample(layout.routes.get(id)?.curve ?? [], 150));
      const found = drawn.flatMap((a, index) => drawn.slice(index + 1).map(b => crossings(a, b)));
      assert.equal(
        found.reduce((sum, each) => sum + each, 0),
        unavoidable(picture, layout, lines),
      );
    }),
    { numRuns: 40 },
  ));

test('between two members no line crosses another, whoever is the primary', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.nat(1), (left, right, primary) => {
      const picture = pictureOf(
        snapshotsOf(
          [
            { instances: left, follows: 1 },
            { instances: right, follows: 0 },
          ],
          primary,
        ),
      );
      const layout = layOut(picture.items);
      const lines = picture.items
        .filter(isEdge)
        .map(({ id }) => ({ id, points: sample(layout.routes.get(id)?.curve ?? [], 40) }));
      for (const [index, a] of lines.entries())
        for (const b of lines.slice(index + 1))
          assert.equal(crossings(a.points, b.points), 0, `${a.id} crosses ${b.id}`);
    }),
    { numRuns: 40 },
  ));

test('a switchover between the Clusters moves nothing but the lines across', () => {
  const roles = { replica: { primary: 'cluster-us' } };
  const [before, after] = [pictureOf(pair()), pictureOf(pair(roles, roles))].map(({ items }) => layOut(items));
  assert.deepEqual(after?.places, before?.places);
});

test('a switchover within a Cluster moves the new primary to the corridor', () => {
  const status = { currentPrimary: 'cluster-eu-2', targetPrimary: 'cluster-eu-2' };
  const picture = pictureOf(pair({ status }));
  const layout = layOut(picture.items);
  const xs = nodesOf(picture)
    .filter(({ kind, lines }) => kind === 'instance' && lines[1]?.startsWith('cluster-eu'))
    .toSorted((a, b) => placeOf(layout, b.id).x - placeOf(layout, a.id).x)
    .map(({ lines }) => lines[1]);
  assert.deepEqual(xs, ['cluster-eu-2', 'cluster-eu-1', 'cluster-eu-3']);
});

test('a number of another length moves nothing', () => {
  const far = pair();
  const us = far[1]?.instanceStatus['default/cluster-us-1'];
  if (us?.kind === 'read') us.status.replayLsn = '0/DF000A0';
  const [a, b] = [pictureOf(pair()), pictureOf(far)].map(({ items }) => layOut(items));
  assert.deepEqual(b?.places.size, a?.places.size);
  const y = (layout: Layout | undefined) => [...(layout?.places.values() ?? [])].map(place => place.y);
  assert.deepEqual(y(b), y(a));
});

test('a line across leads from the edge of one leader to that of the other', () => {
  const picture = pictureOf(pair());
  const layout = layOut(picture.items);
  const edge = picture.items.filter(isEdge).find(({ kind }) => kind === 'cross-streaming');
  assert.ok(edge);
  const [from, to] = [placeOf(layout, edge.from), placeOf(layout, edge.to)];
  const curve = layout.routes.get(edge.id)?.curve ?? [];
  assert.deepEqual(pointAt(curve, 0), { x: from.x + from.width, y: from.y + from.height / 2 });
  assert.ok(Math.abs(pointAt(curve, 1).x - to.x) < 5);
});

test('in the middle of a switchover, when both follow each other, neither line lies on the other', () => {
  const picture = pictureOf(pair({ replica: { primary: 'cluster-us', source: 'cluster-us' } }));
  const layout = layOut(picture.items);
  const ys = picture.items
    .filter(isEdge)
    .filter(({ kind }) => kind === 'cross-streaming')
    .map(({ id }) => pointAt(layout.routes.get(id)?.curve ?? [], 0.5).y);
  assert.equal(new Set(ys).size, 2);
});

test('a label at the side of a lane keeps to it, and covers neither a title nor what differs below it', () => {
  const { items } = pictureOf(snapshotsOf([{ instances: 3 }, { instances: 2 }, { instances: 1, follows: 1 }]));
  const layout = layOut(items, 1);
  let lanes = 0;
  for (const edge of items.filter(isEdge)) {
    const route = layout.routes.get(edge.id);
    assert.ok(route, edge.id);
    if (route.anchor === 'middle') continue;
    lanes++;
    const half = roomFor(labelOf(edge)) / 2;
    const end = route.label.x + (route.anchor === 'end' ? half : -half);
    assert.ok(
      sample(route.curve, 64).some(({ x }) => Math.abs(Math.abs(end - x) - 8) < 1),
      `${edge.id} keeps to its lane`,
    );
    for (const { x, y, width } of items.filter(isBox).map(({ id }) => placeOf(layout, id))) {
      const label = { x: route.label.x - half, y: route.label.y - 8, width: 2 * half, height: 16 };
      assert.ok(!overlaps(label, { x: x + 20, y: y - 48, width: width - 40, height: 70 }), edge.id);
    }
  }
  assert.ok(lanes > 0);
});

test('with more lines than are tried in all orders, the best of a few is taken', () => {
  const mooring = (id: string, y: number): Mooring => ({ id, column: 'left', x: 0, y, reach: [-40, 40] });
  // Each begins above the one before and ends below it: in one order they cross, in the other they do not.
  const passages = Array.from({ length: 20 }, (_, at) => ({
    id: String(at),
    from: mooring(`from ${at}`, 2000 - at * 100),
    to: mooring(`to ${at}`, 2100 + at * 100),
  }));
  const ways = [passages, passages.toReversed()].map(order => [
    ...routeLanes(order, [], lane => 20 + lane * 22).values(),
  ]);
  for (const way of ways) {
    const lines = way.map(corners => corners.map(({ x, y }) => ({ x, y })));
    const crossed = lines.flatMap((a, index) => lines.slice(index + 1).map(b => crossings(a, b)));
    assert.equal(
      crossed.reduce((total, each) => total + each, 0),
      0,
    );
  }
});
