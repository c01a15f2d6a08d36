/** Refactorings over the files of a topology: what is offered, what comes out, and that nothing else is touched. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { check, createWorkspace, parseFile, refactored, refactoringsAt } from '../../src/language/index.ts';
import type { ManifestDiagnostic } from '../../src/language/index.ts';
import { apply } from '../support/edits.ts';
import { newest, schemas } from '../support/schemas.ts';

type Files = Record<string, string>;

const workspaceOf = (files: Files) => {
  const workspace = createWorkspace();
  const parsed = new Map(Object.entries(files).map(([uri, text]) => [uri, parseFile(text)]));
  for (const [uri, file] of parsed) workspace.set({ uri, file });
  return { workspace, parsed };
};

function lint(files: Files): (ManifestDiagnostic & { uri: string })[] {
  const { workspace, parsed } = workspaceOf(files);
  return [...parsed].flatMap(([uri, file]) =>
    check(file, { schemas, version: newest, workspace, scope: 'workspace' }).map(found => ({ ...found, uri })),
  );
}

const noticed = (files: Files): string[] =>
  lint(files)
    .filter(({ severity }) => severity < 3)
    .map(({ uri, code, message }) => `${uri} ${code} ${message}`);

/** With the cursor at a text of a file. */
function at(files: Files, uri: string, text: string) {
  const { workspace, parsed } = workspaceOf(files);
  const file = parsed.get(uri);
  assert.ok(file);
  const before = file.text.slice(0, file.text.indexOf(text)).split('\n');
  return { workspace, file, position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
}

const titles = (files: Files, uri: string, text = 'metadata'): string[] => {
  const { workspace, file, position } = at(files, uri, text);
  return refactoringsAt(workspace, file, position).map(({ title, disabled }) =>
    disabled ? `${title} (${disabled})` : title,
  );
};

function after(files: Files, uri: string, id: string, text = 'metadata'): Files {
  const { workspace, file, position } = at(files, uri, text);
  const changes = refactored(workspace, file, position, id);
  assert.ok(changes, `${id} in\n${files[uri]}`);
  const changed = Object.entries(files).map(([each, old]) => [each, apply(old, changes.edits.get(each) ?? [])]);
  return {
    ...Object.fromEntries(changed),
    ...Object.fromEntries(changes.created.map(each => [each.uri, each.text])),
  } as Files;
}

const sections = {
  instances: '  instances: 3 # as many as zones\n',
  storage: '  storage:\n    size: 10Gi\n',
  postgresql: '  postgresql:\n    parameters:\n      max_connections: \'200\'\n      work_mem: "8MB"\n',
  bootstrap: '  bootstrap:\n    initdb: {database: app, owner: app}\n',
  plugins:
    '  plugins:\n    - name: barman-cloud.cloudnative-pg.io\n      isWALArchiver: true\n      parameters:\n        barmanObjectName: store-eu # near\n',
  inTree:
    "  backup:\n    retentionPolicy: 30d\n    # as the law says\n    barmanObjectStore:\n      # the bucket of Frankfurt\n      destinationPath: 's3://eu/'\n      serverName: pg-eu # as before\n      s3Credentials:\n        inheritFromIAMRole: true\n      wal:\n        compression: gzip # small\n",
};
type Section = keyof typeof sections;

const clusterOf = (name: string, parts: readonly string[]): string =>
  `# Cluster ${name}\napiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: ${name}\n  namespace: pg\nspec:\n${parts.join('')}`;
const pick = (...names: Section[]): string[] => names.map(name => sections[name]);

const store = `apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata:
  name: store-eu
  namespace: pg
spec:
  configuration:
    destinationPath: s3://eu/ # Frankfurt
    s3Credentials:
      inheritFromIAMRole: true
`;
const schedule = (method = ''): string => `apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: cluster-eu
  namespace: pg
spec:
  schedule: "0 0 2 * * *" # every night
  cluster:
    name: cluster-eu
${method}`;
const byPlugin = '  method: plugin\n  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n';
const primary: Files = {
  'x/eu.yaml': clusterOf('cluster-eu', pick('instances', 'storage', 'postgresql', 'bootstrap', 'plugins')),
  'x/store.yaml': store,
  'x/schedule.yaml': schedule(byPlugin),
};
const inTree: Files = {
  'x/eu.yaml': `${clusterOf('cluster-eu', pick('instances', 'storage', 'bootstrap', 'inTree'))}---\n${schedule()}`,
};
const standalone: Files = {
  'x/eu.yaml': clusterOf('cluster-eu', [...pick('instances', 'storage'), '  enableSuperuserAccess: false\n']),
  'x/us.yaml': clusterOf('cluster-us', [
    ...pick('instances', 'storage'),
    '  bootstrap: {pg_basebackup: {source: cluster-eu}}\n  replica:\n    enabled: true # for reports\n    source: cluster-eu\n',
    '  externalClusters:\n  - name: cluster-eu # far\n    connectionParameters:\n      host: cluster-eu-rw.pg.svc\n      user: streaming_replica\n      sslmode: verify-full\n    sslKey: {name: cluster-eu-replication, key: tls.key}\n    sslCert: {name: cluster-eu-replication, key: tls.crt}\n    sslRootCert: {name: cluster-eu-ca, key: ca.crt}\n',
  ]),
};

test('what is offered', () => {
  assert.deepEqual(titles(primary, 'x/eu.yaml'), [
    'Make the other side of cluster-eu: replica cluster cluster-us',
    'Write serverName out',
  ]);
  assert.deepEqual(titles(inTree, 'x/eu.yaml'), [
    'Make the other side of cluster-eu: replica cluster cluster-us (Convert in-tree Barman to the Barman Cloud plugin first.)',
    'Convert in-tree Barman of cluster-eu to the Barman Cloud plugin',
  ]);
  assert.deepEqual(
    titles(inTree, 'x/eu.yaml', 'destinationPath').at(-1),
    'Extract ObjectStore cluster-eu-archive, for the Barman Cloud plugin',
  );
  assert.deepEqual(titles(standalone, 'x/us.yaml'), ['Make it a distributed topology with cluster-eu']);
  assert.deepEqual(titles(primary, 'x/store.yaml'), []);
});

test('the other side: both files are right, and both sides can exchange roles', () => {
  const files = after(primary, 'x/eu.yaml', 'make-other-side');
  assert.deepEqual(Object.keys(files).sort(), ['x/cluster-us.yaml', 'x/eu.yaml', 'x/schedule.yaml', 'x/store.yaml']);
  // Both describe one place until somebody says where they go.
  const sides = {
    'eu/a.yaml': [files['x/eu.yaml'], store, files['x/schedule.yaml']].join('---\n'),
    'us/b.yaml': files['x/cluster-us.yaml'] ?? '',
  };
  assert.deepEqual(noticed(sides), []);
  const made = files['x/cluster-us.yaml'] ?? '';
  assert.match(made, /bring these Secrets into its namespace: cluster-eu-replication, cluster-eu-ca \(only ca\.crt\)/);
  assert.match(made, /primary: cluster-eu\n {4}source: cluster-eu/);
  assert.match(made, /recovery:\n {6}source: cluster-eu/);
  assert.match(made, /barmanObjectName: store-us # near\n {8}serverName: cluster-us/);
  assert.match(made, /instances: 3 # as many as zones/);
  assert.deepEqual(titles(sides, 'eu/a.yaml'), ['Write self, serverName out']);
});

test('the other side of a Cluster that lists it already, without an archive', () => {
  const parts = [
    ...pick('instances', 'storage'),
    '  replica: {primary: cluster-eu, source: dr}\n  externalClusters:\n    - name: cluster-eu\n      connectionParameters: {host: eu.example.com}\n    - name: dr\n      connectionParameters: {host: dr.example.com}\n',
  ];
  const files = after({ 'x/eu.yaml': clusterOf('cluster-eu', parts) }, 'x/eu.yaml', 'make-other-side');
  const made = files['x/dr.yaml'] ?? '';
  assert.match(made, /replica: \{primary: cluster-eu, source: cluster-eu\}/);
  assert.match(made, /pg_basebackup:\n {6}source: cluster-eu/);
  assert.equal(made.match(/host: dr\.example\.com/g)?.length, 1);
  assert.ok(!lint(files).some(({ severity }) => severity === 1));
});

test('in-tree Barman to the plugin: Cluster, store, retention, schedule', () => {
  const files = after(inTree, 'x/eu.yaml', 'barman-to-plugin');
  assert.deepEqual(noticed(files), []);
  const text = files['x/eu.yaml'] ?? '';
  assert.match(
    text,
    /retentionPolicy: 30d\n {2}configuration:\n {4}# the bucket of Frankfurt\n {4}destinationPath: 's3:\/\/eu\/'\n {4}s3Credentials:/,
  );
  assert.match(text, /barmanObjectName: cluster-eu-archive\n {8}serverName: pg-eu\n/);
  assert.match(text, /name: cluster-eu\n {2}method: plugin\n {2}pluginConfiguration:/);
  assert.doesNotMatch(text, /barmanObjectStore/);
});

test('in-tree Barman to the plugin: behind the mark that ends a document, and comments beside anchors', () => {
  const [cluster = ''] = (inTree['x/eu.yaml'] ?? '').split('---\n');
  const marked = cluster.replace('barmanObjectStore:', 'barmanObjectStore: &store').replace('30d', '30d # law');
  const files = { 'x/eu.yaml': `${marked}...\n` };
  const { workspace, file, position } = at(files, 'x/eu.yaml', 'metadata');
  const edits = refactored(workspace, file, position, 'barman-to-plugin')?.edits.get('x/eu.yaml') ?? [];
  // An editor takes no position behind the end of a line.
  assert.deepEqual(
    edits.filter(({ newText }) => newText.startsWith('---')).map(({ range }) => range.start),
    [{ line: marked.split('\n').length, character: 0 }],
  );
  const text = apply(files['x/eu.yaml'], edits);
  for (const comment of ['# law', '# as the law says', '# the bucket of Frankfurt', '# as before'])
    assert.ok(text.includes(comment), comment);
});

test('in-tree Barman to the plugin: both members, and entries whose archives are the same share a store', () => {
  const entry = (name: string): string =>
    `    - name: ${name}\n      connectionParameters: {host: ${name}-rw.pg.svc, sslmode: verify-full}\n      sslRootCert: {name: ${name}-ca, key: ca.crt}\n      barmanObjectStore:\n        destinationPath: s3://b/\n        s3Credentials: {inheritFromIAMRole: true}\n`;
  const member = (name: string, other: string): string =>
    clusterOf(name, [
      ...pick('instances', 'storage'),
      `  backup: {barmanObjectStore: {destinationPath: "s3://b/", s3Credentials: {inheritFromIAMRole: true}}}\n`,
      `  bootstrap: {${name === 'cluster-eu' ? 'initdb: {}' : `recovery: {source: ${other}}`}}\n`,
      `  replica: {primary: cluster-eu, source: ${other}}\n  externalClusters:\n`,
      entry('cluster-eu'),
      entry('cluster-us'),
    ]);
  const before = { 'eu/a.yaml': member('cluster-eu', 'cluster-us'), 'us/b.yaml': member('cluster-us', 'cluster-eu') };
  const files = after(before, 'eu/a.yaml', 'barman-to-plugin');
  assert.deepEqual(
    noticed(files).filter(each => !each.includes('RC403')),
    [],
  );
  for (const text of Object.values(files)) {
    assert.doesNotMatch(text, /barmanObjectStore/);
    assert.equal(text.match(/kind: ObjectStore/g)?.length, 2, text);
    for (const name of ['cluster-eu', 'cluster-us']) assert.match(text, new RegExp(`serverName: ${name}\\n`));
  }
});

test('an ObjectStore extracted from one entry leaves the other ones', () => {
  const parts = [
    ...pick('instances', 'storage'),
    '  externalClusters:\n    - name: old\n      barmanObjectStore:\n        destinationPath: s3://old/ # last year\n        s3Credentials: {inheritFromIAMRole: true}\n    - name: older\n      barmanObjectStore: {destinationPath: "s3://older/", s3Credentials: {inheritFromIAMRole: true}}\n',
  ];
  const files = after(
    { 'x/eu.yaml': clusterOf('cluster-eu', parts) },
    'x/eu.yaml',
    'extract-object-store',
    's3://old/',
  );
  const text = files['x/eu.yaml'] ?? '';
  assert.match(
    text,
    /plugin:\n {8}name: barman-cloud\.cloudnative-pg\.io\n {8}parameters:\n {10}barmanObjectName: old-archive\n {10}serverName: old\n {4}- name: older\n {6}barmanObjectStore: \{/,
  );
  assert.match(text, /destinationPath: s3:\/\/old\/ # last year/);
  assert.ok(!lint(files).some(({ severity }) => severity === 1));
});

test('a standalone replica becomes a member: both sides list both, and it stays a replica', () => {
  const files = after(standalone, 'x/us.yaml', 'standalone-to-distributed');
  const errors = noticed(files).filter(each => !/RC40[123]|RC416/.test(each));
  assert.deepEqual(errors, []);
  assert.match(files['x/us.yaml'] ?? '', /primary: cluster-eu # for reports/);
  assert.match(files['x/eu.yaml'] ?? '', /replica:\n {4}primary: cluster-eu\n {4}source: cluster-us/);
  assert.match(files['x/eu.yaml'] ?? '', /- name: cluster-eu # far\n/);
});

test('of several stages with the same names only the own one is changed', () => {
  const stages = Object.fromEntries(
    ['p', 's'].flatMap(stage =>
      Object.entries(inTree).map(([uri, text]) => [
        uri.replace('x/', `${stage}/`),
        text.replaceAll('  namespace: pg\n', ''),
      ]),
    ),
  );
  const files = after(stages, 'p/eu.yaml', 'barman-to-plugin');
  assert.notEqual(files['p/eu.yaml'], stages['p/eu.yaml']);
  assert.equal(files['s/eu.yaml'], stages['s/eu.yaml']);
});

test('names are written out', () => {
  const files = after({ ...primary, 'x/schedule.yaml': schedule() }, 'x/eu.yaml', 'explicit-names');
  assert.match(files['x/eu.yaml'] ?? '', /barmanObjectName: store-eu # near\n {8}serverName: cluster-eu\n/);
  assert.match(files['x/schedule.yaml'] ?? '', /method: plugin\n/);
  assert.deepEqual(noticed(files), []);
});

test('nothing is offered for an item of a list, nor done where aliases are in what would move', () => {
  const aliased = clusterOf('cluster-eu', [
    ...pick('instances', 'storage'),
    '  backup:\n    barmanObjectStore:\n      destinationPath: s3://eu/\n      s3Credentials: &keys\n        inheritFromIAMRole: true\n',
  ]);
  const { workspace, file, position } = at({ 'x/eu.yaml': aliased }, 'x/eu.yaml', 'metadata');
  assert.equal(refactored(workspace, file, position, 'barman-to-plugin'), undefined);
});

const commentsIn = (text: string): string[] => text.split('\n').flatMap(line => /#.*$/.exec(line) ?? []);

/** Sections in any order, with comments and blank lines wherever they may be. */
const layouts = (names: readonly Section[]): fc.Arbitrary<{ text: string; comments: string[] }> =>
  fc
    .record({
      order: fc.shuffledSubarray([...names], { minLength: names.length }),
      fillers: fc.array(fc.constantFrom('', '\n', '  # note\n', '# at the edge\n', '\n  # note\n\n'), {
        minLength: names.length + 1,
        maxLength: names.length + 1,
      }),
      others: fc.boolean(),
    })
    .map(({ order, fillers, others }) => {
      const text = clusterOf('cluster-eu', [
        fillers[0] ?? '',
        ...order.flatMap((name, index) => [sections[name], fillers[index + 1] ?? '']),
      ]);
      const file = others ? `${text}---\n# of others\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n` : text;
      return {
        text: file,
        comments: commentsIn(file),
      };
    });

const kept = (sectionsKept: readonly Section[], before: { comments: string[] }, result: string): void => {
  for (const name of sectionsKept) assert.ok(result.includes(sections[name]), `${name} in\n${result}`);
  const left = commentsIn(result);
  for (const comment of before.comments) assert.ok(left.includes(comment), `${comment} in\n${result}`);
};

test('whatever the layout: what is not meant stays as it is, comments stay, and the result is right', () => {
  fc.assert(
    fc.property(layouts(['instances', 'storage', 'postgresql', 'bootstrap', 'plugins']), before => {
      const files = after({ ...primary, 'x/eu.yaml': before.text }, 'x/eu.yaml', 'make-other-side');
      kept(['instances', 'storage', 'postgresql', 'bootstrap', 'plugins'], before, files['x/eu.yaml'] ?? '');
      kept(['instances', 'storage', 'postgresql'], { comments: [] }, files['x/cluster-us.yaml'] ?? '');
      const sides = {
        'eu/a.yaml': [files['x/eu.yaml'], store, files['x/schedule.yaml']].join('---\n'),
        'us/b.yaml': files['x/cluster-us.yaml'] ?? '',
      };
      assert.deepEqual(noticed(sides), []);
    }),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(layouts(['instances', 'storage', 'postgresql', 'bootstrap', 'inTree']), before => {
      const files = after({ 'x/eu.yaml': `${before.text}---\n${schedule()}` }, 'x/eu.yaml', 'barman-to-plugin');
      kept(['instances', 'storage', 'postgresql', 'bootstrap'], before, files['x/eu.yaml'] ?? '');
      assert.deepEqual(noticed(files), []);
    }),
    { numRuns: 60 },
  );
});
