/** The cursor is at `|`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete, parseFile } from '../../src/language/index.ts';
import { newest, schemas } from '../support/schemas.ts';

const head = 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n';

function completions(marked: string): string[] {
  const at = marked.indexOf('|');
  const text = marked.slice(0, at) + marked.slice(at + 1);
  const before = marked.slice(0, at).split('\n');
  const position = { line: before.length - 1, character: (before.at(-1) ?? '').length };
  return complete(parseFile(text), position, schemas, newest)
    .toSorted((a, b) => ((a.sortText ?? a.label) < (b.sortText ?? b.label) ? -1 : 1))
    .map(({ label }) => label);
}

const entries = '  externalClusters:\n    - name: cluster-eu\n    - name: cluster-us\n';

const cases: [name: string, text: string, wanted: string[], unwanted?: string[]][] = [
  ['top level of an empty file', '|', ['apiVersion', 'kind', 'metadata', 'spec']],
  ['API versions', 'apiVersion: |', ['barmancloud.cnpg.io/v1', 'postgresql.cnpg.io/v1']],
  ['kinds', 'apiVersion: postgresql.cnpg.io/v1\nkind: |', ['Backup', 'Cluster', 'Pooler']],
  ['kinds of the plugin', 'apiVersion: barmancloud.cnpg.io/v1\nkind: |', ['ObjectStore']],
  ['fields of spec', `${head}  |`, ['instances', 'replica', 'externalClusters']],
  [
    'what is there is not offered',
    `${head}  instances: 3\n  |\n  storage: {size: 1Gi}\n`,
    ['replica'],
    ['instances', 'storage'],
  ],
  ['fields of the replica stanza', `${head}  replica:\n    pr|\n${entries}`, ['primary', 'self', 'source']],
  [
    'with text behind it',
    `${head}  replica:\n    primary: cluster-eu\n    |\n${entries}`,
    ['self', 'source'],
    ['primary'],
  ],
  [
    'fields of a list item',
    `${head}  externalClusters:\n    - name: x\n      |\n`,
    ['plugin', 'connectionParameters'],
    ['name'],
  ],
  ['first field of a list item', `${head}  externalClusters:\n    - |\n`, ['name', 'plugin']],
  ['list in the column of its key', `${head}  externalClusters:\n  - name: x\n    |\n`, ['plugin'], ['name']],
  ['second item', `${head}  externalClusters:\n    - name: x\n    - |\n`, ['name', 'plugin']],
  ['enumeration', `${head}  logLevel: |\n`, ['error', 'info', 'debug']],
  ['boolean', `${head}  replica:\n    enabled: |\n`, ['false', 'true']],
  ['names of external clusters', `${head}${entries}  replica:\n    source: |\n`, ['cluster-eu', 'cluster-us']],
  [
    'names while the text is broken',
    `${head}${entries}  replica:\n    source: |\n  x: [\n`,
    ['cluster-eu', 'cluster-us'],
  ],
  [
    'bootstrap source',
    `${head}${entries}  bootstrap:\n    recovery:\n      source: clu|\n`,
    ['cluster-eu', 'cluster-us'],
  ],
  ['second document', `${head}  instances: 1\n---\n${head}  replica:\n    |\n`, ['primary', 'source']],
];
for (const [name, text, wanted, unwanted = []] of cases)
  test(`completion: ${name}`, () => {
    const found = completions(text);
    assert.deepEqual(
      wanted.filter(label => !found.includes(label)),
      [],
      found.join(' '),
    );
    assert.deepEqual(
      unwanted.filter(label => found.includes(label)),
      [],
    );
  });

test('completion: nothing in comments, other kinds, templates', () => {
  for (const text of [
    '# |',
    'apiVersion: v1\nkind: Service\nspec:\n  |',
    `${head}  # |`,
    `${head}  instances: {{ .x }}\n  |`,
  ])
    assert.deepEqual(completions(text), [], text);
});

test('completion: required fields come first and bring theirs along', () => {
  assert.equal(completions(`${head}  replica:\n    |\n`)[0], 'source');
  const text = `${head}  |`;
  const item = complete(parseFile(text.replace('|', '')), { line: 5, character: 2 }, schemas, newest).find(
    ({ label }) => label === 'replica',
  );
  assert.equal(item?.insertText, 'replica:\n    source: $1');
});
