import { idOf, members } from '../sides.ts';
import { liveCalled } from './live.ts';
import type { Rule } from './rule.ts';
import { isDistributed, isReplicaCluster, onValue, replica } from './rule.ts';

export const noPrimary: Rule = {
  code: 'RC302',
  severity: 'warning',
  check({ cluster, entry, workspace, live }) {
    if (!isDistributed(cluster) || !isReplicaCluster(cluster)) return [];
    const all = members(workspace, entry);
    if (all.length < 2 || !all.every(member => isDistributed(member.cluster) && isReplicaCluster(member.cluster)))
      return [];
    // A member that is not known may be the one.
    const known = new Set(all.map(idOf));
    if (!all.every(member => known.has(member.cluster.spec.replica?.primary ?? ''))) return [];
    const path = [...replica, 'primary'];
    const demoted = all.map(idOf).find(name => !!liveCalled(live, name)?.status?.demotionToken);
    const related = all
      .filter(member => member !== entry)
      .map(member => ({
        entry: member,
        path,
        message: `${idOf(member)} says that ${member.cluster.spec.replica?.primary} is primary`,
      }));
    return [
      demoted === undefined
        ? onValue(
            path,
            'All members are replica clusters: nobody accepts writes. Finish the switchover or take it back.',
            {
              related,
            },
          )
        : onValue(
            path,
            `Live: ${demoted} is demoted and its token is there. Until another member is promoted, nobody accepts writes.`,
            {
              severity: 'info',
              related,
            },
          ),
    ];
  },
};
