/**
 * The way back between the demotion and the promotion: the demoted Cluster becomes the primary again, with its own demotion token.
 * It stands exactly at the token, so that nothing is lost, as long as the other side was not promoted meanwhile. When that side is lost
 * nobody can see it, and it is asked for in words.
 */
import { isReplicaCluster, phases, tokenRefused, topologyName } from '../model/cluster.ts';
import { formatTime } from '../model/duration.ts';
import { statusOf } from '../model/instances.ts';
import type { InstanceStatus } from '../model/instance-status.ts';
import type { Address } from '../model/kubernetes.ts';
import type { PromotionToken } from '../model/token.ts';
import { decodeToken } from '../model/token.ts';
import type { Check } from './checks.ts';
import { check, gitOps, noRoleChange, operatorActs } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import { acceptsWrites, allReady, onlyToFollow, phaseWords, readinessWords } from './operation.ts';
import type { OtherSide } from './other-side.ts';
import { leaderOf, noLaterTimeline, proveElsewhere } from './preflight-lost.ts';
import { beyondToken, replicaWrite } from './promotion.ts';

/**
 * @param savedToken as first seen: operators before 1.28.4, 1.29.2 and 1.30.0 could wipe it
 * @param look reads the side that was to be promoted
 */
export function returnToPrimary(
  target: Address,
  savedToken: string | undefined,
  look: NonNullable<Operation['otherSide']>,
): Operation {
  return {
    title: `Return to ${target.name}`,
    target,
    otherSide: look,
    plan: seen => plan(target, savedToken, seen),
    progress: progressOf,
    afterwards: ['The other side follows on the new timeline; look at its lag before the next switchover.'],
  };
}

function plan(target: Address, savedToken: string | undefined, seen: Observed): OperationPlan {
  const { cluster, otherSide } = seen;
  if (!isReplicaCluster(cluster)) return onlyToFollow(target);
  const primary = topologyName(cluster);
  const token = cluster.status?.demotionToken || savedToken;
  const forward = otherSide && notPromoted(otherSide);
  const proven = forward === undefined || forward.outcome === 'ok';
  return {
    checks: [
      noRoleChange(cluster),
      ownToken(seen, token),
      ...(forward ? [forward] : []),
      ...(otherSide ? noLaterTimeline(otherSide, decodeToken(token ?? ''), onlyForward) : []),
      operatorActs(cluster, 'blocks'),
      ...gitOps(cluster),
    ],
    write: token ? replicaWrite(target, cluster, { primary, promotionToken: token }) : undefined,
    meaning: `${target.name} becomes the primary cluster again, with its own demotion token: nothing is lost. It accepts writes on a new timeline.${
      proven
        ? ''
        : ` Whether ${otherSide?.name} was promoted meanwhile cannot be seen: if it was, there are two primaries, and what was written there cannot be kept.`
    }`,
    interrupts: !proven,
    ...(!proven && otherSide && { sentence: `return to ${target.name}, ${otherSide.name} ${lastKnown(otherSide)}` }),
    ...(otherSide && { history: { kind: 'return', partner: otherSide.name, loss: 'none' } }),
  };
}

function ownToken(seen: Observed, text: string | undefined): Check {
  const { cluster } = seen;
  const token = decodeToken(text ?? '');
  const system = cluster.status?.systemID;
  const leader = statusOf(leaderOf(seen)?.reading);
  const problem = !text
    ? 'it has no demotion token, and none was saved'
    : typeof token === 'string'
      ? token
      : system && system !== token.databaseSystemIdentifier
        ? `it is of system ${token.databaseSystemIdentifier}`
        : olderThan(leader, token);
  const title = `${cluster.metadata.name} has its own demotion token`;
  if (problem === undefined && !leader)
    return {
      ...check(
        'blocks',
        title,
        'unknown',
        'whether it still stands there is not known: its designated primary does not answer',
        'Repair the access to it first: a token of an earlier demotion would leave it without any primary.',
      ),
      yields: true,
    };
  return check(
    'blocks',
    title,
    problem === undefined,
    problem ?? `timeline ${(token as PromotionToken).latestCheckpointTimelineID}`,
    'Wait until the demotion is over; without a token the return would be a failover.',
  );
}

