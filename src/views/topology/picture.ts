/**
 * The picture of a topology as plain data: one dotted box per Kubernetes cluster, its service on top, the instances in a
 * row with primary and designated primary facing each other, WAL archives below and outside. Positions depend on the
 * members only, so that a switchover changes roles and edges but moves no box.
 */
import { archivePath, locateArchive, ownArchive, sourceArchive } from '../../model/archive.ts';
import { condition, isReplicaCluster, phases } from '../../model/cluster.ts';
import type { Instance } from '../../model/instances.ts';
import { bytesBehind, formatBytes, instancesOf, statusOf } from '../../model/instances.ts';
import type { Address } from '../../model/kubernetes.ts';
import { addressKey } from '../../model/kubernetes.ts';
import type { ContextSnapshot } from '../../model/snapshot.ts';
import type { Member, Topology } from '../../model/topology.ts';
import { sourceMember, topologyLabel } from '../../model/topology.ts';

/** Said in words as well, so that colour is never the only sign. */
export type State = 'up' | 'warn' | 'broken' | 'unknown';

export interface PictureNode {
  id: string;
  kind: 'service' | 'instance' | 'archive';
  /** First line is the role, the others name and state. */
  lines: string[];
  x: number;
  y: number;
  width: number;
  height: number;
  state: State;
  /** What a click does. */
  action?: { kind: 'open-archive'; address: Address; archive: 'own' | 'source' };
}

export interface PictureBox {
  id: string;
  title: string;
  subtitle: string;
  x: number;
  y: number;
  width: number;
  height: number;
  state: State;
  /** A replica cluster can be promoted from its box. */
  promote?: Address;
  /** So it can without its primary, when that side cannot be read. */
  failOver?: Address;
}

export interface PictureEdge {
  id: string;
  kind: 'serves' | 'streaming' | 'cross-streaming' | 'archive_command' | 'restore_command';
  /** SVG path data. */
  path: string;
  label: string;
  labelX: number;
  labelY: number;
  state: State;
  /** One sentence for screen readers and tooltips. */
  words: string;
}

export interface Picture {
  title: string;
  width: number;
  height: number;
  boxes: PictureBox[];
  nodes: PictureNode[];
  edges: PictureEdge[];
}

const instanceWidth = 168;
const instanceHeight = 84;
const gap = 28;
const boxTop = 64;
const boxHeight = 320;
const serviceY = boxTop + 44;
const instanceY = boxTop + 140;
const archiveY = boxTop + boxHeight + 64;
const archiveSize = { width: 200, height: 116 };
const between = 150;
const margin = 24;

interface Placed {
  member: Member;
  snapshot: ContextSnapshot;
  instances: Instance[];
  leader: PictureNode | undefined;
  leaderInstance: Instance | undefined;
  box: PictureBox;
  archive: PictureNode;
  nodes: PictureNode[];
  edges: PictureEdge[];
}

export function drawTopology(topology: Topology, snapshots: readonly ContextSnapshot[]): Picture {
  const placed: Placed[] = [];
  let x = margin;
  topology.members.forEach((member, index) => {
    const snapshot = snapshots.find(s => s.context === member.address.context);
    if (!snapshot) return;
    const side = drawMember(member, snapshot, x, index % 2 === 0);
    placed.push(side);
    x += side.box.width + between;
  });
  return {
    title: topologyLabel(topology),
    width: x - between + margin,
    height: archiveY + archiveSize.height + margin,
    boxes: placed.map(({ box }) => (box.promote && primaryLost(placed) ? { ...box, failOver: box.promote } : box)),
    nodes: placed.flatMap(side => [...side.nodes, side.archive]),
    edges: [...placed.flatMap(side => side.edges), ...crossEdges(topology, placed)],
  };
}

const primaryLost = (placed: readonly Placed[]): boolean =>
  placed.some(({ snapshot }) => snapshot.state !== 'connected') &&
  placed.every(({ member, snapshot }) => isReplicaCluster(member.cluster) || snapshot.state !== 'connected');

/** @param leaderLast the leader stands at the right end, facing the next box */
function drawMember(member: Member, snapshot: ContextSnapshot, x: number, leaderLast: boolean): Placed {
  const key = addressKey(member.address);
  const instances = instancesOf(member.cluster, snapshot);
  const row = leaderLast ? instances.toReversed() : instances;
  const width = gap + Math.max(row.length, 2) * (instanceWidth + gap);
  const nodes = row.map((instance, index) =>
    instanceNode(instance, key, snapshot, x + gap + index * (instanceWidth + gap)),
  );
  const leaderInstance = instances.find(instance => instance.role !== 'standby');
  const leader = nodes.find(node => node.id === `${key} ${leaderInstance?.name ?? ''}`);
  const box = boxOf(member, snapshot, x, width);
  const service = serviceNode(member, leaderInstance, x, width);
  const archive = archiveNode(member, snapshot, x + (leaderLast ? width * 0.45 : width * 0.35) - archiveSize.width / 2);
  const side: Placed = {
    member,
    snapshot,
    instances,
    leader,
    leaderInstance,
    box,
    archive,
    nodes: [service, ...nodes],
    edges: [],
  };
  if (leader && leaderInstance) {
    side.edges.push(servesEdge(service, leader, key));
    side.edges.push(...standbyEdges(side, leader, leaderInstance, key));
    side.edges.push(archiveEdge(side, leader));
  }
  return side;
}

