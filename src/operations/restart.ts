/**
 * Restarts. Of a Cluster: an annotation with the time, after which the operator creates every pod anew, standbys first, the
 * (designated) primary by `spec.primaryUpdateStrategy` and `spec.primaryUpdateMethod`. Of one instance what `kubectl cnpg restart`
 * does: the pod of a standby is deleted, PostgreSQL of a primary is restarted in its pod by a phase in the status.
 */
import type { Cluster } from '../model/cluster.ts';
import { annotations, isReplicaCluster, phases } from '../model/cluster.ts';
import type { Instance } from '../model/instances.ts';
import type { Address, Pod } from '../model/kubernetes.ts';
import type { Check } from './checks.ts';
import { check, gitOps, healthy, noRoleChange, notFenced, nothingElse, operatorActs } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import { allReady, annotate, leaderWord, phaseWords, readinessWords } from './operation.ts';
import type { Write } from './write.ts';
import { shown } from './write.ts';

/** @param at when it is asked for; goes into the annotation */
export const restartCluster = (target: Address, at: Date): Operation => ({
  title: `Restart ${target.name}`,
  target,
  plan: seen => planCluster(target, at, seen),
  progress: progressOfCluster,
});

const restartedAt = ({ metadata }: Cluster | Pod): string | undefined =>
  metadata.annotations?.[annotations.restartedAt];

/** Instances whose pod was made before the restart that the Cluster asks for, or does not exist. */
const waiting = ({ cluster, instances }: Observed): Instance[] =>
  restartedAt(cluster) === undefined
    ? []
    : instances.filter(({ pod }) => pod === undefined || restartedAt(pod) !== restartedAt(cluster));

function planCluster(target: Address, at: Date, seen: Observed): OperationPlan {
  const { cluster } = seen;
  const value = at.toISOString();
  const already = restartedAt(cluster) === value || waiting(seen).length > 0;
  const lead = leaderWord(cluster);
  return {
    checks: [
      noRoleChange(cluster),
      nothingElse(cluster),
      operatorActs(cluster, 'blocks'),
      notFenced(cluster, 'A fenced instance does not become ready, and the restart stops there: unfence it first.'),
      healthy(cluster, 'The operator restarts one instance at a time and waits for each: it may not get to its end.'),
      supervised(cluster),
      ...gitOps(cluster),
    ],
    write: already ? undefined : annotate(target, cluster, annotations.restartedAt, value),
    meaning: `${already ? 'A restart is under way. ' : ''}Every pod of ${target.name} is created anew, one after the other, standbys first. ${
      bySwitchover(cluster)
        ? `Then another instance becomes ${lead}: sessions on the old one end.`
        : `Then the ${lead} is restarted without a switchover: its sessions end${isReplicaCluster(cluster) ? '' : ', and nobody can write meanwhile'}.`
    }`,
    interrupts: true,
  };
}

const bySwitchover = ({ spec }: Cluster): boolean =>
  spec.primaryUpdateMethod === 'switchover' && (spec.instances ?? 1) > 1;

const supervised = ({ metadata, spec }: Cluster): Check =>
  check(
    'warns',
    `${metadata.name}: comes to its end by itself`,
    spec.primaryUpdateStrategy !== 'supervised',
    spec.primaryUpdateStrategy === 'supervised'
      ? 'spec.primaryUpdateStrategy is supervised: it stops before the last instance'
      : 'the last instance is restarted without being asked',
    'When only the last one is left, run CNPG: Switch Primary Instance… or CNPG: Restart Instance… on it.',
  );

function progressOfCluster(seen: Observed): Progress {
  const { cluster } = seen;
  const left = waiting(seen).map(({ name }) => name);
  if (left.length > 0 && cluster.status?.phase === phases.waitingForUser)
    return {
      kind: 'pending',
      evidence: `${left.join(', ')} waits for you: run CNPG: Switch Primary Instance… (spec.primaryUpdateStrategy is supervised).`,
      stalled: `The standbys are restarted; ${left.join(', ')} is not. Switch the ${leaderWord(cluster)} to another instance, then it is restarted as well.`,
    };
  if (left.length > 0)
    return {
      kind: 'pending',
      evidence: `To be restarted: ${left.join(', ')}. ${phaseWords(cluster)}.`,
      stalled: `Look at ${left.at(-1) ?? 'the instances'}: its pod, its events and its log. The operator waits for each instance before it takes the next.`,
    };
  if (cluster.status?.phase !== phases.healthy || !allReady(cluster))
    return {
      kind: 'pending',
      evidence: `All pods are new. ${phaseWords(cluster)}; ${readinessWords(cluster)}.`,
      stalled: 'All pods are new, but not all are ready. Look at those that are not.',
    };
  return { kind: 'done', evidence: `All instances were restarted; ${readinessWords(cluster)}.`, issues: [] };
}

