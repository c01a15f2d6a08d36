import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { Failure } from '../../src/errors.ts';
import type { ArchiveBrowser } from '../../src/views/tree/archive-browser.ts';
import { createArchiveBrowser } from '../../src/views/tree/archive-browser.ts';
import type { TreeNode } from '../../src/views/tree/node.ts';
import { node } from '../../src/views/tree/node.ts';
import { folderOf, keyOf, segments } from '../archive/folders.ts';
import { at } from '../support/observed.ts';

const archive = node({
  id: 'archive eu',
  kind: 'archive',
  label: 'WAL archive',
  icon: { id: 'archive' },
  address: at('cluster-eu'),
  archive: 'own',
});
const modified = new Date('2026-11-25T00:00:00Z');

interface Stage {
  browser: ArchiveBrowser;
  /** How often it was opened and closed. */
  opened: () => number;
  closed: () => number;
  labels: (of: TreeNode) => Promise<string[]>;
  below: (of: TreeNode, label: string) => Promise<TreeNode>;
}

function stage(t: TestContext, objects: Record<string, string | number>, fails: () => boolean = () => false): Stage {
  let [opened, closed] = [0, 0];
  const browser = createArchiveBrowser(
    async () => {
      if (fails()) throw new Failure('access-denied', { what: 'No', why: 'HTTP 403.', remedy: 'Ask.' });
      opened++;
      const folder = folderOf(objects, { modified, pageSize: 150 });
      return { directory: (prefix, signal) => folder.directory(prefix, signal), close: () => void closed++ };
    },
    () => modified.getTime() + 60_000,
  );
  t.after(() => browser.dispose());
  const below = async (of: TreeNode, label: string): Promise<TreeNode> => {
    const found = (await browser.childrenOf(of)).find(each => each.label === label);
    assert.ok(found, label);
    return found;
  };
  return {
    browser,
    below,
    opened: () => opened,
    closed: () => closed,
    labels: async of =>
      (await browser.childrenOf(of)).map(({ label, description }) => [label, description].filter(Boolean).join(' · ')),
  };
}

const objects = {
  ...segments(1, 1, 3),
  ...segments(2, 3, 4, '.gz'),
  'wals/00000002.history': '1\t0/3000148\tx\n',
  'base/20261120T100000/backup.info': 'x',
  'base/20261120T100000/data.tar': 100,
};

test('folders are opened one by one, down to the files', async t => {
  const { labels, below } = stage(t, objects);
  assert.deepEqual(await labels(archive), ['base/', 'wals/']);
  const wals = await below(archive, 'wals/');
  assert.deepEqual(await labels(wals), [
    '0000000100000000/',
    '0000000200000000/',
    '00000002.history · 14 B · 60 s ago',
  ]);
  const log = await below(wals, '0000000100000000/');
  assert.deepEqual(
    (await labels(log)).map(label => label.slice(0, 24)),
    [1, 2, 3].map(number => keyOf(1, number).slice(-24)),
  );
});

test('small text files can be opened, others not', async t => {
  const { below, browser } = stage(t, objects);
  const backup = await below(await below(archive, 'base/'), '20261120T100000/');
  const files = await browser.childrenOf(backup);
  assert.deepEqual(
    files.map(({ label, contextValue, key }) => [label, contextValue, key]),
    [
      ['backup.info', 'archive-file.text', 'base/20261120T100000/backup.info'],
      ['data.tar', 'archive-file', 'base/20261120T100000/data.tar'],
    ],
  );
});

test('a page at a time; what was read is not read again', async t => {
  const many = segments(1, 1, 256 * 450);
  const { browser, below, opened, closed, labels } = stage(t, many);
  const wals = await below(archive, 'wals/');
  const before = opened();
  for (const shown of [200, 400]) {
    const rows = await browser.childrenOf(wals);
    assert.equal(rows.length, shown + 1);
    const last = rows.at(-1);
    assert.deepEqual([last?.label, last?.description], ['Show More', `${shown} are shown`]);
    assert.equal(last?.shownBy, wals);
    assert.equal(opened() - closed(), 1, 'it is kept open');
    browser.more(wals);
  }
  assert.equal((await labels(wals)).length, 451);
  assert.equal(opened(), before + 1);
  assert.equal(opened(), closed());
});

test('a failure is a row with its words, and goes away when it is tried again', async t => {
  let fails = true;
  const { browser, labels } = stage(t, objects, () => fails);
  const [problem] = await browser.childrenOf(archive);
  assert.match(problem?.label ?? '', /HTTP 403/);
  assert.equal(problem?.contextValue, 'problem.archive');
  assert.equal(problem?.shownBy, archive);
  fails = false;
  assert.match((await labels(archive))[0] ?? '', /HTTP 403/, 'not by itself');
  browser.forget(archive);
  assert.deepEqual(await labels(archive), ['base/', 'wals/']);
});

test('only names that begin with a text', async t => {
  const { browser, below, labels } = stage(t, objects);
  const wals = await below(archive, 'wals/');
  browser.filter(wals, '00000002');
  assert.deepEqual(await labels(wals), ['0000000200000000/', '00000002.history · 14 B · 60 s ago']);
  assert.equal((await below(archive, 'wals/')).description, 'names that begin with 00000002');
  browser.filter(wals, '9');
  assert.deepEqual(await labels(wals), ['No name begins with "9"']);
  browser.filter(wals, '');
  assert.equal((await labels(wals)).length, 3);
});

test('an empty archive says so', async t =>
  assert.deepEqual(await stage(t, {}).labels(archive), ['Nothing is stored here']));

test('two looks at the same time are one', async t => {
  const { browser, opened } = stage(t, objects);
  await Promise.all([browser.childrenOf(archive), browser.childrenOf(archive)]);
  assert.equal(opened(), 1);
});

test("what is forgotten while it is opened is closed, and its failure is nobody's", async t => {
  const gate = Promise.withResolvers<void>();
  let closed = 0;
  const browser = createArchiveBrowser(
    async () => {
      await gate.promise;
      return {
        // As an SDK that is called with a signal that ended.
        directory: (_, signal) => ({
          [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(signal.reason as Error) }),
        }),
        close: () => void closed++,
      };
    },
    () => modified.getTime(),
  );
  t.after(() => browser.dispose());
  const reading = browser.childrenOf(archive);
  browser.forget(archive);
  gate.resolve();
  await reading;
  await new Promise(resolve => setImmediate(resolve));
  assert.equal(closed, 1);
});
