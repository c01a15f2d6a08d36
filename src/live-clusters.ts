/**
 * Tells the language server what of the live objects matters to manifests: roles, tokens and timelines of Clusters, names of
 * ObjectStores, and nothing that changes often.
 */
import type { Connections } from './connections.ts';
import type { Cluster } from './model/cluster.ts';
import { annotations } from './model/cluster.ts';
import type { ObjectMeta, Pod } from './model/kubernetes.ts';
import { labelledFor } from './model/owned.ts';
import type { LanguageService, LiveFacts } from './views/language-client.ts';

export function tellLiveClusters(connections: Connections, language: Promise<LanguageService>): { dispose(): void } {
  const told = new Map<string, string>();

  function changed(): void {
    for (const { context, state, clusters, objectStores, pods } of connections.snapshots()) {
      if (state === 'closed') told.delete(context);
      if (state !== 'connected') continue;
      const stores = JSON.stringify(objectStores.map(({ metadata }) => nameOf(metadata)));
      const now = `{"clusters":[${clusters.map(cluster => factsOf(cluster, operatorOf(cluster, pods))).join()}],"objectStores":${stores}}`;
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

/** A Cluster does not say who looks after it. */
function operatorOf(cluster: Cluster, pods: readonly Pod[]): string | undefined {
  const annotated = labelledFor(pods, cluster).map(
    ({ metadata }) => metadata.annotations?.[annotations.operatorVersion],
  );
  return annotated.find(Boolean);
}

/** Snapshots keep the objects that did not change. */
const known = new WeakMap<Cluster, { operator: string | undefined; facts: string }>();

function factsOf(cluster: Cluster, operator: string | undefined): string {
  const before = known.get(cluster);
  if (before && before.operator === operator) return before.facts;
  const facts = JSON.stringify(slimmed(cluster, operator));
  known.set(cluster, { operator, facts });
  return facts;
}

const nameOf = ({ name, namespace }: ObjectMeta) => ({
  name,
  ...(namespace !== undefined && { namespace }),
});

/** @param operator its version, told as an annotation, which its pods have */
function slimmed({ metadata, spec, status = {} }: Cluster, operator: string | undefined): Cluster {
  const { phase, systemID, timelineID, demotionToken, lastPromotionToken, switchReplicaClusterStatus } = status;
  return {
    metadata: {
      ...nameOf(metadata),
      ...(operator !== undefined && { annotations: { [annotations.operatorVersion]: operator } }),
    },
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
