/** What a check before a write is, and the checks that every operation on a Cluster needs. Pure: the facts were read just before. */
import type { Cluster } from '../model/cluster.ts';
import {
  demotionInProgress,
  fencedInstances,
  hibernated,
  phases,
  reconciliationDisabled,
  switchoverInProgress,
} from '../model/cluster.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import { allReady, leaderWord, phaseWords, readinessWords } from './operation.ts';

/** `blocks`: the operation cannot be started while it fails. `warns`: it can, and the user decides. */
export type Severity = 'blocks' | 'warns';
export type Outcome = 'ok' | 'failed' | 'unknown';

export interface Check {
  title: string;
  severity: Severity;
  outcome: Outcome;
  evidence: string;
  remedy: string;
  /** It blocks unless the user types that it shall be done anyway. */
  yields?: true;
  /** Of no weight when somebody else writes: a tool that applies manifests. */
  ofWriter?: true;
}

/** A check that blocks stops the operation when it failed; an unknown outcome of a blocking check stops it as well. */
export const blocking = (checks: readonly Check[]): Check[] =>
  checks.filter(check => check.severity === 'blocks' && check.outcome !== 'ok');

/**
 * Is nothing worse now than what the user agreed to? Positions and times move all the time, and what became right meanwhile needs no
 * new consent.
 */
export function noWorse(found: readonly Check[], agreed: readonly Check[]): boolean {
  const facts = ({ title, severity, outcome }: Check): string => JSON.stringify([title, severity, outcome]);
  const known = new Set(agreed.map(facts));
  return found.filter(({ outcome }) => outcome !== 'ok').every(each => known.has(facts(each)));
}

export function check(
  severity: Severity,
  title: string,
  outcome: Outcome | boolean,
  evidence: string,
  remedy: string,
): Check {
  return {
    title,
    severity,
    outcome: typeof outcome === 'string' ? outcome : outcome ? 'ok' : 'failed',
    evidence,
    remedy,
  };
}

/** Labels and annotations of tools that apply manifests from Git. */
const gitOpsMarks = [
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/instance',
  'kustomize.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/name',
];
/** The same tools as field managers (`metadata.managedFields`). */
const gitOpsManagers = /^(argocd-(application-)?controller|kustomize-controller|helm-controller)$/;

/** The tool that applies the object from Git, as its marks or its fields say: `argocd.argoproj.io/instance: db`. */
export function gitOpsOwner({ metadata }: KubernetesObject): string | undefined {
  const marks = { ...metadata.annotations, ...metadata.labels };
  const mark = gitOpsMarks.find(each => marks[each] !== undefined);
  if (mark !== undefined) return `${mark}: ${marks[mark] ?? ''}`;
  const manager = metadata.managedFields?.find(each => gitOpsManagers.test(each.manager ?? ''))?.manager;
  return manager === undefined ? undefined : `${manager} manages fields of it`;
}

/** Nothing when no tool that applies manifests from Git has left its mark on the object. */
export function gitOps(object: KubernetesObject): Check[] {
  const owner = gitOpsOwner(object);
  if (owner === undefined) return [];
  return [
    check(
      'warns',
      `${object.metadata.name}: not owned by GitOps`,
      false,
      owner,
      'The tool will revert the change unless the manifests in Git are changed as well. Pause it, or change the manifests first.',
    ),
  ];
}

export const rights = (name: string, what: string, answer: { allowed: boolean; reason: string }): Check => ({
  ...check(
    'blocks',
    `${name}: you may change it`,
    answer.allowed,
    answer.allowed ? `${what}: allowed` : `${what}: denied${answer.reason ? ` (${answer.reason})` : ''}`,
    `Ask for the right to ${what} in that namespace.`,
  ),
  ofWriter: true,
});

/** @param refusal what the API server said against it; `undefined`: accepted */
export const dryRun = (name: string, refusal: string | undefined): Check => ({
  ...check(
    'blocks',
    `${name}: the API server accepts the change (dry run)`,
    refusal === undefined,
    refusal ?? 'accepted, nothing stored',
    'Correct what the API server names.',
  ),
  ofWriter: true,
});

export const noRoleChange = (cluster: Cluster): Check =>
  check(
    'blocks',
    `${cluster.metadata.name}: no role change in progress`,
    !demotionInProgress(cluster),
    demotionInProgress(cluster)
      ? 'it is being demoted (status.switchReplicaClusterStatus.inProgress)'
      : 'no demotion is running',
    'Wait until it is a replica cluster: the operator fences and restarts its instances meanwhile.',
  );

/** @param severity whether the operation needs the operator at all */
export const operatorActs = (cluster: Cluster, severity: Severity): Check =>
  check(
    severity,
    `${cluster.metadata.name}: the operator looks after it`,
    !reconciliationDisabled(cluster),
    reconciliationDisabled(cluster)
      ? 'the operator is told to leave it alone (cnpg.io/reconciliationLoop: disabled)'
      : 'reconciliation is on',
    'Remove the annotation: without the operator the change has no effect.',
  );

export const noSwitchover = (cluster: Cluster, severity: Severity, remedy: string): Check =>
  check(
    severity,
    `${cluster.metadata.name}: no switchover between its instances`,
    !switchoverInProgress(cluster),
    switchoverInProgress(cluster)
      ? `${cluster.status?.targetPrimary ?? ''} is becoming ${leaderWord(cluster)}`
      : 'none is running',
    remedy,
  );

/** @param instance that may be becoming (designated) primary; absent: none may */
export function nothingElse(cluster: Cluster, instance?: string): Check {
  const { phase, targetPrimary } = cluster.status ?? {};
  const problem = hibernated(cluster)
    ? 'it is hibernated'
    : phase === phases.failover
      ? 'a failover is running'
      : switchoverInProgress(cluster) && targetPrimary !== instance
        ? `${targetPrimary ?? ''} is becoming ${leaderWord(cluster)}`
        : undefined;
  return check(
    'blocks',
    `${cluster.metadata.name}: nothing else in progress`,
    problem === undefined,
    problem ?? 'no other switchover, no failover, not hibernated',
    'Wait until that is over.',
  );
}

export const healthy = (cluster: Cluster, remedy: string): Check =>
  check(
    'warns',
    `${cluster.metadata.name}: healthy`,
    (cluster.status?.phase === phases.healthy || cluster.status?.phase === phases.waitingForUser) && allReady(cluster),
    `${phaseWords(cluster)}; ${readinessWords(cluster)}`,
    remedy,
  );

export function notFenced(cluster: Cluster, remedy: string): Check {
  const fenced = fencedInstances(cluster);
  return check(
    'warns',
    `${cluster.metadata.name}: not fenced`,
    fenced.length === 0,
    fenced.length === 0 ? 'nothing is fenced' : `fenced: ${fenced.includes('*') ? 'all instances' : fenced.join(', ')}`,
    remedy,
  );
}

export const awake = (cluster: Cluster, severity: Severity, remedy: string): Check =>
  check(
    severity,
    `${cluster.metadata.name}: not hibernated`,
    !hibernated(cluster),
    hibernated(cluster) ? 'it is hibernated' : 'it is awake',
    remedy,
  );
