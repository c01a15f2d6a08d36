/** Where arrow keys lead in the drawing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { layOut } from '../../../src/views/topology/layout.ts';
import type { Direction } from '../../../src/views/topology/walk.ts';
import { walk } from '../../../src/views/topology/walk.ts';
import { pair, pictureOf, snapshotsOf } from '../../support/topologies.ts';

const { items } = pictureOf(pair());
const layout = layOut(items);
const id = (part: string): string => items.find(item => item.id.includes(part))?.id ?? '';

test('along the lines', () => {
  const primary = id('instance ["eu","default","cluster-eu"] cluster-eu-1');
  const designated = id('instance ["us","default","cluster-us"] cluster-us-1');
  const across = id('cross-streaming');
  const rows: [string, Direction, string | undefined][] = [
    [primary, 'right', across],
    [across, 'right', designated],
    [across, 'up', id('way-back')],
    [designated, 'left', across],
    [across, 'left', primary],
    [id('service ["eu"'), 'down', id('serves instance ["eu"')],
    [id('serves instance ["eu"'), 'down', primary],
    [id('instance ["eu","default","cluster-eu"] cluster-eu-3'), 'left', undefined],
  ];
  for (const [from, direction, to] of rows)
    for (const all of [items, items.toReversed()])
      assert.equal(walk(from, direction, all, layout), to, `${from} ${direction}`);
});

test('every item can be reached', () =>
  fc.assert(
    fc.property(
      fc.array(fc.record({ instances: fc.integer({ min: 1, max: 5 }) }), { minLength: 2, maxLength: 4 }),
      shapes => {
        const picture = pictureOf(
          snapshotsOf(shapes.map((shape, index) => ({ ...shape, follows: index === 0 ? 1 : 0 }))),
        );
        const places = layOut(picture.items);
        const reached = new Set([picture.items[0]?.id ?? '']);
        for (const from of reached)
          for (const direction of ['left', 'right', 'up', 'down'] as const) {
            const to = walk(from, direction, picture.items, places);
            if (to !== undefined) reached.add(to);
          }
        assert.deepEqual(
          picture.items.map(item => item.id).filter(each => !reached.has(each)),
          [],
        );
      },
    ),
    { numRuns: 20 },
  ));
