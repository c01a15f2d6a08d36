import { isDistributed, isReplicaCluster, onValue, partnersOf, replica } from './rule.ts';
import { idOf } from '../sides.ts';
import { fix, plainText, setValue } from '../edits.ts';
import type { Rule } from './rule.ts';

export const twoPrimaries: Rule = {
  code: 'RC301',
  severity: 'error',
  check(subject) {
    const { document, cluster, entry } = subject;
    if (!isDistributed(cluster) || isReplicaCluster(cluster)) return [];
    const path = [...replica, 'primary'];
    return partnersOf(subject)
      .filter(other => isDistributed(other.cluster) && !isReplicaCluster(other.cluster))
      .map(other =>
        onValue(
          path,
          `${idOf(entry)} and ${idOf(other)} both declare themselves primary: applied, both accept writes. One has to name the other.`,
          {
            fixes: fix(`Make ${idOf(other)} the primary`, setValue(document, path, plainText(idOf(other)))),
            related: [{ entry: other, path, message: `primary of ${idOf(other)}` }],
          },
        ),
      );
  },
};
