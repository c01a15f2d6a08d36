/**
 * Object stores from packages, on loopback: Azurite (npm) for Azure Blob Storage, gcp-storage-emulator and moto (PyPI) for Google Cloud
 * Storage and S3. They are installed into the project's cache on first use; without npm or pip a text says why there is none.
 */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';

const cache = path.resolve(import.meta.dirname, '../../.cache/object-stores');
const azurite = 'azurite@3.37.0';
const gcs = 'gcp-storage-emulator==2026.7.19';
const moto = 'moto[s3,server]==5.2.5';
const barman = 'barman[cloud]==3.19.1';

export interface Emulator {
  endpoint: string;
  stop(): Promise<void>;
}

/** Once; the marker says that it went through. @returns why not */
function install(name: string, into: (folder: string) => void): string | undefined {
  const folder = path.join(cache, name.replace(/[^\w.-]/g, '_'));
  const done = path.join(folder, '.installed');
  if (fs.existsSync(done)) return undefined;
  try {
    fs.mkdirSync(folder, { recursive: true });
    into(folder);
    fs.writeFileSync(done, '');
    return undefined;
  } catch (error) {
    return `${name} cannot be installed here: ${String(error).split('\n')[0] ?? ''}`;
  }
}

const folderOf = (name: string): string => path.join(cache, name.replace(/[^\w.-]/g, '_'));
const byNpm = (name: string) =>
  install(name, folder =>
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, name], {
      stdio: 'ignore',
    }),
  );
const byPip = (name: string) =>
  install(name, folder =>
    execFileSync('python3', ['-m', 'pip', 'install', '--quiet', '--target', folder, name], { stdio: 'ignore' }),
  );

/** @throws Error when it does not listen within 20 s */
async function start(
  command: string,
  args: string[],
  port: number,
  env: Record<string, string> = {},
): Promise<Emulator> {
  const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, ...env } });
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await listens(port)) return { endpoint: `http://127.0.0.1:${port}`, stop };
    if (child.exitCode !== null) break;
    await sleep(100);
  }
  await stop();
  throw new Error(`${path.basename(command)} ${args[0] ?? ''} does not listen on port ${port}`);
}

const listens = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });

export const azureAccount = {
  account: 'devstoreaccount1',
  // Azurite's own, the same everywhere (its manual).
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

export async function startAzurite(): Promise<Emulator | string> {
  const why = byNpm(azurite);
  if (why !== undefined) return why;
  const port = await freePort();
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-azurite-'));
  const main = path.join(folderOf(azurite), 'node_modules/azurite/dist/src/blob/main.js');
  const options = [
    '--silent',
    '--skipApiVersionCheck',
    '--location',
    data,
    '--blobHost',
    '127.0.0.1',
    '--blobPort',
    String(port),
  ];
  const emulator = await start(process.execPath, [main, ...options], port);
  return {
    ...emulator,
    async stop() {
      await emulator.stop();
      fs.rmSync(data, { recursive: true, force: true });
    },
  };
}

export async function startGoogle(): Promise<Emulator | string> {
  const why = byPip(gcs);
  if (why !== undefined) return why;
  const port = await freePort();
  const args = ['start', '--host', '127.0.0.1', '--port', String(port), '--in-memory', '--default-bucket', 'wal'];
  const run = 'import sys; from gcp_storage_emulator.__main__ import main; sys.exit(main(sys.argv[1:]))';
  return start('python3', ['-c', run, ...args], port, { PYTHONPATH: folderOf(gcs) });
}

/** Barman's command line tools for clouds: the environment with which `python3 -m` finds them. @returns why there are none */
export function findBarman(): { PYTHONPATH: string } | string {
  return byPip(barman) ?? { PYTHONPATH: folderOf(barman) };
}

export async function startMoto(): Promise<Emulator | string> {
  const why = byPip(moto);
  if (why !== undefined) return why;
  const port = await freePort();
  return start('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], port, {
    PYTHONPATH: folderOf(moto),
  });
}
