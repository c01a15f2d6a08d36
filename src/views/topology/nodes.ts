/** Boxes, services and instances of one member, each with its state and where that is known from. */
import type { ArchiveReading } from '../../model/archive-reading.ts';
import type { Cluster } from '../../model/cluster.ts';
import {
  demotionInProgress,
  hibernated,
  isReplicaCluster,
  phases,
  postgresVersion,
  switchoverInProgress,
} from '../../model/cluster.ts';
import { formatTime } from '../../model/duration.ts';
import type { InstanceStatus } from '../../model/instance-status.ts';
import type { Instance } from '../../model/instances.ts';
import { unschedulable } from '../../model/instances.ts';
import type { Address } from '../../model/kubernetes.ts';
import { addressKey } from '../../model/kubernetes.ts';
import { freshStatus } from '../../model/moment.ts';
import type { ObjectReference } from '../../model/object-reference.ts';
import { labelledFor } from '../../model/owned.ts';
import { readyBehind } from '../../model/service-pods.ts';
import type { Side } from '../../model/side.ts';
import { operatorVersion, systemIdOf } from '../../model/side.ts';
import type { WatchedKind } from '../../model/snapshot.ts';
import { instanceContextValue } from '../tree/instance-nodes.ts';
import type { Scene } from '../tree/node.ts';
import { alarmsAbout } from '../tree/node.ts';
import { clusterActions, instanceActions, missingActions, serviceActions, writtenActions } from './actions.ts';
import type { Box, Fact, Node, State } from './picture.ts';

/** A member of the topology as it is drawn. */
export interface Drawn {
  side: Side;
  place: number;
  /** What its manifest says otherwise, by the field. */
  differs: ReadonlyMap<string, string>;
  /** `file:line` of its manifest, when that is known. */
  manifest: string | undefined;
  /** The newest listing of its archive that was read in this window. */
  reading: ArchiveReading | undefined;
  /** Who reads its archive and can be asked for it while it cannot be read itself. */
  reader: Side | undefined;
  primaryLost: boolean;
  /** The lost primary was demoted in favour of this one. */
  tokenKnown: boolean;
  /** It was demoted, and nobody is promoted yet. */
  tokenWaits: boolean;
  former: boolean;
  /** `contextValue` of its row in the tree. */
  row: string;
}

/** A snapshot that nobody has connected to holds what manifests say. */
export const isWritten = ({ snapshot }: Side): boolean => snapshot.state === 'closed';

/** Where nothing can be known there is nothing to judge. */
export function unseen(side: Side): { state: State; why: string } | undefined {
  if (isWritten(side)) return { state: 'declared', why: 'not connected' };
  if (side.readable) return undefined;
  return { state: 'unknown', why: `${side.snapshot.context} cannot be read` };
}

export const boxId = ({ member }: Side): string => `box ${addressKey(member.address)}`;
export const serviceId = ({ member }: Side): string => `service ${addressKey(member.address)}`;
export const instanceId = ({ member }: Side, name: string): string => `instance ${addressKey(member.address)} ${name}`;

export const objectOf = (kind: WatchedKind, { context, namespace }: Address, name: string): ObjectReference => ({
  context,
  kind,
  namespace,
  name,
});

export const targetOf = (side: Side, kind: WatchedKind, name: string) => ({
  label: name,
  address: side.member.address,
  object: objectOf(kind, side.member.address, name),
});

export const facts = (...rows: readonly (readonly [string, string | number | undefined] | false)[]): Fact[] =>
  rows.flatMap((row): Fact[] =>
    row === false || row[1] === undefined || row[1] === '' ? [] : [[row[0], String(row[1])]],
  );

/** What the API said, and when it was last heard of. */
export function objectEvidence(side: Side, object: string, scene: Scene, manifest?: string): string {
  if (isWritten(side)) return `Manifest${manifest === undefined ? '' : ` ${manifest}`}.`;
  const { seenAt, context } = side.snapshot;
  const when =
    side.readable || seenAt === undefined ? 'followed live' : `last seen at ${formatTime(seenAt, scene.moment.now)}`;
  return `${object} in context ${context}, ${when}.`;
}

export function drawMember(drawn: Drawn, scene: Scene): (Box | Node)[] {
  return [
    drawBox(drawn, scene),
    drawService(drawn, scene),
    ...drawn.side.instances.map((instance, place) => drawInstance(instance, place, drawn, scene)),
  ];
}

