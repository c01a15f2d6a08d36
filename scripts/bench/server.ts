/** The language server as a process: its first answer, a keystroke in a long file, its memory. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import type { MessageConnection } from 'vscode-languageserver/node';
import type { Figure } from '../bench.ts';

const runs = 5;

interface Server {
  connection: MessageConnection;
  pid: number;
  started: number;
  diagnosed(uri: string): Promise<void>;
  stop(): void;
}

async function start(root: string): Promise<Server> {
  const started = performance.now();
  const child = spawn(process.execPath, [path.join(root, 'dist/server.js'), '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const waiting = new Map<string, () => void>();
  connection.onNotification('textDocument/publishDiagnostics', ({ uri }: { uri: string }) => waiting.get(uri)?.());
  connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => null));
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  await connection.sendNotification('initialized', {});
  return {
    connection,
    pid: child.pid ?? 0,
    started,
    diagnosed: uri => new Promise(resolve => waiting.set(uri, resolve)),
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
      connectionParameters:
        host: cluster-eu-rw.example.org
    - name: ${name}
      connectionParameters:
        host: ${name}-rw.example.org
`;

const open = (server: Server, uri: string, text: string): Promise<void> => {
  const diagnosed = server.diagnosed(uri);
  void server.connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'yaml', version: 1, text },
  });
  return diagnosed;
};

export async function* measure(root: string): AsyncIterable<Figure> {
  const first: number[] = [];
  for (let run = 0; run < runs; run++) {
    const server = await start(root);
    await open(server, 'file:///first.yaml', cluster('cluster-us'));
    first.push(performance.now() - server.started);
    server.stop();
  }
  yield {
    figure: 'first diagnostics after the start of the server (median of 5)',
    value: median(first).toFixed(0),
    unit: 'ms',
  };

  const server = await start(root);
  const text = Array.from({ length: 477 }, (_, index) => cluster(`cluster-${index}`)).join('---\n');
  const lines = text.split('\n').length;
  const uri = 'file:///long.yaml';
  await open(server, uri, text);
  const keystrokes: number[] = [];
  for (let version = 2; version < 32; version++) {
    const line = 5 + 22 * 200;
    const change = {
      range: { start: { line, character: 13 }, end: { line, character: 14 } },
      text: String(version % 9 || 1),
    };
    const diagnosed = server.diagnosed(uri);
    const began = performance.now();
    await server.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [change],
    });
    await diagnosed;
    keystrokes.push(performance.now() - began);
  }
  yield {
    figure: `keystroke to diagnostics, ${lines} lines (median of 30)`,
    value: median(keystrokes).toFixed(1),
    unit: 'ms',
  };
  yield { figure: 'memory of the language server with that file', value: pssMegabytes(server.pid), unit: 'MB' };
  server.stop();
}