/** A token that was saved at an earlier demotion. CNPG would not start PostgreSQL with it. */
function olderThan(leader: InstanceStatus | undefined, token: PromotionToken): string | undefined {
  if (leader?.isPrimary) return 'its instance is a primary still: a token that is known is of an earlier demotion';
  const timeline = leader?.timeLineID;
  if (timeline !== undefined && timeline > Number(token.latestCheckpointTimelineID))
    return `it is of timeline ${token.latestCheckpointTimelineID}, and the instance is on timeline ${timeline}`;
  return beyondToken(leader, token)
    ? `it is of LSN ${token.latestCheckpointREDOLocation}, and the instance has replayed to ${leader?.replayLsn ?? ''}`
    : undefined;
}

const onlyForward = 'Look at it first: if it was promoted, there is only the way forward.';

/** As last seen, in words. */
const lastKnown = ({ lastSeen, lastSeenAt, askedAt }: OtherSide): string =>
  `last known as a replica cluster at ${lastSeen && lastSeenAt !== undefined ? formatTime(lastSeenAt, askedAt) : 'an unknown time'}`;

/** Two primaries would be worse than none. */
function notPromoted(other: OtherSide): Check {
  const { name, api, lastSeen, lastSeenAt, askedAt } = other;
  const title = `${name} was not promoted`;
  if (api.kind === 'absent')
    return check('blocks', title, true, 'its API server says that there is no such Cluster', '');
  if (api.kind === 'refuses') return { ...check('blocks', title, 'unknown', api.reason, onlyForward), yields: true };
  if (api.kind !== 'answers') {
    if (lastSeen && !isReplicaCluster(lastSeen))
      return check(
        'blocks',
        title,
        false,
        `it was the primary cluster when it was last seen, at ${formatTime(lastSeenAt ?? 0, askedAt)}`,
        'There is only the way forward: when its side is lost, "CNPG: Fail Over to Replica Cluster…" says what that loses.',
      );
    return check('warns', title, 'unknown', `${api.reason}; ${lastKnown(other)}`, proveElsewhere);
  }
  const { cluster, instances } = api.seen;
  const writer = instances.find(({ reading }) => statusOf(reading)?.isPrimary === true);
  const promoted = !isReplicaCluster(cluster) || writer !== undefined;
  return check(
    'blocks',
    title,
    !promoted,
    writer
      ? `${writer.name} says that it is a primary`
      : promoted
        ? 'its manifest says primary'
        : 'it is a replica cluster, and no instance says that it is a primary',
    onlyForward,
  );
}

function progressOf(seen: Observed): Progress {
  const { cluster } = seen;
  const { name } = cluster.metadata;
  if (isReplicaCluster(cluster))
    return {
      kind: 'failed',
      problem: `${name} is a replica cluster by its manifest again: somebody else changed it back.`,
      remedy: 'Find out who wrote spec.replica.primary before anything else is tried.',
    };
  if (tokenRefused(cluster))
    return {
      kind: 'failed',
      problem: `${name}: ${phaseWords(cluster)}`,
      remedy:
        '"CNPG: Withdraw Promotion…" makes it a replica cluster again; then promote the other side. Removing only the token would be a failover.',
    };
  const leader = leaderOf(seen);
  if (!acceptsWrites(seen))
    return {
      kind: 'pending',
      evidence: phaseWords(cluster),
      stalled: `Look at the log of ${leader?.name ?? name}: it promotes when it stands exactly at its token.`,
    };
  if (cluster.status?.phase !== phases.healthy || !allReady(cluster))
    return {
      kind: 'pending',
      evidence: `${leader?.name ?? name} accepts writes. ${phaseWords(cluster)}; ${readinessWords(cluster)}.`,
      stalled: `${name} accepts writes, but not all its instances came back.`,
    };
  return {
    kind: 'done',
    evidence: `${leader?.name ?? name} accepts writes on timeline ${leader?.timeline ?? 'unknown'}; ${readinessWords(cluster)}.`,
    issues: [],
  };
}
