/** The built command line: `node dist/cli.js lint`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-lint-'));
after(() => fs.rmSync(folder, { recursive: true }));

const good =
  'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n  instances: 3\n  storage: {size: 1Gi}\n';
const bad = good.replace('instances', 'instanses');
const dubious = `${good}  replica:\n    source: eu\n  bootstrap: {recovery: {source: eu}}\n  externalClusters:\n    - name: eu\n      connectionParameters: {host: eu}\n`;
const files: Record<string, string> = {
  'good.yaml': good,
  'bad.yaml': bad,
  'sub/dubious.yml': dubious,
  'other.txt': bad,
};
for (const [name, text] of Object.entries(files)) {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
}

interface Result {
  code: number | null;
  out: string;
  error: string;
}

function run(args: string[], input = ''): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, error: stderr };
}

const cases: [args: string[], code: number, out: RegExp, error?: RegExp][] = [
  [['lint', 'good.yaml'], 0, /^1 file, 0 errors, 0 other findings\n$/],
  [['lint', 'bad.yaml'], 1, /^bad\.yaml:6:3: error: "instanses" is not a field of spec/],
  [['lint', 'sub'], 0, /sub\/dubious\.yml:8:3: warning: .*\[RC109\]/],
  [['lint', '.'], 1, /^bad\.yaml[\s\S]*sub\/dubious\.yml[\s\S]*3 files, 1 error, 1 other finding\n$/],
  [
    ['lint', '--format', 'github', 'bad.yaml'],
    1,
    /^::error file=bad\.yaml,line=6,col=3,endLine=6,endColumn=12,title=schema\/unknown-field::/,
  ],
  [['lint', '--cnpg-version', '1.26', 'good.yaml'], 0, /0 errors/],
  [['lint', '--cnpg-version', '9.9', 'good.yaml'], 2, /^$/, /known are 1\.30, 1\.29/],
  [['lint', '--format', 'xml', 'good.yaml'], 2, /^$/, /unknown format "xml"/],
  [['lint', 'missing.yaml'], 2, /^$/, /missing\.yaml/],
  [['lint'], 2, /^$/, /no PATH is given\nusage: .*lint/],
  [['lint', '--help'], 0, /usage: .*lint[\s\S]*--against FILE[\s\S]*Exit code/],
  [['lint', '--nonsense'], 2, /^$/, /--nonsense[\s\S]*usage: .*lint/],
  [['nonsense'], 2, /^$/, /no subcommand "nonsense"/],
  [['--help'], 0, /lint +check manifests/],
];
for (const [args, code, out, error = /^$/] of cases)
  test(args.join(' '), () => {
    const result = run(args);
    assert.match(result.out, out);
    assert.match(result.error, error);
    assert.equal(result.code, code);
  });

test('lint - reads standard input', () => {
  const { code, out } = run(['lint', '-'], bad);
  assert.equal(code, 1);
  assert.match(out, /^-:6:3: error/);
});

test('lint - waits for a slow writer', () => {
  const command = `(sleep 0.3; cat bad.yaml) | "${process.execPath}" "${cli}" lint -`;
  const { status, stdout } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stdout, /instanses/);
});

test('a file that is named twice is checked once', () =>
  assert.match(run(['lint', 'bad.yaml', './bad.yaml']).out, /^bad\.yaml[^\n]*\n1 file, 1 error/));

test('what is found comes in the order of the lines, whatever found it', () => {
  const text =
    'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n  replica: {source: gone, primary: pg}\n  storage: {size: big}\n  instanses: 3\n';
  const lines = (JSON.parse(run(['lint', '--format', 'json', '-'], text).out) as { line: number }[]).map(
    ({ line }) => line,
  );
  assert.ok(new Set(lines).size > 2, String(lines));
  assert.deepEqual(
    lines,
    lines.toSorted((a, b) => a - b),
  );
});

test('lint --format json', () => {
  const found = JSON.parse(run(['lint', '--format', 'json', 'bad.yaml']).out) as object[];
  const { message, ...rest } = found[0] as Record<string, unknown>;
  assert.match(String(message), /instanses/);
  assert.deepEqual(rest, {
    file: 'bad.yaml',
    line: 6,
    column: 3,
    endLine: 6,
    endColumn: 12,
    severity: 'error',
    code: 'schema/unknown-field',
    path: 'spec.instanses',
  });
  assert.deepEqual(JSON.parse(run(['lint', '--format', 'json', 'good.yaml']).out), []);
});

interface Region {
  startLine: number;
  startColumn: number;
  endLine: number;
  endColumn: number;
}

test('lint --format sarif', () => {
  const log = JSON.parse(run(['lint', '--format', 'sarif', '.']).out) as {
    version: string;
    runs: {
      tool: { driver: { name: string; version: string; rules: Record<string, unknown>[] } };
      results: {
        ruleId: string;
        ruleIndex: number;
        level: string;
        message: { text: string };
        locations: { physicalLocation: { artifactLocation: { uri: string }; region: Region } }[];
        partialFingerprints: Record<string, string>;
        fixes?: {
          artifactChanges: { replacements: { deletedRegion: Region; insertedContent?: { text: string } }[] }[];
        }[];
      }[];
    }[];
  };
  assert.equal(log.version, '2.1.0');
  const [{ tool, results } = assert.fail()] = log.runs;
  assert.deepEqual(
    results.map(({ ruleId, level }) => `${ruleId} ${level}`),
    ['schema/unknown-field error', 'RC109 warning'],
  );
  assert.match(tool.driver.version, /^\d+\.\d+\.\d+$/);
  for (const { ruleId, ruleIndex, message, partialFingerprints } of results) {
    assert.equal(tool.driver.rules[ruleIndex]?.['id'], ruleId);
    assert.ok(message.text);
    assert.ok(Object.values(partialFingerprints).every(Boolean));
  }
  assert.deepEqual(
    tool.driver.rules.map(({ id, defaultConfiguration }) => [id, defaultConfiguration]),
    [
      ['RC109', { level: 'warning' }],
      ['schema/unknown-field', { level: 'error' }],
    ],
  );
  assert.deepEqual(tool.driver.rules[0]?.['shortDescription'], { text: 'neither primary nor enabled' });
  const [unknown = assert.fail()] = results;
  const region = { startLine: 6, startColumn: 3, endLine: 6, endColumn: 12 };
  assert.deepEqual(unknown.locations[0]?.physicalLocation, { artifactLocation: { uri: 'bad.yaml' }, region });
  assert.deepEqual(unknown.fixes?.[0]?.artifactChanges[0]?.replacements, [
    { deletedRegion: region, insertedContent: { text: 'instances' } },
  ]);
});

const write = (name: string, text: string): void => {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
};
const codes = (args: string[], input = ''): string[] =>
  (JSON.parse(run(['lint', '--format', 'json', ...args], input).out) as { file: string; code: string }[]).map(
    ({ file, code }) => `${file} ${code}`,
  );

const live = (size: string): string => `apiVersion: v1
kind: List
items:
  - apiVersion: postgresql.cnpg.io/v1
    kind: Cluster
    metadata:
      name: pg
      namespace: default
      uid: 0b3c6a0e-5d0c-4a53-9d0b-0f6a7f1d6f2e
      resourceVersion: "1234"
      generation: 3
      creationTimestamp: "2026-01-01T00:00:00Z"
      managedFields:
        - apiVersion: postgresql.cnpg.io/v1
          fieldsType: FieldsV1
          fieldsV1: {"f:spec": {"f:instances": {}}}
          manager: kubectl
          operation: Update
          time: "2026-01-01T00:00:00Z"
    spec:
      instances: 3
      storage:
        size: ${size}
    status:
      instances: 3
      readyInstances: 3
      phase: Cluster in healthy state
  - apiVersion: barmancloud.cnpg.io/v1
    kind: ObjectStore
    metadata: {name: store, namespace: default}
    spec:
      configuration: {destinationPath: s3://backups/, serverName: ""}
`;

test('--against judges manifests as updates of the live objects', () => {
  write('against/live.yaml', live('2Gi'));
  write('against/smaller.yaml', live('1Gi'));
  const shrunk = good.replace('name: pg', 'name: pg\n  namespace: default');
  write('against/new/pg.yaml', shrunk);
  assert.deepEqual(codes(['against/new']), []);
  assert.deepEqual(codes(['--against', 'against/live.yaml', 'against/new']), [
    'against/new/pg.yaml webhook/storage-shrink',
  ]);
  assert.deepEqual(codes(['--against', 'against/smaller.yaml', 'against/new']), []);
  write('against/elsewhere/pg.yaml', shrunk.replace('namespace: default', 'namespace: other'));
  assert.deepEqual(codes(['--against', 'against/live.yaml', 'against/elsewhere']), []);
});

test('--against asks the transition rules of the CRDs', () => {
  const database = (name: string): string =>
    `apiVersion: postgresql.cnpg.io/v1\nkind: Database\nmetadata: {name: app}\nspec:\n  name: ${name}\n  owner: app\n  cluster: {name: pg}\n`;
  write('against/database.yaml', database('one'));
  assert.deepEqual(codes(['--against', 'against/database.yaml', '-'], database('one')), []);
  assert.deepEqual(codes(['--against', 'against/database.yaml', '-'], database('two')), ['- schema/rule']);
});

for (const [name, text, why] of [
  ['missing', undefined, /against\/old-missing\.yaml: .*no such file/],
  ['other', 'apiVersion: v1\nkind: Service\n', /no object of CloudNativePG.*kubectl get -o yaml/],
  ['empty', '', /no object of CloudNativePG/],
  ['broken', `${good}  - [`, /cannot be read as YAML/],
] as const)
  test(`--against refuses objects that are ${name}`, () => {
    if (text !== undefined) write(`against/old-${name}.yaml`, text);
    const { code, out, error } = run(['lint', '--against', `against/old-${name}.yaml`, 'good.yaml']);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(error, why);
  });

test('globs, in quotes', () => {
  write('globs/a/eu.yaml', bad);
  write('globs/a/node_modules/x.yaml', bad);
  write('globs/b/us.yml', bad);
  write('globs/b/readme.md', bad);
  assert.deepEqual(codes(['globs/**/*.yaml']), ['globs/a/eu.yaml schema/unknown-field']);
  assert.deepEqual(codes(['globs/**']), [
    'globs/a/eu.yaml schema/unknown-field',
    'globs/b/us.yml schema/unknown-field',
  ]);
  const { code, error } = run(['lint', 'globs/**/*.nothing', 'good.yaml']);
  assert.equal(code, 2);
  assert.match(error, /no manifest matches this pattern/);
});

