/** One member of a topology with what its Kubernetes cluster says of it. */
import type { Cluster } from './cluster.ts';
import { annotations, isReplicaCluster, tokenRefused } from './cluster.ts';
import type { InstanceStatus } from './instance-status.ts';
import type { Instance } from './instances.ts';
import { instancesOf } from './instances.ts';
import type { Moment } from './moment.ts';
import { freshStatus } from './moment.ts';
import type { Sample } from './positions.ts';
import { positionKey } from './positions.ts';
import type { ContextSnapshot } from './snapshot.ts';
import type { Member } from './topology.ts';

export interface Side {
  member: Member;
  cluster: Cluster;
  snapshot: ContextSnapshot;
  instances: Instance[];
  /** The primary or designated primary. */
  leader: Instance | undefined;
  /** What the leader said of itself in its last, recent status. */
  status: InstanceStatus | undefined;
  /** Can the Cluster be read now? If not, it is as last seen. */
  readable: boolean;
  /** Where the leader was. */
  positions: readonly Sample[] | undefined;
}

/** Alarms, status bar and tree look at the same Clusters in the same moment. */
const seen = new WeakMap<Moment, Map<Member, Side>>();

export function sideOf(member: Member, snapshot: ContextSnapshot, moment: Moment): Side {
  const sides = seen.get(moment) ?? new Map<Member, Side>();
  seen.set(moment, sides);
  const known = sides.get(member);
  if (known?.snapshot === snapshot) return known;
  const side = lookAt(member, snapshot, moment);
  sides.set(member, side);
  return side;
}

function lookAt(member: Member, snapshot: ContextSnapshot, moment: Moment): Side {
  const { cluster } = member;
  const instances = instancesOf(cluster, snapshot);
  const leader = instances.find(instance => instance.role !== 'standby');
  return {
    member,
    cluster,
    snapshot,
    instances,
    leader,
    status: freshStatus(leader?.reading, snapshot, moment),
    readable: snapshot.state === 'connected',
    positions: moment.positions.get(
      positionKey(snapshot.context, member.address.namespace, cluster.status?.currentPrimary ?? ''),
    ),
  };
}

/**
 * The PostgreSQL system identifier. After a demotion the Cluster's status has none until the next promotion; the instances
 * know it.
 */
export function systemIdOf(side: Side, moment: Moment): string | undefined {
  if (!side.readable) return undefined;
  const ofInstances = side.instances.map(instance => freshStatus(instance.reading, side.snapshot, moment)?.systemID);
  return side.cluster.status?.systemID || side.status?.systemID || ofInstances.find(Boolean);
}

/**
 * Does PostgreSQL accept writes there: by what the leader says, else by the manifest. `undefined`: the side cannot be read.
 * A primary being demoted still is one; a replica cluster being promoted is one by its manifest, unless it refuses its token. With its
 * demotion token there, a primary is shut down: what its instance says is from before.
 */
export function mayWrite(side: Side): boolean | undefined {
  if (!side.readable) return undefined;
  if (!isReplicaCluster(side.cluster)) return !refusesToken(side);
  return side.status?.isPrimary === true && !side.cluster.status?.demotionToken;
}

/** It is to be the primary, and PostgreSQL there refuses the promotion token. */
export const refusesToken = ({ readable, cluster, status }: Side): boolean =>
  readable && tokenRefused(cluster) && status?.isPrimary !== true;

/** Version of the operator that runs the pods: their annotation, else what an instance manager says. */
export function operatorVersion({ instances }: Side): string | undefined {
  const annotated = instances.map(({ pod }) => pod?.metadata.annotations?.[annotations.operatorVersion]);
  const said = instances.map(({ reading }) =>
    reading?.kind === 'read' ? reading.status.instanceManagerVersion : undefined,
  );
  return [...annotated, ...said].find(Boolean);
}
