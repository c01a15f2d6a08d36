import type { Rule } from './rule.ts';
import { fix, removeKey } from '../edits.ts';
import { replica } from './rule.ts';

export const detached: Rule = {
  code: 'RC110',
  severity: 'warning',
  check({ document, cluster: { spec } }) {
    const { enabled, source } = spec.replica ?? {};
    if (enabled !== false || !source) return [];
    return [
      {
        path: [...replica, 'enabled'],
        on: 'key',
        message: `Detached from "${source}"; this is final. Remove the stanza, or make both members of a distributed topology before the pair is used again.`,
        fixes: fix('Remove the replica stanza', removeKey(document, replica)),
      },
    ];
  },
};
