/**
 * Promotion of a replica cluster as a controlled switchover: A (primary) is demoted, its demotion token promotes B, A
 * follows. What to do next is a function of what both Clusters say, so that a run can be taken up again in another
 * window by looking. No I/O here: `run.ts` reads, asks and writes.
 */
import type { Cluster } from '../model/cluster.ts';
import { ownArchive } from '../model/archive.ts';
import {
  condition,
  demotionInProgress,
  isReplicaCluster,
  phases,
  tokenRefused,
  topologyName,
} from '../model/cluster.ts';
import type { InstanceStatus, StatusReading } from '../model/instance-status.ts';
import { formatBytes, positionOf, statusOf } from '../model/instances.ts';
import type { Address } from '../model/kubernetes.ts';
import { formatLsn } from '../model/wal.ts';
import type { PromotionToken } from '../model/token.ts';
import { decodeToken, tokenLsn } from '../model/token.ts';
import type { PatchWrite } from './write.ts';
import { shown } from './write.ts';

/** One side as just read. */
export interface Side {
  cluster: Cluster;
  /** `/pg/status` of `status.currentPrimary`; `undefined` when there is none to ask. */
  leader: StatusReading | undefined;
}

export interface PromotionPlan {
  /** The primary cluster, to be demoted. */
  from: Address;
  /** The replica cluster, to be promoted. */
  to: Address;
}

/** The write of one step: one merge patch of one Cluster. */
export interface ClusterWrite extends PatchWrite {
  kind: 'Cluster';
  patch: { spec: { replica: Record<string, string | null> } };
}

/** In this order; a run can begin at any of them. */
export const promotionSteps = ['demote', 'token', 'promote', 'writable', 'healthy', 'follows', 'done'] as const;
export type PromotionStepName = (typeof promotionSteps)[number];

export const stepTitles: Record<PromotionStepName, string> = {
  demote: 'Demote the primary cluster',
  token: 'Wait for the demotion token',
  promote: 'Promote the replica cluster with the token',
  writable: 'Wait for the new primary to accept writes',
  healthy: 'Wait for the restarts that the new role needs',
  follows: 'Verify that the former primary follows',
  done: 'Completed',
};

export type PromotionStep =
  | { kind: 'write'; step: 'demote' | 'promote'; write: ClusterWrite; evidence: string }
  | { kind: 'wait'; step: PromotionStepName; evidence: string; stalled: string }
  | { kind: 'done'; issues: string[]; evidence: string }
  | { kind: 'stuck'; step: PromotionStepName; problem: string; remedy: string };

/**
 * What comes next.
 * @param savedToken the demotion token as first seen in this run: operators before 1.28.4, 1.29.2 and 1.30.0 could wipe it
 */
export function nextStep(plan: PromotionPlan, a: Side, b: Side, savedToken?: string): PromotionStep {
  const bName = topologyName(b.cluster);
  if (!isReplicaCluster(b.cluster)) return afterPromotion(a, b, savedToken);
  if (!isReplicaCluster(a.cluster)) {
    return {
      kind: 'write',
      step: 'demote',
      write: demotionWrite(plan, a.cluster, b.cluster),
      evidence: `${a.cluster.metadata.name} is the primary cluster.`,
    };
  }
  if (a.cluster.spec.replica?.primary !== bName)
    return stuck(
      'demote',
      `Both Clusters are replicas, and ${a.cluster.metadata.name} names "${a.cluster.spec.replica?.primary ?? ''}" as primary.`,
      'Find out which member is meant to be primary; this run cannot decide it.',
    );
  return awaitToken(plan, a, b, savedToken);
}

function awaitToken(plan: PromotionPlan, a: Side, b: Side, savedToken: string | undefined): PromotionStep {
  const name = a.cluster.metadata.name;
  const token = a.cluster.status?.demotionToken || savedToken;
  if (demotionInProgress(a.cluster) || !token) {
    const conditions = (a.cluster.status?.conditions ?? []).filter(c => c.type.startsWith('ReplicaCluster'));
    return {
      kind: 'wait',
      step: 'token',
      evidence: conditions.map(c => `${c.type}=${c.status}`).join(', ') || 'The operator has not begun yet.',
      stalled: `No token yet: PostgreSQL of ${name} may still be shutting down (up to spec.stopDelay, 30 min by default), or its last WAL segment cannot be archived. Look at the log of ${a.cluster.status?.currentPrimary ?? 'the current primary'} and at the operator's.`,
    };
  }
  const problem = tokenProblem(token, b);
  if (problem)
    return stuck(
      'promote',
      problem,
      `Nothing was written to ${b.cluster.metadata.name}. "CNPG: Return to the Old Primary…" makes ${name} primary again with its token.`,
    );
  return {
    kind: 'write',
    step: 'promote',
    write: promotionWrite(plan, b.cluster, token),
    evidence: tokenEvidence(token, b),
  };
}

const stuck = (step: PromotionStepName, problem: string, remedy: string): PromotionStep => ({
  kind: 'stuck',
  step,
  problem,
  remedy,
});

