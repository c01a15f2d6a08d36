/**
 * Hibernation: all pods of a Cluster are deleted, the primary's first, and the volumes stay. The annotation `cnpg.io/hibernation`
 * is `on` or `off`; the condition of the same name says how far it has come (CNPG, Declarative hibernation).
 */
import type { Cluster } from '../model/cluster.ts';
import { annotations, condition, hibernated, isReplicaCluster, phases } from '../model/cluster.ts';
import type { Instance } from '../model/instances.ts';
import { statusOf } from '../model/instances.ts';
import type { Address } from '../model/kubernetes.ts';
import type { OtherMembers } from '../model/other-members.ts';
import { allFenced, noOthers } from '../model/other-members.ts';
import type { Check } from './checks.ts';
import { check, gitOps, healthy, noRoleChange, noSwitchover, notFenced, operatorActs } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import { allReady, annotate, phaseWords, readinessWords, undone } from './operation.ts';
import { noSecondPrimary } from './second-primary.ts';

export const hibernate = (target: Address): Operation => ({
  title: `Hibernate ${target.name}`,
  target,
  plan: seen => planHibernation(target, seen),
  progress: progressOfHibernation,
});

/** @param others looks at the other members of its topology */
export const wake = (target: Address, others: () => OtherMembers = () => noOthers): Operation => ({
  title: `Wake ${target.name}`,
  target,
  plan: seen => planWaking(target, seen, others()),
  progress: progressOfWaking,
});

function planHibernation(target: Address, { cluster, instances }: Observed): OperationPlan {
  return {
    checks: [
      noRoleChange(cluster),
      noSwitchover(cluster, 'blocks', 'Wait until it is over.'),
      operatorActs(cluster, 'blocks'),
      healthy(cluster, 'The operator waits for a healthy Cluster before it deletes the first pod.'),
      lastSegmentArchived(cluster, instances),
      ...gitOps(cluster),
    ],
    write: hibernated(cluster) ? undefined : annotate(target, cluster, annotations.hibernation, 'on'),
    meaning: `All pods of ${target.name} are deleted; volumes stay. ${meaningOfSleep(cluster)}`,
    interrupts: true,
  };
}

function meaningOfSleep(cluster: Cluster): string {
  if (isReplicaCluster(cluster))
    return 'Until it is woken it neither follows its source nor archives, and cannot be promoted.';
  const unserved = 'Until it is woken nobody can read or write.';
  return cluster.spec.replica
    ? `${unserved} Change no roles of its topology meanwhile: it would be demoted without a token, and the other side could only be promoted by a failover.`
    : unserved;
}

/** With the plugin the segment of the shutdown may not reach the archive (cloudnative-pg issue 10341). */
function lastSegmentArchived(cluster: Cluster, instances: readonly Instance[]): Check {
  const title = `${cluster.metadata.name}: its WAL is in the archive`;
  const remedy =
    'What was not archived is only on the volumes while it sleeps: a recovery from the archive, or a replica cluster that reads only the archive, does not get it. Repair the archiving first.';
  const state = condition(cluster, 'ContinuousArchiving');
  const waiting = statusOf(instances.find(({ role }) => role !== 'standby')?.reading)?.readyWalFiles ?? 0;
  if (state?.status === 'False')
    return check(
      'warns',
      title,
      false,
      `archiving fails: ${state.message ?? state.reason ?? 'no reason given'}`,
      remedy,
    );
  if (waiting > 0) return check('warns', title, false, `${waiting} WAL files wait for being archived`, remedy);
  if (state === undefined)
    return check('warns', title, 'unknown', 'the Cluster does not say (ContinuousArchiving)', remedy);
  return check(
    'warns',
    title,
    true,
    'archiving works and nothing waits; the last segment is written at the shutdown',
    remedy,
  );
}

function progressOfHibernation({ cluster, instances }: Observed): Progress {
  if (!hibernated(cluster)) return undone(`${cluster.metadata.name} is to be awake again.`);
  const state = condition(cluster, annotations.hibernation);
  const left = instances.filter(({ pod }) => pod !== undefined).map(({ name }) => name);
  if (state?.status === 'True' && left.length === 0)
    return { kind: 'done', evidence: `${cluster.metadata.name} is hibernated: no pods, volumes kept.`, issues: [] };
  const said = state ? ` ${state.reason ?? ''}${state.message ? `: ${state.message}` : ''}.` : '';
  return {
    kind: 'pending',
    evidence: `${left.length > 0 ? `Pods left: ${left.join(', ')}.` : 'No pods are left.'}${said}`,
    stalled:
      'The operator waits for a healthy Cluster (WaitingForHealthy), and a shutdown takes up to spec.stopDelay (30 min by default). Look at the log of the operator and at the pods that are left.',
  };
}

function planWaking(target: Address, { cluster }: Observed, others: OtherMembers): OperationPlan {
  return {
    checks: [
      noRoleChange(cluster),
      operatorActs(cluster, 'blocks'),
      ...(allFenced(cluster) ? [] : noSecondPrimary(cluster, others)),
      notFenced(cluster, 'Its pods come back, but PostgreSQL of fenced instances stays down: unfence them as well.'),
      ...gitOps(cluster),
    ],
    write: hibernated(cluster) ? annotate(target, cluster, annotations.hibernation, 'off') : undefined,
    meaning: isReplicaCluster(cluster)
      ? `${target.name} gets its pods back and follows its source again. What the source no longer keeps has to come from its archive.`
      : `${target.name} gets its pods back, the primary's first, and accepts writes again.`,
    interrupts: false,
  };
}

function progressOfWaking({ cluster }: Observed): Progress {
  if (hibernated(cluster)) return undone(`${cluster.metadata.name} is to sleep again.`);
  if (
    condition(cluster, annotations.hibernation) === undefined &&
    cluster.status?.phase === phases.healthy &&
    allReady(cluster)
  )
    return { kind: 'done', evidence: `${cluster.metadata.name} is awake: ${readinessWords(cluster)}.`, issues: [] };
  return {
    kind: 'pending',
    evidence: `${phaseWords(cluster)}; ${readinessWords(cluster)}.`,
    stalled: `Look at the events of ${cluster.metadata.name} and at its pods: can they be scheduled, are the volumes in a zone with free nodes?`,
  };
}
