/** Whoever follows: lag, timelines, and whether a designated primary is fed at all. */
import type { Verdict } from './alarm.ts';
import { sourceArchive } from './archive.ts';
import type { Cluster } from './cluster.ts';
import { formatDuration } from './duration.ts';
import { feedOf } from './feed.ts';
import type { InstanceStatus } from './instance-status.ts';
import type { Instance } from './instances.ts';
import { bytesBehind, formatBytes, positionOf } from './instances.ts';
import type { Address } from './kubernetes.ts';
import { addressKey } from './kubernetes.ts';
import type { Moment } from './moment.ts';
import { freshStatus } from './moment.ts';
import { cutWithin } from './positions.ts';
import type { Side } from './side.ts';
import { defaultSegmentSize } from './wal.ts';

/** The standbys of a Cluster against its (designated) primary. */
export function judgeStandbys(side: Side, topologyId: string | undefined, moment: Moment, verdict: Verdict): void {
  const { leader, snapshot, member } = side;
  if (!leader) return;
  for (const standby of side.instances.filter(instance => instance !== leader)) {
    const follower: Follower = {
      words: `Instance ${standby.name}`,
      instance: standby,
      status: freshStatus(standby.reading, snapshot, moment),
      address: member.address,
      topologyId,
      delayed: hasDelay(side.cluster),
    };
    judgeTimelines(follower, { words: `${leader.role} ${leader.name}`, status: side.status }, verdict);
    judgeLag(follower, { words: leader.name, status: side.status }, moment, verdict);
  }
}

const hasDelay = (cluster: Cluster): boolean => {
  const delay = cluster.spec.replica?.minApplyDelay;
  return delay !== undefined && !/^0*[a-zµ]*$/.test(delay);
};

/** A replica cluster against the Cluster that it follows. */
export function judgeFollower(side: Side, source: Side, topologyId: string, moment: Moment, verdict: Verdict): void {
  const { leader, member } = side;
  if (!leader) return;
  const base = { address: member.address, topologyId, delayed: hasDelay(side.cluster) };
  const follower: Follower = {
    ...base,
    words: `${member.name} (designated primary ${leader.name})`,
    instance: leader,
    status: side.status,
  };
  const upstream = { words: source.member.name, status: source.status };
  // A designated primary that cannot start after it diverged says nothing; its standbys have the same WAL.
  const witness = side.instances
    .map(instance => ({ instance, status: freshStatus(instance.reading, side.snapshot, moment) }))
    .find(({ status }) => positionOf(status) !== undefined && status?.timeLineID !== undefined);
  const tells = positionOf(side.status) === undefined && witness !== undefined;
  judgeTimelines(
    tells
      ? { ...follower, status: witness.status, words: `${member.name} (instance ${witness.instance.name})` }
      : follower,
    upstream,
    verdict,
  );
  judgeLag(follower, upstream, moment, verdict);
  judgeFeed(side, source, topologyId, moment, verdict);
}

/**
 * Seconds without a WAL receiver that a restart, a failover within the source or a promotion may take. Only after as many with one
 * is a cut over: a connection that comes and goes is told once.
 */
const patience = 3 * 60;

function judgeFeed(side: Side, source: Side, topologyId: string, moment: Moment, verdict: Verdict): void {
  const { address } = side.member;
  const [notFed, cutId] = [`not-fed ${addressKey(address)}`, `streaming-cut ${addressKey(address)}`];
  const feed = feedOf(side, source, moment);
  if (!feed || !side.status) {
    verdict.undecided(notFed);
    verdict.undecided(cutId);
    return;
  }
  const cut = feed.host === undefined ? false : cutWithin(side.positions, patience, moment.now, feed.interrupted);
  const archive = sourceArchive(side.cluster) !== undefined;
  const behind = feed.bytes === undefined ? '' : ` It is ${formatBytes(feed.bytes)} behind.`;
  const base = { severity: 'warning' as const, addresses: [address], topologyId };
  const look = `Can ${feed.host ?? 'the source'} be reached from ${address.context}, are the certificates of ${feed.source} still valid there`;
  if (feed.works === 'none' && (archive || cut !== undefined || feed.host === undefined)) {
    verdict.undecided(cutId);
    return verdict.raise({
      ...base,
      id: notFed,
      kind: 'not-fed',
      title: 'Not fed',
      sentence: `${side.member.name} gets nothing from ${feed.source}: its designated primary has no WAL receiver${
        archive ? ' and replays nothing from the archive' : ', and its manifest gives no archive to restore from'
      }.${behind}`,
      lookAt: `${look}, and does its archive have ${feed.needed ?? 'the WAL that is needed'}?`,
    });
  }
  if (feed.works === 'unknown' || feed.works === 'none') verdict.undecided(notFed);
  // While the source is down, that it sends nothing is no other thing.
  const sourceDown = source.readable && source.leader?.ready !== true;
  if (cut === undefined || (cut && sourceDown)) return verdict.undecided(cutId);
  if (!cut) return;
  verdict.raise({
    ...base,
    id: cutId,
    kind: 'streaming-cut',
    title: 'Streaming interrupted',
    sentence: `${side.member.name} has not streamed from ${feed.source} for more than ${formatDuration(patience)}: its designated primary has no WAL receiver. ${
      feed.works === 'archive'
        ? 'The archive still feeds it, whole segments late.'
        : 'Whether the archive feeds it is not known yet.'
    }${behind}${source.readable ? '' : ` ${source.member.address.context} cannot be read either.`}`,
    lookAt: `${look}? A failover now would lose what is not archived.`,
  });
}