test('links are followed, and in a circle they end', () => {
  write('links/real/bad.yaml', bad);
  fs.symlinkSync('real/bad.yaml', path.join(folder, 'links/link.yaml'));
  fs.symlinkSync('..', path.join(folder, 'links/real/up'));
  assert.deepEqual(codes(['links']), ['links/link.yaml schema/unknown-field']);
  write('elsewhere.yaml', bad);
  fs.symlinkSync('../elsewhere.yaml', path.join(folder, 'links/other.yaml'));
  assert.deepEqual(codes(['links']), ['links/link.yaml schema/unknown-field', 'links/other.yaml schema/unknown-field']);
});

test('.cnpglintignore', () => {
  write('ignore/.cnpglintignore', '# generated\n*.gen.yaml\n/old/\n');
  for (const name of ['a.yaml', 'a.gen.yaml', 'old/b.yaml', 'new/old/c.yaml', 'new/keep.gen.yaml'])
    write(`ignore/${name}`, bad);
  write('ignore/new/.cnpglintignore', '!keep.gen.yaml\n');
  assert.deepEqual(codes(['ignore']), [
    'ignore/a.yaml schema/unknown-field',
    'ignore/new/keep.gen.yaml schema/unknown-field',
    'ignore/new/old/c.yaml schema/unknown-field',
  ]);
  const named = run(['lint', 'ignore/a.gen.yaml', 'ignore/old']);
  assert.equal(named.code, 0);
  assert.match(named.out, /^0 files/);
  assert.match(named.error, /a\.gen\.yaml is left out: \.cnpglintignore names it\n.*ignore\/old is left out/);
});

