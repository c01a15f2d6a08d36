import type { Rule } from './rule.ts';
import { fix, setValue, plainText } from '../edits.ts';
import { addEntry, externalCluster, meantEntry, replica } from './rule.ts';

export const sourceNotDefined: Rule = {
  code: 'RC103',
  severity: 'error',
  check(subject) {
    const source = subject.cluster.spec.replica?.source;
    if (!source || externalCluster(subject.cluster, source)) return [];
    const path = [...replica, 'source'];
    const guess = meantEntry(subject, source);
    return [
      {
        path,
        on: 'value',
        message: `"${source}" is not in externalClusters of ${subject.cluster.metadata.name}: the webhook refuses it.`,
        fixes: [
          ...(guess === undefined ? [] : fix(`Change to ${guess}`, setValue(subject.document, path, plainText(guess)))),
          ...addEntry(subject, source),
        ],
      },
    ];
  },
};
