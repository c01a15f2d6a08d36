import type { Rule } from './rule.ts';
import { addEntry, externalCluster, replica } from './rule.ts';

export const selfNotDefined: Rule = {
  code: 'RC105',
  severity: 'error',
  check(subject) {
    const self = subject.cluster.spec.replica?.self;
    if (!self || externalCluster(subject.cluster, self)) return [];
    return [
      {
        path: [...replica, 'self'],
        on: 'value',
        message: `\`self: ${self}\` must be in externalClusters as well: the webhook refuses it.`,
        fixes: addEntry(subject, self),
      },
    ];
  },
};
