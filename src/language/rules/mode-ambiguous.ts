import type { Rule } from './rule.ts';
import { addKey, fix, plainText } from '../edits.ts';
import { replica } from './rule.ts';

export const modeAmbiguous: Rule = {
  code: 'RC109',
  severity: 'warning',
  check({ document, cluster: { spec } }) {
    const { enabled, primary, source } = spec.replica ?? {};
    if (!spec.replica || enabled !== undefined || primary) return [];
    return [
      {
        path: replica,
        on: 'key',
        message:
          'Without `primary` or `enabled` this Cluster counts as a replica. Say which mode is meant: a member of a distributed topology, or a standalone replica.',
        fixes: [
          ...(source && primary === undefined
            ? fix(`Add primary: ${source}`, addKey(document, replica, 'primary', plainText(source)))
            : []),
          ...fix('Add enabled: true', addKey(document, replica, 'enabled', 'true')),
        ],
      },
    ];
  },
};
