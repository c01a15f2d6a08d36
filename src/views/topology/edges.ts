/** Lines of the picture: who gets WAL from whom, how far behind, and whether it works. */
import { entryArchive, ownArchive, sourceArchive } from '../../model/archive.ts';
import { externalCluster, isReplicaCluster } from '../../model/cluster.ts';
import { formatDuration, formatTime, parseInterval } from '../../model/duration.ts';
import { feedOf } from '../../model/feed.ts';
import type { Feed } from '../../model/feed.ts';
import type { Instance } from '../../model/instances.ts';
import { bytesBehind, formatBytes, positionOf } from '../../model/instances.ts';
import { freshStatus } from '../../model/moment.ts';
import type { Behind } from '../../model/positions.ts';
import { secondsBehind } from '../../model/positions.ts';
import type { Side } from '../../model/side.ts';
import { defaultSegmentSize } from '../../model/wal.ts';
import { behindWords } from '../tree/feed-nodes.ts';
import type { Scene } from '../tree/node.ts';
import { edgeActions, writtenActions } from './actions.ts';
import { archiveId, archivingState, ownPlace, pathOf, readPath } from './archives.ts';
import type { Drawn } from './nodes.ts';
import { facts, instanceId, isWritten, leadsTo, missingNodeId, objectOf, serviceId, unseen } from './nodes.ts';
import type { Edge, State } from './picture.ts';
import { stateWords } from './picture.ts';

interface Judged {
  state: State;
  why: string;
}

type Parts = Pick<Edge, 'id' | 'kind' | 'from' | 'to' | 'label' | 'facts' | 'evidence'> & Judged & { sentence: string };

const edge = (side: Side, { sentence, ...parts }: Parts, differs: string[] = []): Edge => ({
  ...parts,
  words: `${sentence} ${stateWords[parts.state]}: ${parts.why}.`,
  differs,
  target: {
    label: side.cluster.metadata.name,
    address: side.member.address,
    object: objectOf('Cluster', side.member.address, side.cluster.metadata.name),
  },
  actions: isWritten(side) ? writtenActions : edgeActions,
});

/** Lines within the box of a member and to its archive. */
export function drawOwnEdges({ side }: Drawn, scene: Scene): Edge[] {
  const { leader } = side;
  if (!leader) return [];
  return [
    ...servesEdges(side, leader),
    ...side.instances
      .filter(({ role }) => role === 'standby')
      .map(standby => streamingEdge(side, leader, standby, scene)),
    ...(ownArchive(side.cluster) ? [archiveEdge(side, leader, scene)] : []),
  ];
}

/** To each pod that the Service leads to now: while roles change it is not yet, or no longer, the (designated) primary. */
function servesEdges(side: Side, leader: Instance): Edge[] {
  const pods = leadsTo(side);
  const hidden = unseen(side) ?? (Array.isArray(pods) ? undefined : pods);
  const names = hidden || !Array.isArray(pods) ? [leader.name] : pods;
  return names.map(name =>
    edge(side, {
      id: `serves ${instanceId(side, name)}`,
      kind: 'serves',
      from: serviceId(side),
      to: instanceId(side, name),
      label: '',
      sentence: `The service ${Array.isArray(pods) ? 'leads' : 'is to lead'} to ${name}.`,
      ...(hidden ??
        (name === leader.name
          ? { state: 'up', why: 'the pod is ready' }
          : { state: 'warn', why: `the ${leader.role} is ${leader.name}` })),
      facts: facts(['Leads to', name]),
      evidence: 'What the Service selects, and readiness of the pods.',
    }),
  );
}

/** `lag 12 MB · 3 s`, with whole segments from one on. */
function lagWords(bytes: bigint | undefined, time: string | undefined): string {
  if (bytes === undefined) return '';
  if (bytes === 0n) return 'lag 0 B';
  const segments = bytes / BigInt(defaultSegmentSize);
  return [
    `lag ${formatBytes(bytes)}`,
    ...(segments > 0n ? [`${segments} seg.`] : []),
    ...(time === undefined || time === '0 s' ? [] : [time]),
  ].join(' · ');
}

