import type { Rule } from './rule.ts';
import { fix, setValue, plainText } from '../edits.ts';
import { isReplicaCluster, replica, topologyName } from './rule.ts';

export const replicaOfItself: Rule = {
  code: 'RC107',
  severity: 'error',
  check({ document, cluster }) {
    const { source, primary } = cluster.spec.replica ?? {};
    const self = topologyName(cluster);
    // A standalone replica may follow a Cluster of its own name in another place: there the names are of this list alone.
    if (!primary || source !== self || !isReplicaCluster(cluster)) return [];
    const path = [...replica, 'source'];
    return [
      {
        path,
        on: 'value',
        message: `${self} is a replica of itself: \`source\` must name another member.`,
        fixes: primary === self ? [] : fix(`Change to ${primary}`, setValue(document, path, plainText(primary))),
      },
    ];
  },
};
