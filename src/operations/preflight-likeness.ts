/** Checks before a switchover: is the replica cluster fit to do what the primary does. Pure. */
import { postgresVersion } from '../model/cluster.ts';
import type { Cluster } from '../model/cluster.ts';
import { formatAge } from '../model/duration.ts';
import { statusOf } from '../model/instances.ts';
import type { Check } from './checks.ts';
import { check } from './checks.ts';
import type { Side } from './promotion.ts';
import type { Known, SecretComparison } from './surroundings.ts';

const name = ({ cluster }: Side): string => cluster.metadata.name;

export const likeness = (a: Side, b: Side): Check[] => [
  ...postgres(a, b),
  ...operators(a, b),
  parameters(a, b),
  extensions(a, b),
  capacity(a, b),
  storage(a.cluster, b.cluster),
];

function postgres(a: Side, b: Side): Check[] {
  const [of, ofB] = [postgresVersion(a.cluster), postgresVersion(b.cluster)];
  const evidence = `${name(a)}: ${of ?? 'unknown'}, ${name(b)}: ${ofB ?? 'unknown'}`;
  const title = 'Same major version of PostgreSQL';
  const remedy = 'A physical replica has the major version of its source.';
  if (of === undefined || ofB === undefined) return [check('warns', title, 'unknown', evidence, remedy)];
  const major = (version: string): string => version.split('.')[0] ?? '';
  if (major(of) !== major(ofB)) return [check('blocks', title, false, evidence, remedy)];
  return [check('warns', 'Same version of PostgreSQL', of === ofB, evidence, 'Bring both to the newer minor version.')];
}

/** Operators before these lost tokens when they were interrupted (issue 11074). */
const fixed: Record<string, number> = {
  '1.26': Number.POSITIVE_INFINITY,
  '1.27': Number.POSITIVE_INFINITY,
  '1.28': 4,
  '1.29': 2,
};

function operators(a: Side, b: Side): Check[] {
  const [of, ofB] = [a, b].map(({ leader }) => statusOf(leader)?.instanceManagerVersion);
  const evidence = `${name(a)}: ${of ?? 'unknown'}, ${name(b)}: ${ofB ?? 'unknown'}`;
  const title = 'Same version of the operator';
  if (of === undefined || ofB === undefined)
    return [check('warns', title, 'unknown', evidence, 'Look at the deployments of the operators.')];
  const [, minor = '', patch = '0'] = /^(\d+\.\d+)\.(\d+)/.exec(of) ?? [];
  const loses = Number(patch) < (fixed[minor] ?? 0);
  return [
    check('warns', title, of === ofB, evidence, 'Update the primary side first, then its replicas.'),
    check(
      'warns',
      `${name(a)}: its operator keeps the demotion token`,
      !loses,
      loses ? `${of} can lose it (fixed in 1.28.4, 1.29.2 and 1.30.0)` : of,
      'The token is saved here the moment it is seen; keep this window open until the end.',
    ),
  ];
}

/** PostgreSQL's and the operator's defaults of what a standby must not have less of than its primary (PostgreSQL, "Hot Standby"). */
const hotStandby: Record<string, number> = {
  max_connections: 100,
  max_wal_senders: 10,
  max_worker_processes: 32,
  max_prepared_transactions: 0,
  max_locks_per_transaction: 64,
};

function parameters(a: Side, b: Side): Check {
  const value = ({ cluster }: Side, parameter: string): number =>
    Number(cluster.spec.postgresql?.parameters?.[parameter] ?? hotStandby[parameter]);
  const differing = Object.keys(hotStandby).filter(parameter => value(a, parameter) !== value(b, parameter));
  return check(
    'warns',
    'Equal parameters for hot standby',
    differing.length === 0,
    differing.map(p => `${p}: ${value(a, p)} and ${value(b, p)}`).join('; ') || Object.keys(hotStandby).join(', '),
    'Replay stops on the side that has less. Make them equal: raise the replica side first.',
  );
}

/** Replay needs none of them; the first query on the new primary does. */
function extensions(a: Side, b: Side): Check {
  const of = ({ cluster: { spec } }: Side): string[] => [
    ...(spec.postgresql?.shared_preload_libraries ?? []),
    ...(spec.postgresql?.extensions ?? []).map(({ name: called }) => called),
  ];
  const missing = of(a).filter(each => !of(b).includes(each));
  return check(
    'warns',
    `${name(b)}: has the extensions of ${name(a)}`,
    missing.length === 0,
    missing.length === 0 ? of(a).join(', ') || 'none beside those of the image' : `missing: ${missing.join(', ')}`,
    'Add them to spec.postgresql (extensions, shared_preload_libraries) and to its image: functions that use them fail there.',
  );
}

