import { isReplica } from '../admission/cluster-defaults.ts';
import { readToken } from '../admission/promotion-token.ts';
import { fix, removeKey } from '../edits.ts';
import { clusterRule, onKey, onValue } from './rule.ts';

const path = ['spec', 'replica', 'promotionToken'];

export const promotionToken = clusterRule('promotion-token', ({ document, metadata, spec }) => {
  const { promotionToken: token, minApplyDelay } = spec.replica ?? {};
  if (!token || minApplyDelay !== undefined) return [];
  if (isReplica(metadata, spec))
    return [
      onKey(
        path,
        'A token promotes, and this manifest says that the Cluster stays a replica: set replica.primary to this Cluster in the same change, or remove the token.',
        fix('Remove promotionToken', removeKey(document, path)),
      ),
    ];
  const fault = readToken(token);
  return fault === undefined
    ? []
    : [
        onValue(
          path,
          `This is no demotion token: ${fault}. Copy it again from the demoted Cluster's status.demotionToken.`,
        ),
      ];
});
