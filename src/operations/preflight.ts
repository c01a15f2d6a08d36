/** Checks before a controlled switchover, each with its evidence. Pure: the facts were read just before. */
import type { Cluster } from '../model/cluster.ts';
import {
  annotations,
  demotionInProgress,
  externalCluster,
  fencedInstances,
  hibernated,
  isReplicaCluster,
  switchoverInProgress,
  tokenPending,
  topologyName,
} from '../model/cluster.ts';
import { formatDuration } from '../model/duration.ts';
import { bytesBehind, formatBytes, positionOf, statusOf } from '../model/instances.ts';
import type { Address } from '../model/kubernetes.ts';
import { secondsBehind } from '../model/positions.ts';
import { clockWords } from '../model/snapshot.ts';
import type { Check } from './checks.ts';
import { check, dryRun, gitOps, healthy, rights } from './checks.ts';
import { archiveAfterwards, archiving, readsArchiveOf } from './preflight-archives.ts';
import { backups, clients, likeness, secrets, slots } from './preflight-likeness.ts';
import type { PromotionPlan, Side } from './promotion.ts';
import type { ArchiveReading, Known, SecretComparison } from './surroundings.ts';

/** Of A and of B. */
export interface PerSide<T> {
  a: T;
  b: T;
}

/** Facts that both Clusters do not tell. */
export interface AskedFacts {
  plan: PromotionPlan;
  /** May this user patch the Cluster; the API's reason when not. */
  mayPatch: PerSide<Answer>;
  /** May this user ask instances (`get` on `pods/proxy`). */
  mayLook: PerSide<Answer>;
  /** Answer of the server-side dry run of each write; `undefined`: accepted. */
  dryRun: PerSide<string | undefined>;
  known: PerSide<Known>;
  /** Other members that are primary. */
  otherPrimaries: string[];
  /** What each side finds in the archive of the other. */
  reads: PerSide<ArchiveReading>;
  secrets: SecretComparison[];
  lagLimit: bigint;
  /** Milliseconds since the epoch. */
  at: number;
}

interface Answer {
  allowed: boolean;
  reason: string;
}

/** A lag of more than one WAL segment is worth a word. */
const lagWarns = 16n * 1024n * 1024n;

export function preflight(a: Side, b: Side, asked: AskedFacts): Check[] {
  const { known, reads, at } = asked;
  return [
    distinct(a.cluster, b.cluster, asked),
    roles(a.cluster, b.cluster),
    onePrimary(asked),
    entries(a.cluster, b.cluster),
    systemId(a, b),
    ...[a.cluster, b.cluster].flatMap(cluster => [
      undisturbed(cluster),
      healthy(cluster, 'A switchover of an unhealthy Cluster may wait for it half-way.'),
    ]),
    applyDelay(b.cluster),
    replays(b),
    follows(a, b),
    lag(a, b, asked),
    archiving(a),
    archiveAfterwards(b.cluster),
    readsArchiveOf(b, a, reads.b, at),
    readsArchiveOf(a, b, reads.a, at),
    ...backups(a, b, known, at),
    ...likeness(a, b),
    slots(a),
    ...secrets(asked.secrets),
    clients(a, b, known),
    ...clocks(asked),
    ...[a.cluster, b.cluster].flatMap(gitOps),
    rights(name(a.cluster), 'patch clusters', asked.mayPatch.a),
    rights(name(b.cluster), 'patch clusters', asked.mayPatch.b),
    mayLook(name(a.cluster), asked.mayLook.a),
    mayLook(name(b.cluster), asked.mayLook.b),
    dryRun(name(a.cluster), asked.dryRun.a),
    dryRun(name(b.cluster), asked.dryRun.b),
  ];
}

const name = (cluster: Cluster): string => cluster.metadata.name;

function distinct(a: Cluster, b: Cluster, { plan, known }: AskedFacts): Check {
  const place = (cluster: Cluster, address: Address, { server }: Known): string =>
    `${name(cluster)} in context ${address.context} (${server || 'server unknown'}), namespace ${address.namespace}, uid ${cluster.metadata.uid ?? 'unknown'}`;
  return check(
    'blocks',
    'Two different Clusters',
    a.metadata.uid !== b.metadata.uid || a.metadata.uid === undefined,
    `${place(a, plan.from, known.a)}; ${place(b, plan.to, known.b)}`,
    'Both contexts lead to the same object: check the kubeconfig.',
  );
}