function drawBox(drawn: Drawn, scene: Scene): Box {
  const { side, place, differs, manifest } = drawn;
  const { cluster, member, snapshot } = side;
  const { status } = cluster;
  const role = isReplicaCluster(cluster) ? 'replica cluster' : 'primary cluster';
  const { state, why } = clusterState(drawn, scene);
  const written = isWritten(side);
  return {
    id: boxId(side),
    kind: 'box',
    place,
    title: `${written ? '' : `${snapshot.context} · `}${cluster.metadata.name}`,
    subtitle: `${role} · ${why}`,
    state,
    why,
    facts: facts(
      ['Error', side.readable ? undefined : snapshot.error],
      ['Role', member.name === cluster.metadata.name ? role : `${role}, called ${member.name} in the topology`],
      ['Namespace', member.address.namespace],
      ['Phase', status?.phase],
      ['Reason', status?.phaseReason],
      [
        'Instances',
        written ? cluster.spec.instances : `${status?.readyInstances ?? 0} of ${cluster.spec.instances ?? 1} ready`,
      ],
      ['PostgreSQL', postgresVersion(cluster)],
      ['Operator', operatorVersion(side)],
      !written && ['Timeline', side.status?.timeLineID ?? side.leader?.timeline],
      !written && ['System identifier', systemIdOf(side, scene.moment) ?? 'not known'],
      ['Follows', isReplicaCluster(cluster) ? cluster.spec.replica?.source : undefined],
      ['Would follow after a demotion', isReplicaCluster(cluster) ? undefined : cluster.spec.replica?.source],
      ['Applies late on purpose by', cluster.spec.replica?.minApplyDelay],
      !!status?.demotionToken && ['Demotion token', 'present'],
      !!cluster.spec.replica?.promotionToken && [
        'Promotion token',
        cluster.spec.replica.promotionToken === status?.lastPromotionToken ? 'used' : 'waits to be used',
      ],
    ),
    evidence: objectEvidence(side, `Cluster ${member.address.namespace}/${cluster.metadata.name}`, scene, manifest),
    differs: [...differs].map(([field, words]) => `${field}: ${words}`),
    target: targetOf(side, 'Cluster', cluster.metadata.name),
    row: written ? 'written' : drawn.row,
    actions: written ? writtenActions : clusterActions(side, drawn),
  };
}

function clusterState({ side, tokenWaits }: Drawn, scene: Scene): { state: State; why: string } {
  const { cluster, member } = side;
  const phase = cluster.status?.phase ?? 'no status yet';
  const hidden = unseen(side);
  if (hidden) return hidden;
  const [alarm] = alarmsAbout(scene, member.address).filter(({ severity }) => severity === 'error');
  if (alarm) return { state: 'broken', why: alarm.title };
  if (hibernated(cluster)) return { state: 'warn', why: 'hibernated' };
  if (demotionInProgress(cluster)) return { state: 'warn', why: 'being demoted' };
  if (tokenWaits && cluster.status?.demotionToken) return { state: 'warn', why: 'demoted, its token waits to be used' };
  if (phase === phases.unrecoverable) return { state: 'broken', why: phase };
  if (phase !== phases.healthy) return { state: 'warn', why: phase };
  return { state: 'up', why: phase };
}

/**
 * Of the Service for the (designated) primary: the ready pods that it leads to.
 * @returns why that is not known, or why there are none, when it is no list
 */
export function leadsTo({ cluster, snapshot, member }: Side): string[] | { state: State; why: string } {
  if (snapshot.unread.Service !== undefined) return { state: 'unknown', why: snapshot.unread.Service };
  const name = writeService(cluster);
  const service = snapshot.services.find(
    ({ metadata }) => metadata.name === name && metadata.namespace === member.address.namespace,
  );
  if (!service) return { state: 'broken', why: missingService };
  if (snapshot.unread.Pod !== undefined) return { state: 'unknown', why: 'pods cannot be read' };
  const ready = readyBehind(service, labelledFor(snapshot.pods, cluster));
  return ready.length > 0
    ? ready.map(({ metadata }) => metadata.name)
    : { state: 'broken', why: 'no ready pod behind it' };
}

const missingService = 'the Service does not exist';

const writeService = (cluster: Cluster): string => cluster.status?.writeService ?? `${cluster.metadata.name}-rw`;

function drawService({ side, manifest }: Drawn, scene: Scene): Node {
  const { cluster, leader, status } = side;
  const replica = isReplicaCluster(cluster);
  const name = writeService(cluster);
  const pods = leadsTo(side);
  const judged = (): { state: State; why: string } => {
    if (!Array.isArray(pods)) return pods;
    const others = pods.filter(pod => pod !== leader?.name);
    if (others.length > 0) return { state: 'warn', why: `leads to ${others.join(', ')}, which is a standby` };
    if (switchoverInProgress(cluster)) return { state: 'warn', why: 'switching over' };
    return {
      state: 'up',
      why: status?.isPrimary ? 'accepts writes' : replica ? 'read-only' : `leads to ${pods.join(', ')}`,
    };
  };
  const { state, why } = unseen(side) ?? judged();
  return {
    id: serviceId(side),
    kind: 'service',
    box: boxId(side),
    place: 0,
    crowned: false,
    lines: [`service for the ${replica ? 'designated primary' : 'primary'}`, name],
    state,
    why,
    facts: facts(
      ['Service', name],
      ['Leads to', Array.isArray(pods) ? pods.join(', ') : undefined],
      ['Accepts writes', status && (status.isPrimary ? 'yes' : 'no')],
    ),
    evidence: objectEvidence(side, `What Service ${name} selects, and readiness of the pods`, scene, manifest),
    differs: [],
    target: targetOf(side, 'Service', name),
    row: isWritten(side) ? 'written' : 'service',
    actions: isWritten(side) ? writtenActions : why === missingService ? [] : serviceActions,
  };
}

