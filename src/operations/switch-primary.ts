/**
 * Another instance of the same Cluster becomes primary, in a replica cluster designated primary: the patch of the status that
 * `kubectl cnpg promote` makes. The operator and the instance managers do the rest. CNPG itself checks neither health nor lag.
 */
import type { Cluster } from '../model/cluster.ts';
import { isReplicaCluster, phases } from '../model/cluster.ts';
import type { Instance } from '../model/instances.ts';
import { bytesBehind, formatBytes, statusOf, unschedulable } from '../model/instances.ts';
import type { Address, Condition } from '../model/kubernetes.ts';
import type { Check } from './checks.ts';
import { check, gitOps, healthy, noRoleChange, nothingElse, operatorActs } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import { allReady, leaderWord, phaseWords, readinessWords } from './operation.ts';
import type { PatchWrite } from './write.ts';
import { shown } from './write.ts';

export interface SwitchLimits {
  /** Bytes of lag above which the candidate is refused unless the user insists. */
  lag: bigint;
}

/** A lag of more than one WAL segment is worth a word. */
const lagWarns = 16n * 1024n * 1024n;

/** @param at when it is asked for; goes into `status.targetPrimaryTimestamp` */
export function switchPrimary(target: Address, candidate: string, limits: SwitchLimits, at: Date): Operation {
  return {
    title: `Switch primary of ${target.name} to ${candidate}`,
    target,
    plan: seen => plan(target, candidate, limits, at, seen),
    progress: seen => progressOf(candidate, seen),
  };
}

/** Whom a standby of this Cluster follows. */
const leaderOf = ({ instances }: Observed): Instance | undefined => instances.find(({ role }) => role !== 'standby');

/** Bytes by which an instance replays behind the one that it follows. */
export const lagOf = (instance: Instance, seen: Observed): bigint | undefined =>
  bytesBehind(statusOf(leaderOf(seen)?.reading), statusOf(instance.reading));

function plan(target: Address, candidate: string, limits: SwitchLimits, at: Date, seen: Observed): OperationPlan {
  const { cluster } = seen;
  const instance = seen.instances.find(({ name }) => name === candidate);
  const { currentPrimary, targetPrimary } = cluster.status ?? {};
  const already = targetPrimary === candidate;
  return {
    checks: [
      noRoleChange(cluster),
      nothingElse(cluster, candidate),
      ...(instance
        ? [
            isStandby(instance, cluster),
            isReady(instance),
            isStreaming(instance),
            closeEnough(instance, seen, limits),
            replays(instance),
          ]
        : [unknownCandidate(candidate, seen)]),
      healthy(cluster, 'A switchover of an unhealthy Cluster may wait for it half-way.'),
      operatorActs(cluster, 'blocks'),
      ...gitOps(cluster),
    ],
    write: already ? undefined : switchWrite(target, cluster, candidate, at),
    meaning: isReplicaCluster(cluster)
      ? `${candidate} becomes designated primary in place of ${currentPrimary ?? 'none'}: it follows the source, the other instances follow it. Nothing is promoted; sessions on both instances end.`
      : `${candidate} becomes primary in place of ${currentPrimary ?? 'none'}. Writes stop while the old primary shuts down and the new one is promoted on a new timeline; all sessions on the old primary end.`,
    interrupts: true,
  };
}

const unknownCandidate = (candidate: string, { cluster, instances }: Observed): Check =>
  check(
    'blocks',
    `${candidate} is an instance of ${cluster.metadata.name}`,
    false,
    `its instances are ${instances.map(({ name }) => name).join(', ') || 'unknown'}`,
    'Choose one of these.',
  );

const isStandby = ({ name, role }: Instance, cluster: Cluster): Check =>
  check(
    'blocks',
    `${name} is a standby`,
    role === 'standby',
    role === 'standby'
      ? `${cluster.status?.currentPrimary ?? 'none'} is ${leaderWord(cluster)} now`
      : `it is ${role} already`,
    'Choose another instance.',
  );

function isReady({ name, ready, fenced, pod }: Instance): Check {
  const problem = fenced ? 'it is fenced' : (unschedulable(pod) ?? (ready ? undefined : 'its pod is not ready'));
  return check(
    'blocks',
    `${name}: ready and not fenced`,
    problem === undefined,
    problem ?? 'ready',
    'Repair or unfence it first, or choose another instance.',
  );
}

