/** What a hover says of the live object: the same, another value, none; lists by their keys; nothing that breaks out of its code. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { hover, parseFile } from '../../src/language/index.ts';
import type { LiveObject } from '../../src/model/live-object.ts';
import { newest, schemas } from '../support/schemas.ts';

const head = 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: a\nspec:\n';

/** @param marked the manifest's spec, with `|` where the pointer is @param live of `spec`, as YAML */
function said(marked: string, live: string, ...contexts: string[]): string {
  const text = head + marked;
  const before = text.slice(0, text.indexOf('|')).split('\n');
  const position = { line: before.length - 1, character: (before.at(-1) ?? '').length };
  const readings = (contexts.length > 0 ? contexts : ['eu']).map(
    (context): LiveObject => ({
      context,
      object: { metadata: { name: 'a' }, ...(parse(`spec:\n${live}`) as object) },
      readAt: Date.parse('2026-11-25T03:04:05Z'),
    }),
  );
  const found = hover(parseFile(text.replace('|', '')), position, schemas, newest, readings);
  const { value = '' } = (found?.contents ?? {}) as { value?: string };
  return value
    .split('\n\n')
    .filter(part => !part.startsWith('**spec'))
    .join('\n');
}

const cases: [what: string, marked: string, live: string, wanted: RegExp][] = [
  ['the same', '  inst|ances: 3\n', '  instances: 3\n', /^Live in `eu`: same \(03:04:05 UTC\)\n/],
  ['another value', '  inst|ances: 3\n', '  instances: 5\n', /^\*\*Live in `eu`\*\*: `5` \(03:04:05 UTC\)\n/],
  ['on the value', '  instances: |3\n', '  instances: 5\n', /`5`/],
  ['not set', '  log|Level: debug\n', '  instances: 3\n', /\*\*Live in `eu`\*\*: not set/],
  ['a default that was filled in', '  instances: 3\n  log|Level: info\n', '  logLevel: info\n', /same/],
  [
    'the same quantity',
    '  resources:\n    limits:\n      mem|ory: 1024Mi\n',
    '  resources: {limits: {memory: 1Gi}}\n',
    /same/,
  ],
  [
    'an item of a list by its name',
    '  externalClusters:\n  - name: one\n  - name: two\n    connectionParameters: {ho|st: old}\n',
    '  externalClusters:\n  - name: two\n    connectionParameters: {host: new}\n',
    /`new`/,
  ],
  [
    'an item that is not there',
    '  externalClusters:\n  - name: one\n    connectionParameters: {ho|st: old}\n  - name: two\n',
    '  externalClusters: [{name: two}]\n',
    /not set/,
  ],
  [
    'an item by its place',
    '  postgresql:\n    pg_hba:\n    - host all all all md5\n    - |host a b c md5\n',
    '  postgresql: {pg_hba: [host all all all md5, local all all peer]}\n',
    /`local all all peer`/,
  ],
  [
    'a mapping',
    '  sto|rage:\n    size: 1Gi\n',
    '  storage: {size: 2Gi, storageClass: fast}\n',
    /\*\*: \n```yaml\nsize: 2Gi\nstorageClass: fast\n```\n \(/,
  ],
  [
    'a long list',
    '  postgresql:\n    pg_|hba: [one]\n',
    `  postgresql: {pg_hba: [${'line,'.repeat(30)}]}\n`,
    /(- line\n){20}…\n```/,
  ],
  ['a long text', '  image|Name: x\n', `  imageName: ${'y'.repeat(500)}\n`, /`y{300}…`/],
  [
    'marks of Markdown',
    '  image|Name: x\n',
    "  imageName: '``` [a](command:b) <img>'\n",
    /\*\*: ```` "``` \[a\]\(command:b\) <img>" ```` \(/,
  ],
  [
    'a fence in a block',
    '  postgresql:\n    pg_|hba: [one]\n',
    "  postgresql: {pg_hba: ['```', two]}\n",
    /````yaml\n- "```"\n- two\n````/,
  ],
];
for (const [what, marked, live, wanted] of cases) test(`live: ${what}`, () => assert.match(said(marked, live), wanted));

test('live: each context says its own', () =>
  assert.match(
    said('  inst|ances: 3\n', '  instances: 5\n', 'eu', 'a`b'),
    /`eu`\*\*: `5`.*\n\*\*Live in `` a`b ``\*\*: `5`/,
  ));

test('live: nothing of a document as a whole, and nothing when nothing is known', () => {
  assert.doesNotMatch(
    said('  instances: 3\n  storage: {size: 1Gi}\n'.replace('  inst', '  |inst'), '  instances: 3\n'),
    /not set/,
  );
  const text = `${head}  instances: 3\n`;
  for (const line of [1, 4]) {
    const found = hover(parseFile(text), { line, character: 1 }, schemas, newest, [
      { context: 'eu', object: { metadata: { name: 'a' } }, readAt: 0 },
    ]);
    assert.doesNotMatch(JSON.stringify(found ?? ''), /Live/);
  }
});
