/** A playground with the product's own connections to both sides. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connect } from '../../src/kubernetes/index.ts';
import type { Connection } from '../../src/kubernetes/contract.ts';
import type { Playground, PlaygroundOptions } from '../../src/simulator/playground.ts';
import { startPlayground } from '../../src/simulator/playground.ts';

export interface ConnectedPlayground {
  playground: Playground;
  at: (address: { context: string }) => Connection;
  /** Ends with `stop`. */
  signal: AbortSignal;
  stop(): Promise<void>;
}

export async function connectPlayground(
  name: string,
  options: Omit<PlaygroundOptions, 'directory'> = {},
): Promise<ConnectedPlayground> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), `cnpg-${name}-`));
  const ending = new AbortController();
  const playground = await startPlayground({ directory: path.join(directory, 'workspace'), speed: 20, ...options });
  const connections = new Map<string, Connection>();
  for (const context of playground.contexts)
    connections.set(
      context,
      await connect(
        { context, files: [playground.kubeconfig], allowExecPlugins: false, log: () => undefined },
        ending.signal,
      ),
    );
  return {
    playground,
    signal: ending.signal,
    at({ context }) {
      const connection = connections.get(context);
      assert.ok(connection);
      return connection;
    },
    async stop() {
      for (const connection of connections.values()) connection.close();
      ending.abort();
      await playground.stop();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}
