/**
 * The second half of a switchover whose first side is lost: the primary was demoted, its token was seen, and its Kubernetes
 * cluster answers no more. With the token the replica cluster is promoted exactly where the primary was shut down: nothing is
 * lost, and the former primary can follow when it returns. What nobody can see is whether somebody made it primary again
 * meanwhile, so that this is asked for in words, beside all that can be found out.
 */
import { sourceArchive } from '../model/archive.ts';
import type { Cluster } from '../model/cluster.ts';
import { demotionInProgress, isReplicaCluster, phases, tokenRefused, topologyName } from '../model/cluster.ts';
import { formatTime } from '../model/duration.ts';
import type { Instance } from '../model/instances.ts';
import { formatBytes, statusOf } from '../model/instances.ts';
import type { Address } from '../model/kubernetes.ts';
import { decodeToken, tokenLsn } from '../model/token.ts';
import { formatLsn } from '../model/wal.ts';
import type { Check } from './checks.ts';
import { check, gitOps, healthy, operatorActs } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import {
  acceptsWrites,
  allReady,
  changedBack,
  onlyToFollow,
  phaseWords,
  readinessWords,
  restarting,
} from './operation.ts';
import type { OtherSide } from './other-side.ts';
import { archiveAfterwards } from './preflight-archives.ts';
import { acceptsNoWrites, leaderOf, noLaterTimeline, promotable, receivedBy } from './preflight-lost.ts';
import { applyDelay, onePrimary, replays } from './preflight.ts';
import type { Side } from './promotion.ts';
import { page, promotionWrite, tokenProblem } from './promotion.ts';

/** A demotion token that was kept. */
export interface KnownToken {
  text: string;
  /** Milliseconds since the epoch at which the demoted Cluster had it; `undefined`: somebody gave it to the user. */
  seenAt: number | undefined;
}

/** @param former the demoted Cluster, by its name in the topology @param look reads its side, as far as it can be read */
export function promoteWithToken(
  target: Address,
  former: string,
  token: KnownToken,
  look: NonNullable<Operation['otherSide']>,
): Operation {
  return {
    title: `Promote ${target.name} with a saved token`,
    target,
    otherSide: look,
    plan: seen => plan(target, token, seen),
    progress: seen => progressOf(former, seen),
    afterwards: [
      `Applications still connect where they did: point them to the service ${target.name}-rw.`,
      `Take a base backup of ${target.name} now: its new timeline has none.`,
      `When the side of ${former} returns, its manifest still says replica cluster, and it follows by itself: "CNPG: Resume Promotion" verifies that. If it returns as a primary, somebody changed it: fence all its instances at once.`,
      'Write the new roles into the manifests of both sides (CNPG: Write Roles into Manifests…): who applies them undoes the promotion, or makes the former primary a primary again when its side returns.',
    ],
  };
}

function plan(target: Address, token: KnownToken, seen: Observed): OperationPlan {
  const { cluster, otherSide: former } = seen;
  if (!isReplicaCluster(cluster)) return onlyToFollow(target);
  if (!former) throw new Error('The other side was not looked at.');
  const leader = leaderOf(seen);
  const side: Side = { cluster, leader: leader?.reading };
  const decoded = decodeToken(token.text);
  const ofFormer = [acceptsNoWrites(former, madePrimary), ...stillDemoted(former, token, cluster)];
  const proven = ofFormer.every(({ outcome }) => outcome === 'ok');
  const asOf = lastKnownDemoted(former, token, cluster);
  const known = asOf === undefined ? undefined : formatTime(asOf, former.askedAt);
  return {
    checks: [
      fits(token, side, leader),
      ...(typeof decoded === 'string' ? [] : [reaches(former, cluster, leader, decoded)]),
      ...ofFormer,
      ...noLaterTimeline(former, decoded, madePrimary),
      ...(former.api.kind === 'answers' ? [] : [receivesNothing(former, cluster, leader)]),
      onePrimary({ otherPrimaries: former.otherPrimaries ?? [] }),
      ...promotable(cluster, leader),
      applyDelay(cluster),
      replays(side),
      healthy(cluster, 'The instances that are missing will be missing afterwards.'),
      archiveAfterwards(cluster),
      operatorActs(cluster, 'blocks'),
      ...gitOps(cluster),
    ],
    write: promotionWrite({ to: target }, cluster, token.text),
    meaning: [
      `${target.name} becomes the primary cluster where ${former.name} was shut down: with its demotion token nothing is lost, and ${former.name} can follow when its side returns. There is no way back.`,
      ...(proven ? [] : [`Whether ${former.name} is still demoted cannot be seen. ${ifNot(former.name)}`]),
    ].join(' '),
    interrupts: true,
    history: {
      kind: 'promotion with token',
      partner: former.name,
      loss: 'none',
      ...(typeof decoded !== 'string' && {
        timeline: Number(decoded.latestCheckpointTimelineID),
        lsn: decoded.latestCheckpointREDOLocation,
      }),
    },
    ...(!proven && {
      sentence: `promote ${target.name}, ${former.name} last known demoted ${known === undefined ? 'at an unknown time' : `at ${known}`}`,
    }),
  };
}

