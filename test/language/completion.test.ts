/** The cursor is at `|`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KnownNames } from '../../src/language/index.ts';
import { complete, parseFile } from '../../src/language/index.ts';
import { newest, schemas } from '../support/schemas.ts';

const head = 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n';

const names: KnownNames = kind =>
  ({
    member: ['cluster-eu', 'cluster-ap'],
    Cluster: ['pg-eu', 'pg-us'],
    ObjectStore: ['store-eu', 'store-us'],
    Secret: ['archive-keys', 'eu-ca'],
  })[kind].map(name => ({ name, liveIn: [] }));

function completions(marked: string): string[] {
  const at = marked.indexOf('|');
  const text = marked.slice(0, at) + marked.slice(at + 1);
  const before = marked.slice(0, at).split('\n');
  const position = { line: before.length - 1, character: (before.at(-1) ?? '').length };
  return complete(parseFile(text), position, schemas, newest, names)
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
  [
    'values of an annotation',
    'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\n  annotations:\n    cnpg.io/hibernation: |\n',
    ['"on"', '"off"'],
  ],
  ['no parameter, though every object has it', `${head}  postgresql:\n    parameters:\n      constructor: |\n`, []],
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
  [
    'PostgreSQL parameters, but not those of the operator',
    `${head}  postgresql:\n    parameters:\n      work_mem: 8MB\n      |\n`,
    ['max_connections', 'shared_buffers', 'wal_level'],
    ['archive_command', 'port', 'server_version', 'work_mem'],
  ],
  [
    'values of a parameter',
    `${head}  postgresql:\n    parameters:\n      wal_level: |\n`,
    ['logical', 'minimal', 'replica'],
  ],
  ['switches are texts', `${head}  postgresql:\n    parameters:\n      jit: |\n`, ['"off"', '"on"'], ['on']],
  ['pg_hba: type', `${head}  postgresql:\n    pg_hba:\n      - |\n`, ['hostssl', 'local']],
  ['pg_hba: database', `${head}  postgresql:\n    pg_hba:\n      - hostssl |\n`, ['all', 'replication'], ['hostssl']],
  ['pg_hba: address', `${head}  postgresql:\n    pg_hba:\n    - host all app |\n`, ['samenet', '10.0.0.0/8']],
  ['pg_hba: method', `${head}  postgresql:\n    pg_hba:\n      - host all app all |\n`, ['scram-sha-256', 'cert']],
  ['pg_hba: a socket has no address', `${head}  postgresql:\n    pg_hba:\n      - local all app |\n`, ['peer']],
  ['sizes', `${head}  storage:\n    size: |\n`, ['1Gi', '100Gi']],
  ['memory', `${head}  resources:\n    limits:\n      memory: |\n`, ['8Gi'], ['1Ti']],
  ['images', `${head}  imageName: |\n`, ['ghcr.io/cloudnative-pg/postgresql:18-standard-trixie']],
  ['schedules', `${head.replace('Cluster', 'ScheduledBackup')}  schedule: |\n`, ['"0 0 2 * * *"', '"@daily"']],
  [
    'the Cluster of a backup',
    `${head.replace('Cluster', 'Backup')}  cluster:\n    name: |\n`,
    ['pg-eu', 'pg-us'],
    ['store-eu'],
  ],
  [
    'ObjectStores',
    `${head}  plugins:\n    - name: barman-cloud.cloudnative-pg.io\n      parameters:\n        barmanObjectName: |\n`,
    ['store-eu', 'store-us'],
    ['pg-eu'],
  ],
  ['the plugin', `${head}  plugins:\n    - name: |\n`, ['barman-cloud.cloudnative-pg.io']],
  ['members of the topology', `${head}  externalClusters:\n    - name: |\n`, ['cluster-ap', 'cluster-eu']],
  ['Secrets', `${head}  superuserSecret:\n    name: |\n`, ['archive-keys', 'eu-ca']],
  [
    'Secrets of an external cluster',
    `${head}  externalClusters:\n    - name: x\n      sslRootCert:\n        name: |\n`,
    ['eu-ca'],
    ['cluster-eu'],
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

test('completion: a parameter says its type, default, and that a change restarts', () => {
  const text = `${head}  postgresql:\n    parameters:\n      `;
  const items = complete(parseFile(text), { line: 7, character: 6 }, schemas, newest);
  const item = items.find(({ label }) => label === 'shared_buffers');
  assert.equal(
    item?.detail,
    'integer in 8kB · default `16384` (128 MB) · 16 to 1073741823 · a change restarts the instances',
  );
  assert.equal(item.insertText, 'shared_buffers: "$0"');
});

test('completion: a key that has a value is replaced, and gets no second colon', () => {
  for (const [line, character, inserted] of [
    ['  log: debug', 5, 'logLevel'],
    ['  log:', 3, 'logLevel'],
    ['  log', 5, 'logLevel: $0'],
  ] as const) {
    const items = complete(parseFile(`${head}${line}\n`), { line: 5, character }, schemas, newest);
    assert.equal(items.find(({ label }) => label === 'logLevel')?.insertText, inserted, line);
  }
});
