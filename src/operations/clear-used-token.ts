/**
 * Removes a promotion token that has been used. It does nothing any more, but left in the manifest it blocks the next demotion
 * (cloudnative-pg issue 9273) and would be verified again when the Cluster is created from it.
 */
import { isReplicaCluster, tokenUsed } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import { check, gitOps, noRoleChange, operatorActs } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import { undone } from './operation.ts';

export const clearUsedToken = (target: Address): Operation => ({
  title: `Clear the used token of ${target.name}`,
  target,
  plan: seen => plan(target, seen),
  progress,
});

function plan(target: Address, { cluster }: Observed): OperationPlan {
  const token = cluster.spec.replica?.promotionToken;
  return {
    checks: [
      check(
        'blocks',
        `${target.name}: its token has been used`,
        !token || tokenUsed(cluster),
        !token
          ? 'it has none'
          : tokenUsed(cluster)
            ? 'status.lastPromotionToken is the same'
            : 'status.lastPromotionToken is another: a promotion with this token is under way or cannot be finished',
        'Wait for the promotion, or take it back (CNPG: Withdraw Promotion…). Removing a token that has not been used is a failover.',
      ),
      check(
        'blocks',
        `${target.name} is the primary cluster`,
        !isReplicaCluster(cluster),
        isReplicaCluster(cluster) ? 'it is a replica cluster' : 'by its manifest',
        'A replica cluster cannot have a token.',
      ),
      noRoleChange(cluster),
      operatorActs(cluster, 'warns'),
      ...gitOps(cluster),
    ],
    write: token
      ? {
          verb: 'patch',
          kind: 'Cluster',
          target,
          resourceVersion: cluster.metadata.resourceVersion,
          patch: { spec: { replica: { promotionToken: null } } },
          changes: [{ field: 'spec.replica.promotionToken', from: token, to: '(absent)' }],
        }
      : undefined,
    meaning: `The promotion token of ${target.name} is removed from its manifest. It was used and does nothing any more; nothing restarts. Remove it from the manifest in the workspace as well.`,
    interrupts: false,
  };
}

function progress({ cluster }: Observed): Progress {
  const { name } = cluster.metadata;
  if (cluster.spec.replica?.promotionToken) return undone(`${name} has a promotion token again.`);
  if (cluster.status?.lastPromotionToken)
    return {
      kind: 'pending',
      evidence: `The token is removed; the operator still has it in status.lastPromotionToken.`,
      stalled: `The manifest is without the token. The operator has not looked at ${name} since: is it running?`,
    };
  return { kind: 'done', evidence: `${name} has no promotion token.`, issues: [] };
}
