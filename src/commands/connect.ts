import type { Connections } from '../connections.ts';
import { pickContexts } from './pick-cluster.ts';

/** Opens the context of a tree node, or contexts that the user picks. A context that failed is tried again at once. */
export const connect =
  (connections: Connections) =>
  async (node?: { context?: string }): Promise<void> => {
    const contexts = node?.context === undefined ? await contextsToOpen(connections) : [node.context];
    const results = await Promise.allSettled(
      contexts.map(async context => {
        const known = connections.get(context);
        if (known) known.retry();
        else await connections.open(context);
      }),
    );
    const failed = results.find(result => result.status === 'rejected');
    if (failed) throw failed.reason;
  };

async function contextsToOpen(connections: Connections): Promise<string[]> {
  await connections.reload();
  return pickContexts(connections);
}

export const disconnect =
  (connections: Connections) =>
  (node?: { context?: string }): void => {
    for (const { context } of connections.snapshots())
      if (node?.context === undefined || node.context === context) connections.close(context);
  };

/** Reads the kubeconfig again and restarts the watches of open contexts. */
export const refresh = (connections: Connections) => async (): Promise<void> => {
  await connections.reload();
  for (const { context } of connections.snapshots()) connections.get(context)?.retry();
};
