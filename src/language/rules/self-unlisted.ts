import type { Rule } from './rule.ts';
import { addEntry, externalCluster, isReplicaCluster, replica } from './rule.ts';

export const selfUnlisted: Rule = {
  code: 'RC106',
  severity: 'warning',
  check(subject) {
    const { cluster } = subject;
    const stanza = cluster.spec.replica;
    if (!stanza?.primary || stanza.self || !isReplicaCluster(cluster)) return [];
    if (externalCluster(cluster, cluster.metadata.name)) return [];
    return [
      {
        path: [...replica, 'primary'],
        on: 'key',
        message: `${cluster.metadata.name} is not in its own externalClusters: it cannot be promoted without another edit.`,
        fixes: addEntry(subject, cluster.metadata.name),
      },
    ];
  },
};