function afterPromotion(a: Side, b: Side, savedToken: string | undefined): PromotionStep {
  const aName = a.cluster.metadata.name;
  const bName = b.cluster.metadata.name;
  if (tokenRefused(b.cluster))
    return stuck(
      'writable',
      `${bName}: ${phaseOf(b.cluster)}`,
      '"CNPG: Withdraw Promotion…" makes it a replica cluster again. Removing only the token would be a failover.',
    );
  if (!isReplicaCluster(a.cluster))
    return stuck(
      'demote',
      `${aName} and ${bName} are both primary by their specs: two writers.`,
      'Stop writes to the wrong one at once (fence it), then make it a replica. If it took writes, it must be rebuilt.',
    );
  if (b.cluster.status?.phase === phases.unrecoverable)
    return stuck('writable', `${bName}: ${phaseOf(b.cluster)}`, 'Look at its events, its pods and their volumes.');
  if (!isWritable(b)) {
    return {
      kind: 'wait',
      step: 'writable',
      evidence: phaseOf(b.cluster),
      stalled: `${bName} has not replayed up to the token. Check that it can read the archive of ${aName} (serverName, credentials) or stream from it. When that WAL will never come, "CNPG: Withdraw Promotion…" is the way out.`,
    };
  }
  if (b.cluster.status?.phase !== phases.healthy || !allReady(b.cluster)) {
    return {
      kind: 'wait',
      step: 'healthy',
      evidence: `${phaseOf(b.cluster)}; ${readiness(b.cluster)}. Instances restart because archive_mode changes; the primary's restart interrupts writes once more.`,
      stalled: `${bName} accepts writes but is not healthy yet. Look at the pods that are not ready.`,
    };
  }
  return following(a, b, savedToken);
}

/** Length of the shutdown checkpoint record that the token points to: 114 bytes, aligned to 8. */
const shutdownCheckpointRecord = 0x78n;

function following(a: Side, b: Side, savedToken: string | undefined): PromotionStep {
  const aName = a.cluster.metadata.name;
  const status = statusOf(a.leader);
  // Somebody else may have promoted B while A was still being demoted.
  const healthy = a.cluster.status?.phase === phases.healthy && allReady(a.cluster) && !demotionInProgress(a.cluster);
  // Without a token it may not even be shut down: its Cluster and its instance are not read at the same moment.
  const demoted = !!(a.cluster.status?.demotionToken || savedToken);
  if (!status && healthy && demoted && a.leader?.kind === 'failed')
    return {
      kind: 'done',
      issues: [`Whether ${aName} follows could not be verified: ${a.leader.reason}`, ...archiveIssues(b)],
      evidence: phaseOf(a.cluster),
    };
  if (status && healthy && followsTimeline(status, b)) {
    return {
      kind: 'done',
      issues: archiveIssues(b),
      evidence: `${aName} ${status.isWalReceiverActive ? 'is streaming' : 'follows by the archive'} and has replayed to ${status.replayLsn ?? '?'}; ${b.cluster.metadata.name} is on timeline ${statusOf(b.leader)?.timeLineID ?? b.cluster.status?.timelineID ?? '?'}.`,
    };
  }
  return {
    kind: 'wait',
    step: 'follows',
    evidence: `${aName}: ${phaseOf(a.cluster)}; ${readiness(a.cluster)}; WAL receiver ${status?.isWalReceiverActive ? 'active' : 'not active'}, replayed to ${status?.replayLsn ?? 'unknown'}`,
    stalled: `${aName} does not follow yet. It needs the history file and WAL of the new timeline: check streaming (network, certificates) and the archive of ${b.cluster.metadata.name}. If it diverged it must be rebuilt.`,
  };
}

/** Recorded: archiving is refused for seconds at a promotion, and works again before the Cluster is healthy. */
function archiveIssues({ cluster }: Side): string[] {
  const archiving = condition(cluster, 'ContinuousArchiving');
  return ownArchive(cluster) && archiving?.status === 'False'
    ? [
        `${cluster.metadata.name} does not archive its WAL: ${archiving.message ?? 'no message'}. It cannot be restored to a point in time from now on, and the next switchover is blocked. Look at its archive and the credentials.`,
      ]
    : [];
}

/**
 * Does A's designated primary replay WAL that B wrote after its promotion? A standby's reported timeline lags until its
 * next restartpoint, so replaying past the token's checkpoint record counts as well.
 */
function followsTimeline(status: InstanceStatus, b: Side): boolean {
  const timeline = statusOf(b.leader)?.timeLineID ?? b.cluster.status?.timelineID;
  if (status.isPrimary) return false;
  if (timeline !== undefined && status.timeLineID === timeline) return true;
  const token = decodeToken(b.cluster.spec.replica?.promotionToken ?? b.cluster.status?.lastPromotionToken ?? '');
  const end = typeof token === 'string' ? undefined : tokenLsn(token);
  const replayed = positionOf(status);
  return end !== undefined && replayed !== undefined && replayed > end + shutdownCheckpointRecord;
}