function boxOf(member: Member, snapshot: ContextSnapshot, x: number, width: number): PictureBox {
  const { cluster, address } = member;
  const replica = isReplicaCluster(cluster);
  const stale = snapshot.state !== 'connected';
  const phase = cluster.status?.phase ?? 'no status yet';
  return {
    id: addressKey(address),
    title: `${address.context} · ${cluster.metadata.name}`,
    subtitle: `${replica ? 'replica cluster' : 'primary cluster'} · ${stale ? `not reachable (${phase} when last seen)` : phase}`,
    x,
    y: boxTop,
    width,
    height: boxHeight,
    state: stale ? 'unknown' : phase === phases.healthy ? 'up' : 'warn',
    ...(replica && { promote: address }),
  };
}

function serviceNode(member: Member, leader: Instance | undefined, x: number, width: number): PictureNode {
  const replica = isReplicaCluster(member.cluster);
  return {
    id: `service ${addressKey(member.address)}`,
    kind: 'service',
    lines: [
      `service for the ${replica ? 'designated primary' : 'primary'}`,
      member.cluster.status?.writeService ?? `${member.cluster.metadata.name}-rw`,
    ],
    x: x + gap,
    y: serviceY,
    width: width - 2 * gap,
    height: 52,
    state: leader?.ready ? 'up' : leader ? 'broken' : 'unknown',
  };
}

function instanceNode(instance: Instance, key: string, snapshot: ContextSnapshot, x: number): PictureNode {
  const stale = snapshot.state !== 'connected';
  const state: State = stale ? 'unknown' : instance.fenced ? 'warn' : instance.ready ? 'up' : 'broken';
  const words = stale
    ? 'unknown'
    : instance.fenced
      ? 'fenced'
      : instance.ready
        ? 'ready'
        : instance.pod
          ? 'not ready'
          : 'no pod';
  const timeline = instance.timeline === undefined ? '' : ` · timeline ${instance.timeline}`;
  return {
    id: `${key} ${instance.name}`,
    kind: 'instance',
    lines: [instance.role, instance.name, words + timeline],
    x,
    y: instanceY,
    width: instanceWidth,
    height: instanceHeight,
    state,
  };
}

function archiveNode(member: Member, snapshot: ContextSnapshot, x: number): PictureNode {
  const reference = ownArchive(member.cluster);
  const located = reference && locateArchive(reference, member.address.namespace, snapshot.objectStores);
  const path =
    located === undefined
      ? 'none configured'
      : typeof located === 'string'
        ? 'ObjectStore not found'
        : archivePath(located);
  return {
    id: `archive ${addressKey(member.address)}`,
    kind: 'archive',
    lines: ['WAL archive', path],
    x,
    y: archiveY,
    width: archiveSize.width,
    height: archiveSize.height,
    state: reference ? archivingState(member, snapshot) : 'broken',
    ...(reference && { action: { kind: 'open-archive', address: member.address, archive: 'own' as const } }),
  };
}

function archivingState(member: Member, snapshot: ContextSnapshot): State {
  if (snapshot.state !== 'connected') return 'unknown';
  const status = condition(member.cluster, 'ContinuousArchiving')?.status;
  return status === 'True' ? 'up' : status === 'False' ? 'broken' : 'unknown';
}

const centre = (node: { x: number; width: number }): number => node.x + node.width / 2;

function servesEdge(service: PictureNode, leader: PictureNode, key: string): PictureEdge {
  const x = centre(leader);
  return edge(
    `serves ${key}`,
    'serves',
    `M${x} ${service.y + service.height} L${x} ${leader.y - 4}`,
    '',
    x,
    0,
    leader.state,
    `The service points to ${leader.lines[1] ?? ''}.`,
  );
}

