/** Patches for `spec.replica` on disk and in open editors. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parseFile } from '../../src/language/index.ts';
import { editedReplica, replicaPatches } from '../../src/server/replica-patches.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-patches-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const place = path.join(folder, name);
  fs.mkdirSync(path.dirname(place), { recursive: true });
  fs.writeFileSync(place, text);
  return place;
}

const object = { kind: 'Cluster', name: 'pg', namespace: 'default' };
const operations = '- op: add\n  path: /spec/replica/primary\n  value: a\n';
const named =
  'patches:\n  - path: roles.yaml\n    target: {kind: Cluster}\n  - path: ../lost.yaml\n    target: {kind: Cluster}\n';
const eu = file('eu/kustomization.yaml', named);
const roles = file('eu/roles.yaml', operations);
const us = file('us/kustomization.yaml', named);
file('us/roles.yaml', '- op: remove\n  path: /spec/backup\n');

test('a file is a place when it has such operations; one that is not there is none', () => {
  const places = replicaPatches([eu, us, path.join(folder, 'gone/kustomization.yaml')], object, () => undefined);
  assert.deepEqual(
    places.map(({ uri }) => uri),
    [pathToFileURL(roles).href],
  );
});

test('what the editor has counts before what is on disk', () => {
  const unsaved =
    'patches:\n  - target: {kind: Cluster}\n    patch: |\n      - {op: add, path: /spec/replica/primary, value: a}\n';
  const uri = pathToFileURL(us).href;
  const places = replicaPatches([us], object, asked => (asked === uri ? parseFile(unsaved) : undefined));
  assert.deepEqual(
    places.map(place => [place.uri, place.range.start.line]),
    [[uri, 2]],
  );
});

test('each kind of place is edited in its own way', () => {
  const values = { primary: 'b' };
  assert.equal(
    editedReplica(pathToFileURL(roles).href, parseFile(operations), object, 0, values).text,
    operations.replace('value: a', 'value: b'),
  );
  const entry = `patches:\n  - target: {kind: Cluster}\n    patch: |\n${operations.replaceAll(/^(?=.)/gm, '      ')}`;
  assert.equal(
    editedReplica(pathToFileURL(us).href, parseFile(entry), object, 2, values).text,
    entry.replace('value: a', 'value: b'),
  );
  const manifest =
    'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n  replica:\n    primary: a\n';
  assert.equal(
    editedReplica(pathToFileURL(path.join(folder, 'pg.yaml')).href, parseFile(manifest), object, 3, values).text,
    manifest.replace('primary: a', 'primary: b'),
  );
});