export const onePrimary = ({ otherPrimaries }: { otherPrimaries: readonly string[] }): Check =>
  check(
    'blocks',
    'One primary in the topology',
    otherPrimaries.length === 0,
    otherPrimaries.length === 0 ? 'no other member is primary' : `${otherPrimaries.join(', ')} is primary as well`,
    'Two primaries have different rows: decide which one to keep first.',
  );

function roles(a: Cluster, b: Cluster): Check {
  const problems = [
    isReplicaCluster(a) && `${name(a)} is not the primary cluster`,
    tokenPending(a) && `${name(a)} is not the primary yet: it waits for its promotion with a token`,
    !isReplicaCluster(b) && `${name(b)} is not a replica cluster`,
    b.spec.replica?.enabled !== undefined && `${name(b)} is a standalone replica (replica.enabled)`,
    b.spec.replica?.primary !== topologyName(a) &&
      `${name(b)} names "${b.spec.replica?.primary ?? ''}" as primary, not "${topologyName(a)}"`,
    b.spec.replica?.source !== topologyName(a) &&
      `${name(b)} follows "${b.spec.replica?.source ?? ''}", not "${topologyName(a)}"`,
  ].filter(problem => problem !== false);
  return check(
    'blocks',
    'Roles as the manifests say',
    problems.length === 0,
    problems.join('; ') || `${name(a)} is primary, ${name(b)} is its replica`,
    'A controlled switchover exchanges a primary cluster and a replica cluster of one distributed topology.',
  );
}

function entries(a: Cluster, b: Cluster): Check {
  const wanted = [topologyName(a), topologyName(b)];
  const missing = [a, b].flatMap(c =>
    wanted.filter(n => !externalCluster(c, n)).map(n => `${name(c)} has no entry "${n}"`),
  );
  return check(
    'blocks',
    'Each lists both in externalClusters',
    missing.length === 0,
    missing.join('; ') || `both list ${wanted.join(' and ')}`,
    'Add the missing externalClusters entries; without them the webhook refuses the role change.',
  );
}

function systemId(a: Side, b: Side): Check {
  const [idA, idB] = [a, b].map(side => side.cluster.status?.systemID || statusOf(side.leader)?.systemID);
  const title = 'Same PostgreSQL system identifier';
  if (!idA || !idB)
    return check(
      'warns',
      title,
      'unknown',
      `${name(a.cluster)}: ${idA ?? 'not reported'}, ${name(b.cluster)}: ${idB ?? 'not reported'}`,
      'Wait until both sides report it.',
    );
  return check(
    'blocks',
    title,
    idA === idB,
    idA === idB ? idA : `${idA} and ${idB}`,
    'They are not copies of one system: the replica cluster has to be created again from its source.',
  );
}

function undisturbed(cluster: Cluster): Check {
  const problems = [
    demotionInProgress(cluster) && 'a role change is in progress',
    switchoverInProgress(cluster) &&
      `an in-cluster switchover to ${cluster.status?.targetPrimary ?? ''} is in progress`,
    fencedInstances(cluster).length > 0 && `fenced: ${fencedInstances(cluster).join(', ')}`,
    hibernated(cluster) && 'it is hibernated',
    cluster.metadata.annotations?.[annotations.reconciliationLoop] === 'disabled' &&
      'the operator is told to leave it alone (cnpg.io/reconciliationLoop)',
  ].filter(problem => problem !== false);
  return check(
    'blocks',
    `${name(cluster)}: nothing in the way`,
    problems.length === 0,
    problems.join('; ') || 'no role change, fencing, hibernation or pause',
    'Finish or undo that first.',
  );
}

