import { decodeToken } from '../../model/token.ts';
import { fix, removeKey } from '../edits.ts';
import { liveStatus } from './live.ts';
import type { Rule } from './rule.ts';
import { onValue, replica } from './rule.ts';

const path = [...replica, 'promotionToken'];

export const tokenFromThePast: Rule = {
  code: 'RC705',
  severity: 'error',
  check({ document, cluster, live }) {
    const text = cluster.spec.replica?.promotionToken ?? '';
    const token = decodeToken(text);
    const { timelineID, lastPromotionToken } = liveStatus(live) ?? {};
    if (typeof token === 'string' || timelineID === undefined || text === lastPromotionToken) return [];
    if (Number(token.latestCheckpointTimelineID) >= timelineID) return [];
    return [
      onValue(
        path,
        `Live: the token was made on timeline ${token.latestCheckpointTimelineID}, and ${cluster.metadata.name} is on ${timelineID}. Applied, the Cluster counts as unrecoverable.`,
        { fixes: fix('Remove promotionToken', removeKey(document, path)) },
      ),
    ];
  },
};
