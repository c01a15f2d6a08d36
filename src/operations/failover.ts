/**
 * Failover: a replica cluster becomes the primary cluster without a token, because the primary is lost. One patch, and no way
 * back: what the replica cluster had not received is lost, and the former primary can only be rebuilt. CNPG verifies nothing of
 * it (DOMAIN: "Promotion without token"), so that all proof that the primary is gone has to be asked for here.
 */
import type { Cluster } from '../model/cluster.ts';
import { condition, hibernated, isReplicaCluster, phases, topologyName } from '../model/cluster.ts';
import { ownArchive } from '../model/archive.ts';
import { formatAge, formatDuration, formatTime, parseSeconds } from '../model/duration.ts';
import type { Instance } from '../model/instances.ts';
import { formatBytes, statusOf } from '../model/instances.ts';
import type { Address } from '../model/kubernetes.ts';
import type { Loss } from '../model/loss.ts';
import { estimateLoss, lossSentence, lossWords } from '../model/loss.ts';
import { allFenced } from '../model/other-members.ts';
import { clocksDiffer, clockWords } from '../model/snapshot.ts';
import { formatLsn, parseSegment } from '../model/wal.ts';
import type { Check } from './checks.ts';
import { check, gitOps, healthy, operatorActs } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import { acceptsWrites, allReady, changedBack, onlyToFollow, phaseWords, restarting } from './operation.ts';
import type { OtherSide } from './other-side.ts';
import { archiveAfterwards } from './preflight-archives.ts';
import { acceptsNoWrites, leaderOf, promotable, receivedBy } from './preflight-lost.ts';
import { onePrimary } from './preflight.ts';
import { tokenProblem } from './promotion.ts';
import type { PatchWrite } from './write.ts';
import { shown } from './write.ts';

/** Milliseconds for which nothing may have arrived in the archive of the primary that is said to be lost. */
const archiveSilence = 60_000;
/** Milliseconds from the end of a segment until it is in the archive. */
const upload = 60_000;
/** @param look reads the side of the primary that is said to be lost */
export function failOver(target: Address, look: NonNullable<Operation['otherSide']>): Operation {
  return {
    title: `Fail over to ${target.name}`,
    target,
    otherSide: look,
    plan: seen => plan(target, seen),
    progress: progressOf,
    afterwards: [
      `Applications still connect where they did: point them to the service ${target.name}-rw.`,
      `Take a base backup of ${target.name} now: its new timeline has none.`,
      'Keep the former primary from accepting writes when its side returns: fence it, then "CNPG: Rebuild Former Primary…".',
      'Write the new roles into the manifests of both sides (CNPG: Write Roles into Manifests…): who applies them undoes the failover, or makes the former primary a primary again when its side returns.',
    ],
  };
}

function plan(target: Address, seen: Observed): OperationPlan {
  const { cluster, otherSide: former } = seen;
  if (!isReplicaCluster(cluster)) return onlyToFollow(target);
  const leader = leaderOf(seen);
  const loss = former && lossOf(leader, former);
  const now = former?.askedAt ?? 0;
  const lost = former?.name ?? cluster.spec.replica?.primary ?? 'the primary';
  return {
    checks: [
      ...(former ? gone(former, leader, cluster) : []),
      ...promotable(cluster, leader),
      ...(former ? [lossCheck(former, loss)] : []),
      ...(loss && loss.archived > 0n ? [notReplayed(cluster, loss)] : []),
      replays(cluster, leader),
      healthy(cluster, 'The instances that are missing will be missing afterwards.'),
      archiveAfterwards(cluster),
      operatorActs(cluster, 'blocks'),
      ...gitOps(cluster),
    ],
    write: failoverWrite(target, cluster),
    meaning: `${target.name} becomes the primary cluster without a token, on a new timeline, with what it has received. What ${lost} wrote beyond that is lost, and ${lost} cannot follow any more: it has to be rebuilt. There is no way back.`,
    interrupts: true,
    history: {
      kind: 'failover',
      partner: lost,
      loss: lossWords(loss, now),
      ...timelineOf(leader),
      ...lastKnown(former),
    },
    sentence: lossSentence(target.name, loss, now),
    loss,
  };
}

const timelineOf = (leader: Instance | undefined): { timeline?: number } =>
  leader?.timeline === undefined ? {} : { timeline: leader.timeline };

function lastKnown(former: OtherSide | undefined): { lsn?: string } {
  const lsn = former?.positions.at(-1)?.lsn;
  return lsn === undefined ? {} : { lsn: formatLsn(lsn) };
}

const lossOf = (leader: Instance | undefined, former: OtherSide): Loss | undefined =>
  estimateLoss({
    replica: receivedBy(leader),
    timeline: statusOf(leader?.reading)?.timeLineID,
    positions: former.positions,
    newest: former.archive.kind === 'read' ? former.archive.newest : undefined,
  });

