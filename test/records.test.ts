import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { Records } from '../src/records.ts';
import { recordsIn } from '../src/records.ts';

interface Thing {
  name: string;
  value: number;
}

function things(t: TestContext): { folder: string; records: Records<Thing> } {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-records-'));
  t.after(() => fs.rmSync(parent, { recursive: true, force: true }));
  const folder = path.join(parent, 'things');
  return { folder, records: recordsIn(folder, ({ name }) => name) };
}

const sorted = (records: Records<Thing>): Thing[] =>
  records.all().toSorted((a, b) => a.name.localeCompare(b.name) || a.value - b.value);

test('kept, replaced, forgotten; nothing is made before there is something to keep', t => {
  const { folder, records } = things(t);
  assert.deepEqual(records.all(), []);
  records.forget('a');
  assert.equal(records.of('a'), undefined);
  assert.equal(fs.existsSync(folder), false);
  records.keep({ name: 'a', value: 1 });
  records.keep({ name: '../b', value: 1 });
  records.keep({ name: 'a', value: 2 });
  assert.deepEqual(sorted(records), [
    { name: '../b', value: 1 },
    { name: 'a', value: 2 },
  ]);
  assert.deepEqual(records.of('a'), { name: 'a', value: 2 });
  records.forget('a');
  assert.deepEqual(sorted(records), [{ name: '../b', value: 1 }]);
  assert.deepEqual(
    fs.readdirSync(folder).map(name => fs.statSync(path.join(folder, name)).mode & 0o077),
    [0],
    'for nobody else on this machine',
  );
});

test('two processes at one moment lose nothing', async t => {
  const { folder, records } = things(t);
  const source = path.resolve(import.meta.dirname, '../src/records.ts');
  const script = `
    import { recordsIn } from ${JSON.stringify(source)};
    const records = recordsIn(process.argv[1], ({ name }) => name);
    for (let at = 0; at < 50; at++) records.keep({ name: process.argv[2] + at, value: at });`;
  const keep = (prefix: string): Promise<unknown> =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, folder, prefix]);
  await Promise.all([keep('a'), keep('b')]);
  assert.equal(records.all().length, 100);
});

test('a file that was cut off, and one that is being written, are left out', t => {
  const { folder, records } = things(t);
  records.keep({ name: 'a', value: 1 });
  fs.writeFileSync(path.join(folder, 'broken.json'), '{"name":');
  fs.writeFileSync(path.join(folder, 'another.json.17'), '{"name":"b","value":1}');
  assert.deepEqual(records.all(), [{ name: 'a', value: 1 }]);
});

test('what cannot be kept is an error', t => {
  const { folder, records } = things(t);
  fs.writeFileSync(folder, '');
  assert.throws(() => records.keep({ name: 'a', value: 1 }), /EEXIST|ENOTDIR/);
});
