/**
 * Fencing of instances: PostgreSQL of a fenced instance is shut down while its pod stays. What is fenced is a JSON list in the
 * annotation `cnpg.io/fencedInstances`: names of instances, or `*` alone for all. Fencing a primary never causes a failover.
 */
import type { Cluster } from '../model/cluster.ts';
import { annotations, fencedInstances, isReplicaCluster } from '../model/cluster.ts';
import type { Instance } from '../model/instances.ts';
import { statusOf } from '../model/instances.ts';
import type { Address } from '../model/kubernetes.ts';
import type { OtherMembers } from '../model/other-members.ts';
import { noOthers } from '../model/other-members.ts';
import type { Check } from './checks.ts';
import { awake, check, gitOps, noRoleChange, noSwitchover, operatorActs } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import { annotate, leaderWord, undone } from './operation.ts';
import { noSecondPrimary } from './second-primary.ts';

/** Names of instances, or `*` for all. */
export type Fenced = readonly string[] | '*';

/** `cluster-eu-2 and cluster-eu-3`, `all instances of cluster-eu`. */
const wordsOf = (which: Fenced, cluster: string): string =>
  which === '*' ? `all instances of ${cluster}` : which.join(' and ');

export function fence(target: Address, which: Fenced): Operation {
  return {
    title: `Fence ${wordsOf(which, target.name)}`,
    target,
    plan: seen => planFence(target, which, seen),
    progress: seen => progressOfFence(which, seen),
  };
}

/** @param others looks at the other members of its topology */
export function unfence(target: Address, which: Fenced, others: () => OtherMembers = () => noOthers): Operation {
  return {
    title: `Unfence ${wordsOf(which, target.name)}`,
    target,
    plan: seen => planUnfence(target, which, seen, others()),
    progress: seen => progressOfUnfence(which, seen),
  };
}

const covers = (which: Fenced, name: string): boolean => which === '*' || which.includes(name);

/** As the operator writes it: sorted, `["*"]` alone; `null`: the annotation is removed. */
const annotationOf = (names: readonly string[]): string | null =>
  names.length === 0 ? null : JSON.stringify(names.includes('*') ? ['*'] : [...new Set(names)].toSorted());

function planFence(target: Address, which: Fenced, seen: Observed): OperationPlan {
  const { cluster, instances } = seen;
  const before = fencedInstances(cluster);
  const asked = instances.filter(({ name }) => covers(which, name));
  const leader = asked.find(({ role }) => role !== 'standby');
  const already = before.includes('*') || (which !== '*' && which.every(name => before.includes(name)));
  const value = annotationOf(which === '*' ? ['*'] : [...before, ...which]);
  return {
    checks: [
      noRoleChange(cluster),
      known(which, seen),
      noSwitchover(
        cluster,
        'warns',
        `Fencing now may leave it without ${leaderWord(cluster)}: wait, unless that is what you want.`,
      ),
      ...(leader ? [interruption(cluster, leader)] : []),
      ...(leader ? [] : [remaining(seen, which)]),
      operatorActs(cluster, 'warns'),
      ...gitOps(cluster),
    ],
    write: already ? undefined : annotate(target, cluster, annotations.fencedInstances, value),
    meaning: meaningOfFence(which, cluster, leader),
    interrupts: leader !== undefined || which === '*',
  };
}

function meaningOfFence(which: Fenced, cluster: Cluster, leader: Instance | undefined): string {
  const several = which === '*' || which.length > 1;
  const what = `PostgreSQL of ${wordsOf(which, cluster.metadata.name)} is shut down until ${several ? 'they are' : 'it is'} unfenced; pods and volumes stay.`;
  if (!leader) return `${what} ${several ? 'Their' : 'Its'} sessions end.`;
  return isReplicaCluster(cluster)
    ? `${what} ${leader.name} is the designated primary: ${cluster.metadata.name} is no longer fed, and no instance takes over.`
    : `${what} ${leader.name} is the primary: writes stop, and no instance takes over (fencing causes no failover).`;
}

const known = (which: Fenced, { cluster, instances }: Observed): Check => {
  const unknown = which === '*' ? [] : which.filter(name => !instances.some(instance => instance.name === name));
  return check(
    'blocks',
    `${cluster.metadata.name}: has these instances`,
    unknown.length === 0,
    unknown.length === 0 ? instances.map(({ name }) => name).join(', ') : `it has no ${unknown.join(', ')}`,
    'Look at the Cluster again: the instance was removed or has another name.',
  );
};

