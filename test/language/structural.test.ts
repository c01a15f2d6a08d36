/** What the schema says, and where: `^` stands under the finding of the line above. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, parseFile } from '../../src/language/index.ts';
import { newest, schemas } from '../support/schemas.ts';

const body = '  storage: {size: 1Gi}\n';
const head = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: pg
spec:
`;

/** `line:column severity code` of each finding, with lines of the text. */
function findings(text: string, version = newest): string[] {
  return check(parseFile(text), { schemas, version }).map(
    ({ range, severity, code }) => `${range.start.line}:${range.start.character} ${severity} ${code}`,
  );
}

/** Spec text → findings, lines counted from the spec's first line. */
const inSpec: [name: string, spec: string, found: string[]][] = [
  ['nothing wrong', '  instances: 3\n  storage: {size: 1Gi}\n', []],
  ['unknown field', '  instanses: 3\n  storage: {size: 1Gi}\n', ['0:2 1 schema/unknown-field']],
  ['wrong type', '  instances: three\n  storage: {size: 1Gi}\n', ['0:13 1 schema/type']],
  ['number for a string', '  postgresql:\n    parameters:\n      max_connections: 100\n', ['2:23 1 schema/type']],
  ['yes is a boolean', '  description: yes\n', ['0:15 1 schema/type']],
  ['octal is a number', '  description: 017\n', ['0:15 1 schema/type']],
  ['base 60 is text', '  description: 12:30\n', []],
  ['a date is text', '  description: 2030-01-01\n', []],
  ['not in the list', '  logLevel: loud\n', ['0:12 1 schema/enum']],
  ['too small', '  instances: 0\n', ['0:13 1 schema/bound']],
  ['a list where a mapping is wanted', '  storage:\n    - size: 1Gi\n', ['0:2 1 schema/type']],
  [
    'absent key of a Cluster',
    '  externalClusters:\n    - connectionParameters: {host: h}\n',
    ['1:6 2 schema/required'],
  ],
  ['a key that every object of JavaScript has', '  instances: {toString: x}\n', ['0:2 1 schema/type']],
  ['the same in an enumeration', '  logLevel: {toString: x}\n', ['0:2 1 schema/type']],
  ['null is dropped', '  logLevel: null\n', []],
  [
    'a field that is unknown by a merge',
    '  affinity: &a {nope: 1}\n  storage:\n    <<: *a\n    size: 1Gi\n',
    ['0:16 1 schema/unknown-field', '0:16 1 schema/unknown-field'],
  ],
  ['duplicate key', '  instances: 3\n  instances: 3\n', ['1:2 1 yaml/duplicate-key']],
  ['anchors', '  affinity: &a\n    topologyKey: zone\n  storage: {size: 1Gi}\n', []],
  ['unknown anchor', '  storage: *nowhere\n', ['0:11 1 yaml/syntax']],
];
for (const [name, spec, expected] of inSpec)
  test(`spec: ${name}`, () => {
    const complete = /^ {2}storage:/m.test(spec) ? spec : spec + body;
    const shifted = findings(head + complete).map(found => found.replace(/^\d+/, line => String(Number(line) - 5)));
    assert.deepEqual(shifted, expected);
  });

const documents: [name: string, text: string, found: string[]][] = [
  ['another kind is left alone', 'apiVersion: v1\nkind: Service\nspec: {nonsense: [}\n', []],
  ['a file that is no YAML', '\u0000\u0001 {{{', []],
  ['an empty file', '', []],
  ['only separators', '---\n---\n', []],
  ['unknown kind', 'apiVersion: postgresql.cnpg.io/v1\nkind: Clustr\nmetadata: {name: x}\n', ['1:6 1 schema/kind']],
  ['no kind yet', 'apiVersion: postgresql.cnpg.io/v1\n', ['0:12 1 schema/kind']],
  ['unknown version', 'apiVersion: postgresql.cnpg.io/v2\nkind: Cluster\n', ['0:12 1 schema/api-version']],
  [
    'no metadata',
    'apiVersion: postgresql.cnpg.io/v1\nkind: Backup\nspec: {cluster: {name: a}}\n',
    ['1:6 1 schema/metadata'],
  ],
  ['a name that is none', `${head.replace('name: pg', 'name: PG_1')}${body}`, ['3:8 1 schema/metadata']],
  ['Helm', `${head}  instances: {{ .Values.instances }}\n`, ['1:0 4 template']],
  ['Flux', `${head}${body}  imageName: pg:\${PG_VERSION:=18}\n`, ['1:0 4 template']],
  ['a variable in a comment', `${head}${body}  instances: 1 # \${N}\n`, []],
  [
    'what only looks like a variable',
    `${head}${body}  instances: 1\n  postgresql: {pg_hba: ["host all all \${podselector:app} trust"]}\n  podSelectorRefs: [{name: app, selector: {}}]\n`,
    [],
  ],
  ['a template in a comment', `${head}${body}  instances: 1 # {{ .Values.instances }}\n`, []],
  [
    'the second document of a file',
    `${head}${body}---\napiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: {name: s}\nspec:\n  configuration: {}\n`,
    ['11:2 1 schema/required'],
  ],
  [
    'what stands before broken text is checked',
    `${head}  instanses: 1\n  storage: {size: 1Gi}\n  replica\n  logLevel: loud\n`,
    ['7:2 1 yaml/syntax', '5:2 1 schema/unknown-field'],
  ],
  ['broken text is said once', `${head}  instances: 1\n   storage: x\n  a: [\n`, ['7:5 1 yaml/syntax']],
];
for (const [name, text, expected] of documents)
  test(`document: ${name}`, () => {
    const found = findings(text);
    if (name.startsWith('broken')) assert.ok(found.length > 0 && found.every(each => each.endsWith('yaml/syntax')));
    else assert.deepEqual(found, expected);
  });

