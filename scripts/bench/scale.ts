/**
 * The explorer at scale: 300 Clusters of 3 instances in each of two contexts and 500 changes a second altogether, for a minute
 * (`--quick`: 10 s). Server and client are processes of their own; the client is bundled as in the package.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as esbuild from 'esbuild';
import type { Figure } from '../bench.ts';
import { declaresOnlyPlugin } from '../declares-only.ts';
import type { FromClient } from './scale-client.ts';
import type { FromServer, ToServer } from './scale-server.ts';
import { pssMegabytes } from './server.ts';

const perSecond = 500;
/** Milliseconds without an API server. */
const outage = 3000;

export async function* measure(root: string): AsyncIterable<Figure> {
  const seconds = process.argv.includes('--quick') ? 10 : 60;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-scale-'));
  const server = fork(path.join(root, 'scripts/bench/scale-server.ts'));
  let client: ChildProcess | undefined;
  try {
    const { urls } = await told<FromServer, 'ready'>(server, 'ready');
    const kubeconfig = path.join(folder, 'kubeconfig');
    fs.writeFileSync(kubeconfig, kubeconfigOf(urls));
    client = fork(await bundled(root, folder), [kubeconfig, 'eu', 'us'], {
      execArgv: [youngSpace, ...profiling(root)],
    });
    await told<FromClient, 'idle'>(client, 'idle');
    yield { figure: 'scale: memory before a context is opened', value: pssMegabytes(client.pid ?? 0), unit: 'MB' };
    client.send('open');
    const { milliseconds, nodes } = await told<FromClient, 'filled'>(client, 'filled');
    const scene = `${nodes} nodes of the tree, 600 Clusters`;
    yield { figure: `scale: opened until all is read, ${scene}`, value: milliseconds.toFixed(0), unit: 'ms' };
    await sleep(5000);
    yield { figure: 'scale: memory when all is read', value: pssMegabytes(client.pid ?? 0), unit: 'MB' };
    client.send('begin');
    server.send({ type: 'change', seconds, perSecond } satisfies ToServer);
    const { events } = await told<FromServer, 'changed'>(server, 'changed');
    client.send('end');
    const measured = await told<FromClient, 'measured'>(client, 'measured');
    const during = `${(events / seconds).toFixed(0)} events/s for ${seconds} s`;
    yield { figure: `scale: share of a core, ${during}`, value: (measured.cpuShare * 100).toFixed(1), unit: '%' };
    yield { figure: 'scale: memory after that', value: pssMegabytes(client.pid ?? 0), unit: 'MB' };
    yield { figure: 'scale: of it in use after a collection', value: measured.inUse.toFixed(0), unit: 'MB' };
    yield { figure: 'scale: tree refreshes', value: measured.refreshes.toFixed(1), unit: '/s' };
    yield { figure: 'scale: a tree refresh, median', value: measured.refreshMedian.toFixed(1), unit: 'ms' };
    yield { figure: 'scale: a tree refresh, longest', value: measured.refreshLongest.toFixed(1), unit: 'ms' };
    server.send({ type: 'outage', milliseconds: outage } satisfies ToServer);
    const { lists, watches } = await told<FromServer, 'back'>(server, 'back');
    const after = `after ${outage / 1000} s without both API servers`;
    yield { figure: `scale: lists ${after}`, value: String(lists), unit: 'requests' };
    yield { figure: `scale: watches ${after}`, value: String(watches), unit: 'requests' };
  } finally {
    server.kill();
    // In order, so that it can write its profile.
    if (client?.connected) {
      const ended = once(client, 'exit');
      client.disconnect();
      await ended;
    }
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Megabytes for young objects as V8 has in Node 22, which is in the extension host; newer ones take four times as much. */
const youngSpace = '--max-semi-space-size=16';

/** `--profile` leaves a CPU profile of the client in the folder `dist`. */
const profiling = (root: string): string[] =>
  process.argv.includes('--profile') ? ['--cpu-prof', `--cpu-prof-dir=${path.join(root, 'dist')}`] : [];

async function bundled(root: string, folder: string): Promise<string> {
  const outfile = path.join(folder, 'client.mjs');
  await esbuild.build({
    entryPoints: [path.join(root, 'scripts/bench/scale-client.ts')],
    outfile,
    bundle: true,
    minify: !process.argv.includes('--profile'),
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [declaresOnlyPlugin],
    logLevel: 'warning',
  });
  return outfile;
}

type Message<T, Name> = Extract<T, { type: Name }>;

/** @throws Error when the process ends before it says so */
function told<T extends { type: string }, Name extends T['type']>(
  child: ChildProcess,
  type: Name,
): Promise<Message<T, Name>> {
  return new Promise((resolve, reject) => {
    const listen = (message: unknown): void => {
      if ((message as T).type !== type) return;
      child.off('message', listen);
      child.off('exit', ended);
      resolve(message as Message<T, Name>);
    };
    const ended = (code: number | null): void => reject(new Error(`ended with ${code} before "${type}"`));
    child.on('message', listen);
    child.once('exit', ended);
  });
}

const kubeconfigOf = (urls: readonly string[]): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: urls.map((server, at) => ({
      name: `${at}`,
      cluster: { server, 'insecure-skip-tls-verify': true },
    })),
    users: [{ name: 'bench', user: { token: 'bench' } }],
    contexts: ['eu', 'us'].map((name, at) => ({ name, context: { cluster: `${at}`, user: 'bench' } })),
  });
