import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTopologies } from '../../src/model/topology.ts';
import { parseFromWebview } from '../../src/views/topology/messages.ts';
import type { Picture } from '../../src/views/topology/picture.ts';
import { drawTopology } from '../../src/views/topology/picture.ts';
import type { Overrides } from '../support/clusters.ts';
import { member, primaryStatus, snapshotOf, standbyStatus } from '../support/clusters.ts';

function draw(euOver: Overrides = {}, usOver: Overrides = {}): Picture {
  const snapshots = [
    snapshotOf('eu', member('cluster-eu', euOver), { 1: primaryStatus(), 2: standbyStatus() }),
    snapshotOf('us', member('cluster-us', usOver), { 1: standbyStatus() }),
  ];
  const [topology] = findTopologies(snapshots);
  assert.ok(topology);
  return drawTopology(topology, snapshots);
}

const order = (picture: Picture): string[] =>
  picture.nodes
    .filter(node => node.kind === 'instance')
    .toSorted((a, b) => a.x - b.x)
    .map(node => node.lines[1] ?? '');

test('primary and designated primary face each other', () => {
  assert.deepEqual(order(draw()), [
    'cluster-eu-3',
    'cluster-eu-2',
    'cluster-eu-1',
    'cluster-us-1',
    'cluster-us-2',
    'cluster-us-3',
  ]);
});

test('streaming and restore_command cross from the primary side, archive_command stays on each side', () => {
  const kinds = draw()
    .edges.map(edge => edge.kind)
    .sort();
  assert.deepEqual(kinds, [
    'archive_command',
    'archive_command',
    'cross-streaming',
    'restore_command',
    'serves',
    'serves',
    'streaming',
    'streaming',
    'streaming',
    'streaming',
  ]);
});

test('no two shapes overlap and all lie in the picture', () => {
  const picture = draw();
  for (const a of picture.nodes) {
    assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= picture.width && a.y + a.height <= picture.height, a.id);
    for (const b of picture.nodes)
      assert.ok(
        a === b || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
        `${a.id} ${b.id}`,
      );
  }
});

test('a switchover turns the crossing edges around and moves no box', () => {
  const before = draw();
  const after = draw({ replica: { primary: 'cluster-us' } }, { replica: { primary: 'cluster-us' } });
  assert.deepEqual(
    after.boxes.map(box => [box.id, box.x]),
    before.boxes.map(box => [box.id, box.x]),
  );
  const words = (picture: Picture) => picture.edges.find(edge => edge.kind === 'cross-streaming')?.words ?? '';
  assert.match(words(before), /^cluster-eu-1 streams to cluster-us-1/);
  assert.match(words(after), /^cluster-us-1 streams to cluster-eu-1/);
});

test('only the replica cluster offers its promotion', () => {
  assert.deepEqual(
    draw().boxes.map(box => box.promote?.name),
    [undefined, 'cluster-us'],
  );
});

test('a failover is offered when the primary cannot be read, not in the middle of a switchover', () => {
  const lost = ['eu', 'us'].map(context => {
    const snapshot = snapshotOf(context, member(context === 'eu' ? 'cluster-eu' : 'cluster-us'));
    return context === 'eu' ? { ...snapshot, state: 'failed' as const } : snapshot;
  });
  const [topology] = findTopologies(lost);
  assert.ok(topology);
  const offered = (picture: Picture) => picture.boxes.map(box => box.failOver?.name);
  assert.deepEqual(offered(drawTopology(topology, lost)), [undefined, 'cluster-us']);
  assert.deepEqual(offered(draw()), [undefined, undefined]);
  const nobody = draw({ replica: { primary: 'cluster-us' } });
  assert.deepEqual(offered(nobody), [undefined, undefined]);
});

test('messages from the webview are taken apart with suspicion', () => {
  const address = { context: 'eu', namespace: 'default', name: 'x' };
  assert.deepEqual(parseFromWebview({ type: 'promote', address, extra: 1 }), { type: 'promote', address });
  assert.deepEqual(parseFromWebview({ type: 'fail-over', address }), { type: 'fail-over', address });
  for (const bad of [
    null,
    1,
    'promote',
    {},
    { type: 'promote' },
    { type: 'promote', address: { context: 1 } },
    { type: 'eval', address },
  ])
    assert.equal(parseFromWebview(bad), undefined);
});
