import { idOf, members } from '../sides.ts';
import type { Rule } from './rule.ts';
import { isReplicaCluster, onValue, replica } from './rule.ts';

export const ringBroken: Rule = {
  code: 'RC309',
  severity: 'warning',
  check({ cluster, entry, workspace }) {
    if (!isReplicaCluster(cluster)) return [];
    const all = members(workspace, entry);
    const primary = all.find(member => !isReplicaCluster(member.cluster));
    if (!primary || all.length < 3) return [];
    const seen = [entry];
    for (const member of seen) {
      const source = all.find(other => idOf(other) === member.cluster.spec.replica?.source);
      // What follows somebody that is not known may well lead on.
      if (!source || source === primary) return [];
      if (seen.includes(source)) break;
      seen.push(source);
    }
    const path = [...replica, 'source'];
    const way = seen.map(idOf).join(' → ');
    return [
      onValue(
        path,
        `${way} goes in a circle and never reaches ${idOf(primary)}, the primary: nothing new arrives here.`,
        {
          related: seen.slice(1).map(member => ({ entry: member, path, message: `source of ${idOf(member)}` })),
        },
      ),
    ];
  },
};
