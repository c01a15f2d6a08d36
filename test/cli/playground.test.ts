/** The built command line: `node dist/cli.js playground`. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');

test('it writes manifests and a kubeconfig, runs, and ends when it is told to', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-playground-'));
  const child = spawn(process.execPath, [cli, 'playground', '--directory', path.join(folder, 'workspace')]);
  try {
    let said = '';
    for await (const chunk of child.stdout) if ((said += String(chunk)).includes('Ctrl+C')) break;
    const kubeconfig = /KUBECONFIG=(.*)/.exec(said)?.[1] ?? '';
    assert.match(fs.readFileSync(kubeconfig, 'utf8'), /current-context: eu/);
    assert.equal(fs.statSync(kubeconfig).mode & 0o077, 0);
    assert.ok(fs.existsSync(path.join(folder, 'workspace/us/cluster-us.yaml')));
  } finally {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await exit, [0, null]);
    fs.rmSync(folder, { recursive: true });
  }
});

test('a wrong option is said', () => {
  const { status, stderr } = spawnSync(process.execPath, [cli, 'playground', '--speed', 'fast'], { encoding: 'utf8' });
  assert.equal(status, 2);
  assert.match(stderr, /--speed fast: give a number/);
});
