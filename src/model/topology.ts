/**
 * Distributed topologies: Clusters, normally in different Kubernetes clusters, that list each other in
 * `spec.externalClusters`. No controller sees more than one of them; pairing happens here.
 */
import type { Cluster } from './cluster.ts';
import { externalCluster, isReplicaCluster, topologyName } from './cluster.ts';
import type { Address } from './kubernetes.ts';
import { addressKey } from './kubernetes.ts';
import type { ContextSnapshot } from './snapshot.ts';

export interface Member {
  address: Address;
  /** Name by which the other members know it: {@link topologyName}. */
  name: string;
  cluster: Cluster;
}

export interface Topology {
  /** Same for the same members whatever their roles, so that views keep their place through a switchover. */
  id: string;
  /** In the order of the contexts, then by namespace and name: roles do not move members. */
  members: Member[];
  /** Names that members follow or call primary, but that no Cluster read so far has. */
  missing: string[];
}

export function membersOf(snapshot: ContextSnapshot): Member[] {
  return snapshot.clusters.map(cluster => ({
    address: {
      context: snapshot.context,
      namespace: cluster.metadata.namespace ?? 'default',
      name: cluster.metadata.name,
    },
    name: topologyName(cluster),
    cluster,
  }));
}

/** Does `a` list `b`, with at least one of them having a replica stanza? */
const lists = (a: Member, b: Member): boolean =>
  addressKey(a.address) !== addressKey(b.address) &&
  a.name !== b.name &&
  externalCluster(a.cluster, b.name) !== undefined &&
  (a.cluster.spec.replica !== undefined || b.cluster.spec.replica !== undefined);

/**
 * Groups Clusters into topologies: connected components of "lists". Clusters of the same name in different places are
 * told apart by their place; a Cluster without any partner is not part of the result.
 */
export function findTopologies(snapshots: readonly ContextSnapshot[]): Topology[] {
  const members = snapshots.flatMap(snapshot => membersOf(snapshot).sort(byAddress));
  const groups = new Map<string, Member[]>(members.map(member => [addressKey(member.address), [member]]));
  const join = (a: Member, b: Member): void => {
    const groupA = groups.get(addressKey(a.address)) ?? [];
    const groupB = groups.get(addressKey(b.address)) ?? [];
    if (groupA === groupB) return;
    groupA.push(...groupB);
    for (const member of groupB) groups.set(addressKey(member.address), groupA);
  };
  for (const a of members) for (const b of members) if (lists(a, b)) join(a, b);

  const order = new Map(members.map((member, index) => [member, index]));
  return [...new Set(groups.values())].flatMap(group => {
    const sorted = group.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    const missing = missingNames(sorted);
    if (sorted.length < 2 && missing.length === 0) return [];
    return [{ id: sorted.map(member => addressKey(member.address)).join(' '), members: sorted, missing }];
  });
}

const byAddress = (a: Member, b: Member): number => addressKey(a.address).localeCompare(addressKey(b.address));

function missingNames(members: readonly Member[]): string[] {
  const known = new Set(members.map(member => member.name));
  const named = members.flatMap(({ cluster }) => [cluster.spec.replica?.source, cluster.spec.replica?.primary]);
  return [...new Set(named)].filter(name => name !== undefined && name !== '' && !known.has(name)) as string[];
}

/** Members that are primary by their spec. More than one: split brain or wrong manifests; none: a switchover under way. */
export const primaries = (topology: Topology): Member[] => topology.members.filter(m => !isReplicaCluster(m.cluster));

/** The member that a replica cluster follows, when it is known. */
export const sourceMember = (topology: Topology, member: Member): Member | undefined =>
  isReplicaCluster(member.cluster)
    ? topology.members.find(m => m !== member && m.name === member.cluster.spec.replica?.source)
    : undefined;

/** `cluster-eu, cluster-us`: how people call it. */
export const topologyLabel = (topology: Topology): string =>
  [...topology.members.map(member => member.name), ...topology.missing].join(' ⇄ ');
