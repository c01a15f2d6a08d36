import type { Rule } from './rule.ts';
import { addKey, fix } from '../edits.ts';
import { replica } from './rule.ts';

export const sourceMissing: Rule = {
  code: 'RC102',
  severity: 'error',
  replaces: 'schema/required',
  check({ document, cluster: { spec } }) {
    if (!spec.replica || spec.replica.source) return [];
    const { primary } = spec.replica;
    const hasKey = spec.replica.source !== undefined;
    return [
      {
        path: hasKey ? [...replica, 'source'] : replica,
        on: 'key',
        message: 'A replica stanza needs `source`: the entry of `externalClusters` to follow.',
        fixes: primary && !hasKey ? fix(`Add source: ${primary}`, addKey(document, replica, 'source', primary)) : [],
      },
    ];
  },
};
