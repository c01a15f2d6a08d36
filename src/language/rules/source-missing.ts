import type { Rule } from './rule.ts';
import { addKey, fix, plainText } from '../edits.ts';
import { entryNames, replica, topologyName } from './rule.ts';

export const sourceMissing: Rule = {
  code: 'RC102',
  severity: 'error',
  replaces: 'schema/required',
  check({ document, cluster }) {
    const { spec } = cluster;
    if (!spec.replica || spec.replica.source) return [];
    const { primary = '' } = spec.replica;
    const self = topologyName(cluster);
    const choices = new Set([primary, ...entryNames(cluster)].filter(name => name !== '' && name !== self));
    const hasKey = spec.replica.source !== undefined;
    return [
      {
        path: hasKey ? [...replica, 'source'] : replica,
        on: 'key',
        message: 'A replica stanza needs `source`: the entry of `externalClusters` to follow.',
        fixes: [...choices].flatMap(name =>
          fix(`Add source: ${name}`, addKey(document, replica, 'source', plainText(name))),
        ),
      },
    ];
  },
};