const ifNot = (name: string): string =>
  `If somebody made ${name} primary again meanwhile, there are two primaries, and what was written there since cannot be kept.`;
const madePrimary =
  'Somebody made it primary again: this token is of the past. A new switchover begins with "CNPG: Promote Replica Cluster…".';

function fits({ text }: KnownToken, side: Side, leader: Instance | undefined): Check {
  const { name } = side.cluster.metadata;
  const problem = tokenProblem(text, side);
  const title = `The token is one for ${name}`;
  const remedy =
    'Look for the token of the last demotion (status.demotionToken of the former primary, the log of its operator). Without it there is only a failover.';
  if (problem === undefined && !statusOf(leader?.reading))
    return {
      ...check('blocks', title, 'unknown', 'its designated primary does not answer', 'Repair the access to it first.'),
      yields: true,
    };
  const token = decodeToken(text);
  return check(
    'blocks',
    title,
    problem === undefined,
    problem ??
      (typeof token === 'string'
        ? token
        : `same system, timeline ${token.latestCheckpointTimelineID}, shut down at LSN ${token.latestCheckpointREDOLocation}`),
    remedy,
  );
}

/** CNPG waits for ever for WAL that does not come, and does nothing else for the Cluster meanwhile (DOMAIN 3.4). */
function reaches(
  { name, trace }: OtherSide,
  cluster: Cluster,
  leader: Instance | undefined,
  token: Exclude<ReturnType<typeof decodeToken>, string>,
): Check {
  const title = `${cluster.metadata.name} has the WAL up to the token`;
  const [received, wanted, status] = [receivedBy(leader), tokenLsn(token), statusOf(leader?.reading)];
  const file = token.redoWalFile;
  const insist = (evidence: string, remedy: string): Check => ({
    ...check('blocks', title, 'unknown', evidence, remedy),
    yields: true,
  });
  if (received === undefined || wanted === undefined)
    return insist('its position is not known', 'Repair the access to its designated primary first.');
  if (received > wanted + page)
    return check(
      'blocks',
      title,
      false,
      `it has received WAL up to ${formatLsn(received)}, beyond ${token.latestCheckpointREDOLocation}: somebody wrote after the token`,
      `Find out who: ${name} was made primary again, or the token is of an older demotion.`,
    );
  // The token points to where the record of the shutdown begins.
  if (received > wanted) return check('blocks', title, true, `it has received up to ${formatLsn(received)}`, '');
  const behind = `${formatBytes(wanted - received)} are missing at ${formatLsn(received)}`;
  if (status?.isWalReceiverActive)
    return check('blocks', title, false, `${behind}, and it streams`, 'Look again in a moment.');
  if (trace === undefined || trace.kind === 'none')
    return check('blocks', title, false, `${behind}, and it reads no archive of ${name}`, failOverInstead);
  if (trace.kind === 'unreadable')
    return insist(
      `${behind}; whether ${file} is in the archive could not be looked up: ${trace.reason}`,
      'Look into the archive by other means: without that file the promotion waits for ever.',
    );
  if (trace.file === undefined)
    return check('blocks', title, false, `${behind}, and ${file} is not in the archive of ${name}`, failOverInstead);
  const there = `${behind}; ${file}, which holds the end, is in the archive${trace.file === 'partial' ? ' (partial)' : ''}`;
  // In-tree Barman stops reading the archive of the source with the change of the role (DOMAIN 2.3).
  if (sourceArchive(cluster)?.by === 'in-tree')
    return check(
      'blocks',
      title,
      false,
      there,
      'Wait until it has restored them: promoted, it would not read that archive any more.',
    );
  return check(
    'warns',
    title,
    false,
    there,
    'The promotion waits until they are restored. "CNPG: Open WAL Archive" shows whether files between are missing.',
  );
}

const failOverInstead =
  'If that WAL can be found, put it into the archive. Else there is the failover, which says what it loses (CNPG: Fail Over to Replica Cluster…).';