test('Clusters of other files are known, however they are named', () => {
  const side = (name: string, other: string): string =>
    `${good.replace('name: pg', `name: ${name}`)}  replica:\n    enabled: true\n    source: ${other}\n  bootstrap: {recovery: {source: ${other}}}\n  externalClusters:\n    - name: ${other}\n      connectionParameters: {host: ${other}}\n`;
  write('pair/eu.yaml', side('eu', 'us'));
  write('pair/us.yaml', side('us', 'eu'));
  assert.deepEqual(codes(['pair/eu.yaml']), []);
  assert.deepEqual(codes(['pair']), ['pair/eu.yaml RC111', 'pair/us.yaml RC111']);
});

test('many files are checked in several threads, with the same result', () => {
  const all = Array.from({ length: 1000 }, (_, at) => `many/${String(at).padStart(4, '0')}.yaml`);
  for (const [at, name] of all.entries()) write(name, at % 10 === 0 ? bad : good);
  const expected = all.filter((_, at) => at % 10 === 0).map(name => `${name} schema/unknown-field`);
  assert.deepEqual(codes(['many']), expected);
});

test('a patch of Kustomize need not be complete', () => {
  write('kustomize/base/kustomization.yaml', 'resources: [cluster.yaml]\n');
  write('kustomize/base/cluster.yaml', good);
  write('kustomize/eu/kustomization.yml', 'resources: [../base]\npatches:\n  - path: patches/size.yaml\n');
  const patch = good.replace('  instances: 3\n', '').replace('1Gi', '5Gi');
  write(
    'kustomize/eu/patches/size.yaml',
    patch.replace('  storage: {size: 5Gi}', '  primaryUpdateStrategy: supervised'),
  );
  assert.deepEqual(codes(['kustomize']), []);
  write('kustomize/eu/patches/size.yaml', patch.replace('  storage: {size: 5Gi}', '  storage: {sise: 5Gi}'));
  assert.deepEqual(codes(['kustomize/eu/patches/size.yaml']), ['kustomize/eu/patches/size.yaml schema/unknown-field']);
});

test('text is coloured on a terminal only', () => assert.ok(!run(['lint', 'bad.yaml']).out.includes('\u001B')));
