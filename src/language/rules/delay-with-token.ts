import type { Rule } from './rule.ts';
import { fix, removeKey } from '../edits.ts';
import { replica } from './rule.ts';

export const delayWithToken: Rule = {
  code: 'RC118',
  severity: 'error',
  check({ document, cluster: { spec } }) {
    const { minApplyDelay, promotionToken } = spec.replica ?? {};
    if (!minApplyDelay || !promotionToken) return [];
    const path = [...replica, 'minApplyDelay'];
    return [
      {
        path,
        on: 'key',
        message:
          'A delayed replica cannot be promoted with a token; the webhook refuses it. Remove the delay, wait for the replay, then promote.',
        fixes: fix('Remove minApplyDelay', removeKey(document, path)),
      },
    ];
  },
};
