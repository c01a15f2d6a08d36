/** What the picture's two halves say to each other, and what of it is believed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClicked, parseFromWebview, parseSubject, parseToWebview } from '../../../src/views/topology/messages.ts';
import { changesBetween, withChanges } from '../../../src/views/topology/picture.ts';
import { pair, pictureOf } from '../../support/topologies.ts';

test('messages from the webview are taken apart with suspicion', () => {
  const good = [
    { type: 'ready' },
    { type: 'connect' },
    { type: 'copy-mermaid' },
    { type: 'run', item: 'box 1', command: 'cnpg.describe' },
    { type: 'save', format: 'svg', data: '<svg xmlns="x"></svg>' },
    { type: 'save', format: 'png', data: 'iVBORw0KGgo=' },
  ];
  for (const message of good) assert.deepEqual(parseFromWebview({ ...message, extra: 1 }), message);
  const bad = [
    null,
    1,
    'ready',
    [],
    {},
    { type: 'eval' },
    { type: 'run', item: 'x' },
    { type: 'run', item: 1, command: 'cnpg.describe' },
    { type: 'save', format: 'exe', data: 'AAAA' },
    { type: 'save', format: 'svg', data: '<html>' },
    { type: 'save', format: 'png', data: '../../etc' },
    { type: 'save', format: 'png', data: 7 },
  ];
  for (const message of bad) assert.equal(parseFromWebview(message), undefined, JSON.stringify(message));
});

test('messages to the webview are too: any page that frames it could send one', () => {
  const picture = pictureOf(pair());
  const subject = { name: 'cluster-eu' };
  for (const message of [
    { type: 'picture', picture, subject },
    { type: 'changes', changes: { items: [], gone: [] } },
    { type: 'gone', words: 'x', subject },
  ])
    assert.equal(parseToWebview(message), message);
  for (const message of [
    null,
    'picture',
    { type: 'picture' },
    { type: 'picture', picture: {}, subject },
    { type: 'picture', picture },
    { type: 'changes', changes: { items: 1 } },
    { type: 'gone', subject },
  ])
    assert.equal(parseToWebview(message), undefined, JSON.stringify(message));
});

test('what was kept over a reload is a subject or nothing', () => {
  assert.deepEqual(parseSubject({ name: 'a', namespace: 'b', context: 'c', more: 1 }), {
    name: 'a',
    namespace: 'b',
    context: 'c',
  });
  assert.deepEqual(parseSubject({ name: 'a', namespace: 1 }), { name: 'a' });
  for (const bad of [undefined, null, 'a', { name: 1 }, {}]) assert.equal(parseSubject(bad), undefined);
});

test('a change is sent as what is different, and makes the same picture of the one before', () => {
  const before = pictureOf(pair());
  const roles = { replica: { primary: 'cluster-us' } };
  for (const after of [
    pictureOf(pair(roles, roles)),
    pictureOf(pair().slice(0, 1)),
    pictureOf(pair({ status: { phase: 'Failing over' } })),
  ]) {
    const changes = changesBetween(before, after);
    assert.ok(changes);
    const sorted = (items: typeof after.items) => items.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const made = withChanges(before, changes);
    assert.deepEqual({ ...made, items: sorted(made.items) }, { ...after, items: sorted(after.items) });
  }
  assert.equal(changesBetween(before, pictureOf(pair())), undefined);
  const moved = pair();
  const reading = moved[1]?.instanceStatus['default/cluster-us-2'];
  if (reading?.kind === 'read') reading.status.replayPaused = true;
  assert.deepEqual(
    changesBetween(before, pictureOf(moved))?.items.map(({ kind }) => kind),
    ['instance'],
  );
});

test('a command from a menu of the picture is told an id; whatever else looks like it is left to the command', () => {
  const rows: [unknown, string | undefined][] = [
    [{ webview: 'cnpg.topology', cnpgItem: 'box 1', cnpgRow: 'cluster.replica' }, 'box 1'],
    [{ webview: 'another.view', cnpgItem: 'box 1' }, undefined],
    [{ webview: 'cnpg.topology', cnpgItem: 1 }, undefined],
    [{ cnpgItem: 'box 1' }, undefined],
    [{ label: 'cluster-eu', address: {} }, undefined],
    [undefined, undefined],
    ['box 1', undefined],
  ];
  for (const [value, id] of rows) assert.equal(parseClicked(value), id, JSON.stringify(value));
});
