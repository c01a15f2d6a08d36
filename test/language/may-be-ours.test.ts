/** The cheap test before parsing may never dismiss a text of which something would be said. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, mayBeOurs, parseFile } from '../../src/language/index.ts';
import { readVerdicts } from '../support/parity.ts';
import { newest, schemas } from '../support/schemas.ts';
import { needsReference } from '../support/shared.ts';

const spec = 'metadata: {name: pg}\nspec: {}\n';
const texts: [text: string, may: boolean][] = [
  [`apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\n${spec}`, true],
  [`kind: Cluster\n${spec}`, true],
  [`"ki\\x6ed": "\\u0043luster"\n${spec}`, true],
  [`apiVersion: "postgresql.c\\x6epg.io/v1"\nkind: Cluster\n${spec}`, true],
  [`apiVersion: "postgresql.c\\\n  npg.io/v1"\nkind: Cluster\n${spec}`, true],
  [`apiVersion: !!binary cG9zdGdyZXNxbC5jbnBnLmlvL3Yx\nkind: Cluster\n${spec}`, true],
  ['apiVersion: v1\nkind: Service\nmetadata: {name: a}\n', false],
  ['', false],
];
for (const [text, may] of texts)
  test(JSON.stringify(text), () => {
    assert.equal(mayBeOurs(text), may);
    assert.ok(may || check(parseFile(text), { schemas, version: newest }).length === 0);
  });

test('the corpus', needsReference, () => {
  const dismissed = readVerdicts().filter(({ yaml }) => !mayBeOurs(yaml));
  for (const { id, yaml } of dismissed) assert.deepEqual(check(parseFile(yaml), { schemas, version: newest }), [], id);
});