function stillDemoted({ name, api, lastSeen, lastSeenAt, askedAt }: OtherSide, token: KnownToken, cluster: Cluster) {
  const title = `${name} is still demoted in favour of ${cluster.metadata.name}`;
  if (api.kind === 'absent') return [];
  if (api.kind === 'answers') {
    const now = api.seen.cluster;
    const other = now.status?.demotionToken;
    const problem = notDemoted(now, cluster) ?? (other && other !== token.text ? 'it has another token' : undefined);
    return [
      check(
        'blocks',
        title,
        problem === undefined,
        problem ?? 'its manifest says so',
        'Its side answers: "CNPG: Resume Promotion" goes by what it says.',
      ),
    ];
  }
  const since = lastSeen && (lastSeenAt ?? 0) > (token.seenAt ?? 0) ? notDemoted(lastSeen, cluster) : undefined;
  if (since !== undefined)
    return [
      {
        ...check(
          'blocks',
          title,
          false,
          `when it was last seen, at ${formatTime(lastSeenAt ?? 0, askedAt)}, ${since}`,
          `Find out whether the token was written before or after that. ${ifNot(name)}`,
        ),
        yields: true as const,
      },
    ];
  const asOf = lastKnownDemoted({ lastSeen, lastSeenAt }, token, cluster);
  return [
    check(
      'warns',
      title,
      'unknown',
      asOf === undefined
        ? 'nothing is known of it here since the token was written'
        : `last known at ${formatTime(asOf, askedAt)}; what was done there since cannot be seen`,
      `Ask who else could have made it primary again, and make sure by other means that nobody can write there. ${ifNot(name)}`,
    ),
  ];
}

/** In words, what it was instead; `undefined`: it was demoted. */
function notDemoted(former: Cluster, cluster: Cluster): string | undefined {
  const primary = former.spec.replica?.primary;
  if (!isReplicaCluster(former)) return 'it was the primary cluster by its manifest';
  if (primary !== topologyName(cluster)) return `it named "${primary ?? ''}" as primary`;
  return demotionInProgress(former) ? 'it was being demoted' : undefined;
}

function lastKnownDemoted(
  { lastSeen, lastSeenAt }: Pick<OtherSide, 'lastSeen' | 'lastSeenAt'>,
  { seenAt }: KnownToken,
  cluster: Cluster,
): number | undefined {
  const last = lastSeen && notDemoted(lastSeen, cluster) === undefined ? lastSeenAt : undefined;
  return last === undefined || seenAt === undefined ? (last ?? seenAt) : Math.max(last, seenAt);
}

function receivesNothing({ name }: OtherSide, cluster: Cluster, leader: Instance | undefined): Check {
  const streams = statusOf(leader?.reading)?.isWalReceiverActive === true;
  return check(
    'warns',
    `${cluster.metadata.name} receives no WAL from ${name}`,
    !streams,
    streams ? `${leader?.name ?? ''} streams: PostgreSQL of ${name} runs` : `${leader?.name ?? ''} has no WAL receiver`,
    'Only its API is out of reach, perhaps only from here: restore the access, and "CNPG: Resume Promotion" goes on with both sides in sight.',
  );
}

function progressOf(former: string, seen: Observed): Progress {
  const { cluster } = seen;
  const { name } = cluster.metadata;
  const leader = leaderOf(seen);
  if (isReplicaCluster(cluster)) return changedBack(name);
  if (tokenRefused(cluster))
    return {
      kind: 'failed',
      problem: `${name}: ${phaseWords(cluster)}`,
      remedy:
        '"CNPG: Withdraw Promotion…" makes it a replica cluster again. Removing only the token would be a failover.',
    };
  const pending = cluster.spec.replica?.promotionToken;
  if (!acceptsWrites(seen) || (pending && cluster.status?.lastPromotionToken !== pending))
    return {
      kind: 'pending',
      evidence: `${leader?.name ?? name} does not accept writes yet. ${phaseWords(cluster)}.`,
      stalled: `${name} has not replayed up to the token. Look at the log of ${leader?.name ?? 'its current primary'}: which WAL file does it wait for? When that file will never come, "CNPG: Withdraw Promotion…" is the way out.`,
    };
  const writes = `${leader?.name ?? name} accepts writes on timeline ${leader?.timeline ?? 'unknown'}`;
  if (cluster.status?.phase !== phases.healthy || !allReady(cluster)) return restarting(cluster, writes);
  return {
    kind: 'done',
    evidence: `${writes}; ${readinessWords(cluster)}.`,
    issues: [
      `${former} is not known to follow, and ${name} has no other side until it does. "CNPG: Resume Promotion" verifies it when its side is back.`,
    ],
  };
}
