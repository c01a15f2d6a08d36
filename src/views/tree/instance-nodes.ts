/** Instances: role, replication, where they run, their volumes. */
import { isReplicaCluster, switchoverInProgress } from '../../model/cluster.ts';
import { formatDuration, formatTime, parseInterval } from '../../model/duration.ts';
import type { InstanceStatus } from '../../model/instance-status.ts';
import type { Instance } from '../../model/instances.ts';
import { bytesBehind, claimsOf, formatBytes, positionOf, unschedulable, zoneOf } from '../../model/instances.ts';
import { addressKey } from '../../model/kubernetes.ts';
import { freshStatus } from '../../model/moment.ts';
import { secondsBehind } from '../../model/positions.ts';
import type { Sample } from '../../model/positions.ts';
import type { Side } from '../../model/side.ts';
import { behindWords } from './feed-nodes.ts';
import { claimNode, detailsTrouble, instanceDetails } from './instance-details.ts';
import type { Scene, TooltipLine, TreeNode, Trouble } from './node.ts';
import { alarmsAbout, node, referenceTo, staleColor, withTroubleBelow, worst } from './node.ts';

interface Upstream {
  name: string;
  status: InstanceStatus | undefined;
  positions: readonly Sample[] | undefined;
}

/** @param source the side that a replica cluster follows, when it was found */
export function instanceNodes(side: Side, source: Side | undefined, scene: Scene): TreeNode[] {
  const { leader } = side;
  return side.instances.map(instance => {
    const from = instance.role === 'standby' ? side : instance.role === 'designated primary' ? source : undefined;
    const above = from?.leader;
    const upstream =
      from && above && above !== instance
        ? { name: above.name, status: from.status, positions: from.positions }
        : undefined;
    return instanceNode(instance, side, upstream, leader?.name, scene);
  });
}

/** `instance.designated-primary`, `instance.standby.fenced`. */
export const instanceContextValue = ({ role, fenced }: Instance): string =>
  `instance.${role.replace(' ', '-')}${fenced ? '.fenced' : ''}`;

function instanceNode(
  instance: Instance,
  side: Side,
  upstream: Upstream | undefined,
  leader: string | undefined,
  scene: Scene,
): TreeNode {
  const { cluster, snapshot, readable } = side;
  const { address } = side.member;
  const status = freshStatus(instance.reading, snapshot, scene.moment);
  const lag = lagOf(instance, status, upstream, scene);
  const state = instanceState(instance, status, side);
  const trouble = ownTrouble(instance, state, side, scene);
  const target = cluster.status?.targetPrimary;
  const becoming = switchoverInProgress(cluster) && target === instance.name && target !== leader;
  return withTroubleBelow(
    node({
      id: `instance ${addressKey(address)} ${instance.name}`,
      kind: 'instance',
      label: instance.name,
      description: [
        ...(becoming ? ['becoming primary'] : []),
        ...state.wrong,
        ...lag.words,
        instance.role,
        ...state.usual,
      ].join(' · '),
      icon: instanceIcon(instance, trouble, readable, status !== undefined),
      trouble,
      tooltip: instanceTooltip(instance, status, side, upstream, lag.time, scene),
      contextValue: instanceContextValue(instance),
      context: address.context,
      address,
      object: referenceTo('Pod', address, instance.name),
      children: [
        ...instanceDetails(instance, status, side),
        ...claimsOf(cluster, instance.name, snapshot).map(claim => claimNode(claim, address)),
      ],
    }),
  );
}

/** Of {@link instanceNodes} and what is below them, without making them. */
export const instancesTrouble = (side: Side, scene: Scene): Trouble =>
  worst(
    side.instances.flatMap(instance => {
      const state = instanceState(instance, freshStatus(instance.reading, side.snapshot, scene.moment), side);
      return [ownTrouble(instance, state, side, scene), detailsTrouble(instance, side)];
    }),
  );

/** What was seen before its context failed is no longer trouble of now. */
function ownTrouble({ name }: Instance, { wrong }: State, { readable, member }: Side, scene: Scene): Trouble {
  if (!readable) return undefined;
  const alarmed = alarmsAbout(scene, member.address).some(
    ({ severity, instance }) => severity !== 'notice' && instance === name,
  );
  return wrong.length > 0 || alarmed ? 'warning' : undefined;
}

interface State {
  /** What is wrong or in the way; comes first, because rows are cut off at their end. */
  wrong: string[];
  /** How it is when all is well. */
  usual: string[];
}

