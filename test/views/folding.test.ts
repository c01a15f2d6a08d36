import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFolding } from '../../src/views/tree/folding.ts';

function memento() {
  const stored = new Map<string, unknown>();
  return {
    keys: () => [...stored.keys()],
    get: <T>(key: string, fallback?: T): T => (stored.has(key) ? (stored.get(key) as T) : (fallback as T)),
    update: (key: string, value: unknown) => Promise.resolve(void stored.set(key, value)),
  };
}

test('rows are remembered as they were left, in the next window too', () => {
  const memory = memento();
  const folding = createFolding(memory);
  folding.set('a', true);
  folding.set('b', true);
  folding.set('b', false);
  const next = createFolding(memory);
  assert.deepEqual(
    ['a', 'b', 'c'].map(id => next.isOpen(id)),
    [true, false, undefined],
  );
  assert.deepEqual(next.open(), ['a']);
});

test('only the latest rows are remembered', () => {
  const memory = memento();
  const folding = createFolding(memory);
  for (let row = 0; row < 600; row++) folding.set(`row ${row}`, true);
  folding.set('row 100', true);
  assert.equal(createFolding(memory).open().length, 500);
  assert.equal(folding.isOpen('row 99'), undefined);
  assert.equal(folding.isOpen('row 100'), true);
});
