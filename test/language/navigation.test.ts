/** Names over files. The cursor is at `|`; a place is its file, its line counted from 0, and the text there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createWorkspace,
  definitionsAt,
  foldings,
  highlightsAt,
  linksIn,
  neighboursIn,
  parseFile,
  referencesAt,
  renameAt,
  renameRangeAt,
  selectionAt,
  symbolsIn,
} from '../../src/language/index.ts';
import type { ManifestFile, Place, Workspace } from '../../src/language/index.ts';
import { apply } from '../support/edits.ts';

const eu = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: pg-eu # the first
spec:
  replica: {primary: pg-eu, source: "pg-us"}
  tablespaces:
    - name: idx
      storage: {size: 1Gi}
      owner: {name: app}
  managed: {roles: [{name: app, passwordSecret: {name: app-password}}]}
  plugins:
    - name: barman-cloud.cloudnative-pg.io
      isWALArchiver: true
      parameters: {barmanObjectName: store}
  externalClusters:
    - name: pg-eu
      connectionParameters: {host: pg-eu.example.com}
    - name: pg-us
      sslRootCert: {name: pg-us-ca, key: ca.crt}
`;
const us = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: orders
spec:
  bootstrap: {recovery: {source: 'pg-eu'}}
  tablespaces:
    - name: idx
  replica: {self: pg-us, primary: pg-eu, source: pg-eu}
  externalClusters:
    - name: pg-eu
    - name: pg-us
---
apiVersion: postgresql.cnpg.io/v1
kind: Database
metadata: {name: db}
spec:
  cluster: {name: orders}
  owner: app
  tablespace: idx
`;
const store = `apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: store}
spec: {configuration: {destinationPath: "s3://b", s3Credentials: {inheritFromIAMRole: true}}}
`;
const secrets =
  'apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: pg-us-ca\n';
const usual: Record<string, string> = {
  'eu/a.yaml': eu,
  'us/b.yaml': us,
  'eu/store.yaml': store,
  'eu/secrets.yaml': secrets,
};

interface Given {
  workspace: Workspace;
  file: ManifestFile;
  position: { line: number; character: number };
  texts: Record<string, string>;
}

/** @param marked text of one file with the cursor */
function given(name: string, marked: string): Given {
  const at = marked.indexOf('|');
  const texts = { ...usual, [name]: marked.replace('|', '') };
  const lines = marked.slice(0, at).split('\n');
  const workspace = createWorkspace();
  const parsed = new Map(Object.entries(texts).map(([uri, text]) => [uri, parseFile(text)]));
  for (const [uri, file] of parsed) workspace.set({ uri, file, neighbours: neighboursIn(file.text) });
  const file = parsed.get(name);
  assert.ok(file);
  return { workspace, file, texts, position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 } };
}

const inEu = (from: string, to: string): [string, string] => ['eu/a.yaml', eu.replace(from, to)];
const inUs = (from: string, to: string): [string, string] => ['us/b.yaml', us.replace(from, to)];

const shown = ({ texts }: Given, places: readonly Place[]): string[] =>
  places
    .map(({ uri, range: { start, end } }) => {
      const line = (texts[uri] ?? '').split('\n')[start.line] ?? '';
      return `${uri} ${start.line} ${line.slice(start.character, end.character)}`;
    })
    .sort();

const definitions: [what: string, cursor: [string, string], ...expected: string[]][] = [
  ['source', inUs('source: pg-eu}', 'source: pg|-eu}'), 'eu/a.yaml 3 pg-eu', 'us/b.yaml 10 pg-eu'],
  ['source of bootstrap', inUs("'pg-eu'", "'pg|-eu'"), 'eu/a.yaml 3 pg-eu', 'us/b.yaml 10 pg-eu'],
  ['entry', inEu('- name: pg-us', '- name: |pg-us'), 'us/b.yaml 8 pg-us'],
  ['own entry', inEu('- name: pg-eu', '- name: pg-eu|'), 'eu/a.yaml 3 pg-eu'],
  ['ObjectStore', inEu('barmanObjectName: store', 'barmanObjectName: st|ore'), 'eu/store.yaml 2 store'],
  ['Cluster of a Database', inUs('name: orders}', 'name: ord|ers}'), 'us/b.yaml 3 orders'],
  ['Secret', inEu('{name: pg-us-ca', '{name: pg|-us-ca'), 'eu/secrets.yaml 6 '],
  ['tablespace', inUs('tablespace: idx', 'tablespace: i|dx'), 'eu/a.yaml 7 idx', 'us/b.yaml 7 idx'],
  ['role', inUs('owner: app', 'owner: a|pp'), 'eu/a.yaml 10 app'],
  ['a host', inEu('pg-eu.example', 'pg|-eu.example')],
  ['a key', inUs('source: pg-eu}', 'sou|rce: pg-eu}')],
];
for (const [what, cursor, ...expected] of definitions)
  test(`definition: ${what}`, () => {
    const at = given(...cursor);
    assert.deepEqual(shown(at, definitionsAt(at.workspace, at.file, at.position)), expected);
  });

