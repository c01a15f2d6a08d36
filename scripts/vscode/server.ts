/** Starts and stops one VS Code server with its own home, settings and extensions, on loopback. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { nodeBinary, serverEntry } from './install.ts';

export interface VsCodeServer {
  /** Host and port, which is also the remote authority that VS Code gives itself. */
  authority: string;
  root: string;
  logFile: string;
  /** Address of a workbench on a folder (an absolute path). */
  url(folder: string): string;
  stop(): Promise<void>;
}

export interface VsCodeServerOptions {
  /** 0 or absent: the system picks. */
  port?: number;
  settings?: Record<string, unknown>;
  env?: NodeJS.ProcessEnv;
  /** State folder; absent: a temporary one that is removed at the end. */
  root?: string;
  /** Packaged extensions to install first. */
  install?: string[];
  /** An extension's own folder, linked instead of installed. */
  link?: { folder: string; id: string };
}

export async function startVsCode(options: VsCodeServerOptions = {}): Promise<VsCodeServer> {
  const root = options.root ?? fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-vscode-'));
  const env = environment(root, options.env ?? {});
  const folders = prepare(root, options);
  for (const vsix of options.install ?? []) install(vsix, folders, env);

  const logFile = path.join(root, 'server.log');
  fs.rmSync(logFile, { force: true });
  const log = fs.openSync(logFile, 'a');
  const child = spawn(
    nodeBinary,
    [serverEntry, ...folders, '--auth', 'none', '--bind-addr', `127.0.0.1:${options.port ?? 0}`, ...quietFlags],
    { env, stdio: ['ignore', log, log], detached: true },
  );
  // Detached gives it a process group of its own, so that all its children can be ended with it.
  const kill = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It is gone.
    }
  };
  const onExit = (): void => kill('SIGKILL');
  process.once('exit', onExit);
  const port = await listening(logFile, () => child.exitCode);
  const authority = `127.0.0.1:${port}`;
  return {
    authority,
    root,
    logFile,
    url: folder =>
      `http://${authority}/?${new URLSearchParams({ folder, payload: JSON.stringify([['skipWelcome', 'true'], ['skipReleaseNotes', 'true']]) }).toString()}`,
    async stop() {
      kill('SIGTERM');
      for (let i = 0; i < 50 && child.exitCode === null && child.signalCode === null; i++) await wait(100);
      kill('SIGKILL');
      process.removeListener('exit', onExit);
      fs.closeSync(log);
      if (options.root === undefined) fs.rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

const wait = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds));

async function listening(logFile: string, exitCode: () => number | null): Promise<number> {
  const end = Date.now() + 60_000;
  for (;;) {
    const text = fs.readFileSync(logFile, 'utf8');
    const port = Number(/listening on http:\/\/127\.0\.0\.1:(\d+)\//.exec(text)?.[1]);
    if (port && (await answers(port))) return port;
    if (exitCode() !== null) throw new Error(`VS Code ended early (${exitCode()}):\n${text.slice(-3000)}`);
    if (Date.now() > end) throw new Error(`VS Code did not answer within 60 s:\n${text.slice(-3000)}`);
    await wait(50);
  }
}

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2000) }).then(
    response => response.ok,
    () => false,
  );

/** Writes settings and folders. @returns the arguments that name them */
function prepare(root: string, { settings, link }: VsCodeServerOptions): string[] {
  const [config, userData, extensions] = [path.join(root, 'config.yaml'), path.join(root, 'user-data'), path.join(root, 'extensions')];
  fs.mkdirSync(path.join(userData, 'User'), { recursive: true });
  fs.mkdirSync(extensions, { recursive: true });
  // Without a configuration file it would write one with a password into the home directory.
  fs.writeFileSync(config, 'auth: none\n');
  const file = path.join(userData, 'User/settings.json');
  if (!fs.existsSync(file)) fs.writeFileSync(file, JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  if (link) {
    const place = path.join(extensions, link.id);
    fs.rmSync(place, { force: true });
    fs.symlinkSync(link.folder, place);
  }
  return ['--config', config, '--user-data-dir', userData, '--extensions-dir', extensions];
}

function install(vsix: string, folders: string[], env: NodeJS.ProcessEnv): void {
  const result = spawnSync(nodeBinary, [serverEntry, ...folders, '--install-extension', path.resolve(vsix), '--force'], { env, encoding: 'utf8', timeout: 120_000 });
  if (result.status !== 0) throw new Error(`${vsix} could not be installed (${result.status}):\n${result.stdout}${result.stderr}`);
}

/** The caller's environment less what would leak its VS Code, settings or home into this one. */
function environment(root: string, extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const key of Object.keys(env))
    if (/^(VSCODE_|CODE_SERVER_|CS_|npm_)/.test(key) || ['NODE_OPTIONS', 'PORT', 'PASSWORD', 'HASHED_PASSWORD', 'GITHUB_TOKEN'].includes(key)) delete env[key];
  return {
    ...env,
    HOME: root,
    XDG_CONFIG_HOME: path.join(root, 'config'),
    XDG_DATA_HOME: path.join(root, 'data'),
    XDG_CACHE_HOME: path.join(root, 'cache'),
    // No marketplace look-ups.
    EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: '' }),
    ...extra,
  };
}

const quietFlags = [
  '--disable-telemetry',
  '--disable-update-check',
  '--disable-workspace-trust',
  '--disable-getting-started-override',
  '--disable-proxy',
  '--ignore-last-opened',
];

const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.editor.empty.hint': 'hidden',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.reduceMotion': 'on',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'security.workspace.trust.enabled': false,
  'files.autoSave': 'off',
  'files.hotExit': 'off',
  'editor.accessibilitySupport': 'off',
  'window.confirmBeforeClose': 'never',
  'window.commandCenter': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'json.schemaDownload.enable': false,
};
