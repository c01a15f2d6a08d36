import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectStoreFolder } from '../../src/archive/contract.ts';
import { newestWal } from '../../src/archive/newest-wal.ts';
import { folderOf, keyOf } from './folders.ts';

const never = new AbortController().signal;

/** Each object is stored so many seconds after the first, in the order of the list. */
function stored(keys: readonly string[]): ObjectStoreFolder {
  const folder = folderOf(Object.fromEntries(keys.map(key => [key, 1])));
  return {
    ...folder,
    async *list(slice, signal) {
      for await (const page of folder.list(slice, signal))
        yield page.map(object => ({ ...object, modified: new Date(keys.indexOf(object.key) * 1000) }));
    },
  };
}

const table: [string, string[], string | undefined][] = [
  ['nothing is there', [], undefined],
  ['only a history file', ['wals/00000002.history'], undefined],
  ['the last segment', [keyOf(1, 3), keyOf(1, 4), keyOf(1, 5)], '000000010000000000000005'],
  ['in the last folder', [keyOf(1, 255), keyOf(1, 256), keyOf(1, 300)], '00000001000000010000002C'],
  ['of the timeline that was written last', [keyOf(2, 9), keyOf(1, 30)], '00000001000000000000001E'],
  ['a partial segment is not complete', [keyOf(1, 3), `${keyOf(1, 4)}.partial`], '000000010000000000000003'],
];
for (const [title, keys, wanted] of table)
  test(title, async () => assert.equal((await newestWal(stored(keys), never))?.name, wanted));

test('a large archive costs a few requests', async () => {
  const keys = Array.from({ length: 20_000 }, (_, at) => keyOf(1, at));
  let pages = 0;
  const folder = stored(keys);
  const counted: ObjectStoreFolder = {
    ...folder,
    async *list(slice, signal) {
      for await (const page of folder.list(slice, signal)) {
        pages++;
        yield page;
      }
    },
  };
  assert.equal((await newestWal(counted, never))?.storedAt, 19_999_000);
  assert.equal(pages, 1);
});

test("by this machine's clock, when that of the object store is known", async () => {
  const folder = { ...stored([keyOf(1, 3)]), clockAhead: () => 60_000 };
  assert.deepEqual(await newestWal(folder, never), {
    name: '000000010000000000000003',
    storedAt: -60_000,
    clockAhead: 60_000,
  });
});
