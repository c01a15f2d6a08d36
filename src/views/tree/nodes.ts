/** The replication tree as plain data, made from snapshots. What VS Code shows of it is in `provider.ts`. */
import type { ArchiveReference } from '../../model/archive.ts';
import { archivePath, locateArchive, ownArchive, sourceArchive } from '../../model/archive.ts';
import type { Cluster } from '../../model/cluster.ts';
import { condition, demotionInProgress, isReplicaCluster, phases } from '../../model/cluster.ts';
import type { Instance } from '../../model/instances.ts';
import { bytesBehind, formatBytes, instancesOf, statusOf } from '../../model/instances.ts';
import type { Address, Service } from '../../model/kubernetes.ts';
import { addressKey } from '../../model/kubernetes.ts';
import type { ContextSnapshot } from '../../model/snapshot.ts';
import type { Member, Topology } from '../../model/topology.ts';
import { findTopologies, membersOf, primaries, sourceMember, topologyLabel } from '../../model/topology.ts';

export type NodeKind =
  | 'topology'
  | 'place'
  | 'missing-member'
  | 'cluster'
  | 'instance'
  | 'services'
  | 'service'
  | 'archive'
  | 'backups'
  | 'backup'
  | 'contexts'
  | 'context'
  | 'others'
  | 'problem'
  | 'action';

export interface TreeNode {
  /** Unique and stable: expansion and selection survive a refresh. */
  id: string;
  kind: NodeKind;
  label: string;
  description: string;
  /** Plain text lines; names come from outside, so they are never read as Markdown. */
  tooltip: string[];
  icon: { id: string; color?: string };
  /** Decides which actions are offered: see `when` clauses in package.json. */
  contextValue: string;
  expanded: boolean;
  children: TreeNode[];
  /** Kubeconfig context that the node stands for or belongs to. */
  context?: string;
  address?: Address;
  archive?: 'own' | 'source';
  topologyId?: string;
}

type Parts = Partial<TreeNode> & Pick<TreeNode, 'id' | 'kind' | 'label' | 'icon'>;

const node = (parts: Parts): TreeNode => ({
  description: '',
  tooltip: [],
  contextValue: parts.kind,
  expanded: false,
  children: [],
  ...parts,
});

export function buildTree(snapshots: readonly ContextSnapshot[], problems: readonly string[] = []): TreeNode[] {
  const topologies = findTopologies(snapshots);
  const paired = new Set(topologies.flatMap(t => t.members.map(m => addressKey(m.address))));
  const others = snapshots.flatMap(snapshot =>
    membersOf(snapshot)
      .filter(member => !paired.has(addressKey(member.address)))
      .map(member => ({ member, snapshot })),
  );
  return [
    ...topologies.map(topology => topologyNode(topology, snapshots)),
    ...(others.length > 0 ? [othersNode(others)] : []),
    ...(snapshots.length > 0 ? [contextsNode(snapshots, topologies.length === 0 && others.length === 0)] : []),
    ...problems.map((problem, index) => problemNode(`kubeconfig/${index}`, problem)),
    ...(snapshots.length === 0 && problems.length > 0 ? waysOut : []),
  ];
}

const warning = { id: 'warning', color: 'list.warningForeground' };
const failure = { id: 'error', color: 'list.errorForeground' };

const problemNode = (id: string, problem: string, context?: string): TreeNode =>
  node({
    id: `problem ${id}`,
    kind: 'problem',
    label: problem,
    icon: failure,
    tooltip: [problem],
    ...(context !== undefined && { context, contextValue: 'problem.context' }),
  });

/** Offered beside the problem when the kubeconfig gave nothing to show. */
const waysOut: TreeNode[] = [
  node({
    id: 'action settings',
    kind: 'action',
    label: 'Choose Kubeconfig…',
    icon: { id: 'settings-gear' },
    contextValue: 'action.settings',
  }),
  node({
    id: 'action playground',
    kind: 'action',
    label: 'Start Playground',
    icon: { id: 'play' },
    contextValue: 'action.playground',
  }),
];

