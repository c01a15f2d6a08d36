/** Tells the language server what of the live Clusters matters to manifests: roles, tokens, timelines, and nothing that changes often. */
import type { Connections } from './connections.ts';
import type { Cluster } from './model/cluster.ts';
import type { LanguageService } from './views/language-client.ts';

export function tellLiveClusters(connections: Connections, language: Promise<LanguageService>): { dispose(): void } {
  const told = new Map<string, string>();

  function changed(): void {
    for (const { context, state, clusters } of connections.snapshots()) {
      if (state === 'closed') told.delete(context);
      if (state !== 'connected') continue;
      const now = `[${clusters.map(factsOf).join()}]`;
      if (told.get(context) === now) continue;
      told.set(context, now);
      void language.then(
        service => service.liveClusters(context, JSON.parse(now) as Cluster[]),
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

function slimmed({ metadata: { name, namespace }, spec, status = {} }: Cluster): Cluster {
  const { phase, systemID, timelineID, demotionToken, lastPromotionToken, switchReplicaClusterStatus } = status;
  return {
    metadata: { name, ...(namespace !== undefined && { namespace }) },
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
