/**
 * Takes back the order to promote a replica cluster with a token that its PostgreSQL refuses, or that it never reaches: `primary` goes
 * back and the token out in one update. Removing only the token would be a failover. Nothing was promoted, so that nothing is lost, and it
 * follows its source again: recorded of a token of another system, which the operator of 1.30 then forgets at once.
 */
import type { Cluster } from '../model/cluster.ts';
import {
  demotionInProgress,
  externalCluster,
  isReplicaCluster,
  isStandalone,
  phases,
  tokenPending,
  tokenRefused,
  topologyName,
} from '../model/cluster.ts';
import { demotedLast } from '../model/demotion.ts';
import { statusOf } from '../model/instances.ts';
import type { Address } from '../model/kubernetes.ts';
import type { Check } from './checks.ts';
import { check, gitOps, noRoleChange, operatorActs } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import { acceptsWrites, allReady, phaseWords, readinessWords, undone } from './operation.ts';
import { leaderOf } from './preflight-lost.ts';
import { replicaWrite, tokenEvidence, tokenProblem } from './promotion.ts';

/**
 * @param others members of its topology, as far as they are known
 * @param ownToken demotion token that it had before: another one afterwards tells that it was promoted meanwhile
 */
export const withdrawPromotion = (
  target: Address,
  others: readonly Cluster[],
  ownToken: string | undefined,
): Operation => ({
  title: `Withdraw the promotion of ${target.name}`,
  target,
  plan: seen => plan(target, others, seen),
  progress: seen => progressOf(ownToken, seen),
  afterwards: [
    'Find out where the token came from before the next attempt. The right one is in status.demotionToken of the Cluster that was demoted last.',
    'Manifests that still name the token promote it again when somebody applies them: CNPG: Write Roles into Manifests…',
  ],
});

/** The member that it follows again: who is the primary, else who was demoted for it, else its source. */
export function memberBefore(cluster: Cluster, others: readonly Cluster[]): string | undefined {
  const own = topologyName(cluster);
  const demoted = others.filter(({ spec }) => spec.replica?.primary === own).map(each => ({ cluster: each }));
  const member = others.find(each => !isReplicaCluster(each)) ?? demotedLast(demoted)?.cluster;
  const name = member ? topologyName(member) : cluster.spec.replica?.source;
  return name === own ? undefined : name;
}

function plan(target: Address, others: readonly Cluster[], seen: Observed): OperationPlan {
  const { cluster } = seen;
  const { name } = target;
  if (isReplicaCluster(cluster))
    return {
      checks: [],
      write: undefined,
      meaning: `${name} is a replica cluster by its manifest: what is left is to follow it to the end.`,
      interrupts: false,
    };
  const back = memberBefore(cluster, others);
  return {
    checks: [
      withdrawable(cluster),
      notPromoted(seen),
      followsAgain(cluster, back),
      hopeless(seen),
      noRoleChange(cluster),
      operatorActs(cluster, 'warns'),
      ...gitOps(cluster),
    ],
    // To itself it would be no way back but a failover: without another member there is nothing to write.
    write: back === undefined ? undefined : replicaWrite(target, cluster, { primary: back, promotionToken: null }),
    meaning: `${name} is a replica cluster${back === undefined ? '' : ` of ${back}`} again: primary goes back and the token out in one update, so that it is never promoted without one. Nothing was promoted, and nothing is lost.`,
    interrupts: false,
    ...(back !== undefined && { history: { kind: 'withdrawn promotion', partner: back, loss: 'none' } }),
  };
}

function withdrawable(cluster: Cluster): Check {
  const { name } = cluster.metadata;
  const problem = isStandalone(cluster)
    ? 'it is a standalone Cluster (replica.enabled)'
    : !cluster.spec.replica?.promotionToken
      ? 'it has no promotion token'
      : tokenPending(cluster)
        ? undefined
        : 'status.lastPromotionToken is the same: it was promoted with it';
  return check(
    'blocks',
    `${name} waits for its promotion with a token`,
    problem === undefined,
    problem ?? phaseWords(cluster),
    'A Cluster that is the primary is left by a switchover: "CNPG: Promote Replica Cluster…" on another member.',
  );
}

