/** What the extension tells of the Clusters and ObjectStores in connected contexts, for the manifests that describe them. */
import type { Entry, Live, LiveNames } from '../language/index.ts';
import type { Cluster } from '../model/cluster.ts';
import { topologyName } from '../model/cluster.ts';

/** All of a context. */
export interface LiveFacts {
  clusters: readonly Cluster[];
  objectStores: readonly { name: string; namespace?: string }[];
}

export interface LiveClusters {
  set(context: string, facts: LiveFacts): void;
  /** Of contexts that are not connected any more nothing is known. */
  keep(contexts: readonly string[]): void;
  of: (entry: Entry) => Live | undefined;
  /** @param context where the names are looked up; members of a topology are in any. `undefined`: in any */
  names(context: string | undefined): LiveNames;
}

export function createLiveClusters(): LiveClusters {
  const byContext = new Map<string, LiveFacts>();
  let all: readonly Cluster[] = [];
  let stores: Live['stores'] = [];
  const changed = (): void => {
    all = [...byContext.values()].flatMap(({ clusters }) => clusters);
    stores = [...byContext].flatMap(([context, { objectStores }]) =>
      objectStores.map(({ name, namespace }) => ({ name, namespace, context })),
    );
  };

  return {
    set(context, facts) {
      byContext.set(context, facts);
      changed();
    },
    keep(contexts) {
      for (const context of byContext.keys()) if (!contexts.includes(context)) byContext.delete(context);
      changed();
    },
    of({ name, namespace, context }) {
      if (byContext.size === 0) return undefined;
      const near = context === undefined ? all : (byContext.get(context)?.clusters ?? []);
      const called = near.filter(
        ({ metadata }) => metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
      );
      // Of several any may be meant.
      return { own: called.length === 1 ? called[0] : undefined, all, stores };
    },
    names: place => kind => {
      const found = [...byContext].flatMap(([context, { clusters, objectStores }]) =>
        kind === 'ObjectStore'
          ? objectStores.map(({ name }) => ({ name, context }))
          : clusters.map(cluster => ({
              name: kind === 'member' ? topologyName(cluster) : cluster.metadata.name,
              context,
            })),
      );
      return kind === 'member' || place === undefined ? found : found.filter(({ context }) => context === place);
    },
  };
}
