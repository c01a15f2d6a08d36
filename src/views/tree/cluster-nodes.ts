/** A Cluster: its role and state, what is not as it should be, and everything below it. */
import type { AlarmKind } from '../../model/alarm.ts';
import {
  demotionInProgress,
  fencedInstances,
  hibernated,
  isReplicaCluster,
  phases,
  postgresVersion,
  tokenPending,
  tokenUsed,
} from '../../model/cluster.ts';
import type { Cluster } from '../../model/cluster.ts';
import { demotedLast } from '../../model/demotion.ts';
import { feedOf } from '../../model/feed.ts';
import type { Address } from '../../model/kubernetes.ts';
import { addressKey } from '../../model/kubernetes.ts';
import { operatorVersion, sideOf, systemIdOf } from '../../model/side.ts';
import type { Side } from '../../model/side.ts';
import type { ContextSnapshot } from '../../model/snapshot.ts';
import type { Member, Topology } from '../../model/topology.ts';
import { primaries, sourceMember } from '../../model/topology.ts';
import { alarmNode, alarmTrouble } from './alarm-nodes.ts';
import { archiveNodes, archivesTrouble, externalClustersNode } from './archive-nodes.ts';
import { backupsNode, backupsTrouble } from './backup-nodes.ts';
import { conditionNodes, conditionTrouble } from './condition-nodes.ts';
import { feedNode, feedTrouble } from './feed-nodes.ts';
import { instanceNodes, instancesTrouble } from './instance-nodes.ts';
import type { Scene, TooltipLine, TreeNode, Trouble } from './node.ts';
import { alarmsAbout, node, present, referenceTo, staleColor, warning, worst } from './node.ts';
import {
  certificatesNode,
  certificatesTrouble,
  pluginsNode,
  satelliteNodes,
  satellitesTrouble,
} from './satellite-nodes.ts';
import { servicesNode, servicesTrouble } from './service-nodes.ts';

export function clusterNode(
  member: Member,
  snapshot: ContextSnapshot,
  topology: Topology | undefined,
  scene: Scene,
): TreeNode {
  const { cluster, address } = member;
  const side = sideOf(member, snapshot, scene.moment);
  const trouble = clusterTrouble(member, snapshot, topology, scene);
  return node({
    id: `cluster ${addressKey(address)}`,
    kind: 'cluster',
    label: cluster.metadata.name,
    description: stateWords(side).join(' · '),
    icon: { id: 'database', ...(side.readable ? trouble && { color: warning.color } : { color: staleColor }) },
    trouble,
    tooltip: clusterTooltip(side, scene),
    contextValue: clusterContextValue(member, topology, scene),
    expanded: !scene.many || trouble !== undefined,
    context: address.context,
    address,
    object: referenceTo('Cluster', address),
    unfold: () => childrenOf(side, topology, scene),
  });
}

function childrenOf(side: Side, topology: Topology | undefined, scene: Scene): TreeNode[] {
  const { cluster, snapshot, member } = side;
  const { address } = member;
  const source = topology && sourceSide(topology, member, scene);
  const feed = feedOf(side, source, scene.moment);
  return present([
    // Those of a topology are its first children.
    ...(topology ? [] : alarmsAbout(scene, address).map(alarmNode)),
    ...conditionNodes(cluster, address),
    feed && feedNode(feed, side),
    ...instanceNodes(side, source, scene),
    servicesNode(side, address),
    ...archiveNodes(side, address, scene),
    externalClustersNode(side, topology, address),
    backupsNode(cluster, snapshot, address, scene),
    ...satelliteNodes(cluster, snapshot, address),
    pluginsNode(cluster, address),
    certificatesNode(cluster, address, scene),
    versionNode(side, address, scene),
  ]);
}

/** The worst of the Cluster and all that is below its node, without making that. */
export function clusterTrouble(
  member: Member,
  snapshot: ContextSnapshot,
  topology: Topology | undefined,
  scene: Scene,
): Trouble {
  const { cluster, address } = member;
  const side = sideOf(member, snapshot, scene.moment);
  const feed = feedOf(side, topology && sourceSide(topology, member, scene), scene.moment);
  return worst([
    // An alarm of a topology is an error of its, and may be about another member.
    ...alarmsAbout(scene, address).map(alarm => (topology ? alarmTrouble(alarm) && 'warning' : alarmTrouble(alarm))),
    conditionTrouble(cluster),
    feed && feedTrouble(feed, side),
    instancesTrouble(side, scene),
    servicesTrouble(side),
    archivesTrouble(side, scene),
    backupsTrouble(cluster, snapshot, scene),
    satellitesTrouble(cluster, snapshot),
    certificatesTrouble(cluster, scene),
  ]);
}

/** Alarms of a Cluster that cannot follow any more. */
const lost: readonly AlarmKind[] = ['two-primaries', 'diverged', 'future-timeline', 'not-fed'];