export const applyDelay = (b: Cluster): Check =>
  check(
    'blocks',
    `${name(b)}: no apply delay`,
    !b.spec.replica?.minApplyDelay,
    b.spec.replica?.minApplyDelay ? `minApplyDelay is ${b.spec.replica.minApplyDelay}` : 'not set',
    'Remove spec.replica.minApplyDelay and wait for the replay; the webhook refuses a token beside it.',
  );

/** With a token the promotion waits for the replay. */
export const replays = ({ cluster, leader }: Side): Check =>
  check(
    'blocks',
    `${name(cluster)}: replay is not paused`,
    statusOf(leader)?.replayPaused !== true,
    statusOf(leader)?.replayPaused ? 'it is paused' : 'it is not paused',
    'Resume it (pg_wal_replay_resume): a promotion with a token would wait for ever.',
  );

/** After an earlier switchover the way back has to work before the next one. */
function follows(a: Side, b: Side): Check {
  const [upstream, status] = [statusOf(a.leader), statusOf(b.leader)];
  const title = `${name(b.cluster)} follows ${name(a.cluster)}`;
  const remedy =
    'Wait until it has replayed WAL of the timeline of the primary; if it has diverged it must be rebuilt.';
  if (!upstream || !status)
    return check('warns', title, 'unknown', 'an instance could not be asked', 'Give yourself the right to ask it.');
  const works = status.isWalReceiverActive === true || status.timeLineID === upstream.timeLineID;
  return check(
    'blocks',
    title,
    works,
    `${status.isWalReceiverActive ? 'it streams' : 'it does not stream'}; timelines ${status.timeLineID ?? 'unknown'} and ${upstream.timeLineID ?? 'unknown'}`,
    remedy,
  );
}

function lag(a: Side, b: Side, { known, lagLimit, at }: AskedFacts): Check {
  const bytes = bytesBehind(statusOf(a.leader), statusOf(b.leader));
  const title = `${name(b.cluster)}: close to its source`;
  const remedy = 'Writes stop until the replica has replayed everything; wait for it to catch up.';
  if (bytes === undefined)
    return check('warns', title, 'unknown', 'positions of the two sides could not be compared', remedy);
  const segments = bytes / lagWarns;
  const replayed = positionOf(statusOf(b.leader));
  const time = replayed === undefined ? undefined : secondsBehind(known.a.positions, replayed, at);
  const evidence = [
    `${formatBytes(bytes)} behind`,
    ...(segments > 0n ? [`${segments} segments`] : []),
    ...(time ? [`${time.atLeast ? 'more than ' : ''}${formatDuration(time.seconds)}`] : []),
    ...trend(known),
  ].join(', ');
  if (bytes > lagLimit)
    return check('blocks', title, false, `${evidence}; the limit (cnpg.lagLimit) is ${formatBytes(lagLimit)}`, remedy);
  return check('warns', title, bytes <= lagWarns, evidence, remedy);
}

/** Over the samples that this window has of both sides. */
function trend({ a, b }: PerSide<Known>): string[] {
  const grown = ({ positions }: Known): bigint => (positions.at(-1)?.lsn ?? 0n) - (positions[0]?.lsn ?? 0n);
  if (a.positions.length < 2 || b.positions.length < 2) return [];
  const difference = grown(a) - grown(b);
  return [difference > lagWarns ? 'growing' : difference < -lagWarns ? 'shrinking' : 'steady'];
}

/** Nothing when they agree: times on the page and limits are this machine's, times in the Clusters are theirs. */
const clocks = ({ plan, known }: AskedFacts): Check[] =>
  (['a', 'b'] as const).flatMap(side => {
    const words = clockWords(known[side].clockAhead);
    const { context } = side === 'a' ? plan.from : plan.to;
    if (words === undefined) return [];
    return check(
      'warns',
      `The clock of context ${context} is right`,
      false,
      `it is ${words}`,
      'Set the clocks. No step depends on them; times in logs, conditions and archives differ from those on this page.',
    );
  });

const mayLook = (of: string, { allowed, reason }: Answer): Check =>
  check(
    'warns',
    `${of}: you may ask its instances`,
    allowed,
    allowed ? 'get pods/proxy: allowed' : `get pods/proxy: denied${reason ? ` (${reason})` : ''}`,
    'Without it positions and the end cannot be verified.',
  );