test('references: a member by all its names, in both files', () => {
  const at = given(...inEu('name: pg-eu #', 'name: pg|-eu #'));
  assert.deepEqual(shown(at, referencesAt(at.workspace, at.file, at.position)), [
    'eu/a.yaml 16 pg-eu',
    'eu/a.yaml 3 pg-eu',
    'eu/a.yaml 5 pg-eu',
    'us/b.yaml 10 pg-eu',
    "us/b.yaml 5 'pg-eu'",
    'us/b.yaml 8 pg-eu',
    'us/b.yaml 8 pg-eu',
  ]);
});

test('highlights are those of the file', () => {
  const at = given(...inEu('"pg-us"', '"pg|-us"'));
  assert.deepEqual(
    highlightsAt(at.workspace, at.file, at.position)
      .map(({ start }) => start.line)
      .sort((a, b) => a - b),
    [5, 18],
  );
});

const renames: [what: string, cursor: [string, string], to: string, counts: Record<string, number>][] = [
  ['a member', inEu('- name: pg-us', '- name: |pg-us'), 'pg-asia', { 'eu/a.yaml': 2, 'us/b.yaml': 2 }],
  [
    'a Cluster that is its own member',
    inEu('name: pg-eu #', 'name: pg|-eu #'),
    'pg-de',
    { 'eu/a.yaml': 3, 'us/b.yaml': 4 },
  ],
  ['a Cluster with self', inUs('name: orders\n', 'name: ord|ers\n'), 'billing', { 'us/b.yaml': 2 }],
  [
    'an ObjectStore',
    ['eu/store.yaml', store.replace('name: store', 'name: st|ore')],
    'backups',
    { 'eu/a.yaml': 1, 'eu/store.yaml': 1 },
  ],
  ['a tablespace', inUs('tablespace: idx', 'tablespace: id|x'), 'fast', { 'eu/a.yaml': 1, 'us/b.yaml': 2 }],
  ['a role', inEu('roles: [{name: app', 'roles: [{name: a|pp'), 'owner', { 'eu/a.yaml': 2, 'us/b.yaml': 1 }],
];
for (const [what, cursor, to, counts] of renames)
  test(`rename: ${what}`, () => {
    const at = given(...cursor);
    const edits = renameAt(at.workspace, at.file, at.position, to);
    assert.ok(typeof edits !== 'string', what);
    assert.deepEqual(Object.fromEntries([...edits].map(([uri, each]) => [uri, each.length])), counts);
    // Outside of the names nothing changes, and quotes stay.
    const quoted = (text: string): string => text.replace(/[\w-]+/g, 'x');
    for (const [uri, each] of edits)
      assert.equal(quoted(apply(at.texts[uri] ?? '', each)), quoted(at.texts[uri] ?? ''), uri);
  });

test('an ObjectStore, unlike a Cluster, may have a name with dots that begins with a digit', () => {
  const at = given(...inEu('barmanObjectName: store', 'barmanObjectName: st|ore'));
  assert.ok(typeof renameAt(at.workspace, at.file, at.position, '2026.store-1') !== 'string');
});