function topologyNode(topology: Topology, snapshots: readonly ContextSnapshot[]): TreeNode {
  const { description, alarm } = topologyState(topology);
  const contexts = [...new Set(topology.members.map(member => member.address.context))];
  return node({
    id: `topology ${topology.id}`,
    kind: 'topology',
    label: topologyLabel(topology),
    description,
    icon: alarm ? failure : { id: 'type-hierarchy' },
    tooltip: ['Distributed topology', description],
    expanded: true,
    topologyId: topology.id,
    children: [
      ...contexts.map(context => placeNode(context, topology, snapshots)),
      ...topology.missing.map(name => missingNode(topology, name, snapshots)),
    ],
  });
}

function topologyState(topology: Topology): { description: string; alarm: boolean } {
  const writers = primaries(topology);
  if (writers.length > 1) return { description: `TWO PRIMARIES: ${writers.map(w => w.name).join(', ')}`, alarm: true };
  if (writers[0]) return { description: `primary: ${writers[0].name}`, alarm: false };
  const demoted = topology.members.find(m => demotionInProgress(m.cluster) || m.cluster.status?.demotionToken);
  if (topology.missing.length > 0 && !demoted) return { description: 'primary not seen', alarm: false };
  return { description: demoted ? `no primary: switchover from ${demoted.name} under way` : 'NO PRIMARY', alarm: true };
}

function placeNode(context: string, topology: Topology, snapshots: readonly ContextSnapshot[]): TreeNode {
  const snapshot = snapshots.find(s => s.context === context);
  const members = topology.members.filter(member => member.address.context === context);
  return node({
    id: `place ${topology.id} ${context}`,
    kind: 'place',
    label: context,
    description: snapshot ? stateWords(snapshot) : '',
    icon: snapshot?.state === 'failed' ? failure : { id: 'server-environment' },
    tooltip: [`Kubernetes cluster (context ${context})`, snapshot?.server ?? ''],
    contextValue: `place.${snapshot?.state ?? 'closed'}`,
    expanded: true,
    context,
    children: [
      ...(snapshot?.error !== undefined
        ? [problemNode(`place ${topology.id} ${context}`, snapshot.error, context)]
        : []),
      ...(snapshot ? members.map(member => clusterNode(member, snapshot, topology, snapshots)) : []),
      ...(snapshot ? unreadNodes(snapshot, `place ${topology.id}`) : []),
    ],
  });
}

function missingNode(topology: Topology, name: string, snapshots: readonly ContextSnapshot[]): TreeNode {
  const unread = snapshots.filter(s => s.state !== 'connected').map(s => s.context);
  return node({
    id: `missing ${topology.id} ${name}`,
    kind: 'missing-member',
    label: name,
    description:
      unread.length > 0 ? `not seen; not connected: ${unread.join(', ')}` : 'not found in any connected context',
    icon: { id: 'question' },
    tooltip: [`${name} is named by the other members, but no Cluster that was read has that name.`],
  });
}

function stateWords(snapshot: ContextSnapshot): string {
  const seen =
    snapshot.seenAt === undefined ? '' : `, last seen ${new Date(snapshot.seenAt).toISOString().slice(11, 19)} UTC`;
  if (snapshot.state === 'failed') return `cannot be read${seen}`;
  if (snapshot.state === 'connecting') return 'connecting…';
  return snapshot.state === 'closed' ? 'not connected' : 'connected';
}

/** Of a context that failed altogether, each kind would only say the same once more. */
const unreadNodes = (snapshot: ContextSnapshot, prefix: string): TreeNode[] =>
  snapshot.state === 'failed'
    ? []
    : Object.entries(snapshot.unread).map(([kind, reason]) =>
        problemNode(`${prefix} ${snapshot.context} ${kind}`, `${kind}: ${reason}`, snapshot.context),
      );

