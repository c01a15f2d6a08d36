/** The language server as a process, beside its peer: first answer, a keystroke in a long file, answers, memory. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import type { MessageConnection } from 'vscode-languageserver/node';
import type { Figure } from '../bench.ts';
import { findYamlLanguageServer } from './yaml-language-server.ts';

const runs = 5;
const manyDocuments = 3300;

interface Product {
  name: string;
  module: string;
  settings: Record<string, unknown>;
}

interface Server {
  connection: MessageConnection;
  pid: number;
  started: number;
  /** Ours says when it has read the folder. */
  workspaceRead: Promise<void>;
  /** Resolves with the next diagnostics of a document; after half a minute without, too. */
  diagnosed(uri: string): Promise<void>;
  stop(): void;
}

async function start({ module, settings }: Product, folder?: string): Promise<Server> {
  const started = performance.now();
  const child = spawn(process.execPath, [module, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const waiting = new Map<string, () => void>();
  connection.onNotification('textDocument/publishDiagnostics', ({ uri }: { uri: string }) => waiting.get(uri)?.());
  connection.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) =>
    items.map(({ section = '' }) => settings[section] ?? null),
  );
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  const capabilities = { workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } } };
  const workspaceRead = new Promise<void>(resolve =>
    connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      if (message.startsWith('workspace read')) resolve();
    }),
  );
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: folder === undefined ? null : pathToFileURL(folder).href,
    capabilities,
  });
  await connection.sendNotification('initialized', {});
  await connection.sendNotification('workspace/didChangeConfiguration', { settings });
  return {
    connection,
    pid: child.pid ?? 0,
    started,
    workspaceRead,
    diagnosed: uri =>
      Promise.race([new Promise<void>(resolve => waiting.set(uri, resolve)), sleep(30_000, undefined, { ref: false })]),
    stop() {
      connection.dispose();
      child.kill();
    },
  };
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Resident memory without what is shared with others (Linux only). */
export function pssMegabytes(pid: number): string {
  try {
    return (Number(/Pss:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024).toFixed(0);
  } catch {
    return 'unknown';
  }
}

const cluster = (name: string): string => `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: ${name}
spec:
  instances: 3
  storage:
    size: 1Gi
  replica:
    self: ${name}
    primary: cluster-eu
    source: cluster-eu
  bootstrap:
    recovery:
      source: cluster-eu
  externalClusters:
    - name: cluster-eu
      plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: eu, serverName: cluster-eu}}
    - name: ${name}
      connectionParameters:
        host: ${name}-rw.example.org
  plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: ${name}}}]
`;

const open = (server: Server, uri: string, text: string): Promise<void> => {
  const diagnosed = server.diagnosed(uri);
  void server.connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'yaml', version: 1, text },
  });
  return diagnosed;
};

async function firstDiagnostics(product: Product): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const server = await start(product);
    await open(server, 'file:///first.yaml', cluster('cluster-us'));
    times.push(performance.now() - server.started);
    server.stop();
  }
  return median(times);
}

/** Lines of one of the documents of the long file. */
const length = cluster('x').split('\n').length;

async function longFile(product: Product) {
  const server = await start(product);
  const text = Array.from({ length: 477 }, (_, index) => cluster(`cluster-${index}`)).join('---\n');
  const uri = 'file:///long.yaml';
  await open(server, uri, text);
  const line = 5 + length * 200;
  const keystrokes: number[] = [];
  const hovers: number[] = [];
  const completions: number[] = [];
  const timed = async (into: number[], work: () => Promise<unknown>): Promise<void> => {
    const began = performance.now();
    await work();
    into.push(performance.now() - began);
  };
  for (let version = 2; version < 22; version++) {
    const range = { start: { line, character: 13 }, end: { line, character: 14 } };
    const contentChanges = [{ range, text: String(version % 9 || 1) }];
    await timed(keystrokes, async () => {
      const diagnosed = server.diagnosed(uri);
      await server.connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges,
      });
      await diagnosed;
    });
    const textDocument = { uri };
    await timed(hovers, () =>
      server.connection.sendRequest('textDocument/hover', { textDocument, position: { line, character: 4 } }),
    );
    await timed(completions, () =>
      server.connection.sendRequest('textDocument/completion', { textDocument, position: { line, character: 2 } }),
    );
  }
  server.stop();
  return {
    lines: text.split('\n').length,
    keystroke: median(keystrokes),
    hover: median(hovers),
    completion: median(completions),
  };
}

