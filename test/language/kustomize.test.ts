/** Patches of Kustomize: which files are some, and what is still wrong in them. `^^^^` stands under each finding. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KustomizeRole } from '../../src/language/index.ts';
import { appliedBy, checkAs, parseFile, readKustomization } from '../../src/language/index.ts';
import { newest, schemas } from '../support/schemas.ts';

const named: [name: string, text: string, patches: string[], resources: string[]][] = [
  ['patches with a path', 'patches:\n  - path: a.yaml\n    target: {kind: Cluster}\n', ['/k/a.yaml'], []],
  ['patches as names', 'patches: [a.yaml, b/c.yaml]\n', ['/k/a.yaml', '/k/b/c.yaml'], []],
  ['strategic merges', 'patchesStrategicMerge:\n  - a.yaml\n  - ./b/../c.yaml\n', ['/k/a.yaml', '/k/c.yaml'], []],
  ['JSON patches', 'patchesJson6902:\n  - path: a.json\n    target: {kind: Cluster}\n', ['/k/a.json'], []],
  ['a text in place of a file', 'patches:\n  - patch: |\n      kind: Cluster\n', [], []],
  ['a text in place of a name', 'patchesStrategicMerge:\n  - |\n    kind: Cluster\n    spec: {}\n', [], []],
  ['a component', 'kind: Component\npatches: [{path: a.yaml}]\n', ['/k/a.yaml'], []],
  ['resources', 'resources: [../base, a.yaml]\ncomponents: [../c]\n', [], ['/base', '/k/a.yaml', '/c']],
  ['resources elsewhere', 'resources: ["https://example.org/base"]\n', [], []],
  ['broken', 'patches: [{path: a.yaml}\nresources: 3\n', ['/k/a.yaml'], []],
  ['other shapes', 'patches: {path: a.yaml}\nresources: [1, {a: b}, null]\n', [], []],
  ['nothing', '', [], []],
];
for (const [name, text, patches, resources] of named)
  test(`a kustomization with ${name}`, () => {
    const read = readKustomization(text, '/k');
    assert.deepEqual([read.patches, read.resources], [patches, resources]);
  });

test('what a file becomes by all kustomizations that take it', () => {
  const kustomizations: Record<string, string> = {
    '/base': 'resources: [a.yaml, b.yaml]\n',
    '/eu': 'resources: [../base]\nnamespace: pg\n',
    '/plain': 'resources: [c.yaml]\nimages: []\npatches: [{path: p.yaml, target: {kind: Deployment}}]\n',
    '/outer': 'resources: [../inner]\npatches: [{path: p.yaml}]\n',
    '/inner': 'resources: [d.yaml, ../outer]\n',
    '/prefix': 'resources: [../base/b.yaml]\nnamePrefix: x-\n',
    '/two': 'resources: [../plain/e.yaml]\nnamespace: two\n',
    '/one': 'resources: [../plain/e.yaml]\nnamespace: one\n',
  };
  const applied = appliedBy(
    new Map(Object.entries(kustomizations).map(([folder, text]) => [folder, readKustomization(text, folder)])),
  );
  const expected: [file: string, rewritten: boolean, namespace?: string][] = [
    ['/base/a.yaml', false, 'pg'],
    ['/base/b.yaml', true, 'pg'],
    ['/plain/c.yaml', false],
    ['/inner/d.yaml', true],
    ['/plain/e.yaml', true],
    ['/nowhere.yaml', false],
  ];
  for (const [file, rewritten, namespace] of expected) assert.deepEqual(applied(file), { rewritten, namespace }, file);
});

const cluster = 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\n';

const patches: [name: string, text: string][] = [
  ['says little', `${cluster}spec:\n  instances: 5\n`],
  ['says nothing', cluster],
  ['has no name', 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nspec:\n  instances: 5\n'],
  [
    'lacks what is demanded',
    'apiVersion: postgresql.cnpg.io/v1\nkind: Pooler\nmetadata: {name: p}\nspec:\n  instances: 2\n',
  ],
  ['deletes the object', `$patch: delete\n${cluster}`],
  ['removes a field', `${cluster}spec:\n  bootstrap: null\n  replica:\n`],
  ['replaces a part', `${cluster}spec:\n  postgresql:\n    $patch: replace\n    parameters: {work_mem: 8MB}\n`],
  [
    'replaces a mapping of texts',
    `${cluster}spec:\n  postgresql:\n    parameters:\n      $patch: replace\n      work_mem: 8MB\n`,
  ],
  ['deletes an item', `${cluster}spec:\n  externalClusters:\n    - name: eu\n      $patch: delete\n`],
  ['keeps keys', `${cluster}spec:\n  bootstrap:\n    $retainKeys: [recovery]\n    recovery: {source: eu}\n`],
  [
    'has directives about lists',
    `${cluster}spec:\n  $setElementOrder/externalClusters: [{name: eu}]\n  postgresql:\n    $deleteFromPrimitiveList/shared_preload_libraries: [a]\n`,
  ],
  ['is half of a replica cluster', `${cluster}spec:\n  replica:\n    primary: eu\n`],
  ['is a list of operations', '- op: replace\n  path: /spec/instances\n  value: 5\n'],
  ['has an unknown field', `${cluster}spec:\n  instanses: 5\n# ^^^^^^^^^ schema/unknown-field\n`],
  ['has a wrong type', `${cluster}spec:\n  instances: five\n#            ^^^^ schema/type\n`],
  ['has a value that is not allowed', `${cluster}spec:\n  logLevel: loud\n#           ^^^^ schema/enum\n`],
  [
    'has an unknown field beside a directive',
    `${cluster}spec:\n  externalClusters:\n    - name: eu\n      $patch: replace\n      sslkey: {}\n#     ^^^^^^ schema/unknown-field\n`,
  ],
  ['has a size that is none', `${cluster}spec:\n  storage: {size: big}\n#                 ^^^ webhook/storage-size\n`],
];

/** `line:column code` of the marks, or of what is found. */
const marks = (text: string): string[] => {
  let line = 0;
  return text.split('\n').flatMap((each, at) => {
    const mark = /^#( *)(\^+) (\S+)$/.exec(each);
    if (mark) return [`${line}:${(mark[1] ?? '').length + 1} ${mark[3]}`];
    line = at;
    return [];
  });
};
const found = (role: KustomizeRole, text: string): string[] =>
  checkAs(role, parseFile(text), { schemas, version: newest }).map(
    ({ range: { start }, code }) => `${start.line}:${start.character} ${code}`,
  );

for (const [name, text] of patches)
  test(`a patch that ${name}`, () => assert.deepEqual(found('patch', text), marks(text)));

test('what lacks something may be a patch, in a folder with a kustomization that does not name it', () => {
  const incomplete = `${cluster}spec:\n  instances: 5\n  logLevel: loud\n`;
  assert.deepEqual(found('whole', incomplete), ['6:12 schema/enum', '4:0 webhook/storage-size']);
  assert.deepEqual(found('unknown', incomplete), ['6:12 schema/enum']);
});

test('what lacks nothing is judged as a whole object there', () => {
  const replica = `${cluster}spec:\n  instances: 3\n  storage: {size: 1Gi}\n  replica:\n    enabled: true\n    source: eu\n`;
  assert.deepEqual(found('unknown', replica), found('whole', replica));
  assert.ok(found('whole', replica).length > 0);
});