function clusterNode(
  member: Member,
  snapshot: ContextSnapshot,
  topology: Topology | undefined,
  snapshots: readonly ContextSnapshot[],
): TreeNode {
  const { cluster, address } = member;
  const key = addressKey(address);
  const replica = isReplicaCluster(cluster);
  const stale = snapshot.state === 'failed';
  const phase = cluster.status?.phase ?? 'no status yet';
  const ready = `${cluster.status?.readyInstances ?? 0}/${cluster.spec.instances ?? 1} ready`;
  const upstream = topology && sourceMember(topology, member);
  return node({
    id: `cluster ${key}`,
    kind: 'cluster',
    label: cluster.metadata.name,
    description: [
      replica ? 'replica cluster' : 'primary cluster',
      phase === phases.healthy ? 'healthy' : phase,
      ready,
      stale && 'stale',
    ]
      .filter(Boolean)
      .join(' · '),
    icon: stale || phase === phases.healthy ? { id: 'database' } : { ...warning, id: 'database' },
    tooltip: clusterTooltip(cluster, address),
    contextValue: `cluster.${replica ? 'replica' : 'primary'}`,
    expanded: true,
    context: address.context,
    address,
    children: [
      ...instanceNodes(cluster, snapshot, upstream && leaderOf(upstream, snapshots), address),
      servicesNode(cluster, snapshot, address),
      ...archiveNodes(cluster, snapshot, address),
      backupsNode(cluster, snapshot, address),
    ],
  });
}

const clusterTooltip = (cluster: Cluster, address: Address): string[] => [
  `Cluster ${address.namespace}/${address.name} (context ${address.context})`,
  `${cluster.status?.phase ?? 'no status yet'}${cluster.status?.phaseReason ? `: ${cluster.status.phaseReason}` : ''}`,
  `System identifier: ${cluster.status?.systemID ?? 'not reported'}`,
  `Image: ${cluster.status?.image ?? cluster.spec.imageName ?? 'unknown'}`,
  ...(cluster.status?.demotionToken ? ['A demotion token is present.'] : []),
];

/** The instance that a replica cluster streams from: its source's (designated) primary. */
function leaderOf(member: Member, snapshots: readonly ContextSnapshot[]): Instance | undefined {
  const snapshot = snapshots.find(s => s.context === member.address.context);
  return snapshot && instancesOf(member.cluster, snapshot).find(instance => instance.role !== 'standby');
}

function instanceNodes(
  cluster: Cluster,
  snapshot: ContextSnapshot,
  upstream: Instance | undefined,
  address: Address,
): TreeNode[] {
  const instances = instancesOf(cluster, snapshot);
  const leader = instances.find(instance => instance.role !== 'standby');
  return instances.map(instance => {
    const from = instance.role === 'standby' ? leader : instance.role === 'designated primary' ? upstream : undefined;
    const words = [instance.role, ...instanceState(instance), ...lagWords(instance, from)];
    return node({
      id: `instance ${addressKey(address)} ${instance.name}`,
      kind: 'instance',
      label: instance.name,
      description: words.join(' · '),
      icon: instanceIcon(instance, snapshot.state === 'failed'),
      tooltip: instanceTooltip(instance, from),
      contextValue: `instance.${instance.role.replace(' ', '-')}`,
      context: address.context,
      address,
    });
  });
}

function instanceState(instance: Instance): string[] {
  if (instance.fenced) return ['fenced'];
  if (!instance.pod) return ['no pod'];
  if (!instance.ready) return [instance.pod.metadata.deletionTimestamp ? 'terminating' : 'not ready'];
  const status = statusOf(instance.reading);
  if (!status || instance.role === 'primary') return instance.timeline ? [`timeline ${instance.timeline}`] : [];
  return [
    status.isWalReceiverActive ? 'streaming' : 'no WAL receiver',
    ...(status.replayPaused ? ['replay paused'] : []),
  ];
}

function lagWords(instance: Instance, from: Instance | undefined): string[] {
  if (!from || !instance.ready) return [];
  const bytes = bytesBehind(statusOf(from.reading), statusOf(instance.reading));
  return [bytes === undefined ? 'lag unknown' : `lag ${formatBytes(bytes)}`];
}

/** What was seen before the context failed is no longer known to be good. */
function instanceIcon(instance: Instance, stale: boolean): TreeNode['icon'] {
  const troubled = instance.fenced || !instance.ready;
  const color = stale ? 'disabledForeground' : troubled ? 'list.warningForeground' : 'charts.green';
  if (instance.role === 'primary') return { id: 'star-full', color };
  return { id: instance.role === 'designated primary' ? 'star-half' : 'circle-outline', color };
}

