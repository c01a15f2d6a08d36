import type { Rule } from './rule.ts';
import { isReplicaCluster, mayHaveBeenPrimary } from './rule.ts';

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
