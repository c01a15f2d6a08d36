/** Whatever stands in a manifest, and whatever is missing: it gets findings, never an exception. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { assert as check, constantFrom, property } from 'fast-check';
import { stringify } from 'yaml';
import { crossings, valuesOf } from '../../scripts/fuzz/crossed.ts';
import { exampleManifests } from '../../scripts/fuzz/examples.ts';
import { mutated } from '../../scripts/fuzz/mutations.ts';
import { check as findings, createWorkspace, neighboursIn, parseFile } from '../../src/language/index.ts';
import { newest, schemas } from '../support/schemas.ts';

const examples = exampleManifests(path.resolve(import.meta.dirname, '../..'));

for (const kind of new Set(examples.map(example => example.kind))) {
  const objects = examples.filter(example => example.kind === kind).map(({ decoded }) => decoded);
  const anyObject = crossings(objects, valuesOf(objects)).chain(mutated);

  test(`${kind}: alone, as an update, as a patch, in a workspace`, () =>
    check(
      property(anyObject, constantFrom(...objects), (object, other) => {
        const text = stringify(object);
        const [file, against] = [parseFile(text), parseFile(stringify(other))];
        const options = { schemas, version: newest };
        const workspace = createWorkspace();
        workspace.set({ uri: 'file:///eu/a.yaml', file, context: 'eu', neighbours: neighboursIn(text) });
        workspace.set({ uri: 'file:///us/a.yaml', file: against, context: 'us' });
        const found = [
          findings(file, { ...options, against }),
          findings(file, { ...options, isPatch: true }),
          findings(file, { ...options, workspace, scope: 'workspace' }),
        ];
        for (const { range, message } of found.flat()) {
          assert.ok(range.start.line >= 0 && range.end.line < text.split('\n').length + 1, message);
          assert.doesNotMatch(message, /\bundefined\b|\[object Object\]|\bNaN\b/);
        }
      }),
      { numRuns: 150 },
    ));
}