const timeWords = (behind: Behind | undefined): string | undefined => behind && behindWords(behind);

const lagFacts = (bytes: bigint | undefined, time: string | undefined) =>
  [
    ['Behind', bytes === undefined ? 'unknown: a side was not read, or the timelines differ' : formatBytes(bytes)],
    ['Whole segments behind', bytes === undefined ? undefined : String(bytes / BigInt(defaultSegmentSize))],
    ['Behind in time', time],
  ] as const;

const readAt = (instance: Instance | undefined, scene: Scene): string =>
  instance?.reading ? `read at ${formatTime(instance.reading.readAt, scene.moment.now)}` : 'not read yet';

function streamingEdge(side: Side, leader: Instance, standby: Instance, scene: Scene): Edge {
  const status = freshStatus(standby.reading, side.snapshot, scene.moment);
  const sent = side.status?.replicationInfo?.find(({ applicationName }) => applicationName === standby.name);
  const bytes = standby.ready ? bytesBehind(side.status, status) : undefined;
  const measured = parseInterval(sent?.replayLag ?? '');
  const replayed = positionOf(status);
  const time =
    measured === undefined
      ? replayed === undefined
        ? undefined
        : timeWords(secondsBehind(side.positions, replayed, scene.moment.now))
      : formatDuration(measured);
  const judge = (): Judged => {
    if (!standby.ready) return { state: 'broken', why: `${standby.name} is not ready` };
    if (!status) return { state: 'unknown', why: 'the status of the standby is not known' };
    if (!status.isWalReceiverActive)
      return side.status?.isPrimary && !sent
        ? { state: 'broken', why: 'no WAL receiver, and the primary sends nothing' }
        : { state: 'warn', why: 'no WAL receiver' };
    if (bytes !== undefined && bytes > scene.moment.lagLimit) return { state: 'warn', why: 'lag above the limit' };
    if (sent && sent.state !== 'streaming') return { state: 'warn', why: sent.state };
    return { state: 'up', why: 'streaming' };
  };
  const judged = unseen(side) ?? judge();
  return edge(side, {
    id: `streaming ${instanceId(side, standby.name)}`,
    kind: 'streaming',
    from: instanceId(side, leader.name),
    to: instanceId(side, standby.name),
    label: side.readable ? lagWords(bytes, time) || judged.why.replace(`${standby.name} is `, '') : '',
    sentence: `${leader.name} streams to ${standby.name}.`,
    ...judged,
    facts: facts(
      ...lagFacts(bytes, time),
      ['WAL receiver', status && (status.isWalReceiverActive ? 'active' : 'not active')],
      ['Sender', sent && `${sent.state}, ${sent.syncState ?? 'async'}`],
    ),
    evidence: `Status of ${standby.name}, ${readAt(standby, scene)}; of ${leader.name}, ${readAt(leader, scene)}.`,
  });
}

function archiveEdge(side: Side, leader: Instance, scene: Scene): Edge {
  const { status } = side;
  const judged = archivingState(side, scene);
  const waiting = status?.readyWalFiles ?? 0;
  return edge(side, {
    id: `archive_command ${archiveId(side)}`,
    kind: 'archive_command',
    from: instanceId(side, leader.name),
    to: archiveId(side),
    label: `archive_command${judged.state === 'broken' ? ' fails' : waiting > 0 ? ` · ${waiting} wait` : ''}`,
    sentence: `${leader.name} archives its WAL to ${ownPlace(side).path}.`,
    ...judged,
    facts: facts(
      ['Newest archived', status?.lastArchivedWAL],
      ['Archived at', status?.lastArchivedWALTime],
      ['Segments that wait', status?.readyWalFiles],
      ['Last failed', status?.lastFailedWAL],
      ['Failed at', status?.lastFailedWAL ? status.lastFailedWALTime : undefined],
    ),
    evidence: `Archiver's counters of ${leader.name}, ${readAt(leader, scene)}.`,
  });
}

