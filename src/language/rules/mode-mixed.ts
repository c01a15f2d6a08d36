import type { Rule } from './rule.ts';
import { fix, removeKey } from '../edits.ts';
import { replica } from './rule.ts';

export const modeMixed: Rule = {
  code: 'RC101',
  severity: 'error',
  check({ document, cluster: { spec } }) {
    if (spec.replica?.enabled === undefined || !spec.replica.primary) return [];
    return [
      {
        path: [...replica, 'enabled'],
        on: 'key',
        message:
          '`enabled` (standalone replica) and `primary` (distributed topology) exclude each other; the webhook refuses both. For a switchover keep `primary`.',
        fixes: fix('Remove enabled: member of a distributed topology', removeKey(document, [...replica, 'enabled'])),
      },
    ];
  },
};