const capacity = (a: Side, b: Side): Check =>
  check(
    'warns',
    `${name(b)}: as many ready instances as ${name(a)}`,
    (b.cluster.spec.instances ?? 1) >= (a.cluster.spec.instances ?? 1) &&
      (b.cluster.status?.readyInstances ?? 0) >= (a.cluster.status?.readyInstances ?? 0),
    `${b.cluster.status?.readyInstances ?? 0} of ${b.cluster.spec.instances ?? 1} and ${a.cluster.status?.readyInstances ?? 0} of ${a.cluster.spec.instances ?? 1}`,
    'The new primary cluster would have less local redundancy.',
  );

function storage(a: Cluster, b: Cluster): Check {
  const fields: [string, (cluster: Cluster) => string | undefined][] = [
    ['storage.size', ({ spec }) => spec.storage?.size],
    ['walStorage.size', ({ spec }) => spec.walStorage?.size],
    ['resources.limits.memory', ({ spec }) => spec.resources?.limits?.['memory']],
    ['resources.limits.cpu', ({ spec }) => spec.resources?.limits?.['cpu']],
  ];
  const less = fields.filter(([, of]) => lessThan(of(b), of(a)));
  return check(
    'warns',
    `${b.metadata.name}: as much storage, memory and CPU as ${a.metadata.name}`,
    less.length === 0,
    less.map(([field, of]) => `${field}: ${of(b) ?? 'none'} and ${of(a) ?? 'none'}`).join('; ') || 'not less',
    'It has to carry the whole load.',
  );
}

const units: Record<string, number> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Kubernetes quantities; what is not understood or not there is not less. */
function lessThan(one: string | undefined, other: string | undefined): boolean {
  const value = (quantity: string | undefined): number => {
    const [, number = '', unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity ?? '') ?? [];
    return number === '' ? Number.NaN : Number(number) * (units[unit] ?? Number.NaN);
  };
  return value(one) < value(other);
}

/** Passwords come from the Secrets of the side that is primary. */
export const secrets = (comparisons: readonly SecretComparison[]): Check[] =>
  comparisons.map(({ of, outcome, evidence }) =>
    check(
      'warns',
      `Same password of ${of} on both sides`,
      outcome === 'unknown' ? 'unknown' : outcome === 'same',
      evidence,
      'After the promotion the operator sets what the Secret of the new primary says: copy the Secret first, or tell the applications.',
    ),
  );

export const clients = (a: Side, b: Side, known: { a: Known; b: Known }): Check =>
  check(
    'warns',
    `${name(b)}: has poolers where ${name(a)} has them`,
    known.a.poolers.length === 0 || known.b.poolers.length > 0,
    `clients of ${name(a)} use service ${a.cluster.status?.writeService ?? `${name(a)}-rw`}${known.a.poolers.length === 0 ? '' : `, poolers ${known.a.poolers.join(', ')}`}; they do not follow by themselves`,
    'Create the poolers there too, and move DNS or the connection strings after the promotion.',
  );

export const backups = (a: Side, b: Side, known: { a: Known; b: Known }, now: number): Check[] => [
  ...[
    { side: a, of: known.a },
    { side: b, of: known.b },
  ].map(({ side, of }) =>
    check(
      'warns',
      `${name(side)}: has a base backup`,
      of.lastBackup !== undefined,
      of.lastBackup === undefined ? 'none is known' : `the last good one ended ${formatAge(of.lastBackup, now)}`,
      'Take one (CNPG: Back Up Now…): without it nothing can be restored from that archive.',
    ),
  ),
  check(
    'warns',
    'No base backup is being taken',
    known.a.runningBackups.length + known.b.runningBackups.length === 0,
    [...known.a.runningBackups, ...known.b.runningBackups].join(', ') || 'none',
    'The demotion ends it; wait for it if you need it.',
  ),
];

/** Slots of subscribers stay behind. */
export function slots(a: Side): Check {
  const logical = (statusOf(a.leader)?.replicationSlotsInfo ?? []).filter(({ slotType }) => slotType === 'logical');
  return check(
    'warns',
    `${name(a)}: no logical replication depends on it`,
    logical.length === 0,
    logical.map(({ slotName, active }) => `slot ${slotName} (${active ? 'active' : 'not active'})`).join(', ') ||
      'no logical slots',
    'Subscribers lose their position unless slots are synchronised: set them up again after the promotion.',
  );
}