/** From the member that a replica cluster follows. @param source `undefined`: it was not found */
export function drawCrossEdges({ side, differs }: Drawn, source: Drawn | undefined, scene: Scene): Edge[] {
  const { cluster, leader } = side;
  const name = cluster.spec.replica?.source;
  const entry = isReplicaCluster(cluster) ? externalCluster(cluster, name) : undefined;
  if (!entry || !leader) return [];
  const feed = feedOf(side, source?.side, scene.moment);
  const to = instanceId(side, leader.name);
  const upstream = source?.side.leader;
  const from = source && upstream ? instanceId(source.side, upstream.name) : missingNodeId(entry.name);
  if (source && !upstream) return [];
  const difference = differs.get('source');
  const differing = difference === undefined ? [] : [`source: ${difference}`];
  return [
    ...(entry.connectionParameters
      ? [crossStreaming({ side, source: source?.side, feed, from, to, differing }, scene)]
      : []),
    ...(sourceArchive(cluster) && source ? [restoreEdge(side, source.side, feed, to, differing, scene)] : []),
  ];
}

interface Crossing {
  side: Side;
  source: Side | undefined;
  feed: Feed | undefined;
  from: string;
  to: string;
  differing: string[];
}

function crossStreaming({ side, source, feed, from, to, differing }: Crossing, scene: Scene): Edge {
  const { leader } = side;
  const time = timeWords(feed?.time);
  const judge = (): Judged => {
    if (feed?.works === 'streaming') {
      if (!source || !source.readable) return { state: 'warn', why: 'received, but its source cannot be read' };
      if ((feed.bytes ?? 0n) > scene.moment.lagLimit) return { state: 'warn', why: 'lag above the limit' };
      return { state: 'up', why: 'streaming' };
    }
    if (feed?.works === 'archive') return { state: 'warn', why: 'no WAL receiver, fed from the archive only' };
    if (feed?.works === 'none') return { state: 'broken', why: 'no WAL receiver' };
    const known = side.status !== undefined && !side.status.isPrimary;
    return {
      state: known ? 'warn' : 'unknown',
      why: known ? 'no WAL receiver' : 'the designated primary was not read',
    };
  };
  const judged = unseen(side) ?? judge();
  const lag = lagWords(feed?.bytes, time);
  const sourceUnread = source !== undefined && !source.readable;
  const short = {
    broken: 'broken',
    warn: feed?.works !== 'streaming' ? 'interrupted' : sourceUnread ? 'source unread' : '',
    unknown: 'unknown',
    up: '',
    idle: '',
    declared: '',
  };
  return edge(
    side,
    {
      id: `cross-streaming ${to}`,
      kind: 'cross-streaming',
      from,
      to,
      label: ['streaming', short[judged.state], feed?.works === 'streaming' ? lag : ''].filter(Boolean).join(' · '),
      sentence: `${source?.leader?.name ?? feed?.source ?? 'The source'} streams to ${leader?.name ?? 'the designated primary'}.`,
      ...judged,
      facts: facts(
        ['Streams from', feed?.host],
        ...lagFacts(feed?.bytes, time),
        ['Needs next', feed?.needed],
        ['WAL receiver', side.status && (side.status.isWalReceiverActive ? 'active' : 'not active')],
      ),
      evidence: `Status of ${leader?.name ?? 'the designated primary'}, ${readAt(leader, scene)}; of its source, ${readAt(source?.leader, scene)}.`,
    },
    differing,
  );
}

