/**
 * Distributed topologies: Clusters, normally in different Kubernetes clusters, that list each other in
 * `spec.externalClusters`. No controller sees more than one of them; pairing happens here.
 */
import type { Cluster } from './cluster.ts';
import { externalCluster, isReplicaCluster, isStandalone, topologyName } from './cluster.ts';
import type { Address } from './kubernetes.ts';
import { addressKey, sameAddress } from './kubernetes.ts';
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
  /** Names that members follow or call primary, but that no Cluster read so far has, or that more than one has. */
  missing: string[];
  /** Of the missing names those that several Clusters have, with these. A {@link Bindings binding} decides. */
  ambiguous: ReadonlyMap<string, Address[]>;
}

/**
 * Where the user says that a member is: name in the topology → `context`, `context/namespace` or `context/namespace/name`.
 * Setting `cnpg.members`.
 */
export type Bindings = Readonly<Record<string, string>>;

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

/** A place as {@link Bindings} write it, in the context it names. Contexts may contain `/`, as those of EKS do. */
export function isAtPlace({ context, namespace, name }: Address, place: string): boolean {
  return [context, `${context}/${namespace}`, `${context}/${namespace}/${name}`].includes(place);
}

/**
 * The members with the names that the bindings give them: in its place a bound name goes to the Cluster that has it, else to
 * the only Cluster there.
 */
function boundMembers(members: readonly Member[], bindings: Bindings): Member[] {
  const renamed = new Map<Member, string>();
  for (const [name, place] of Object.entries(bindings)) {
    const there = members.filter(member => isAtPlace(member.address, place));
    const called = there.filter(member => member.name === name || member.address.name === name);
    const [only, ...others] = called.length > 0 ? called : there;
    if (only && others.length === 0) renamed.set(only, name);
  }
  return renamed.size === 0
    ? [...members]
    : members.map(member => {
        const name = renamed.get(member);
        return name === undefined || name === member.name ? member : { ...member, name };
      });
}

/** `enabled: false` detaches a Cluster for good: what it still lists is its past. */
const detached = ({ cluster }: Member): boolean => cluster.spec.replica?.enabled === false;

/** Does `a` list `b`, with at least one of them having a replica stanza? */
const lists = (a: Member, b: Member): boolean =>
  a !== b &&
  a.name !== b.name &&
  !detached(a) &&
  !detached(b) &&
  externalCluster(a.cluster, b.name) !== undefined &&
  (a.cluster.spec.replica !== undefined || b.cluster.spec.replica !== undefined);

/**
 * Which of the Clusters of one name `member` means. Of a bound name the one in its place; but a binding that is meant for one
 * of several pairs of the same names (a stage each) does not tear the others apart: there, as for unbound names, the PostgreSQL
 * system identifier decides, and at last the namespace.
 */
function meant(member: Member, namesakes: readonly Member[], bindings: Bindings): Member | undefined {
  const only = (accept: (other: Member) => boolean): Member | undefined => {
    const [first, ...rest] = namesakes.filter(accept);
    return rest.length === 0 ? first : undefined;
  };
  const system = member.cluster.status?.systemID;
  const sameSystem = (other: Member): boolean => !!system && other.cluster.status?.systemID === system;
  const name = namesakes[0]?.name ?? '';
  const place = Object.hasOwn(bindings, name) ? bindings[name] : undefined;
  if (place !== undefined) {
    const otherSystem = (other: Member): boolean => !!system && !!other.cluster.status?.systemID && !sameSystem(other);
    const bound = only(other => isAtPlace(other.address, place) && !otherSystem(other));
    return bound ?? (namesakes.length > 1 ? only(sameSystem) : undefined);
  }
  if (namesakes.length < 2) return namesakes[0];
  return only(sameSystem) ?? only(other => other.address.namespace === member.address.namespace);
}

/** The one that the Cluster at this address is a member of. */
export const topologyWith = (topologies: readonly Topology[], address: Address): Topology | undefined =>
  topologies.find(({ members }) => members.some(member => sameAddress(member.address, address)));

/**
 * Groups Clusters into topologies: connected components of "lists". A standalone replica is one with its source when that
 * is found. A Cluster without any partner is not part of the result.
 */
export function findTopologies(snapshots: readonly ContextSnapshot[], bindings: Bindings = {}): Topology[] {
  const members = boundMembers(
    snapshots.flatMap(snapshot => membersOf(snapshot).sort(byAddress)),
    bindings,
  );
  const groups = new Map<Member, Member[]>(members.map(member => [member, [member]]));
  const join = (a: Member, b: Member): void => {
    const [groupA = [], groupB = []] = [groups.get(a), groups.get(b)];
    if (groupA === groupB) return;
    groupA.push(...groupB);
    for (const member of groupB) groups.set(member, groupA);
  };
  const byName = Map.groupBy(members, member => member.name);
  const namesakesFor = (member: Member, name: string): Member[] =>
    (byName.get(name) ?? []).filter(other => lists(member, other));
  const choice = (member: Member, name: string): Member | undefined =>
    meant(member, namesakesFor(member, name), bindings);
  const ambiguous = new Map<Member, Map<string, Address[]>>();
  for (const member of members)
    for (const { name } of member.cluster.spec.externalClusters ?? []) {
      const other = choice(member, name);
      // Of two that list each other both must mean the other: else a third one may be meant.
      if (other && (!lists(other, member) || choice(other, member.name) === member)) join(member, other);
      else if (namesakesFor(member, name).length > 0) {
        const addresses = namesakesFor(member, name).map(({ address }) => address);
        ambiguous.set(member, new Map(ambiguous.get(member)).set(name, addresses));
      }
    }

  const order = new Map(members.map((member, index) => [member, index]));
  const found = [...new Set(groups.values())].flatMap(group => {
    const sorted = group.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    const missing = missingNames(sorted);
    if (sorted.length < 2 && missing.length === 0) return [];
    const unclear = sorted.flatMap(member => [...(ambiguous.get(member) ?? [])]);
    return [
      {
        id: [...sorted.map(({ name }) => name), ...missing].sort().join(' '),
        members: sorted,
        missing,
        ambiguous: new Map(unclear.filter(([name]) => missing.includes(name))),
      },
    ];
  });
  return distinguished(found);
}

/** Topologies of the same names (one a stage, or one a namespace) are told apart by the place of their first member. */
function distinguished(topologies: Topology[]): Topology[] {
  const count = Map.groupBy(topologies, topology => topology.id);
  return topologies.map(topology => {
    const first = topology.members[0];
    const unique = (count.get(topology.id)?.length ?? 0) < 2;
    return unique || !first ? topology : { ...topology, id: `${topology.id} ${addressKey(first.address)}` };
  });
}

const byAddress = (a: Member, b: Member): number => addressKey(a.address).localeCompare(addressKey(b.address));

/** What a standalone replica follows need not be a Cluster at all. */
function missingNames(members: readonly Member[]): string[] {
  const known = new Set(members.map(member => member.name));
  const named = members
    .filter(({ cluster }) => !isStandalone(cluster))
    .flatMap(({ cluster }) => [cluster.spec.replica?.source, cluster.spec.replica?.primary]);
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
