/** WAL archives that a Cluster writes and reads, and its external clusters. */
import { archiveHealth } from '../../model/alarms-archive.ts';
import type { ArchiveReference } from '../../model/archive.ts';
import { archivePath, entryArchive, locateArchive, ownArchive, sourceArchive } from '../../model/archive.ts';
import type { ExternalCluster } from '../../model/cluster.ts';
import { isReplicaCluster, skipsArchiving } from '../../model/cluster.ts';
import { formatAge } from '../../model/duration.ts';
import type { Address } from '../../model/kubernetes.ts';
import { addressKey } from '../../model/kubernetes.ts';
import type { Side } from '../../model/side.ts';
import { timeIn } from '../../model/snapshot.ts';
import type { Topology } from '../../model/topology.ts';
import type { Scene, TreeNode, Trouble } from './node.ts';
import { groupNode, node, referenceTo, troubleIcon, warning, worst } from './node.ts';

export function archiveNodes(side: Side, address: Address, scene: Scene): TreeNode[] {
  const { cluster } = side;
  const own = ownArchive(cluster);
  const source = sourceArchive(cluster);
  return [
    own
      ? archiveNode('own', own, side, ownState(side, scene), archivingTrouble(side, scene))
      : node({
          id: `archive ${addressKey(address)} none`,
          kind: 'archive',
          label: 'No WAL archive',
          description: 'nothing can be restored to a point in time',
          icon: warning,
          tooltip: ['The Cluster has no plugin with isWALArchiver and no spec.backup.barmanObjectStore.'],
          contextValue: 'archive.none',
          address,
          context: address.context,
        }),
    ...(source ? [archiveNode('source', source, side, { words: '' }, undefined)] : []),
  ];
}

/** Of {@link archiveNodes}, without making them. */
export function archivesTrouble(side: Side, scene: Scene): Trouble {
  const own = ownArchive(side.cluster);
  const source = sourceArchive(side.cluster);
  return worst([own && (archivingTrouble(side, scene) ?? lostTrouble(own, side)), source && lostTrouble(source, side)]);
}

const archivingTrouble = (side: Side, { moment }: Scene): Trouble =>
  skipsArchiving(side.cluster) ? 'warning' : archiveHealth(side, moment).state === 'fails' ? 'error' : undefined;

/** Its ObjectStore is not there. Without the right to read ObjectStores nothing is known of them. */
const lostTrouble = (reference: ArchiveReference, { snapshot, readable, member }: Side): Trouble =>
  readable &&
  snapshot.unread.ObjectStore === undefined &&
  typeof locateArchive(reference, member.address.namespace, snapshot.objectStores) === 'string'
    ? 'warning'
    : undefined;

interface ArchiveState {
  words: string;
  /** Newest archived. */
  file?: string;
}

function ownState(side: Side, scene: Scene): ArchiveState {
  if (skipsArchiving(side.cluster)) return { words: 'archiving is switched off' };
  const health = archiveHealth(side, scene.moment);
  if (health.state === 'fails') return { words: `FAILING: ${health.why}` };
  const { status } = side;
  const at = timeIn(side.snapshot, status?.lastArchivedWALTime);
  if (status?.lastArchivedWAL) {
    const age = Number.isNaN(at) ? '' : ` ${formatAge(at, scene.moment.now)}`;
    return { words: `archived${age}`, file: status.lastArchivedWAL };
  }
  if (health.state === 'unknown') return { words: 'state unknown' };
  return { words: status ? `nothing archived by ${side.leader?.name ?? 'the primary'} yet` : 'works' };
}

function archiveNode(
  which: 'own' | 'source',
  reference: ArchiveReference,
  side: Side,
  state: ArchiveState,
  archiving: Trouble,
): TreeNode {
  const { snapshot } = side;
  const { address } = side.member;
  const located = locateArchive(reference, address.namespace, snapshot.objectStores);
  const lost = lostTrouble(reference, side);
  const path = typeof located === 'string' ? (lost ? located : 'its ObjectStore was not read') : archivePath(located);
  const trouble = archiving ?? lost;
  return node({
    id: `archive ${addressKey(address)} ${which}`,
    kind: 'archive',
    label: which === 'own' ? 'WAL archive' : "Source's WAL archive",
    description: [state.words, path].filter(Boolean).join(' · '),
    icon: troubleIcon(trouble, { id: which === 'own' ? 'archive' : 'cloud-download' }),
    trouble,
    tooltip: [
      which === 'own'
        ? 'The archive that this Cluster writes (archive_command)'
        : 'The archive that the designated primary restores from (restore_command)',
      ['Path', path],
      ...(reference.by === 'plugin' ? [['ObjectStore', reference.objectStore] as const] : []),
      ['Server name', reference.serverName],
      ...(state.words ? [['State', state.words] as const] : []),
      ...(state.file ? [['Newest file', state.file] as const] : []),
    ],
    contextValue: 'archive',
    context: address.context,
    address,
    archive: which,
    ...(reference.by === 'plugin' &&
      reference.objectStore && {
        object: referenceTo('ObjectStore', address, reference.objectStore),
      }),
  });
}

export const externalClustersNode = (
  side: Side,
  topology: Topology | undefined,
  address: Address,
): TreeNode | undefined =>
  groupNode({
    id: `externals ${addressKey(address)}`,
    kind: 'external-clusters',
    label: 'External Clusters',
    icon: { id: 'references' },
    children: (side.cluster.spec.externalClusters ?? []).map((entry, index) =>
      externalClusterNode(entry, index, side, topology, address),
    ),
  });

function externalClusterNode(
  entry: ExternalCluster,
  index: number,
  { cluster, member, snapshot }: Side,
  topology: Topology | undefined,
  address: Address,
): TreeNode {
  const { host, port, user } = entry.connectionParameters ?? {};
  const archive = entryArchive(cluster, entry);
  const located = archive && locateArchive(archive, address.namespace, snapshot.objectStores);
  const path = located === undefined ? undefined : typeof located === 'string' ? located : archivePath(located);
  const isSelf = entry.name === member.name;
  const isSource = entry.name === cluster.spec.replica?.source;
  const roles = [
    ...(isSelf ? ['this Cluster'] : []),
    ...(isSource ? [isReplicaCluster(cluster) ? 'source' : 'source once demoted'] : []),
  ];
  const known = topology?.members.some(other => other.name === entry.name);
  return node({
    id: `external ${addressKey(address)} ${index} ${entry.name}`,
    kind: 'external-cluster',
    label: entry.name,
    description: [
      ...roles,
      ...(host ? [`${host}${port ? `:${port}` : ''}`] : []),
      ...(archive ? ['archive'] : []),
    ].join(' · '),
    icon: { id: isSelf ? 'home' : isSource ? 'arrow-circle-right' : 'link' },
    tooltip: [
      `External cluster ${entry.name}`,
      ['Role', roles.join(', ') || 'listed only'],
      ['Streams from', host ? `${host}${port ? `:${port}` : ''} as ${user ?? 'the default user'}` : 'not configured'],
      ['Archive', path ?? 'not configured'],
      ...(archive ? [['Server name', archive.serverName] as const] : []),
      ...(topology ? [['In the topology', known ? 'found' : 'not found'] as const] : []),
    ],
    address,
    context: address.context,
  });
}