function instanceTooltip(instance: Instance, from: Instance | undefined): string[] {
  const status = statusOf(instance.reading);
  const { reading } = instance;
  return [
    `${instance.name}: ${instance.role}`,
    `Node: ${instance.pod?.spec?.nodeName ?? 'none'}`,
    `Timeline: ${instance.timeline ?? 'unknown'}`,
    ...(status?.isPrimary ? [`Writes at ${status.currentLsn ?? '?'}`] : []),
    ...(status && !status.isPrimary
      ? [`Received ${status.receivedLsn ?? '?'}, replayed ${status.replayLsn ?? '?'}`]
      : []),
    ...(from ? [`Follows ${from.name}`] : []),
    ...(reading?.kind === 'failed' ? [`Status could not be read: ${reading.reason}`] : []),
    reading ? `Read at ${new Date(reading.readAt).toISOString().slice(11, 19)} UTC` : 'Status not read yet',
  ];
}

function servicesNode(cluster: Cluster, snapshot: ContextSnapshot, address: Address): TreeNode {
  const services = snapshot.services.filter(
    service =>
      service.metadata.namespace === address.namespace && service.metadata.labels?.['cnpg.io/cluster'] === address.name,
  );
  return node({
    id: `services ${addressKey(address)}`,
    kind: 'services',
    label: 'Services',
    description: String(services.length),
    icon: { id: 'plug' },
    children: services
      .toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name))
      .map(service => serviceNode(service, cluster, address)),
  });
}

function serviceNode(service: Service, cluster: Cluster, address: Address): TreeNode {
  const selector = service.spec?.selector ?? {};
  const role = selector['cnpg.io/instanceRole'];
  const replica = isReplicaCluster(cluster);
  const current = cluster.status?.currentPrimary ?? 'none';
  const target =
    role === 'primary'
      ? `→ ${current}${replica ? ' (designated primary, read-only)' : ' (primary)'}`
      : role === 'replica'
        ? '→ standbys'
        : '→ any instance';
  return node({
    id: `service ${addressKey(address)} ${service.metadata.name}`,
    kind: 'service',
    label: service.metadata.name,
    description: target,
    icon: { id: 'globe' },
    tooltip: [
      `Service ${service.metadata.name}`,
      `Type ${service.spec?.type ?? 'ClusterIP'}, ${service.spec?.clusterIP ?? 'no address'}`,
    ],
    context: address.context,
    address,
  });
}

function archiveNodes(cluster: Cluster, snapshot: ContextSnapshot, address: Address): TreeNode[] {
  const own = ownArchive(cluster);
  const source = sourceArchive(cluster);
  const archiving = condition(cluster, 'ContinuousArchiving');
  const failing = own !== undefined && archiving?.status === 'False';
  return [
    own
      ? archiveNode(
          'own',
          own,
          snapshot,
          address,
          failing ? `FAILING: ${archiving.message ?? ''}` : lastArchived(cluster, snapshot),
        )
      : node({
          id: `archive ${addressKey(address)} none`,
          kind: 'archive',
          label: 'No WAL archive',
          description: 'nothing can be restored to a point in time',
          icon: warning,
          contextValue: 'archive.none',
        }),
    ...(source ? [archiveNode('source', source, snapshot, address, 'restore_command')] : []),
  ];
}

function lastArchived(cluster: Cluster, snapshot: ContextSnapshot): string {
  const leader = instancesOf(cluster, snapshot).find(instance => instance.role !== 'standby');
  const last = statusOf(leader?.reading)?.lastArchivedWAL;
  return last ? `archive_command · last ${last}` : 'archive_command';
}

function archiveNode(
  which: 'own' | 'source',
  reference: ArchiveReference,
  snapshot: ContextSnapshot,
  address: Address,
  state: string,
): TreeNode {
  const located = locateArchive(reference, address.namespace, snapshot.objectStores);
  const path = typeof located === 'string' ? located : archivePath(located);
  const failing = state.startsWith('FAILING') || typeof located === 'string';
  return node({
    id: `archive ${addressKey(address)} ${which}`,
    kind: 'archive',
    label: which === 'own' ? 'WAL archive' : "Source's WAL archive",
    description: `${path} · ${state}`,
    icon: failing ? warning : { id: which === 'own' ? 'archive' : 'cloud-download' },
    tooltip: [
      which === 'own'
        ? 'The archive that this Cluster writes (archive_command)'
        : 'The archive that the designated primary restores from (restore_command)',
      path,
      state,
    ],
    contextValue: 'archive',
    context: address.context,
    address,
    archive: which,
  });
}

