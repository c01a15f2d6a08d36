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

function at(word: string, manifest = text): string {
  const before = manifest.slice(0, manifest.indexOf(word)).split('\n');
  const found = hover(
    parseFile(manifest),
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

const shared: [place: string, manifest: string, wanted: RegExp][] = [
  [
    'of another kind',
    'kind: Cluster\nspec:\n  managed:\n    roles:\n      - createdb: true',
    /lets the role create databases/,
  ],
  ['of another kind as a whole', 'kind: ScheduledBackup\nspec:\n  target: primary', /prefer-standby.*spares/],
  [
    'of another kind, and there of another part',
    'kind: DatabaseRole\nspec:\n  passwordSecret:\n    name: app',
    /Secrets are not copied/,
  ],
  [
    'below a key of the user',
    'kind: Cluster\nspec:\n  bootstrap:\n    recovery:\n      volumeSnapshots:\n        tablespaceStorage:\n          idx:\n            kind: VolumeSnapshot',
    /PersistentVolumeClaim.*nothing else/,
  ],
  ['of the kind itself', 'kind: FailoverQuorum', /own record.*\n\nSince CloudNativePG 1\.27/],
];
for (const [place, manifest, wanted] of shared)
  test(`hover: words ${place}`, () => {
    const [last = ''] = manifest.split('\n').slice(-1);
    assert.match(at(last.replace(/^[ -]*/, ''), `apiVersion: postgresql.cnpg.io/v1\n${manifest}\n`), wanted);
  });

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
  assert.deepEqual(manifestClusters(file, true), [
    {
      name: 'cluster-us',
      namespace: 'pg',
      replicaCluster: false,
      isPatch: true,
      range: { start: { line: 5, character: 0 }, end: { line: 5, character: 4 } },
    },
  ]);
});

const hoverAt = (marked: string): string => {
  const at = marked.indexOf('|');
  const before = marked.slice(0, at).split('\n');
  const position = { line: before.length - 1, character: (before.at(-1) ?? '').length };
  const file = parseFile(marked.slice(0, at) + marked.slice(at + 1));
  const found = hover(file, position, schemas, newest, [], Date.parse('2026-11-25T01:00:00Z'));
  return (found?.contents as { value: string } | undefined)?.value ?? '';
};
const cluster = 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n';
const backup = 'apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata:\n  name: pg\nspec:\n';
const told: [title: string, text: string, words: RegExp][] = [
  [
    'a parameter',
    `${cluster}  postgresql:\n    parameters:\n      max_conn|ections: "200"\n`,
    /integer · default `100` · 1 to 262143 · \*\*a change restarts the instances\*\*[\s\S]*runtime-config-connection.html#GUC-MAX-CONNECTIONS/,
  ],
  [
    'a parameter with a unit',
    `${cluster}  postgresql:\n    parameters:\n      checkpoint_timeout: 1|5min\n`,
    /integer in s · default `300` \(5 min\)/,
  ],
  [
    'a parameter of newer versions',
    `${cluster}  postgresql:\n    parameters:\n      io_m|ethod: worker\n`,
    /one of `sync`, `worker`.*PostgreSQL 18 and newer/,
  ],
  [
    "the operator's parameter",
    `${cluster}  postgresql:\n    parameters:\n      archive_com|mand: x\n`,
    /The operator sets it: it must not be here/,
  ],
  ['no parameter', `${cluster}  postgresql:\n    parameters:\n      con|structor: x\n`, /^((?!PostgreSQL: )[\s\S])*$/],
  [
    'a schedule',
    `${backup}  schedule: "0 0 2| * * *"\n`,
    /every day at 02:00 UTC[\s\S]*- 2026-11-25 02:00:00\n- 2026-11-26 02:00:00/,
  ],
  ['a suspended schedule', `${backup}  suspend: true\n  schedule: "@d|aily"\n`, /It is suspended/],
  ['no schedule', `${backup}  schedule: "x| y"\n`, /no schedule: /],
  [
    'the target of a recovery',
    `${cluster}  bootstrap:\n    recovery:\n      recoveryTarget:\n        targetLSN: 2/4C0|00028\n`,
    /2\/4C000028 is in `TTTTTTTT000000020000004C`.*ends at 2\/4D000000/,
  ],
];
for (const [title, marked, words] of told) test(`hover: ${title}`, () => assert.match(hoverAt(marked), words));
