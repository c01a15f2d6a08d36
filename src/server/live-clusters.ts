/** What the extension tells of the Clusters in connected contexts, for the manifests that describe them. */
import type { Entry, Live } from '../language/index.ts';
import type { Cluster } from '../model/cluster.ts';

export interface LiveClusters {
  /** All Clusters of a context. */
  set(context: string, clusters: readonly Cluster[]): void;
  /** Of contexts that are not connected any more nothing is known. */
  keep(contexts: readonly string[]): void;
  of: (entry: Entry) => Live | undefined;
}

export function createLiveClusters(): LiveClusters {
  const byContext = new Map<string, readonly Cluster[]>();
  let all: readonly Cluster[] = [];
  const changed = (): void => void (all = [...byContext.values()].flat());

  return {
    set(context, clusters) {
      byContext.set(context, clusters);
      changed();
    },
    keep(contexts) {
      for (const context of byContext.keys()) if (!contexts.includes(context)) byContext.delete(context);
      changed();
    },
    of({ name, namespace, context }) {
      if (all.length === 0) return undefined;
      const near = context === undefined ? all : (byContext.get(context) ?? []);
      const called = near.filter(
        ({ metadata }) => metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
      );
      // Of several any may be meant.
      return { own: called.length === 1 ? called[0] : undefined, all };
    },
  };
}
