import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';

/** What this command needs of the simulator's room, loaded on first use. */
export interface SimulatorRoom {
  startPlayground: (options: {
    directory: string;
    log?: (message: string) => void;
  }) => Promise<{ kubeconfig: string; directory: string; contexts: readonly string[]; stop(): Promise<void> }>;
}

export interface Playground extends vscode.Disposable {
  /** Kubeconfig of the running playground. */
  kubeconfig(): string | undefined;
  start(connections: Connections): Promise<void>;
}

/** Two simulated Kubernetes clusters inside the extension host, for whoever has none at hand. Ends with the window. */
export function createPlayground(
  room: () => Promise<SimulatorRoom>,
  storage: vscode.Uri,
  log: vscode.LogOutputChannel,
): Playground {
  let running: Awaited<ReturnType<SimulatorRoom['startPlayground']>> | undefined;
  return {
    kubeconfig: () => running?.kubeconfig,
    async start(connections) {
      const { startPlayground } = await room();
      const directory = vscode.Uri.joinPath(storage, 'playground').fsPath;
      running ??= await startPlayground({ directory, log: message => log.debug(`playground: ${message}`) });
      await connections.reload();
      await Promise.all(running.contexts.map(context => connections.open(context)));
      for (const file of ['us/cluster-us.yaml', 'eu/cluster-eu.yaml'])
        await vscode.window.showTextDocument(vscode.Uri.joinPath(vscode.Uri.file(running.directory), file), {
          preview: false,
        });
      await vscode.commands.executeCommand('cnpg.replication.focus');
    },
    dispose: () => void running?.stop(),
  };
}