function restoreEdge(
  side: Side,
  source: Side,
  feed: Feed | undefined,
  to: string,
  differing: string[],
  scene: Scene,
): Edge {
  const ahead = feed?.archivedAhead;
  const other = otherArchive(readPath(side), source);
  const judge = (): Judged => {
    if (other !== undefined) return { state: 'warn', why: other };
    if (feed?.works === 'archive')
      return (ahead ?? 0n) > 2n
        ? { state: 'warn', why: 'archived segments are not replayed' }
        : { state: 'up', why: 'replays from the archive' };
    if (feed?.works === 'streaming') return { state: 'idle', why: 'not used while streaming works' };
    if (feed?.works === 'none') return { state: 'broken', why: 'replay stands still' };
    return { state: 'unknown', why: 'not known to be used' };
  };
  const judged = unseen(side) ?? judge();
  return edge(
    side,
    {
      id: `restore_command ${to}`,
      kind: 'restore_command',
      from: archiveId(source),
      to,
      label: [
        'restore_command',
        { idle: 'stands by', broken: 'stands still', unknown: 'unknown', warn: '', up: '', declared: '' }[judged.state],
        feed?.works === 'archive' && ahead ? `${ahead} seg.` : '',
      ]
        .filter(Boolean)
        .join(' · '),
      sentence: `${side.leader?.name ?? 'The designated primary'} can restore WAL from ${ownPlace(source).path}.`,
      ...judged,
      facts: facts(
        ['Needs next', feed?.needed],
        ['Newest archived by the source', feed?.newestArchived],
        ['Archived and not replayed', ahead === undefined ? undefined : `${ahead} segments`],
        ['Reads', readPath(side)],
      ),
      evidence: `Status of ${side.leader?.name ?? 'the designated primary'}, ${readAt(side.leader, scene)}; archiver of the source, ${readAt(source.leader, scene)}.`,
    },
    differing,
  );
}

/**
 * What a primary cluster would follow after a demotion: its manifest says that, and nobody has tried.
 * @param source the member that it names; `undefined`: it names none that is drawn
 */
export function drawWayBack({ side }: Drawn, source: Drawn | undefined): Edge[] {
  const { cluster, leader: to } = side;
  const [next, from] = [source?.side, source?.side.leader];
  if (isReplicaCluster(cluster) || !next || next === side || !from || !to) return [];
  const entry = externalCluster(cluster, next.member.name);
  const { host, port } = entry?.connectionParameters ?? {};
  const reads = entry && pathOf(entryArchive(cluster, entry), side);
  const ways = [
    ...(entry?.connectionParameters ? ['streaming'] : []),
    ...(reads === undefined ? [] : ['restore_command']),
  ];
  const judge = (): Judged => {
    if (!entry) return { state: 'warn', why: `spec.externalClusters has no ${next.member.name}` };
    if (ways.length === 0) return { state: 'warn', why: 'neither streaming nor an archive is configured for it' };
    const other = otherArchive(reads, next);
    if (other !== undefined) return { state: 'warn', why: other };
    return { state: 'idle', why: `after a demotion, by ${ways.join(' and ')}` };
  };
  return [
    edge(side, {
      id: `way-back ${instanceId(side, to.name)}`,
      kind: 'way-back',
      from: instanceId(next, from.name),
      to: instanceId(side, to.name),
      label: 'way back',
      sentence: `After a demotion ${to.name} would follow ${from.name}.`,
      ...(unseen(side) ?? judge()),
      facts: facts(
        ['Would stream from', entry?.connectionParameters && `${host ?? 'local socket'}${port ? `:${port}` : ''}`],
        ['Would restore from', reads],
      ),
      evidence: `spec.replica and spec.externalClusters of ${cluster.metadata.name}; nothing was tried.`,
    }),
  ];
}

/** Another folder is read than the source writes, as far as both are known. */
function otherArchive(reads: string | undefined, source: Side): string | undefined {
  const writes = pathOf(ownArchive(source.cluster), source);
  if (reads === undefined || writes === undefined || writes === reads) return undefined;
  return `reads ${reads}, its source writes ${writes}`;
}