function standbyEdges(side: Placed, leader: PictureNode, leaderInstance: Instance, key: string): PictureEdge[] {
  return side.instances
    .filter(instance => instance.role === 'standby')
    .flatMap((instance, index) => {
      const node = side.nodes.find(n => n.id === `${key} ${instance.name}`);
      if (!node) return [];
      const from = centre(leader);
      const to = centre(node);
      const y = leader.y + leader.height;
      const depth = y + 34 + index * 26;
      const bytes = bytesBehind(statusOf(leaderInstance.reading), statusOf(instance.reading));
      const label = bytes === undefined ? '' : `lag ${formatBytes(bytes)}`;
      return [
        edge(
          `streaming ${node.id}`,
          'streaming',
          `M${from} ${y} C${from} ${depth} ${to} ${depth} ${to} ${y + 4}`,
          label,
          to,
          y + 22,
          receiverState(instance, side.snapshot),
          `${leaderInstance.name} streams to ${instance.name}. ${label}`,
        ),
      ];
    });
}

/** A standby whose receiver is off while it is ready restores from the archive: a warning, not a break. */
function receiverState(instance: Instance, snapshot: ContextSnapshot): State {
  const status = statusOf(instance.reading);
  if (snapshot.state !== 'connected' || !status) return 'unknown';
  if (!instance.ready) return 'broken';
  return status.isWalReceiverActive ? 'up' : 'warn';
}

function archiveEdge(side: Placed, leader: PictureNode): PictureEdge {
  const { archive, member, snapshot } = side;
  const from = centre(leader);
  const to = centre(archive);
  const start = leader.y + leader.height;
  const path = `M${from} ${start} C${from} ${start + 120} ${to} ${archive.y - 90} ${to} ${archive.y - 4}`;
  const state = ownArchive(member.cluster) ? archivingState(member, snapshot) : 'broken';
  return edge(
    `archive ${archive.id}`,
    'archive_command',
    path,
    'archive_command',
    (from + to) / 2,
    boxTop + boxHeight + 26,
    state,
    `${leader.lines[1] ?? ''} archives WAL to ${archive.lines[1] ?? ''}.`,
  );
}

function crossEdges(topology: Topology, placed: readonly Placed[]): PictureEdge[] {
  return placed.flatMap(target => {
    const source = sourceMember(topology, target.member);
    const from = placed.find(side => side.member === source);
    if (!from?.leader || !target.leader) return [];
    return [...crossStreaming(from, target, from.leader, target.leader), ...restore(from, target, target.leader)];
  });
}

function crossStreaming(from: Placed, target: Placed, upstream: PictureNode, downstream: PictureNode): PictureEdge[] {
  const entry = target.member.cluster.spec.externalClusters?.find(e => e.name === from.member.name);
  if (!entry?.connectionParameters || !target.leaderInstance) return [];
  const rightwards = upstream.x < downstream.x;
  const startX = rightwards ? upstream.x + upstream.width : upstream.x;
  const endX = rightwards ? downstream.x - 4 : downstream.x + downstream.width + 4;
  const y = upstream.y + upstream.height / 2;
  const bytes = bytesBehind(statusOf(from.leaderInstance?.reading), statusOf(target.leaderInstance.reading));
  const label = bytes === undefined ? 'streaming' : `streaming, lag ${formatBytes(bytes)}`;
  return [
    edge(
      `cross ${downstream.id}`,
      'cross-streaming',
      `M${startX} ${y} L${endX} ${y}`,
      label,
      (startX + endX) / 2,
      y - 10,
      receiverState(target.leaderInstance, target.snapshot),
      `${upstream.lines[1] ?? ''} streams to ${downstream.lines[1] ?? ''}. ${label}.`,
    ),
  ];
}

function restore(from: Placed, target: Placed, downstream: PictureNode): PictureEdge[] {
  if (!sourceArchive(target.member.cluster)) return [];
  const rightwards = from.archive.x < downstream.x;
  const startX = rightwards ? from.archive.x + from.archive.width : from.archive.x;
  const startY = from.archive.y + from.archive.height * 0.6;
  const endX = rightwards ? downstream.x + 10 : downstream.x + downstream.width - 10;
  const endY = downstream.y + downstream.height + 4;
  const path = `M${startX} ${startY} C${(startX + endX) / 2} ${startY + 10} ${endX - (rightwards ? 60 : -60)} ${endY + 150} ${endX} ${endY}`;
  return [
    edge(
      `restore ${downstream.id}`,
      'restore_command',
      path,
      'restore_command',
      (startX + endX) / 2,
      startY - 14,
      target.snapshot.state === 'connected' && from.archive.state === 'up' ? 'up' : 'unknown',
      `${downstream.lines[1] ?? ''} can restore WAL from ${from.archive.lines[1] ?? ''}.`,
    ),
  ];
}

const edge = (
  id: string,
  kind: PictureEdge['kind'],
  path: string,
  label: string,
  labelX: number,
  labelY: number,
  state: State,
  words: string,
): PictureEdge => ({ id, kind, path, label, labelX, labelY, state, words: `${words} State: ${state}.` });