const interruption = (cluster: Cluster, leader: Instance): Check =>
  check(
    'warns',
    isReplicaCluster(cluster) ? `${cluster.metadata.name} stays fed` : `${cluster.metadata.name} goes on taking writes`,
    false,
    isReplicaCluster(cluster)
      ? `${leader.name} is its designated primary: it stops following its source`
      : `${leader.name} is its primary: writes stop until it is unfenced`,
    `To keep the service and stop only this instance, first make another one ${leaderWord(cluster)} (CNPG: Switch Primary Instance…).`,
  );

function remaining({ cluster, instances }: Observed, which: Fenced): Check {
  const left = instances.filter(({ name, ready, role }) => role === 'standby' && ready && !covers(which, name));
  return check(
    'warns',
    `${cluster.metadata.name}: another standby stays`,
    left.length > 0,
    left.length > 0 ? left.map(({ name }) => name).join(', ') : 'no ready standby would be left',
    `If the ${leaderWord(cluster)} fails meanwhile, nobody can take over. Synchronous replication may hold writes back.`,
  );
}

function progressOfFence(which: Fenced, { cluster, instances }: Observed): Progress {
  const listed = fencedInstances(cluster);
  if (!listed.includes('*') && (which === '*' || which.some(name => !listed.includes(name))))
    return undone(`${wordsOf(which, cluster.metadata.name)} no longer to be fenced.`);
  const running = instances.filter(instance => covers(which, instance.name) && !isDown(instance));
  if (running.length === 0) {
    const unheard = instances
      .filter(({ name, pod, reading }) => covers(which, name) && pod !== undefined && !statusOf(reading))
      .map(({ name }) => name);
    if (unheard.length > 0)
      return {
        kind: 'done',
        evidence: `All that answer are shut down, of ${wordsOf(which, cluster.metadata.name)}.`,
        issues: [
          `${unheard.join(', ')}: not ready and not heard. On a node that is cut off PostgreSQL may go on writing.`,
        ],
      };
    return {
      kind: 'done',
      evidence: `PostgreSQL of ${wordsOf(which, cluster.metadata.name)} is shut down.`,
      issues: [],
    };
  }
  return {
    kind: 'pending',
    evidence: `Waiting for ${running.map(({ name }) => name).join(', ')} to shut down.`,
    stalled: `A shutdown takes up to spec.stopDelay (30 min by default). Look at the log of ${running[0]?.name ?? 'the instance'}: is its instance manager alive, can it reach the API server?`,
  };
}

/** The instance manager says so; one that does not answer and whose pod is not ready is not waited for. */
const isDown = ({ ready, reading }: Instance): boolean => statusOf(reading)?.mightBeUnavailable === true || !ready;

function planUnfence(target: Address, which: Fenced, seen: Observed, others: OtherMembers): OperationPlan {
  const { cluster } = seen;
  const before = fencedInstances(cluster);
  const left = which === '*' ? [] : before.filter(name => !which.includes(name));
  const oneOfAll = before.includes('*') && which !== '*';
  const already = !oneOfAll && (which === '*' ? before.length === 0 : which.every(name => !before.includes(name)));
  return {
    checks: [
      noRoleChange(cluster),
      check(
        'blocks',
        `${target.name}: fenced one by one`,
        !oneOfAll,
        oneOfAll ? 'all instances are fenced together ("*")' : before.join(', ') || 'nothing is fenced',
        'Unfence all instances.',
      ),
      ...noSecondPrimary(cluster, others),
      awake(cluster, 'warns', 'No instance starts before it is woken: wake it as well.'),
      operatorActs(cluster, 'warns'),
      ...gitOps(cluster),
    ],
    write: already ? undefined : annotate(target, cluster, annotations.fencedInstances, annotationOf(left)),
    meaning: `PostgreSQL of ${wordsOf(which, target.name)} is started again.`,
    interrupts: false,
  };
}

function progressOfUnfence(which: Fenced, { cluster, instances }: Observed): Progress {
  const listed = fencedInstances(cluster);
  if (listed.includes('*') || (which === '*' ? listed.length > 0 : which.some(name => listed.includes(name))))
    return undone(`${wordsOf(which, cluster.metadata.name)} to be fenced again.`);
  const down = instances.filter(instance => covers(which, instance.name) && !isUp(instance));
  if (down.length === 0)
    return { kind: 'done', evidence: `${wordsOf(which, cluster.metadata.name)} ready again.`, issues: [] };
  return {
    kind: 'pending',
    evidence: `Waiting for ${down.map(({ name }) => name).join(', ')} to become ready.`,
    stalled: `Look at the log of ${down[0]?.name ?? 'the instance'}. One that has diverged from the ${leaderWord(cluster)} needs pg_rewind or has to be created again.`,
  };
}

const isUp = ({ ready, reading }: Instance): boolean => ready && statusOf(reading)?.mightBeUnavailable !== true;
