/**
 * All tests, in the order in which they tell most for the least time.
 * Usage: node scripts/test.ts [unit | editor | kubernetes | random [TIMES]]; without argument all but `kubernetes` and `random`,
 * which tries the properties on new examples.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findChromium } from '../test/editor/workbench.ts';

const root = path.resolve(import.meta.dirname, '..');
const bin = path.join(root, 'node_modules/.bin');
const wanted = process.argv[2] ?? 'all';

/** @returns the exit code */
function attempt(title: string, command: string, args: string[]): number {
  console.log(`\n── ${title}`);
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` };
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
  if (error) throw error;
  return status ?? 1;
}

function run(title: string, command: string, args: string[]): void {
  const status = attempt(title, command, args);
  if (status === 0) return;
  console.error(`\n${title}: failed`);
  process.exit(status);
}

const files = (...patterns: string[]): string[] =>
  patterns.flatMap(pattern => fs.globSync(pattern, { cwd: root, exclude: ['**/node_modules/**'] })).sort();

const testing = ['--test', '--test-reporter=spec', '--test-timeout=600000'];
/** All files in one process, which starts once, and ends with the last test whatever is still open. */
const node = (title: string, tests: string[], ...options: string[]): void =>
  run(title, process.execPath, [...testing, '--test-isolation=none', '--test-force-exit', ...options, ...tests]);

/**
 * Each file has a VS Code and a browser of its own: one after the other. On a busy machine a click can come in the moment in which VS Code
 * draws anew, so a file that failed is run once more, and named at the end; what fails twice has failed.
 */
function inVsCode(tests: string[]): void {
  const again = tests.filter(file => attempt(file, process.execPath, [...testing, file]) !== 0);
  for (const file of again) {
    const shots = path.join(root, 'test-results', path.basename(file, '.test.ts'));
    if (fs.existsSync(shots)) fs.cpSync(shots, `${shots}-failed`, { recursive: true });
    run(`${file}, once more`, process.execPath, [...testing, file]);
  }
  for (const file of again) console.log(`\n${file}: failed at first, passed when run once more`);
}

if (wanted !== 'kubernetes' && wanted !== 'random') {
  run('build', process.execPath, ['scripts/build.ts']);
}
if (wanted === 'all') {
  run('type check', 'tsc', ['--noEmit']);
  run('lint', 'oxlint', ['--type-aware', '--deny-warnings']);
  run('format', 'biome', ['format']);
}
if (wanted === 'all' || wanted === 'unit') {
  node(
    'tests',
    files('test/**/*.test.ts').filter(file => !/^test\/(editor|real-kubernetes)\//.test(file)),
    '--import=./test/support/same-seed.ts',
  );
}
if (wanted === 'all' || wanted === 'editor') {
  if (findChromium()) {
    run('package', process.execPath, ['scripts/package.ts', '--no-build']);
    inVsCode(files('test/editor/**/*.test.ts'));
  } else
    console.log(
      '\n── tests in VS Code: left out, no Chromium found (install the distribution\'s "chromium" or set CHROMIUM)',
    );
}
if (wanted === 'kubernetes') node('tests against real API servers', files('test/real-kubernetes/**/*.test.ts'));
if (wanted === 'random') {
  const properties = files('test/**/*.test.ts').filter(file =>
    fs.readFileSync(path.join(root, file), 'utf8').includes("from 'fast-check'"),
  );
  const times = Number(process.argv[3] ?? 20);
  for (let i = 1; i <= times; i++) node(`properties, ${i} of ${times}`, properties);
}
