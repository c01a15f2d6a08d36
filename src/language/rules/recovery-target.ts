import type { Rule } from './rule.ts';
import { fix, removeKey } from '../edits.ts';
import { isReplicaCluster } from './rule.ts';

export const recoveryTarget: Rule = {
  code: 'RC115',
  severity: 'warning',
  check({ document, cluster }) {
    if (!isReplicaCluster(cluster) || !cluster.spec.bootstrap?.['recovery']?.recoveryTarget) return [];
    const path = ['spec', 'bootstrap', 'recovery', 'recoveryTarget'];
    return [
      {
        path,
        on: 'key',
        message: 'A recovery target ends replay; a replica cluster must follow its source to the end of WAL.',
        fixes: fix('Remove recoveryTarget', removeKey(document, path)),
      },
    ];
  },
};