/** Another member is the primary, and this one is a primary too or does not follow it. */
export const isFormerPrimary = (member: Member, topology: Topology | undefined, scene: Scene): boolean =>
  topology !== undefined &&
  !tokenPending(member.cluster) &&
  primaries(topology).some(primary => primary !== member && !tokenPending(primary.cluster)) &&
  (!isReplicaCluster(member.cluster) || alarmsAbout(scene, member.address).some(({ kind }) => lost.includes(kind)));

/** Until somebody is promoted there is a way back. */
const isDemoted = (cluster: Cluster, topology: Topology | undefined): boolean =>
  topology !== undefined &&
  primaries(topology).length === 0 &&
  !!cluster.status?.demotionToken &&
  demotedLast(topology.members)?.cluster === cluster;

/** `cluster.replica`, with what is in force: `cluster.primary.fenced.hibernated`. */
export const clusterContextValue = (member: Member, topology: Topology | undefined, scene: Scene): string => {
  const { cluster } = member;
  return [
    'cluster',
    isReplicaCluster(cluster) ? 'replica' : 'primary',
    ...(fencedInstances(cluster).length > 0 ? ['fenced'] : []),
    ...(hibernated(cluster) ? ['hibernated'] : []),
    ...(isFormerPrimary(member, topology, scene) ? ['former'] : []),
    ...(isDemoted(cluster, topology) ? ['demoted'] : []),
    ...(tokenUsed(cluster) ? ['used-token'] : []),
    ...(tokenPending(cluster) ? ['pending-token'] : []),
  ].join('.');
};

function sourceSide(topology: Topology, member: Member, { snapshots, moment }: Scene): Side | undefined {
  const source = sourceMember(topology, member);
  const snapshot = snapshots.find(s => s.context === source?.address.context);
  return source && snapshot && sideOf(source, snapshot, moment);
}

/** What is wrong comes first, because rows are cut off at their end. */
function stateWords({ cluster, readable }: Side): string[] {
  const phase = cluster.status?.phase ?? 'no status yet';
  const wanted = cluster.spec.instances ?? 1;
  const ready = cluster.status?.readyInstances ?? 0;
  const readiness = `${ready}/${wanted} ready`;
  return [
    ...(readable ? [] : ['stale']),
    ...(hibernated(cluster) ? ['hibernated'] : []),
    ...(fencedInstances(cluster).includes('*') ? ['fenced'] : []),
    ...(demotionInProgress(cluster) ? ['being demoted'] : []),
    ...(phase === phases.healthy ? [] : [phase]),
    ...(ready === wanted ? [] : [readiness]),
    isReplicaCluster(cluster) ? 'replica cluster' : 'primary cluster',
    ...(ready === wanted ? [readiness] : []),
  ];
}

function clusterTooltip(side: Side, scene: Scene): TooltipLine[] {
  const { cluster, member } = side;
  const { status } = cluster;
  const { address } = member;
  return [
    `Cluster ${address.namespace}/${address.name} (context ${address.context})`,
    ...(side.readable ? [] : ['The context cannot be read: this is what was seen last.']),
    [
      'Role',
      `${isReplicaCluster(cluster) ? 'replica cluster' : 'primary cluster'}${member.name === address.name ? '' : `, called ${member.name} in the topology`}`,
    ],
    ['Phase', `${status?.phase ?? 'no status yet'}${status?.phaseReason ? `: ${status.phaseReason}` : ''}`],
    [
      'PostgreSQL',
      `${postgresVersion(cluster) ?? 'unknown'} (${status?.pgDataImageInfo?.image ?? status?.image ?? cluster.spec.imageName ?? 'image unknown'})`,
    ],
    ['Operator', operatorVersion(side) ?? 'unknown'],
    ['Timeline', timelineOf(side)],
    ['System identifier', systemIdOf(side, scene.moment) ?? 'not known'],
    ...(status?.demotionToken ? ['A demotion token is present.'] : []),
  ];
}

/** The leader's: `status.timelineID` is only kept up to date on a primary cluster. */
const timelineOf = ({ status, leader }: Side): string => String(status?.timeLineID ?? leader?.timeline ?? 'unknown');

function versionNode(side: Side, address: Address, scene: Scene): TreeNode | undefined {
  const version = postgresVersion(side.cluster);
  const operator = operatorVersion(side);
  if (version === undefined && operator === undefined) return undefined;
  return node({
    id: `version ${addressKey(address)}`,
    kind: 'detail',
    label: `PostgreSQL ${version ?? '?'}`,
    description: [
      ...(operator === undefined ? [] : [`operator ${operator}`]),
      `timeline ${timelineOf(side)}`,
      `system ${systemIdOf(side, scene.moment) ?? 'not known'}`,
    ].join(' · '),
    tooltip: clusterTooltip(side, scene),
    icon: { id: 'info' },
    address,
    context: address.context,
  });
}
