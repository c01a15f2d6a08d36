import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentSymbols, hover, manifestClusters, parseFile } from '../../src/language/index.ts';
import { encodeToken } from '../../src/model/token.ts';
import { demotionToken } from '../support/clusters.ts';
import { newest, schemas } from '../support/schemas.ts';

const token = encodeToken(demotionToken);

const text = `# two documents
apiVersion: v1
kind: Secret
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: cluster-us
  namespace: pg
spec:
  instances: 3
  logLevel: info
  storage:
    size: 1Gi
  replica:
    primary: cluster-us
    source: cluster-eu
    promotionToken: ${token}
  externalClusters:
    - name: cluster-eu
`;

function at(word: string): string {
  const before = text.slice(0, text.indexOf(word)).split('\n');
  const found = hover(
    parseFile(text),
    { line: before.length - 1, character: (before.at(-1) ?? '').length + 1 },
    schemas,
    newest,
  );
  return (found?.contents as { value: string } | undefined)?.value ?? '';
}

const cases: [word: string, wanted: RegExp][] = [
  ['instances: 3', /\*\*spec\.instances\*\*: integer · default `1` · 1 or more/],
  ['info', /one of `error`/],
  ['size', /spec\.storage\.size/],
  ['source:', /\*\*spec\.replica\.source\*\*: string · required/],
  ['- name: cluster-eu', /spec\.externalClusters/],
  ['promotionToken', /Timeline 3, LSN 0\/E000028.*system 7711301592564678675/],
  ['Secret', /^$/],
];
for (const [word, wanted] of cases) test(`hover on ${word}`, () => assert.match(at(word), wanted));

test('hover: a token that is none', () => {
  const bad = text.replace(token, 'eyJhIjoiYiJ9');
  const line = bad.split('\n').findIndex(each => each.includes('promotionToken'));
  const found = hover(parseFile(bad), { line, character: 6 }, schemas, newest);
  assert.match((found?.contents as { value: string } | undefined)?.value ?? '', /This is no token/);
});

test('symbols have names while a document is being typed', () => {
  for (const typed of ['apiVersion: postgresql.cnpg.io/v1\n', text.replace('name: cluster-us', 'name: ""')])
    assert.ok(documentSymbols(parseFile(typed)).every(({ name }) => name !== ''));
});

test('symbols and Clusters', () => {
  const file = parseFile(text);
  const [cluster] = documentSymbols(file);
  assert.equal(cluster?.name, 'cluster-us');
  assert.deepEqual(
    cluster?.children?.map(({ name }) => name),
    ['instances', 'logLevel', 'storage', 'replica', 'externalClusters'],
  );
  assert.deepEqual(manifestClusters(file), [
    {
      name: 'cluster-us',
      namespace: 'pg',
      replicaCluster: false,
      range: { start: { line: 5, character: 0 }, end: { line: 5, character: 4 } },
    },
  ]);
});
