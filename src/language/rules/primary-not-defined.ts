import type { Rule } from './rule.ts';
import { fix, setValue, plainText } from '../edits.ts';
import { addEntry, externalCluster, meantEntry, replica } from './rule.ts';

export const primaryNotDefined: Rule = {
  code: 'RC104',
  severity: 'error',
  check(subject) {
    const primary = subject.cluster.spec.replica?.primary;
    if (!primary || externalCluster(subject.cluster, primary)) return [];
    const path = [...replica, 'primary'];
    const guess = meantEntry(subject, primary);
    return [
      {
        path,
        on: 'value',
        message: `"${primary}" is declared the primary of the topology and has no entry in externalClusters: the webhook refuses it.`,
        fixes: [
          ...(guess === undefined ? [] : fix(`Change to ${guess}`, setValue(subject.document, path, plainText(guess)))),
          ...addEntry(subject, primary),
        ],
      },
    ];
  },
};
