/**
 * Reload: an annotation with the time lets the operator and the instance managers read again what the Cluster refers to, Secrets
 * and ConfigMaps without the label `cnpg.io/reload` among them (`kubectl cnpg reload`). CNPG reports no end of it.
 */
import { annotations } from '../model/cluster.ts';
import { statusOf } from '../model/instances.ts';
import type { Address } from '../model/kubernetes.ts';
import { awake, gitOps, operatorActs } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import { annotate, undone } from './operation.ts';

/** @param at when it is asked for; goes into the annotation */
export const reloadCluster = (target: Address, at: Date): Operation => ({
  title: `Reload ${target.name}`,
  target,
  plan: seen => plan(target, at.toISOString(), seen),
  progress: seen => progressOf(at.toISOString(), seen),
});

function plan(target: Address, value: string, { cluster }: Observed): OperationPlan {
  return {
    checks: [
      operatorActs(cluster, 'blocks'),
      awake(cluster, 'blocks', 'There is nothing to reload before it is woken.'),
      ...gitOps(cluster),
    ],
    write:
      cluster.metadata.annotations?.[annotations.reloadedAt] === value
        ? undefined
        : annotate(target, cluster, annotations.reloadedAt, value),
    meaning: `The instances of ${target.name} read their configuration, Secrets and ConfigMaps again. PostgreSQL is not restarted and sessions stay.`,
    interrupts: false,
  };
}

function progressOf(value: string, { cluster, instances }: Observed): Progress {
  const now = cluster.metadata.annotations?.[annotations.reloadedAt] ?? '';
  // A later reload does what this one asks for.
  if (now < value) return undone(`${annotations.reloadedAt} is ${now || 'absent'}.`);
  const restart = instances.filter(({ reading }) => statusOf(reading)?.pendingRestart).map(({ name }) => name);
  return {
    kind: 'done',
    evidence: 'The reload is requested. CNPG does not report its end: it takes some seconds.',
    issues: restart.length > 0 ? [`${restart.join(', ')}: changed parameters wait for a restart.`] : [],
  };
}
