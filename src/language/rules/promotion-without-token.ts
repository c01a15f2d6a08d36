import type { Rule } from './rule.ts';
import { isReplicaCluster, onValue, replica } from './rule.ts';

export const promotionWithoutToken: Rule = {
  code: 'RC707',
  severity: 'warning',
  check({ cluster, live: known }) {
    const live = known?.own;
    const { primary, promotionToken } = cluster.spec.replica ?? {};
    const former = live?.spec.replica?.primary;
    if (!live || !primary || !former || former === primary || promotionToken) return [];
    if (!isReplicaCluster(live) || isReplicaCluster(cluster)) return [];
    return [
      onValue(
        [...replica, 'primary'],
        `Live: ${cluster.metadata.name} is a replica cluster. Promoted without a token this is a failover: what ${former} wrote last may be lost, and ${former} has to be cloned anew. For a switchover demote ${former} first and add its token.`,
      ),
    ];
  },
};