function drawInstance(instance: Instance, place: number, { side, manifest }: Drawn, scene: Scene): Node {
  const { snapshot, cluster } = side;
  const status = freshStatus(instance.reading, snapshot, scene.moment);
  const { state, why } = unseen(side) ?? instanceState(instance, status, side);
  const at = status?.isPrimary ? status.currentLsn : status?.replayLsn;
  const written = isWritten(side);
  const position = [
    ...(instance.timeline === undefined ? [] : [`TL ${instance.timeline}`]),
    ...(at === undefined ? [] : [at]),
  ].join(' · ');
  const { reading, pod } = instance;
  return {
    id: instanceId(side, instance.name),
    kind: 'instance',
    box: boxId(side),
    place,
    crowned: instance.role === 'primary',
    lines: [instance.role, instance.name, why, ...(position === '' ? [] : [position])],
    state,
    why,
    facts: facts(
      ['Role', instance.role],
      ['State', why],
      ['Kubernetes node', pod?.spec?.nodeName],
      ['Timeline', instance.timeline],
      ['Writes at LSN', status?.isPrimary ? status.currentLsn : undefined],
      ['Received up to LSN', status?.isPrimary === false ? status.receivedLsn : undefined],
      ['Replayed up to LSN', status?.isPrimary === false ? status.replayLsn : undefined],
      [
        'WAL receiver',
        status?.isPrimary === false ? (status.isWalReceiverActive ? 'active' : 'not active') : undefined,
      ],
      ['Replay', status?.replayPaused ? 'paused' : undefined],
      ['Restart', status?.pendingRestart ? 'a changed setting waits for one' : undefined],
      ['System identifier', status?.systemID],
    ),
    evidence: written
      ? objectEvidence(side, '', scene, manifest)
      : reading?.kind === 'failed'
        ? `The status could not be read at ${formatTime(reading.readAt, scene.moment.now)}: ${reading.reason}`
        : reading
          ? `Status of the instance manager and the pod, read at ${formatTime(reading.readAt, scene.moment.now)}${status ? '' : ': too long ago to count'}.`
          : `Pod of Cluster ${cluster.metadata.name}; its status was not read yet.`,
    differs: [],
    target: targetOf(side, 'Pod', instance.name),
    row: written ? 'written' : instanceContextValue(instance),
    actions: written ? writtenActions : instanceActions(instance),
  };
}

function instanceState(
  instance: Instance,
  status: InstanceStatus | undefined,
  { cluster, readable, snapshot }: Side,
): { state: State; why: string } {
  const { role, pod, reading } = instance;
  const broken = (why: string) => ({ state: 'broken' as const, why });
  const warn = (why: string) => ({ state: 'warn' as const, why });
  if (instance.fenced) return role === 'standby' ? warn('fenced') : broken('fenced');
  if (!pod)
    return snapshot.unread.Pod === undefined ? broken('no pod') : { state: 'unknown', why: 'pods cannot be read' };
  if (unschedulable(pod) !== undefined) return broken('unschedulable');
  if (status?.isPgRewindRunning) return warn('pg_rewind runs');
  if (!instance.ready) return broken(pod.metadata.deletionTimestamp ? 'terminating' : 'not ready');
  if (!status || !readable)
    return { state: 'unknown', why: reading?.kind === 'failed' ? 'status unreadable' : 'status unknown' };
  if (status.isPrimary && role === 'designated primary')
    return demotionInProgress(cluster) ? warn('still accepts writes') : broken('accepts writes');
  if (status.isPrimary && role === 'standby' && !isReplicaCluster(cluster)) return warn('was primary');
  if (!status.isPrimary && role === 'primary') return broken('in recovery');
  if (status.replayPaused) return warn('replay paused');
  if (status.pendingRestart) return warn('restart pending');
  if (status.isPrimary) return { state: 'up', why: 'accepts writes' };
  if (status.isWalReceiverActive) return { state: 'up', why: 'streaming' };
  return role === 'designated primary' ? { state: 'up', why: 'no WAL receiver' } : warn('no WAL receiver');
}

export const missingBoxId = (name: string): string => `box missing ${name}`;
export const missingNodeId = (name: string): string => `instance missing ${name}`;

/** A member that others name and nobody has seen: its box, and a node for the lines to it. */
export function drawMissing(name: string, place: number, isPrimary: boolean): (Box | Node)[] {
  const why = 'not seen in any connected context';
  const common = {
    state: 'unknown' as const,
    why,
    facts: facts(['Name in the topology', name]),
    evidence: 'Named by the other members.',
    differs: [],
    row: 'missing-member',
    actions: missingActions,
  };
  return [
    { ...common, id: missingBoxId(name), kind: 'box', place, title: name, subtitle: why },
    {
      ...common,
      id: missingNodeId(name),
      kind: 'instance',
      box: missingBoxId(name),
      place: 0,
      crowned: false,
      lines: [isPrimary ? 'primary' : 'leader', name, 'not seen'],
    },
  ];
}