function isWritable(b: Side): boolean {
  const { cluster } = b;
  const pending = cluster.spec.replica?.promotionToken;
  if (pending && cluster.status?.lastPromotionToken !== pending) return false;
  const reported = cluster.status?.instancesReportedState?.[cluster.status.currentPrimary ?? '']?.isPrimary === true;
  return statusOf(b.leader)?.isPrimary ?? reported;
}

const phaseOf = (cluster: Cluster): string =>
  [cluster.status?.phase ?? 'no phase', cluster.status?.phaseReason].filter(Boolean).join(': ');

const readiness = (cluster: Cluster): string =>
  `${cluster.status?.readyInstances ?? 0} of ${cluster.spec.instances ?? '?'} instances ready`;

const allReady = (cluster: Cluster): boolean => (cluster.status?.readyInstances ?? 0) >= (cluster.spec.instances ?? 1);

/** A shutdown checkpoint ends within one page of WAL, in every version of PostgreSQL. */
export const page = 8192n;

/** Has it replayed what was written after the token's shutdown? */
export function beyondToken(status: InstanceStatus | undefined, token: PromotionToken): boolean {
  const [replayed, end] = [positionOf(status), tokenLsn(token)];
  return replayed !== undefined && end !== undefined && replayed > end + page;
}

/** What is wrong with a token that B's instance manager would refuse for good. */
export function tokenProblem(text: string, b: Side): string | undefined {
  const token = decodeToken(text);
  if (typeof token === 'string') return `The demotion token cannot be used. ${token}`;
  const systemId = b.cluster.status?.systemID || statusOf(b.leader)?.systemID;
  if (systemId && systemId !== token.databaseSystemIdentifier)
    return `The token is of system ${token.databaseSystemIdentifier}, ${b.cluster.metadata.name} is a copy of system ${systemId}.`;
  const timeline = statusOf(b.leader)?.timeLineID;
  if (timeline !== undefined && timeline > Number(token.latestCheckpointTimelineID))
    return `The token is of timeline ${token.latestCheckpointTimelineID}, ${b.cluster.metadata.name} is already on timeline ${timeline}.`;
  if (beyondToken(statusOf(b.leader), token))
    return `The token is of LSN ${token.latestCheckpointREDOLocation}, ${b.cluster.metadata.name} has replayed beyond it, to ${statusOf(b.leader)?.replayLsn ?? ''}: it was written after an older shutdown, or the two have diverged.`;
  return undefined;
}

/** How far B is from a token that it does not refuse. */
export function tokenEvidence(text: string, b: Side): string {
  const token = decodeToken(text);
  if (typeof token === 'string') return token;
  const target = tokenLsn(token);
  const replayed = positionOf(statusOf(b.leader));
  const distance =
    target === undefined || replayed === undefined
      ? 'its replay position is unknown'
      : replayed >= target
        ? `it has replayed to ${formatLsn(replayed)}`
        : `it has ${formatBytes(target - replayed)} to replay and will wait for them`;
  return `Token: timeline ${token.latestCheckpointTimelineID}, LSN ${token.latestCheckpointREDOLocation}, segment ${token.redoWalFile}. ${b.cluster.metadata.name}: ${distance}.`;
}

/** A's part: one update that names B as primary and source and removes a token left from an earlier promotion. */
export function demotionWrite(plan: PromotionPlan, a: Cluster, b: Cluster): ClusterWrite {
  const name = topologyName(b);
  return replicaWrite(plan.from, a, { primary: name, source: name, promotionToken: null });
}

/** B's part: `primary` and `promotionToken` in one update. Without the token the same update would be a failover. */
export const promotionWrite = (plan: Pick<PromotionPlan, 'to'>, b: Cluster, token: string): ClusterWrite =>
  replicaWrite(plan.to, b, { primary: topologyName(b), promotionToken: token });

/**
 * A well-formed token of no real system, for dry runs of the promotion before the real token exists. Were it ever
 * stored, the instance manager would refuse to promote with it.
 */
export const dryRunToken = (operatorVersion: string): string =>
  btoa(
    JSON.stringify({
      latestCheckpointTimelineID: '1',
      redoWalFile: '000000010000000000000001',
      databaseSystemIdentifier: '0',
      latestCheckpointREDOLocation: '0/1000028',
      timeOfLatestCheckpoint: 'dry run',
      operatorVersion,
    }),
  );

/** One patch of `spec.replica`; `null` removes a field. */
export function replicaWrite(target: Address, cluster: Cluster, replica: Record<string, string | null>): ClusterWrite {
  const old = (cluster.spec.replica ?? {}) as Record<string, unknown>;
  return {
    verb: 'patch',
    kind: 'Cluster',
    target,
    resourceVersion: cluster.metadata.resourceVersion,
    patch: { spec: { replica } },
    changes: Object.entries(replica)
      .filter(([field, value]) => shown(old[field]) !== shown(value))
      .map(([field, value]) => ({ field: `spec.replica.${field}`, from: shown(old[field]), to: shown(value) })),
  };
}