/** Each attempt to find the primary alive. */
function gone(former: OtherSide, leader: Instance | undefined, cluster: Cluster): Check[] {
  return [
    acceptsNoWrites(former, switchoverInstead),
    ...comesBack(former),
    tokenCheck(former, leader, cluster),
    nothingStreams(former, leader, cluster),
    ...nothingArchived(former, cluster),
    onePrimary({ otherPrimaries: former.otherPrimaries ?? [] }),
  ];
}

const switchoverInstead =
  'It is alive: "CNPG: Promote Replica Cluster…" is a controlled switchover and loses nothing. To fail over nevertheless, fence all its instances first.';
/** The operator there starts PostgreSQL as soon as it can, unless it is told not to. */
function comesBack({ name, api }: OtherSide): Check[] {
  if (api.kind !== 'answers') return [];
  const { cluster } = api.seen;
  const held = isReplicaCluster(cluster)
    ? 'it is a replica cluster by its manifest'
    : allFenced(cluster)
      ? 'all its instances are fenced'
      : hibernated(cluster)
        ? 'it is hibernated'
        : undefined;
  return [
    {
      ...check(
        'blocks',
        `${name} is kept from coming back as a primary`,
        held !== undefined,
        held ?? 'its API server answers, and nothing keeps its operator from starting PostgreSQL again',
        'Fence all its instances first (CNPG: Fence Instance…).',
      ),
      yields: true,
    },
  ];
}

/** A demoted primary has a token, and with it nothing is lost. */
function tokenCheck(
  { name, api, lastSeen, savedToken }: OtherSide,
  leader: Instance | undefined,
  cluster: Cluster,
): Check {
  const known = api.kind === 'answers' ? api.seen.cluster : lastSeen;
  // One of an earlier demotion is of no use any more.
  const saved =
    savedToken !== undefined && tokenProblem(savedToken, { cluster, leader: leader?.reading }) === undefined;
  // What was seen last may be older than the token that was saved.
  const demoted =
    (api.kind !== 'answers' && saved) ||
    (known !== undefined && isReplicaCluster(known) && known.spec.replica?.primary === topologyName(cluster));
  const token = known?.status?.demotionToken ? 'is there' : saved ? 'is saved' : undefined;
  return {
    ...check(
      'blocks',
      `No demotion of ${name} is under way`,
      !demoted,
      demoted
        ? `${name} is demoted in favour of ${cluster.metadata.name}${token === undefined ? '' : `, and its token ${token}`}`
        : `${name} is not known to be demoted`,
      token === undefined
        ? 'When both sides answer, "CNPG: Resume Promotion" goes on with the switchover. When somebody has the token: "CNPG: Promote with a Saved Token…". With it nothing is lost.'
        : '"CNPG: Promote with a Saved Token…" goes on without the other side: nothing is lost, and it can follow later.',
    ),
    yields: true,
  };
}

function nothingStreams({ name }: OtherSide, leader: Instance | undefined, cluster: Cluster): Check {
  const title = `${cluster.metadata.name} receives no WAL from ${name}`;
  const status = statusOf(leader?.reading);
  if (!status)
    return {
      ...check('blocks', title, 'unknown', 'its designated primary does not answer', 'Repair the access to it first.'),
      yields: true,
    };
  return check(
    'blocks',
    title,
    status.isWalReceiverActive !== true,
    status.isWalReceiverActive ? `${leader?.name ?? ''} streams` : `${leader?.name ?? ''} has no WAL receiver`,
    switchoverInstead,
  );
}

/** Also a primary that writes little archives a segment every `archive_timeout`: a shorter silence proves nothing. */
function nothingArchived({ name, api, archive, askedAt, lastSeen }: OtherSide, cluster: Cluster): Check[] {
  const title = `Nothing arrives in the archive of ${name}`;
  if (archive.kind === 'none') return [];
  if (archive.kind === 'unreadable')
    return [check('warns', title, 'unknown', archive.reason, 'Look into the archive by other means.')];
  if (!archive.newest) return [check('warns', title, true, 'no WAL segment is there', '')];
  const { name: segment, storedAt, clockAhead } = archive.newest;
  const former = api.kind === 'answers' ? api.seen.cluster : lastSeen;
  const timeout = archiveTimeout(former ?? cluster);
  const silence = askedAt - storedAt;
  const seen = `${segment} was stored ${formatAge(storedAt, askedAt)}, at ${formatTime(storedAt, askedAt)}${ofClock(clockAhead)}`;
  if (silence < -clocksDiffer)
    return [
      {
        ...check(
          'blocks',
          title,
          'unknown',
          `${segment} was stored at ${formatTime(storedAt, askedAt)} by the clock of the object store, which is later than now by this machine's: the clocks differ`,
          'Set the clocks, or look into the archive by other means: is the newest segment still the same after a while?',
        ),
        yields: true,
      },
    ];
  if (silence < archiveSilence)
    return [
      check(
        'blocks',
        title,
        false,
        seen,
        `It may still write. Look again when nothing has arrived for ${archiveSilence / 1000} s.`,
      ),
    ];
  const against = timeout === 0 ? 'archive_timeout is 0' : `archive_timeout is ${formatDuration(timeout / 1000)}`;
  if (timeout > 0 && silence >= timeout + upload) return [check('blocks', title, true, `${seen}; ${against}`, '')];
  return [
    check(
      'warns',
      title,
      'unknown',
      `${seen}; ${against}, so that a primary which writes little may be as silent`,
      timeout === 0
        ? 'Its silence will prove nothing: make sure by other means that nobody can write there.'
        : `From ${formatTime(storedAt + timeout + upload, askedAt)} on the silence is a sign. Until then make sure by other means that nobody can write there.`,
    ),
  ];
}

