/** Checks before a promotion whose other side may be lost: what its API says, and whether this side can be promoted. Pure. */
import type { Cluster } from '../model/cluster.ts';
import { fencedInstances, hibernated, isReplicaCluster, isStandalone } from '../model/cluster.ts';
import type { Instance } from '../model/instances.ts';
import { statusOf } from '../model/instances.ts';
import type { PromotionToken } from '../model/token.ts';
import { parseLsn } from '../model/wal.ts';
import type { Check } from './checks.ts';
import { check, noRoleChange } from './checks.ts';
import type { Observed } from './operation.ts';
import { phaseWords } from './operation.ts';
import type { OtherSide } from './other-side.ts';

export const leaderOf = ({ instances }: Pick<Observed, 'instances'>): Instance | undefined =>
  instances.find(({ role }) => role !== 'standby');

/** What it has received is replayed before the promotion. */
export function receivedBy(leader: Instance | undefined): bigint | undefined {
  const status = statusOf(leader?.reading);
  const [received, replayed] = [parseLsn(status?.receivedLsn ?? ''), parseLsn(status?.replayLsn ?? '')];
  if (received === undefined || replayed === undefined) return received ?? replayed;
  return received > replayed ? received : replayed;
}

export const proveElsewhere =
  'Make sure by other means that nobody can write there (power, network, load balancer): else both accept writes.';

/** @param remedy when it is alive */
export function acceptsNoWrites({ name, api, address }: OtherSide, remedy: string): Check {
  const title = `${name} accepts no writes`;
  const where = address ? `context ${address.context}` : 'its side';
  if (api.kind === 'absent')
    return check('blocks', title, true, `the API server of ${where} says that there is no such Cluster`, '');
  if (api.kind === 'unasked') return check('warns', title, 'unknown', api.reason, proveElsewhere);
  if (api.kind === 'silent')
    return check(
      'warns',
      title,
      'unknown',
      `the API server of ${where} does not answer (${api.reason}); PostgreSQL there cannot be seen from here`,
      proveElsewhere,
    );
  if (api.kind === 'refuses')
    return {
      ...check('blocks', title, 'unknown', `${where} answers, and does not say: ${api.reason}`, proveElsewhere),
      yields: true,
    };
  const { instances, cluster } = api.seen;
  const writer = instances.find(({ reading }) => statusOf(reading)?.isPrimary === true);
  if (writer)
    return check(
      'blocks',
      title,
      false,
      `${writer.name} says that it is a primary, at ${statusOf(writer.reading)?.currentLsn ?? 'an unknown position'}`,
      remedy,
    );
  const ready = instances.filter(each => each.ready);
  if (ready.length > 0 && !isReplicaCluster(cluster))
    return check('blocks', title, 'unknown', `ready: ${ready.map(each => each.name).join(', ')}`, remedy);
  // Its node may only be cut off: a pod that is not ready, fenced by its annotation or not, may go on writing.
  const unheard = instances.filter(({ pod, reading }) => pod !== undefined && !statusOf(reading));
  if (unheard.length > 0)
    return check(
      'warns',
      title,
      'unknown',
      `its API server answers; not heard: ${unheard.map(each => each.name).join(', ')}`,
      proveElsewhere,
    );
  return check(
    'blocks',
    title,
    true,
    `its API server answers: ${ready.length} of ${cluster.spec.instances ?? 1} instances ready, none is a primary`,
    '',
  );
}

/**
 * Whoever is promoted begins a timeline, and archives its history file before anything else.
 * @param token of the demotion @param remedy when somebody was promoted there
 */
export function noLaterTimeline({ name, trace }: OtherSide, token: PromotionToken | string, remedy: string): Check[] {
  if (!trace || trace.kind === 'none' || typeof token === 'string') return [];
  const title = `No timeline after ${token.latestCheckpointTimelineID} in the archive of ${name}`;
  if (trace.kind === 'unreadable')
    return [check('warns', title, 'unknown', trace.reason, 'Look into the archive by other means.')];
  return [check('blocks', title, !trace.later, trace.later ? 'there is one' : 'there is none', remedy)];
}

/** Can this side be promoted at all? */
export const promotable = (cluster: Cluster, leader: Instance | undefined): Check[] => [
  isFollower(cluster),
  noRoleChange(cluster),
  undisturbed(cluster),
  leader ? answers(leader, cluster) : noLeader(cluster),
];

const isFollower = (cluster: Cluster): Check =>
  check(
    'blocks',
    `${cluster.metadata.name} is a replica cluster of a distributed topology`,
    !isStandalone(cluster),
    isStandalone(cluster)
      ? 'it is a standalone replica (replica.enabled)'
      : `it follows ${cluster.spec.replica?.source ?? 'nobody'}`,
    'A standalone replica is detached for good with replica.enabled: false in its manifest.',
  );

function undisturbed(cluster: Cluster): Check {
  const fenced = fencedInstances(cluster);
  const problem = hibernated(cluster)
    ? 'it is hibernated'
    : fenced.length > 0
      ? `fenced: ${fenced.join(', ')}`
      : undefined;
  return check(
    'blocks',
    `${cluster.metadata.name}: neither fenced nor hibernated`,
    problem === undefined,
    problem ?? 'neither',
    'Undo that first: it could not be promoted.',
  );
}

const noLeader = (cluster: Cluster): Check =>
  check(
    'blocks',
    `${cluster.metadata.name} has a designated primary`,
    false,
    phaseWords(cluster),
    'Look at the events of the Cluster: without an instance nothing can be promoted.',
  );

const answers = ({ name, ready }: Instance, cluster: Cluster): Check => ({
  ...check(
    'blocks',
    `${cluster.metadata.name}: its designated primary is ready`,
    ready,
    ready ? `${name} is ready` : `${name} is not ready`,
    'Repair it, or make another instance designated primary first (CNPG: Switch Primary Instance…).',
  ),
  yields: true,
});
