import { fix, removeKey } from '../edits.ts';
import { liveStatus } from './live.ts';
import type { Rule } from './rule.ts';
import { onValue, replica } from './rule.ts';

const path = [...replica, 'promotionToken'];

export const tokenUsed: Rule = {
  code: 'RC706',
  severity: 'warning',
  check({ document, cluster, live }) {
    const text = cluster.spec.replica?.promotionToken;
    if (!text || text !== liveStatus(live)?.lastPromotionToken) return [];
    return [
      onValue(
        path,
        'Live: this token was used already. It stands in the way of the next demotion, and would be looked at again if the Cluster is made anew.',
        {
          fixes: fix('Remove promotionToken', removeKey(document, path)),
        },
      ),
    ];
  },
};
