/**
 * The whole product on one machine: builds, starts the playground (two simulated Kubernetes clusters with a distributed
 * topology under load and two WAL archives) and opens VS Code on its manifests with the extension: desktop `code` when
 * it is on the PATH, else code-server, installed from npm on first use.
 *
 * Usage: npm start [-- --no-open] [--port N] [--directory DIR] [--speed X]
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startPlayground } from '../src/simulator/index.ts';
import { installVsCode } from './vscode/install.ts';
import { startVsCode } from './vscode/server.ts';

const root = path.resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    'no-open': { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
    directory: { type: 'string' },
    speed: { type: 'string', default: '1' },
  },
});

execFileSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: 'inherit' });
const state = values.directory ?? fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-playground-'));
const workspace = path.join(state, 'workspace');
const playground = await startPlayground({ directory: workspace, speed: Number(values.speed) });
console.log(`playground: manifests in ${workspace}, KUBECONFIG=${playground.kubeconfig}`);

const desktop = !values['no-open'] && spawnSync('code', ['--version'], { stdio: 'ignore' }).status === 0;
if (desktop) await openDesktop();
else await openServer();

/** The extension from this folder, in a profile of its own. */
async function openDesktop(): Promise<void> {
  const args = [
    '--new-window',
    '--wait',
    `--extensionDevelopmentPath=${root}`,
    `--user-data-dir=${path.join(state, 'vscode')}`,
    workspace,
  ];
  const code = spawn('code', args, { stdio: 'inherit', env: { ...process.env, KUBECONFIG: playground.kubeconfig } });
  console.log('ready: VS Code is opening; press Ctrl+C to end the playground');
  process.once('SIGINT', () => code.kill());
  await new Promise(resolve => code.once('exit', resolve));
  await playground.stop();
}

async function openServer(): Promise<void> {
  installVsCode();
  const server = await startVsCode({
    root: path.join(state, 'vscode'),
    port: Number(values.port),
    env: { KUBECONFIG: playground.kubeconfig },
    link: { folder: root, id: 'cnpg-replica.cnpg-replica-clusters-0.1.0' },
  });
  const url = server.url(workspace);
  console.log(`ready: ${url}`);
  console.log('Open the address in a browser, then the CloudNativePG view in the activity bar. Press Ctrl+C to end.');
  if (!values['no-open']) openBrowser(url);
  await new Promise(resolve => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await server.stop();
  await playground.stop();
  if (values.directory === undefined)
    fs.rmSync(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  process.exit(0);
}

/** Best effort: on a machine without a desktop the printed address is the way. */
function openBrowser(url: string): void {
  const opener = process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open';
  spawn(opener, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
