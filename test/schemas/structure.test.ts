/** `schemas/` is what the script makes of the CRDs: structure and nothing else. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { needsReference, reference } from '../support/shared.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** Those that are made of CRDs. */
const files = (folder: string): string[] =>
  fs.readdirSync(folder).filter(file => file.endsWith('.json') && file !== 'postgresql.json');

test('made from the CRDs anew they are the same', needsReference, () => {
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-schemas-'));
  try {
    const crds = fs.readdirSync(path.join(reference, 'crds')).map(name => path.join(reference, 'crds', name));
    execFileSync(process.execPath, [path.join(root, 'scripts/schemas.ts'), '--out', out, ...crds]);
    assert.deepEqual(files(out), files(path.join(root, 'schemas')));
    for (const file of files(out))
      assert.equal(
        fs.readFileSync(path.join(out, file), 'utf8'),
        fs.readFileSync(path.join(root, 'schemas', file), 'utf8'),
        `${file}: run npm run schemas`,
      );
  } finally {
    fs.rmSync(out, { recursive: true });
  }
});

test('no description is in them', () => {
  for (const file of files(path.join(root, 'schemas')))
    assert.ok(!/"description":"/.test(fs.readFileSync(path.join(root, 'schemas', file), 'utf8')), file);
});

test('folders whose names tell no version are refused', () => {
  assert.throws(
    () => execFileSync(process.execPath, [path.join(root, 'scripts/schemas.ts'), os.tmpdir()], { stdio: 'pipe' }),
    /tells neither product nor version/,
  );
});