/** @param uid of the pod as the user saw it; another one means that it was restarted already */
export const restartInstance = (target: Address, instance: string, uid: string | undefined): Operation => ({
  title: `Restart ${instance}`,
  target,
  plan: seen => planInstance(target, instance, uid, seen),
  progress: (seen, sent) => progressOfInstance(instance, sent, seen),
});

function planInstance(target: Address, name: string, uid: string | undefined, seen: Observed): OperationPlan {
  const { cluster } = seen;
  const instance = seen.instances.find(each => each.name === name);
  const leads = instance !== undefined && instance.role !== 'standby';
  const ready = seen.instances.filter(each => each.role === 'standby' && each.ready && each.name !== name);
  return {
    checks: [
      noRoleChange(cluster),
      nothingElse(cluster),
      check(
        'blocks',
        `${target.name} has ${name}`,
        instance !== undefined,
        instance ? instance.role : `its instances are ${seen.instances.map(each => each.name).join(', ') || 'unknown'}`,
        'Look at the Cluster again: the instance was removed or has another name.',
      ),
      operatorActs(cluster, 'blocks'),
      check(
        'warns',
        `${name}: not fenced`,
        instance?.fenced !== true,
        instance?.fenced ? 'it is fenced' : 'it is not fenced',
        'A restart does not start PostgreSQL of a fenced instance: unfence it.',
      ),
      ...(leads
        ? []
        : [
            check(
              'warns',
              `${target.name}: another standby stays`,
              ready.length > 0,
              ready.length > 0 ? ready.map(each => each.name).join(', ') : 'no other standby is ready',
              `If the ${leaderWord(cluster)} fails meanwhile, nobody can take over. Synchronous replication may hold writes back.`,
            ),
          ]),
    ],
    write: leads ? restartInPlace(target, cluster) : deletePod(target, instance?.pod, uid),
    meaning: leads
      ? `PostgreSQL of ${name} is restarted in its pod: all its sessions end${isReplicaCluster(cluster) ? '.' : ', and nobody can write meanwhile. No other instance takes over.'}`
      : `The pod of ${name} is deleted and created anew on the same volumes: its sessions end.`,
    interrupts: leads,
  };
}

/** The instance manager of the primary looks for this phase, restarts PostgreSQL and sets the Cluster healthy again. */
function restartInPlace(target: Address, cluster: Cluster): Write | undefined {
  const { phase, phaseReason } = cluster.status ?? {};
  if (phase === phases.restartingInPlace) return undefined;
  const status = { phase: phases.restartingInPlace, phaseReason: 'Requested by the user' };
  return {
    verb: 'patch',
    kind: 'Cluster',
    target,
    subresource: 'status',
    resourceVersion: cluster.metadata.resourceVersion,
    patch: { status },
    changes: [
      { field: 'status.phase', from: shown(phase), to: status.phase },
      { field: 'status.phaseReason', from: shown(phaseReason), to: status.phaseReason },
    ],
  };
}

function deletePod({ context, namespace }: Address, pod: Pod | undefined, uid: string | undefined): Write | undefined {
  if (!pod || pod.metadata.uid !== uid || pod.metadata.deletionTimestamp !== undefined) return undefined;
  return {
    verb: 'delete',
    kind: 'Pod',
    target: { context, namespace, name: pod.metadata.name },
    uid,
    changes: [{ field: `pod ${pod.metadata.name}`, from: `uid ${uid ?? 'unknown'}`, to: '(absent)' }],
  };
}

function progressOfInstance(name: string, sent: Write | undefined, { cluster, instances }: Observed): Progress {
  const instance = instances.find(each => each.name === name);
  if (cluster.status?.phase === phases.restartingInPlace)
    return {
      kind: 'pending',
      evidence: `PostgreSQL of ${name} is being restarted.`,
      stalled: `Look at the log of ${name}: a shutdown takes up to spec.stopDelay (30 min by default). Is its instance manager alive, can it reach the API server?`,
    };
  const old = sent?.verb === 'delete' && instance?.pod?.metadata.uid === sent.uid;
  if (!instance?.pod || old || !instance.ready)
    return {
      kind: 'pending',
      evidence: old
        ? `The old pod of ${name} shuts down.`
        : instance?.pod
          ? `The new pod of ${name} is not ready yet.`
          : `${name} has no pod.`,
      stalled: `Look at the events and the log of ${name}: can its pod be scheduled, does PostgreSQL start?`,
    };
  return { kind: 'done', evidence: `${name} is ready, ${instance.role}.`, issues: [] };
}
