import { demotionInProgress, isReplicaCluster } from '../../model/cluster.ts';
import { liveCalled } from './live.ts';
import type { Rule } from './rule.ts';
import { onValue, replica } from './rule.ts';

export const partnerNotDemoted: Rule = {
  code: 'RC708',
  severity: 'error',
  check({ cluster, live }) {
    const before = live?.own;
    const former = before?.spec.replica?.primary;
    if (!before || !former || !isReplicaCluster(before) || isReplicaCluster(cluster)) return [];
    const partner = liveCalled(live, former);
    if (!partner) return [];
    const state = !isReplicaCluster(partner)
      ? 'is still primary'
      : demotionInProgress(partner)
        ? 'is still being demoted'
        : undefined;
    return state === undefined
      ? []
      : [
          onValue(
            [...replica, 'primary'],
            `Live: ${former} ${state}${partner.status?.phase === undefined ? '' : ` (${partner.status.phase})`}. Promoted now, both accept writes: wait until it is demoted.`,
          ),
        ];
  },
};
