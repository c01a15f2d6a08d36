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
  [['lint'], 2, /^$/, /usage: lint/],
  [['lint', '--nonsense'], 2, /^$/, /--nonsense/],
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
  assert.match(run(['lint', 'bad.yaml', './bad.yaml']).out, /^\S+bad\.yaml[^\n]*\n1 file, 1 error/));

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

test('lint --format sarif', () => {
  const log = JSON.parse(run(['lint', '--format', 'sarif', '.']).out) as {
    version: string;
    runs: { results: { ruleId: string; level: string }[] }[];
  };
  assert.equal(log.version, '2.1.0');
  assert.deepEqual(
    log.runs[0]?.results.map(({ ruleId, level }) => `${ruleId} ${level}`),
    ['schema/unknown-field error', 'RC109 warning'],
  );
});