test('a kind that came later', () => {
  const text = 'apiVersion: postgresql.cnpg.io/v1\nkind: DatabaseRole\nmetadata: {name: r}\nspec: {}\n';
  const [found] = check(parseFile(text), { schemas, version: '1.26' });
  assert.match(found?.message ?? '', /exists since CloudNativePG 1\.30; this is checked for 1\.26/);
});

test('fixes: the nearest field, quotes', () => {
  const fixOf = (spec: string): string | undefined =>
    check(parseFile(head + spec), { schemas, version: newest })[0]?.data.fixes[0]?.edits[0]?.newText;
  assert.equal(fixOf('  instanses: 3\n'), 'instances');
  assert.equal(fixOf('  postgresql: {parameters: {max_connections: 0x10}}\n'), '"0x10"');
  assert.equal(fixOf('  logLevel: inf\n'), 'info');
});

test('a change checks its own document; what moves keeps its findings', () => {
  const bad = `${head}  instanses: 3\n${body}`;
  const first = parseFile(`${bad}---\n${bad}`);
  check(first, { schemas, version: newest });
  const second = parseFile(`# a line more\n${bad}---\n${bad}`, first);
  assert.equal(second.documents[1], first.documents[1]);
  assert.deepEqual(findings(second.text), ['6:2 1 schema/unknown-field', '14:2 1 schema/unknown-field']);
  assert.deepEqual(
    check(second, { schemas, version: newest }).map(({ range }) => range.start.line),
    [6, 14],
  );
});

test('hostile text ends soon', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, at) => `${'bcdefghij'[at]}: &${'bcdefghij'[at]} [${`*${'abcdefghi'[at]},`.repeat(9)}]\n`).join('')}`;
  for (const text of [
    `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\n${bomb}`,
    '['.repeat(5000),
    '? '.repeat(5000),
    '- '.repeat(5000),
    '{'.repeat(5000),
    `${head}  __proto__: {a: 1}\n`,
  ])
    assert.ok(Array.isArray(check(parseFile(text), { schemas, version: newest })));
});

test('thousands of keys are read and checked soon', () => {
  const keys = Array.from({ length: 20_000 }, (_, at) => `  key${at}: x\n`).join('');
  assert.deepEqual(findings(`apiVersion: v1\nkind: ConfigMap\ndata:\n${keys}`), []);
  const found = check(parseFile(head + keys + body), { schemas, version: newest });
  assert.equal(found.length, 1001);
  assert.match(found.at(-1)?.message ?? '', /19000 more faults/);
});

test('what is to disappear is struck through, and what is yet to come is not', () => {
  const struck = (version: string, text: string): string[] =>
    check(parseFile(text), { schemas, version })
      .filter(({ tags }) => tags?.includes(2))
      .map(({ code, data }) => `${code} ${data.path}`);
  assert.deepEqual(struck(newest, `${head}${body}  monitoring: {enablePodMonitor: true}\n`), [
    'webhook/pod-monitor spec.monitoring.enablePodMonitor',
  ]);
  assert.deepEqual(struck('1.29', `${head}${body}  primaryLease: {}\n`), []);
  const gone =
    'apiVersion: postgresql.cnpg.io/v1\nkind: Pooler\nmetadata: {name: p}\nspec:\n  cluster: {name: pg}\n  pgbouncer: {}\n  template: {spec: {containers: [], workloadRef: {name: x}}}\n';
  assert.deepEqual(struck('1.28', gone), ['schema/version spec.template.spec.workloadRef']);
});

test('quantities: a fraction without quotes is taken where the operator reads it first, and nowhere else', () => {
  const resources = 'resources: {requests: {cpu: 0.5, memory: " 1Gi"}}\n';
  assert.deepEqual(findings(`${head}${body}  ${resources}`), []);
  assert.deepEqual(findings(`${head}${body}  resources: {requests: {cpu: true}}\n`), ['6:30 1 schema/type']);
  assert.deepEqual(findings(`${head}${body}  resources: {requests: {memory: 1Gib}}\n`), ['6:33 1 schema/pattern']);
  const pooler =
    'apiVersion: postgresql.cnpg.io/v1\nkind: Pooler\nmetadata: {name: p}\nspec:\n  cluster: {name: pg}\n  pgbouncer: {}\n';
  const inPooler = 'template: {spec: {containers: [{name: pgbouncer, resources: {requests: {cpu: 0.5}}}]}}\n';
  assert.deepEqual(findings(`${pooler}  ${inPooler}`), ['6:79 1 schema/type']);
});

test('a document that no API server takes is not read', () => {
  const [found, ...more] = check(parseFile(`${head}  description: "${'x'.repeat(3_200_000)}"\n`), {
    schemas,
    version: newest,
  });
  assert.match(found?.message ?? '', /more than 3 MiB/);
  assert.deepEqual(more, []);
});

test('metadata that says nothing lacks a name, and that is said once', () => {
  for (const metadata of ['metadata:\n', ''])
    assert.deepEqual(
      findings(`apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\n${metadata}spec:\n${body}`).map(found =>
        found.replace(/^\S+ /, ''),
      ),
      ['1 schema/metadata'],
    );
});
