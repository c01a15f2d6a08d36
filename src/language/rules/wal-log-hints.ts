import { fix, removeBranch } from '../edits.ts';
import type { Rule } from './rule.ts';
import { onKey, parameterOf, parameters } from './rule.ts';

const path = [...parameters, 'wal_log_hints'];
const off = new Set(['off', 'false', 'no', '0']);

export const walLogHints: Rule = {
  code: 'RC612',
  severity: 'warning',
  check({ document, cluster }) {
    // With more instances the webhook refuses it.
    if ((cluster.spec.instances ?? 1) > 1 || !off.has((parameterOf(cluster, 'wal_log_hints') ?? '').toLowerCase()))
      return [];
    return [
      onKey(path, 'Without hint bits in WAL a former primary cannot be rewound: after a failover it is cloned anew.', {
        fixes: fix('Remove wal_log_hints', removeBranch(document, path)),
      }),
    ];
  },
};