function backupsNode(cluster: Cluster, snapshot: ContextSnapshot, address: Address): TreeNode {
  const mine = (o: { metadata: { namespace?: string }; spec?: { cluster?: { name?: string } } }): boolean =>
    o.metadata.namespace === address.namespace && o.spec?.cluster?.name === cluster.metadata.name;
  const backups = snapshot.backups
    .filter(mine)
    .toSorted((a, b) => (b.status?.startedAt ?? '').localeCompare(a.status?.startedAt ?? ''));
  const schedules = snapshot.scheduledBackups.filter(mine);
  const latest = backups.find(backup => backup.status?.phase === 'completed')?.status?.stoppedAt;
  return node({
    id: `backups ${addressKey(address)}`,
    kind: 'backups',
    label: 'Backups',
    description: latest ? `last completed ${latest}` : 'none completed',
    icon: { id: 'history' },
    children: [
      ...schedules.map(schedule =>
        node({
          id: `schedule ${addressKey(address)} ${schedule.metadata.name}`,
          kind: 'backup',
          label: schedule.metadata.name,
          description: `schedule ${schedule.spec?.schedule ?? '?'}${schedule.spec?.suspend ? ' (suspended)' : ''}`,
          icon: { id: 'calendar' },
          contextValue: 'schedule',
        }),
      ),
      ...backups.map(backup =>
        node({
          id: `backup ${addressKey(address)} ${backup.metadata.name}`,
          kind: 'backup',
          label: backup.metadata.name,
          description: [backup.status?.phase ?? 'pending', backup.status?.stoppedAt].filter(Boolean).join(' · '),
          icon: backup.status?.phase === 'failed' ? failure : { id: 'save' },
          tooltip: [
            backup.status?.error ?? '',
            backup.status?.beginWal ? `${backup.status.beginWal} to ${backup.status.endWal ?? '?'}` : '',
          ].filter(Boolean),
        }),
      ),
    ],
  });
}

function othersNode(others: readonly { member: Member; snapshot: ContextSnapshot }[]): TreeNode {
  return node({
    id: 'others',
    kind: 'others',
    label: 'Other Clusters',
    description: 'without a partner',
    icon: { id: 'folder' },
    children: others.map(({ member, snapshot }) => {
      const cluster = clusterNode(member, snapshot, undefined, [snapshot]);
      return { ...cluster, expanded: false, description: `${snapshot.context} · ${cluster.description}` };
    }),
  });
}

const contextsNode = (snapshots: readonly ContextSnapshot[], expanded: boolean): TreeNode =>
  node({
    id: 'contexts',
    kind: 'contexts',
    label: 'Kubernetes Contexts',
    description: `${snapshots.filter(s => s.state === 'connected').length} of ${snapshots.length} connected`,
    icon: { id: 'server' },
    expanded,
    children: snapshots.map(contextNode),
  });

function contextNode(snapshot: ContextSnapshot): TreeNode {
  const { context, state, error } = snapshot;
  const clusters = snapshot.clusters.length;
  return node({
    id: `context ${context}`,
    kind: 'context',
    label: context,
    description:
      state === 'connected' ? `connected · ${clusters} Cluster${clusters === 1 ? '' : 's'}` : stateWords(snapshot),
    icon:
      state === 'failed'
        ? failure
        : { id: state === 'connected' ? 'pass' : state === 'connecting' ? 'sync' : 'debug-disconnect' },
    tooltip: [`Context ${context}`, snapshot.server, ...(error === undefined ? [] : [error])],
    contextValue: `context.${state}`,
    expanded: state === 'failed',
    context,
    children: [
      ...(error === undefined ? [] : [problemNode(`context ${context}`, error, context)]),
      ...unreadNodes(snapshot, 'context'),
    ],
  });
}
