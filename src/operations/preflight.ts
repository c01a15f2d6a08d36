/** Checks before a controlled switchover, each with its evidence. Pure: the facts were read just before. */
import type { Cluster } from '../model/cluster.ts';
import {
  annotations,
  condition,
  demotionInProgress,
  externalCluster,
  fencedInstances,
  hibernated,
  isReplicaCluster,
  phases,
  switchoverInProgress,
  topologyName,
} from '../model/cluster.ts';
import { ownArchive } from '../model/archive.ts';
import { bytesBehind, formatBytes, statusOf } from '../model/instances.ts';
import type { Check } from './checks.ts';
import { check, dryRun, gitOps, rights } from './checks.ts';
import type { Side } from './promotion.ts';

/** Facts that only the API servers can give. */
export interface AskedFacts {
  /** By side: may this user patch the Cluster; the API's reason when not. */
  mayPatch: { a: { allowed: boolean; reason: string }; b: { allowed: boolean; reason: string } };
  /** Answer of the server-side dry run of each write; `undefined`: accepted. */
  dryRun: { a: string | undefined; b: string | undefined };
}

/** WAL files waiting to be archived: warn from the first figure, block from the second (the defaults of repmgr). */
const backlogWarns = 16;
const backlogBlocks = 128;
/** A lag of more than one WAL segment is worth a word. */
const lagWarns = 16n * 1024n * 1024n;

export function preflight(a: Side, b: Side, asked: AskedFacts): Check[] {
  return [
    distinct(a.cluster, b.cluster),
    roles(a.cluster, b.cluster),
    entries(a.cluster, b.cluster),
    systemId(a, b),
    ...[a.cluster, b.cluster].flatMap(cluster => [undisturbed(cluster), healthy(cluster)]),
    applyDelay(b.cluster),
    archiving(a),
    archiveAfterwards(b.cluster),
    lag(a, b),
    capacity(a.cluster, b.cluster),
    ...[a.cluster, b.cluster].flatMap(gitOps),
    rights(name(a.cluster), 'patch clusters', asked.mayPatch.a),
    rights(name(b.cluster), 'patch clusters', asked.mayPatch.b),
    dryRun(name(a.cluster), asked.dryRun.a),
    dryRun(name(b.cluster), asked.dryRun.b),
  ];
}

const name = (cluster: Cluster): string => cluster.metadata.name;

const distinct = (a: Cluster, b: Cluster): Check =>
  check(
    'blocks',
    'Two different Clusters',
    a.metadata.uid !== b.metadata.uid || a.metadata.uid === undefined,
    `${name(a)} ${a.metadata.uid ?? ''}, ${name(b)} ${b.metadata.uid ?? ''}`,
    'Both contexts lead to the same object: check the kubeconfig.',
  );

function roles(a: Cluster, b: Cluster): Check {
  const problems = [
    isReplicaCluster(a) && `${name(a)} is not the primary cluster`,
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

function healthy(cluster: Cluster): Check {
  const { phase, phaseReason, readyInstances } = cluster.status ?? {};
  return check(
    'warns',
    `${name(cluster)}: healthy`,
    phase === phases.healthy && (readyInstances ?? 0) >= (cluster.spec.instances ?? 1),
    `${phase ?? 'no phase'}${phaseReason ? ` (${phaseReason})` : ''}, ${readyInstances ?? 0} of ${cluster.spec.instances ?? '?'} instances ready`,
    'A switchover of an unhealthy Cluster may wait for it half-way.',
  );
}

const applyDelay = (b: Cluster): Check =>
  check(
    'blocks',
    `${name(b)}: no apply delay`,
    !b.spec.replica?.minApplyDelay,
    b.spec.replica?.minApplyDelay ? `minApplyDelay is ${b.spec.replica.minApplyDelay}` : 'not set',
    'Remove spec.replica.minApplyDelay and wait for the replay; the webhook refuses a token beside it.',
  );

function archiving(a: Side): Check {
  const title = `${name(a.cluster)}: WAL archiving works now`;
  const remedy =
    'The last segment must be archived before the token appears; without it there would be no writer at all. Repair the archive first.';
  if (a.cluster.metadata.annotations?.[annotations.skipWalArchiving] === 'enabled')
    return check('blocks', title, false, 'switched off by cnpg.io/skipWalArchiving', remedy);
  if (!ownArchive(a.cluster)) return check('blocks', title, false, 'no archive is configured', remedy);
  const reported = condition(a.cluster, 'ContinuousArchiving');
  if (reported?.status !== 'True')
    return check('blocks', title, false, reported?.message ?? 'condition ContinuousArchiving is absent', remedy);
  const status = statusOf(a.leader);
  if (!status)
    return check(
      'warns',
      title,
      'unknown',
      `the condition says so; the archiver could not be asked${a.leader?.kind === 'failed' ? `: ${a.leader.reason}` : ''}`,
      remedy,
    );
  const waiting = status.readyWalFiles ?? 0;
  const evidence = `last archived ${status.lastArchivedWAL ?? 'none'} at ${status.lastArchivedWALTime ?? '?'}, ${waiting} files waiting`;
  const works = status.isArchivingWAL === true;
  if (works && waiting >= backlogWarns && waiting < backlogBlocks)
    return check('warns', title, false, evidence, remedy);
  return check('blocks', title, works && waiting < backlogBlocks, evidence, remedy);
}

const archiveAfterwards = (b: Cluster): Check =>
  check(
    'warns',
    `${name(b)}: has a WAL archive of its own`,
    ownArchive(b) !== undefined,
    ownArchive(b) ? 'configured' : 'none',
    'After the promotion there would be no point-in-time recovery, and the former primary could only follow by streaming.',
  );

function lag(a: Side, b: Side): Check {
  const bytes = bytesBehind(statusOf(a.leader), statusOf(b.leader));
  const title = `${name(b.cluster)}: close to its source`;
  const remedy = 'Writes stop until the replica has replayed everything; wait for it to catch up.';
  if (bytes === undefined)
    return check('warns', title, 'unknown', 'positions of the two sides could not be compared', remedy);
  return check('warns', title, bytes <= lagWarns, `${formatBytes(bytes)} behind`, remedy);
}

const capacity = (a: Cluster, b: Cluster): Check =>
  check(
    'warns',
    `${name(b)}: as many instances as ${name(a)}`,
    (b.spec.instances ?? 1) >= (a.spec.instances ?? 1),
    `${b.spec.instances ?? 1} and ${a.spec.instances ?? 1}`,
    'The new primary cluster would have less local redundancy.',
  );
