/**
 * Tells the language server what of the live objects matters to manifests: roles, tokens and timelines of Clusters, names of
 * ObjectStores, and nothing that changes often.
 */
import type { Connections } from './connections.ts';
import type { Cluster } from './model/cluster.ts';
import type { ObjectMeta } from './model/kubernetes.ts';
import type { LanguageService, LiveFacts } from './views/language-client.ts';

export function tellLiveClusters(connections: Connections, language: Promise<LanguageService>): { dispose(): void } {
  const told = new Map<string, string>();

  function changed(): void {
    for (const { context, state, clusters, objectStores } of connections.snapshots()) {
      if (state === 'closed') told.delete(context);
      if (state !== 'connected') continue;
      const stores = JSON.stringify(objectStores.map(({ metadata }) => nameOf(metadata)));
      const now = `{"clusters":[${clusters.map(factsOf).join()}],"objectStores":${stores}}`;
      if (told.get(context) === now) continue;
      told.set(context, now);
      void language.then(
        service => service.liveClusters(context, JSON.parse(now) as LiveFacts),
        () => undefined,
      );
    }
  }

  return connections.onDidChange(changed);
}

/** Snapshots keep the objects that did not change. */
const known = new WeakMap<Cluster, string>();

function factsOf(cluster: Cluster): string {
  let facts = known.get(cluster);
  if (facts === undefined) known.set(cluster, (facts = JSON.stringify(slimmed(cluster))));
  return facts;
}

const nameOf = ({ name, namespace }: ObjectMeta) => ({
  name,
  ...(namespace !== undefined && { namespace }),
});

function slimmed({ metadata, spec, status = {} }: Cluster): Cluster {
  const { phase, systemID, timelineID, demotionToken, lastPromotionToken, switchReplicaClusterStatus } = status;
  return {
    metadata: nameOf(metadata),
    spec: { ...(spec.replica && { replica: spec.replica }) },
    status: {
      ...(phase !== undefined && { phase }),
      ...(systemID !== undefined && { systemID }),
      ...(timelineID !== undefined && { timelineID }),
      ...(demotionToken !== undefined && { demotionToken }),
      ...(lastPromotionToken !== undefined && { lastPromotionToken }),
      ...(switchReplicaClusterStatus && { switchReplicaClusterStatus }),
    },
  };
}
