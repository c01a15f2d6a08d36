import type { Rule } from './rule.ts';
import { isReplicaCluster, onKey, replica } from './rule.ts';

export const tokenInFile: Rule = {
  code: 'RC711',
  severity: 'info',
  check({ cluster }) {
    // On a replica cluster the webhook refuses it.
    if (!cluster.spec.replica?.promotionToken || isReplicaCluster(cluster)) return [];
    return [
      onKey(
        [...replica, 'promotionToken'],
        'A token serves once. Commit it together with the role change of the other side, and remove it when the promotion is over: the next demotion is refused with it.',
      ),
    ];
  },
};