/** Documents that are open at a time: an editor restores that many, and the peer waits before it looks at each. */
const together = 50;

/** Opened, diagnosed and closed, as somebody does who looks through a repository. */
async function memoryAfterMany(product: Product): Promise<string> {
  const server = await start(product);
  for (let at = 0; at < manyDocuments; at += together) {
    const uris = Array.from({ length: together }, (_, index) => `file:///many/${at + index}.yaml`);
    await Promise.all(uris.map((uri, index) => open(server, uri, cluster(`cluster-${at + index}`))));
    for (const uri of uris)
      await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }
  const memory = pssMegabytes(server.pid);
  server.stop();
  return memory;
}

/** A workspace of 5,000 YAML files, a tenth of them ours: 125 topologies of two with their stores. */
function writeWorkspace(folder: string, nameOf: (pair: number) => string): void {
  const store = (name: string): string =>
    `apiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata:\n  name: ${name}\nspec:\n  configuration:\n    destinationPath: s3://${name}/\n`;
  const other = (at: number): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-${at}\nspec:\n${'  # a line as there are many\n'.repeat(60)}`;
  for (let at = 0; at < 5000; at++) {
    const [pair, part] = [Math.floor(at / 4), at % 4];
    const side = path.join(folder, `team-${pair % 20}`, `app-${pair}`, part % 2 === 0 ? 'eu' : 'us');
    fs.mkdirSync(side, { recursive: true });
    const name = `${nameOf(pair)}-${part % 2 === 0 ? 'eu' : 'us'}`;
    const text =
      pair >= 125 ? other(at) : part < 2 ? member(name, `${nameOf(pair)}-eu`, `${nameOf(pair)}-us`) : store(name);
    fs.writeFileSync(path.join(side, `${part < 2 ? 'cluster' : 'store'}.yaml`), text);
  }
}

const member = (name: string, eu: string, us: string): string =>
  cluster(name)
    .replaceAll('cluster-eu', name === eu ? us : eu)
    .replace(/primary: .*/, `primary: ${eu}`);

const replicas = 250;

/** A hub with many replicas, each in a file that is open: all checked, then a change of the hub to the findings of the last one. */
async function hubFigures(product: Product): Promise<{ all: number; change: number }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-hub-'));
  try {
    const names = Array.from({ length: replicas }, (_, at) => `replica-${at}`);
    const entries = names.map(name => `    - {name: ${name}, connectionParameters: {host: ${name}.example.org}}\n`);
    const hub = member('hub', 'hub', names[0] ?? '').replace(/ {4}- name: hub\n/, `${entries.slice(1).join('')}$&`);
    const texts = [hub, ...names.map(name => member(name, 'hub', name))];
    const files = texts.map((text, at) => {
      const file = path.join(folder, `${at}.yaml`);
      fs.writeFileSync(file, text);
      return pathToFileURL(file).href;
    });
    const server = await start(product, folder);
    await server.workspaceRead;
    const began = performance.now();
    await Promise.all(files.map((uri, at) => open(server, uri, texts[at] ?? '')));
    const all = performance.now() - began;
    const [uri = '', last = ''] = [files[0], files.at(-1)];
    const changes: number[] = [];
    for (let version = 2; version < 12; version++) {
      const primary = version % 2 === 0 ? 'replica-0' : 'hub';
      const changed = performance.now();
      const diagnosed = server.diagnosed(last);
      await server.connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text: hub.replace(/primary: .*/, `primary: ${primary}`) }],
      });
      await diagnosed;
      changes.push(performance.now() - changed);
    }
    server.stop();
    return { all, change: median(changes) };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** From the start of the server: a folder read, then a change of one side with the other one open. */
async function workspaceFigures(
  product: Product,
  nameOf: (pair: number) => string,
): Promise<{ read: number; change: number; memory: string }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-bench-'));
  try {
    writeWorkspace(folder, nameOf);
    const server = await start(product, folder);
    await server.workspaceRead;
    const read = performance.now() - server.started;
    const files = ['eu', 'us'].map(side => path.join(folder, 'team-3', 'app-3', side, 'cluster.yaml'));
    const [uri = '', partner = ''] = files.map(file => pathToFileURL(file).href);
    const text = fs.readFileSync(files[0] ?? '', 'utf8');
    await open(server, partner, fs.readFileSync(files[1] ?? '', 'utf8'));
    await open(server, uri, text);
    const changes: number[] = [];
    for (let version = 2; version < 22; version++) {
      const primary = `${nameOf(3)}-${version % 2 === 0 ? 'us' : 'eu'}`;
      const began = performance.now();
      const diagnosed = server.diagnosed(partner);
      await server.connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text: text.replace(/primary: .*/, `primary: ${primary}`) }],
      });
      await diagnosed;
      changes.push(performance.now() - began);
    }
    const memory = pssMegabytes(server.pid);
    server.stop();
    return { read, change: median(changes), memory };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

export async function* measure(root: string): AsyncIterable<Figure> {
  const peer = findYamlLanguageServer(root);
  const products: Product[] = [
    { name: 'ours', module: path.join(root, 'dist/server.js'), settings: {} },
    ...(peer ? [{ name: 'yaml-language-server', ...peer }] : []),
  ];
  if (!peer) yield { figure: 'yaml-language-server: left out, it cannot be installed here', value: '-', unit: '' };
  for (const product of products) {
    const { name } = product;
    const first = await firstDiagnostics(product);
    yield {
      figure: `${name}: first diagnostics after the start (median of ${runs})`,
      value: first.toFixed(0),
      unit: 'ms',
    };
    const { lines, keystroke, hover, completion } = await longFile(product);
    const file = `${lines} lines in 477 documents (median of 20)`;
    yield { figure: `${name}: keystroke to diagnostics, ${file}`, value: keystroke.toFixed(1), unit: 'ms' };
    yield { figure: `${name}: hover, the same file`, value: hover.toFixed(1), unit: 'ms' };
    yield { figure: `${name}: completion, the same file`, value: completion.toFixed(1), unit: 'ms' };
    if (name === 'ours') {
      const { read, change, memory } = await workspaceFigures(product, pair => `c${pair}`);
      const alike = await workspaceFigures(product, () => 'c');
      const of = 'workspace of 5,000 YAML files, 500 of them ours';
      yield { figure: `${of}: read, from the start`, value: read.toFixed(0), unit: 'ms' };
      yield { figure: `${of}: a change to the findings of the other side`, value: change.toFixed(1), unit: 'ms' };
      yield {
        figure: `${of}, all pairs of the same names: the same change`,
        value: alike.change.toFixed(1),
        unit: 'ms',
      };
      yield { figure: `${of}: memory of the server`, value: memory, unit: 'MB' };
      const hub = await hubFigures(product);
      const around = `a hub and ${replicas} replicas, all open`;
      yield { figure: `${around}: all checked`, value: hub.all.toFixed(0), unit: 'ms' };
      yield {
        figure: `${around}: a change of the hub to the findings of all`,
        value: hub.change.toFixed(0),
        unit: 'ms',
      };
    }
    const memory = await memoryAfterMany(product);
    yield { figure: `${name}: memory after ${manyDocuments} documents`, value: memory, unit: 'MB' };
  }
}