const refused: [cursor: [string, string], to: string, why: RegExp][] = [
  [inEu('- name: pg-us', '- name: |pg-us'), 'a/b', /separators/],
  [inEu('- name: pg-us', '- name: |pg-us'), 'pg-eu', /already/],
  [inUs('name: orders\n', 'name: ord|ers\n'), 'Orders', /lower-case/],
  [inUs('name: orders\n', 'name: ord|ers\n'), 'o'.repeat(51), /at most 50/],
  [inEu('barmanObjectName: store', 'barmanObjectName: st|ore'), '', /at least one/],
  [inEu('barmanObjectName: store', 'barmanObjectName: st|ore'), 'Store 1', /lower-case letters, digits, "-" and "\."/],
];
for (const [cursor, to, why] of refused)
  test(`rename to "${to}" is refused: ${why}`, () => {
    const at = given(...cursor);
    const refusal = renameAt(at.workspace, at.file, at.position, to);
    assert.match(typeof refusal === 'string' ? refusal : 'taken', why);
  });

test('no rename of Secrets, which others make, and of what is no name', () => {
  for (const cursor of [inEu('{name: pg-us-ca', '{name: pg|-us-ca'), inEu('size: 1Gi', 'size: 1|Gi')]) {
    const at = given(...cursor);
    assert.equal(renameRangeAt(at.workspace, at.file, at.position), undefined);
  }
});

test('two stages of one pair are two topologies: a rename stays in its own', () => {
  const workspace = createWorkspace();
  const files = ['p', 's'].flatMap(stage => [
    { uri: `${stage}/eu/a.yaml`, file: parseFile(eu) },
    { uri: `${stage}/us/b.yaml`, file: parseFile(us) },
  ]);
  for (const file of files) workspace.set(file);
  const edits = renameAt(workspace, files[0]?.file ?? parseFile(''), { line: 16, character: 12 }, 'pg-de');
  assert.deepEqual([...(edits as Map<string, unknown>).keys()].sort(), ['p/eu/a.yaml', 'p/us/b.yaml']);
});

test('links lead to the objects of other documents', () => {
  const at = given(...inEu('name: pg-eu #', 'name: |pg-eu #'));
  const links = linksIn(at.workspace, at.file).map(({ range, target }) => `${range.start.line} ${target.uri}`);
  assert.deepEqual(links.sort(), ['14 eu/store.yaml', '18 us/b.yaml', '5 us/b.yaml']);
});

test('symbols by some of their letters', () => {
  const { workspace } = given(...inEu('name: pg-eu #', 'name: |pg-eu #'));
  const names = (query: string): string[] =>
    symbolsIn(workspace, query).map(({ name, container }) => `${name} (${container})`);
  assert.deepEqual(names('STR'), ['store (ObjectStore)']);
  assert.deepEqual(names('idx'), ['idx (Cluster pg-eu)', 'idx (Cluster orders)']);
  assert.ok(names('').length > 8);
});

test('folding: documents, mappings, lists, comments; not in files of others', () => {
  const file = parseFile(`# one\n# two\n${us}`);
  const folded = (foldings(file) ?? []).map(({ startLine, endLine, kind = '' }) =>
    `${startLine}-${endLine} ${kind}`.trim(),
  );
  for (const each of ['0-13', '0-1 comment', '4-5', '6-13', '8-9', '11-13', '14-21', '18-21'])
    assert.ok(folded.includes(each), `${each} in ${folded.join(', ')}`);
  assert.equal(foldings(parseFile('apiVersion: v1\nkind: Service\nspec:\n  a: b\n')), undefined);
});

test('selection grows from the value to its entry, the list, the document', () => {
  const at = given(...inEu('- name: pg-us', '- name: pg|-us'));
  const texts = (selectionAt(at.file, at.position) ?? []).map(
    ({ start, end }) => `${start.line}:${start.character}-${end.line}:${end.character}`,
  );
  assert.deepEqual(texts.slice(0, 3), ['18:12-18:17', '18:6-18:17', '18:6-19:48']);
  assert.equal(texts.at(-1), '0:0-19:48');
});

test('an entry that is only imported from is renamed with the import', () => {
  const text = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: pg}
spec:
  bootstrap: {initdb: {import: {type: monolith, source: {externalCluster: old}}}}
  externalClusters:
    - name: old
`;
  const workspace = createWorkspace();
  const file = parseFile(text);
  workspace.set({ uri: 'pg.yaml', file });
  const edits = renameAt(workspace, file, { line: 6, character: 13 }, 'legacy');
  assert.ok(typeof edits !== 'string');
  assert.equal(apply(text, edits.get('pg.yaml') ?? []), text.replaceAll('old', 'legacy'));
});