function isStreaming({ name, reading }: Instance): Check {
  const title = `${name}: streams`;
  const remedy = 'Wait until it streams, or choose another instance: what it has not received may be lost.';
  const status = statusOf(reading);
  const made = status
    ? check(
        'blocks',
        title,
        status.isWalReceiverActive === true,
        status.isWalReceiverActive ? 'its WAL receiver is active' : 'it has no WAL receiver',
        remedy,
      )
    : check('blocks', title, 'unknown', reading?.kind === 'failed' ? reading.reason : 'it was not asked', remedy);
  return { ...made, yields: true };
}

function closeEnough(instance: Instance, seen: Observed, { lag }: SwitchLimits): Check {
  const { name } = instance;
  const title = `${name}: close to the ${leaderWord(seen.cluster)}`;
  const bytes = lagOf(instance, seen);
  const remedy =
    'Wait for it to catch up, or choose another instance: the service is down until it has replayed everything.';
  if (bytes === undefined) return check('warns', title, 'unknown', 'its position could not be compared', remedy);
  const evidence = `${formatBytes(bytes)} behind`;
  if (bytes > lag)
    return {
      ...check('blocks', title, false, `${evidence}, the limit (cnpg.lagLimit) is ${formatBytes(lag)}`, remedy),
      yields: true,
    };
  return check('warns', title, bytes <= lagWarns, evidence, remedy);
}

const replays = ({ name, reading }: Instance): Check =>
  check(
    'warns',
    `${name}: replay is not paused`,
    statusOf(reading)?.replayPaused !== true,
    statusOf(reading)?.replayPaused ? 'replay is paused' : 'it replays',
    'Resume the replay (pg_wal_replay_resume).',
  );

/** `conditions` is sent whole, because a merge patch replaces lists. */
function switchWrite(target: Address, cluster: Cluster, candidate: string, at: Date): PatchWrite {
  const status = cluster.status ?? {};
  const notReady: Condition = {
    type: 'Ready',
    status: 'False',
    reason: 'ClusterIsNotReady',
    message: 'Cluster Is Not Ready',
    lastTransitionTime: `${at.toISOString().slice(0, 19)}Z`,
  };
  const changed = {
    targetPrimary: candidate,
    // Microseconds, as CNPG writes and parses it.
    targetPrimaryTimestamp: at.toISOString().replace('Z', '000Z'),
    phase: phases.switchover,
    phaseReason: `Switching over to ${candidate}`,
  };
  const old: Record<string, unknown> = { ...status };
  return {
    verb: 'patch',
    kind: 'Cluster',
    target,
    subresource: 'status',
    resourceVersion: cluster.metadata.resourceVersion,
    patch: {
      status: {
        ...changed,
        conditions: [...(status.conditions ?? []).filter(({ type }) => type !== 'Ready'), notReady],
      },
    },
    changes: [
      ...Object.entries(changed).map(([field, to]) => ({ field: `status.${field}`, from: shown(old[field]), to })),
      {
        field: 'status.conditions[Ready].status',
        from: shown(status.conditions?.find(({ type }) => type === 'Ready')?.status),
        to: 'False',
      },
    ],
  };
}

function progressOf(candidate: string, seen: Observed): Progress {
  const { cluster } = seen;
  const { currentPrimary, targetPrimary, phase } = cluster.status ?? {};
  const role = leaderWord(cluster);
  if (targetPrimary !== candidate)
    return {
      kind: 'failed',
      problem: `${targetPrimary ?? 'None'} is to be ${role} now, not ${candidate}: the operator or somebody else decided otherwise. ${phaseWords(cluster)}.`,
      remedy: `Look at the events of the Cluster and at the log of ${candidate}.`,
    };
  if (currentPrimary !== candidate)
    return {
      kind: 'pending',
      evidence: `${currentPrimary ?? 'The old one'} shuts down, then ${candidate} becomes ${role}.`,
      stalled: `A shutdown takes up to spec.switchoverDelay (1 h by default). Look at the log of ${currentPrimary ?? 'the old one'}: is a transaction, a WAL sender or the archiving of WAL holding it up?`,
    };
  if (phase !== phases.healthy || !allReady(cluster))
    return {
      kind: 'pending',
      evidence: `${candidate} is ${role}. ${phaseWords(cluster)}; ${readinessWords(cluster)}.`,
      stalled: `${candidate} is ${role}, but not all instances came back. Look at the pods that are not ready: one may need pg_rewind or have to be created again.`,
    };
  const leader = leaderOf(seen);
  const timeline = leader?.timeline === undefined ? '' : `, on timeline ${leader.timeline}`;
  const unsure = isReplicaCluster(cluster) || statusOf(leader?.reading)?.isPrimary === true;
  return {
    kind: 'done',
    evidence: `${candidate} is ${role}${timeline}; ${readinessWords(cluster)}.`,
    issues: unsure ? [] : [`That ${candidate} accepts writes could not be verified.`],
  };
}