function instanceState(instance: Instance, status: InstanceStatus | undefined, { cluster, snapshot }: Side): State {
  const only = (word: string): State => ({ wrong: [word], usual: [] });
  if (instance.fenced) return only('fenced');
  if (!instance.pod && snapshot.unread.Pod !== undefined) return { wrong: [], usual: ['pod cannot be read'] };
  if (!instance.pod) return only('no pod');
  if (unschedulable(instance.pod) !== undefined) return only('unschedulable');
  if (status?.isPgRewindRunning) return only('pg_rewind');
  if (!instance.ready) return only(instance.pod.metadata.deletionTimestamp ? 'terminating' : 'not ready');
  const pending = status?.pendingRestart ? ['restart pending'] : [];
  const timeline = instance.timeline ? [`timeline ${instance.timeline}`] : [];
  if (!status)
    return { wrong: [], usual: [...(instance.reading?.kind === 'failed' ? ['status unreadable'] : []), ...timeline] };
  if (status.isPrimary)
    return { wrong: [...(instance.role === 'primary' ? [] : ['accepts writes']), ...pending], usual: timeline };
  if (instance.role === 'primary') return { wrong: ['in recovery', ...pending], usual: [] };
  // A designated primary may live on an archive alone: its feed says whether that works.
  const may = instance.role === 'designated primary' && isReplicaCluster(cluster);
  return {
    wrong: [
      ...(status.isWalReceiverActive || may ? [] : ['no WAL receiver']),
      ...(status.replayPaused ? ['replay paused'] : []),
      ...pending,
    ],
    usual: status.isWalReceiverActive ? ['streaming'] : may ? ['no WAL receiver'] : [],
  };
}

interface Lag {
  words: string[];
  time: string | undefined;
}

function lagOf(
  instance: Instance,
  status: InstanceStatus | undefined,
  upstream: Upstream | undefined,
  scene: Scene,
): Lag {
  if (!instance.ready || !upstream) return { words: [], time: undefined };
  const bytes = bytesBehind(upstream.status, status);
  if (bytes === undefined) return { words: ['lag unknown'], time: undefined };
  const time = timeBehind(instance, status, upstream, scene.moment.now);
  return {
    words: [`lag ${formatBytes(bytes)}${time === undefined || bytes === 0n || time === '0 s' ? '' : `, ${time}`}`],
    time,
  };
}

/** What the primary measured, else when it was at the position that the instance has replayed. */
function timeBehind(
  instance: Instance,
  status: InstanceStatus | undefined,
  upstream: Upstream,
  now: number,
): string | undefined {
  const sender = upstream.status?.replicationInfo?.find(info => info.applicationName === instance.name);
  const measured = parseInterval(sender?.replayLag ?? '');
  if (measured !== undefined) return formatDuration(measured);
  const replay = positionOf(status);
  const behind = replay === undefined ? undefined : secondsBehind(upstream.positions, replay, now);
  return behind && behindWords(behind);
}

/** What was seen before the context failed, or was not said by the instance itself, is not known to be good. */
function instanceIcon(instance: Instance, trouble: Trouble, readable: boolean, known: boolean): TreeNode['icon'] {
  const color = !readable ? staleColor : trouble ? 'list.warningForeground' : known ? 'charts.green' : undefined;
  const id =
    instance.role === 'primary' ? 'star-full' : instance.role === 'designated primary' ? 'star-half' : 'circle-outline';
  return { id: trouble && instance.role === 'standby' ? 'warning' : id, ...(color !== undefined && { color }) };
}

function instanceTooltip(
  instance: Instance,
  status: InstanceStatus | undefined,
  { cluster, leader }: Side,
  upstream: Upstream | undefined,
  lagTime: string | undefined,
  { moment }: Scene,
): TooltipLine[] {
  const { reading, pod } = instance;
  const waits = unschedulable(pod);
  const sent = (instance === leader ? [] : (upstream?.status?.replicationInfo ?? [])).find(
    info => info.applicationName === instance.name,
  );
  return [
    `${instance.name}: ${instance.role}`,
    ...(waits === undefined ? [] : [`Unschedulable: ${waits}`]),
    [
      'Kubernetes node',
      `${pod?.spec?.nodeName ?? 'none'}${zoneOf(cluster, instance) ? ` (zone ${zoneOf(cluster, instance)})` : ''}`,
    ],
    ['Timeline', String(instance.timeline ?? 'unknown')],
    ...(status?.isPrimary ? [['Writes at', status.currentLsn ?? 'unknown'] as const] : []),
    ...(status && !status.isPrimary
      ? [['Received', status.receivedLsn ?? 'unknown'] as const, ['Replayed', status.replayLsn ?? 'unknown'] as const]
      : []),
    ...(upstream ? [['Follows', upstream.name] as const] : []),
    ...(lagTime === undefined ? [] : [['Behind in time', lagTime] as const]),
    ...(sent ? [['Replication', `${sent.state}, ${sent.syncState ?? 'async'}`] as const] : []),
    ...(status?.pendingRestart ? ['A changed setting waits for a restart.'] : []),
    ...(reading?.kind === 'failed' ? [`Status could not be read: ${reading.reason}`] : []),
    reading ? `${status ? 'Read' : 'Tried'} at ${formatTime(reading.readAt, moment.now)}` : 'Status not read yet',
  ];
}