interface Follower {
  words: string;
  instance: Instance;
  status: InstanceStatus | undefined;
  address: Address;
  topologyId: string | undefined;
  /** `minApplyDelay`: it replays late on purpose. */
  delayed: boolean;
}

interface Upstream {
  words: string;
  status: InstanceStatus | undefined;
}

/** A standby's timeline is of its last restartpoint, so while it streams its number tells nothing. */
function judgeTimelines(follower: Follower, upstream: Upstream, verdict: Verdict): void {
  const key = `${addressKey(follower.address)} ${follower.instance.name}`;
  const [divergedId, futureId] = [`diverged ${key}`, `future-timeline ${key}`];
  const { status } = follower;
  const base = { addresses: [follower.address], topologyId: follower.topologyId, instance: follower.instance.name };
  const mine = status?.timeLineID;
  const theirs = upstream.status?.timeLineID;
  if (mine === undefined || theirs === undefined || status?.isPgRewindRunning || status?.isPrimary) {
    verdict.undecided(divergedId);
    verdict.undecided(futureId);
    return;
  }
  if (status?.isWalReceiverActive) return;
  const position = positionOf(status);
  const theirPosition = positionOf(upstream.status);
  if (mine > theirs)
    verdict.raise({
      ...base,
      id: futureId,
      kind: 'future-timeline',
      severity: 'error',
      title: 'Future timeline',
      sentence: `${follower.words} is on timeline ${mine}, but ${upstream.words}, which it should follow, is on timeline ${theirs}.`,
      lookAt: `It replayed the history of a promotion that ${upstream.words} does not know. Look for timeline ${mine} in the archive it restores from; it must be rebuilt.`,
    });
  else if (mine < theirs && position !== undefined && theirPosition !== undefined) {
    // More than a segment: the two are not asked in the same instant.
    if (position > theirPosition + BigInt(defaultSegmentSize))
      verdict.raise({
        ...base,
        id: divergedId,
        kind: 'diverged',
        severity: 'error',
        title: 'Diverged timeline',
        sentence: `${follower.words} has WAL up to ${status?.replayLsn} on timeline ${mine}, and ${upstream.words} is at ${upstream.status?.currentLsn ?? upstream.status?.replayLsn} on timeline ${theirs}: it went on after the point where timeline ${theirs} began, so it cannot follow.`,
        lookAt:
          'Rows that only it has are lost to the others. Save them if they matter, then rebuild it from its source.',
      });
    else verdict.undecided(divergedId);
  }
}

function judgeLag(follower: Follower, upstream: Upstream, moment: Moment, verdict: Verdict): void {
  const { instance, status, address } = follower;
  const id = `lag ${addressKey(address)} ${instance.name}`;
  if (follower.delayed) return;
  const bytes = status?.isPrimary ? undefined : bytesBehind(upstream.status, status);
  if (bytes === undefined) return verdict.undecided(id);
  if (bytes <= moment.lagLimit) return;
  verdict.raise({
    id,
    kind: 'lag',
    severity: 'warning',
    title: `Lag ${formatBytes(bytes)}`,
    sentence: `${follower.words} is ${formatBytes(bytes)} behind ${upstream.words}; the limit is ${formatBytes(moment.lagLimit)} (cnpg.lagLimit). It has replayed ${status?.replayLsn ?? 'nothing known'}${
      status?.receivedLsn && status.receivedLsn !== status.replayLsn ? ` and received ${status.receivedLsn}` : ''
    }${status?.replayPaused ? '; its replay is paused' : ''}.`,
    lookAt: status?.replayPaused
      ? 'Replay was paused on the instance: select pg_wal_replay_resume() takes it up.'
      : status?.isWalReceiverActive
        ? 'It streams: look at network, disk and long queries on it.'
        : 'It has no WAL receiver: look at the connection to its source, and at the archive.',
    addresses: [address],
    topologyId: follower.topologyId,
    instance: instance.name,
  });
}
