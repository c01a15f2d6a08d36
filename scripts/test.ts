/**
 * All tests, in the order in which they tell most for the least time.
 * Usage: node scripts/test.ts [unit | editor | kubernetes]; without argument all but `kubernetes`.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findChromium } from '../test/editor/workbench.ts';

const root = path.resolve(import.meta.dirname, '..');
const bin = path.join(root, 'node_modules/.bin');
const wanted = process.argv[2] ?? 'all';

function run(title: string, command: string, args: string[]): void {
  console.log(`\n── ${title}`);
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` };
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
  if (error) throw error;
  if (status !== 0) {
    console.error(`\n${title}: failed`);
    process.exit(status ?? 1);
  }
}

const files = (...patterns: string[]): string[] =>
  patterns.flatMap(pattern => fs.globSync(pattern, { cwd: root, exclude: ['**/node_modules/**'] })).sort();

/** @param flags by default all files in one process, which starts once */
const node = (title: string, tests: string[], ...flags: string[]): void =>
  run(title, process.execPath, [
    '--test',
    '--test-reporter=spec',
    ...(flags.length > 0 ? flags : ['--test-isolation=none']),
    '--test-timeout=600000',
    ...tests,
  ]);

if (wanted !== 'kubernetes') {
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
  );
}
if (wanted === 'all' || wanted === 'editor') {
  if (findChromium()) {
    run('package', process.execPath, ['scripts/package.ts', '--no-build']);
    // Each file has a VS Code and a browser of its own: one after the other.
    node('tests in VS Code', files('test/editor/**/*.test.ts'), '--test-isolation=process', '--test-concurrency=1');
  } else
    console.log(
      '\n── tests in VS Code: left out, no Chromium found (install the distribution\'s "chromium" or set CHROMIUM)',
    );
}
if (wanted === 'kubernetes') node('tests against real API servers', files('test/real-kubernetes/**/*.test.ts'));