function notPromoted(seen: Observed): Check {
  const { cluster, instances } = seen;
  const { name } = cluster.metadata;
  const title = `No instance of ${name} was promoted`;
  const writer = instances.find(({ reading }) => statusOf(reading)?.isPrimary === true);
  const remedy =
    'If it is the primary, this would shut it down and demote it. Look at its instances first, and at the log of its designated primary.';
  if (writer || acceptsWrites(seen))
    return check('blocks', title, false, `${writer?.name ?? name} says that it is a primary`, remedy);
  const leader = leaderOf(seen);
  if (!statusOf(leader?.reading))
    return {
      ...check('blocks', title, 'unknown', `${leader?.name ?? 'its designated primary'} does not answer`, remedy),
      yields: true,
    };
  return check('blocks', title, true, `${leader?.name ?? ''} is in recovery`, '');
}

function followsAgain(cluster: Cluster, back: string | undefined): Check {
  const problem =
    back === undefined
      ? 'neither a primary, nor a demoted Cluster, nor a source of it is known'
      : externalCluster(cluster, back)
        ? undefined
        : `"${back}" is not among its externalClusters`;
  return check(
    'blocks',
    `${cluster.metadata.name} can follow another member again`,
    problem === undefined,
    problem ?? `replica.primary will be "${back}"`,
    'Connect the context of the other member, or correct externalClusters: only another member as primary makes it a replica cluster.',
  );
}

/** A token that it may still reach is worth a wait. */
function hopeless(seen: Observed): Check {
  const { cluster } = seen;
  const text = cluster.spec.replica?.promotionToken ?? '';
  const side = { cluster, leader: leaderOf(seen)?.reading };
  const problem = tokenProblem(text, side) ?? (tokenRefused(cluster) ? phaseWords(cluster) : undefined);
  return check(
    'warns',
    `${cluster.metadata.name} cannot be promoted with this token`,
    problem !== undefined,
    problem ?? tokenEvidence(text, side),
    'It may still be promoted: wait, unless that WAL will not come. If it is promoted at the very moment of the withdrawal, it is demoted again at once, with a token of its own.',
  );
}

function progressOf(ownToken: string | undefined, seen: Observed): Progress {
  const { cluster } = seen;
  const { metadata, status, spec } = cluster;
  const { name } = metadata;
  if (!isReplicaCluster(cluster)) return undone(`${name} is to be the primary cluster again.`);
  if (demotionInProgress(cluster) || acceptsWrites(seen))
    return {
      kind: 'pending',
      evidence: `${name} was promoted in the moment of the withdrawal, and is being demoted again.`,
      stalled: `${name} was promoted and is not demoted yet. Nobody else may be promoted before its demotion token is there: look at the log of its operator.`,
    };
  if (status?.demotionToken && status.demotionToken !== ownToken)
    return {
      kind: 'failed',
      problem: `${name} was promoted in the moment of the withdrawal, and has been demoted again: what it wrote is on a timeline of its own.`,
      remedy: `"CNPG: Return to the Old Primary…" on ${name} makes it the primary, with its own token. Promote no other member before.`,
    };
  if (status?.phase !== phases.healthy || !allReady(cluster))
    return {
      kind: 'pending',
      evidence: `${phaseWords(cluster)}; ${readinessWords(cluster)}.`,
      stalled: `The manifest of ${name} is without the token. If the phase is still the old one, its operator has not looked since: is it running?`,
    };
  const leader = leaderOf(seen);
  const streams = statusOf(leader?.reading)?.isWalReceiverActive;
  return {
    kind: 'done',
    evidence: `${name} is a replica cluster of ${spec.replica?.source ?? 'nobody'} again, and ${streams ? 'streams' : 'does not stream now'}; ${readinessWords(cluster)}.`,
    issues: [],
  };
}
