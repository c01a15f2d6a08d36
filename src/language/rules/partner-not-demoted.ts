import { demotionInProgress, isReplicaCluster, topologyName } from '../../model/cluster.ts';
import { clusterOf } from '../sound.ts';
import { liveCluster } from './live.ts';
import type { Rule } from './rule.ts';
import { onValue, replica } from './rule.ts';

export const partnerNotDemoted: Rule = {
  code: 'RC708',
  severity: 'error',
  check({ cluster, old, live }) {
    const before = liveCluster(old);
    const former = before?.spec.replica?.primary;
    if (!before || !former || !isReplicaCluster(before) || isReplicaCluster(cluster)) return [];
    const partner = (live?.documents ?? [])
      .map(clusterOf)
      .find(each => each !== undefined && topologyName(each) === former);
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
