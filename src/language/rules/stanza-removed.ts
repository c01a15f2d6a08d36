import { placeOf } from '../manifest.ts';
import { liveCluster } from './live.ts';
import type { Rule } from './rule.ts';
import { isReplicaCluster, onKey, replica } from './rule.ts';

export const stanzaRemoved: Rule = {
  code: 'RC710',
  severity: 'warning',
  check({ document, cluster, old }) {
    const live = liveCluster(old);
    if (!live || !isReplicaCluster(live) || cluster.spec.replica || placeOf(document, replica)) return [];
    return [
      onKey(
        ['spec'],
        `Live: ${cluster.metadata.name} is a replica cluster. Without its replica stanza it is promoted at once, as in a failover.`,
      ),
    ];
  },
};
