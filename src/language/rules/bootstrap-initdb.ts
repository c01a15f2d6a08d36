import type { Rule } from './rule.ts';
import type { Cluster } from '../../model/cluster.ts';
import { externalCluster, isReplicaCluster, topologyName } from './rule.ts';

export const bootstrapInitdb: Rule = {
  code: 'RC113',
  severity: 'error',
  onlyNew: true,
  check({ cluster }) {
    if (!isReplicaCluster(cluster) || !cluster.spec.bootstrap?.['initdb']) return [];
    return [
      {
        ...(mayHaveBeenPrimary(cluster) && { severity: 'warning' }),
        path: ['spec', 'bootstrap', 'initdb'],
        on: 'key',
        message:
          '`initdb` makes a new database system, and a replica cluster must be copied from its source: the webhook refuses to create it. Right only for a former primary that was demoted.',
      },
    ];
  },
};

/** Members of a distributed topology change roles, and a demoted one keeps the bootstrap with which it was born. */
const mayHaveBeenPrimary = (cluster: Cluster): boolean =>
  cluster.spec.replica?.enabled === undefined && externalCluster(cluster, topologyName(cluster)) !== undefined;