/** Milliseconds; the default is the operator's (DOMAIN 2.8). */
function archiveTimeout({ spec }: Cluster): number {
  const seconds = parseSeconds(spec.postgresql?.parameters?.['archive_timeout'] ?? '5min');
  return (seconds ?? 300) * 1000;
}

const ofClock = (ahead: number | undefined): string => {
  if (ahead === undefined) return ' by the clock of the object store';
  const words = clockWords(ahead);
  return words === undefined ? '' : ` (the clock of the object store is ${words})`;
};

const lossCheck = ({ askedAt }: OtherSide, loss: Loss | undefined): Check =>
  check(
    'warns',
    'Nothing is lost',
    loss ? false : 'unknown',
    `estimated loss: ${lossWords(loss, askedAt)}`,
    'Fail over only when waiting for the primary costs more than this.',
  );

const notReplayed = (cluster: Cluster, { archived }: Loss): Check =>
  check(
    'warns',
    `${cluster.metadata.name} has restored all of the archive`,
    false,
    `${formatBytes(archived)} in the archive of the primary are not here yet`,
    'Wait: it fetches them by itself, and they are not lost then.',
  );

function replays(cluster: Cluster, leader: Instance | undefined): Check {
  const status = statusOf(leader?.reading);
  const delay = cluster.spec.replica?.minApplyDelay;
  const received = receivedBy(leader);
  return check(
    'warns',
    `${cluster.metadata.name}: it replays at once`,
    status?.replayPaused !== true && !delay,
    status?.replayPaused
      ? 'replay is paused'
      : delay
        ? `it is ${delay} late on purpose (minApplyDelay); what it has received is replayed at the promotion`
        : `received to ${received === undefined ? 'an unknown position' : formatLsn(received)}, replayed to ${status?.replayLsn ?? 'an unknown one'}`,
    'The promotion takes as long as the replay of what was received.',
  );
}

/** `primary` alone: a token has no place in a failover, and the webhook lets no replica cluster have one. */
function failoverWrite(target: Address, cluster: Cluster): PatchWrite {
  const primary = topologyName(cluster);
  return {
    verb: 'patch',
    kind: 'Cluster',
    target,
    resourceVersion: cluster.metadata.resourceVersion,
    patch: { spec: { replica: { primary } } },
    changes: [{ field: 'spec.replica.primary', from: shown(cluster.spec.replica?.primary), to: primary }],
  };
}

function progressOf(seen: Observed): Progress {
  const { cluster } = seen;
  const { name } = cluster.metadata;
  if (isReplicaCluster(cluster)) return changedBack(name);
  const leader = leaderOf(seen);
  const status = statusOf(leader?.reading);
  const timeline = leader?.timeline;
  if (!acceptsWrites(seen))
    return {
      kind: 'pending',
      evidence: `${leader?.name ?? name} ends its recovery. ${phaseWords(cluster)}.`,
      stalled: `Look at the log of ${leader?.name ?? 'the current primary'}: it promotes when its WAL receiver has stopped and what it received is replayed.`,
    };
  const writes = `${leader?.name ?? name} accepts writes on timeline ${timeline ?? 'unknown'}`;
  if (cluster.status?.phase !== phases.healthy || !allReady(cluster)) return restarting(cluster, writes);
  if (!ownArchive(cluster))
    return {
      kind: 'done',
      evidence: `${writes}.`,
      issues: [`${name} has no WAL archive: it cannot be restored to a point in time.`],
    };
  if (!status)
    return {
      kind: 'done',
      evidence: `${writes}, as the operator reports.`,
      issues: [
        `Whether its WAL is archived could not be verified: ${leader?.reading?.kind === 'failed' ? leader.reading.reason : 'its instance was not asked.'}`,
      ],
    };
  const last = parseSegment((status.lastArchivedWAL ?? '').slice(0, 24));
  if (last?.timeline !== timeline || condition(cluster, 'ContinuousArchiving')?.status === 'False')
    return {
      kind: 'pending',
      evidence: `${writes}; its first WAL segment is not archived yet.`,
      stalled: `${name} accepts writes, but nothing of the new timeline is in its archive: ${condition(cluster, 'ContinuousArchiving')?.message ?? 'no message'}. Look at the archive and its credentials.`,
    };
  return { kind: 'done', evidence: `${writes}; ${status.lastArchivedWAL ?? ''} is archived.`, issues: [] };
}
