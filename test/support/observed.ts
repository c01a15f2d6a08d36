/** What an operation looks at, made from a Cluster of the test and what its instances say. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/model/cluster.ts';
import type { InstanceStatus } from '../../src/model/instance-status.ts';
import { instancesOf } from '../../src/model/instances.ts';
import type { KubernetesObject, Pod } from '../../src/model/kubernetes.ts';
import type { Check } from '../../src/operations/checks.ts';
import { blocking } from '../../src/operations/checks.ts';
import type { Observed, Operation, OperationPlan } from '../../src/operations/operation.ts';
import type { Overrides } from './clusters.ts';
import { member, pod, primaryStatus, snapshotOf, standbyStatus } from './clusters.ts';

export interface Given {
  name?: 'cluster-eu' | 'cluster-us';
  cluster?: Overrides;
  /** By serial; `undefined`: it does not answer. */
  statuses?: Record<number, InstanceStatus | undefined>;
  notReady?: readonly number[];
  pods?: Pod[];
  object?: KubernetesObject;
}

const labels = { 'app.kubernetes.io/managed-by': 'test' };

/** Three instances that stream from the first, unless told otherwise. */
export function observed({ name = 'cluster-eu', cluster: over = {}, ...given }: Given = {}): Observed {
  const cluster: Cluster = member(name, over);
  cluster.metadata.labels = labels;
  const leader = name === 'cluster-eu' ? primaryStatus() : standbyStatus();
  const statuses = { 1: leader, 2: standbyStatus(), 3: standbyStatus(), ...given.statuses };
  const known = Object.entries(statuses).flatMap(([serial, status]) => (status ? [[serial, status] as const] : []));
  const snapshot = {
    ...snapshotOf('eu', cluster, Object.fromEntries(known)),
    pods: given.pods ?? [1, 2, 3].map(serial => pod(name, serial, !given.notReady?.includes(serial))),
  };
  return { cluster, instances: instancesOf(cluster, snapshot), object: given.object };
}

export const at = (name: string): { context: string; namespace: string; name: string } => ({
  context: name === 'cluster-eu' ? 'eu' : 'us',
  namespace: 'default',
  name,
});

/** The plan of an operation with one unfulfilled check that says so. */
export function expectCheck(plan: OperationPlan, severity: Check['severity'], evidence: RegExp): void {
  const found = plan.checks.filter(check => check.outcome !== 'ok' && check.severity === severity);
  assert.ok(
    found.some(check => evidence.test(check.evidence)),
    JSON.stringify(plan.checks, null, 1),
  );
  assert.ok(found.every(check => check.remedy !== ''));
  if (severity === 'warns') assert.deepEqual(blocking(plan.checks), []);
}

/** `metadata.annotations["x"] (absent) -> on`, one line a field; empty: nothing to write. */
export const changesOf = (plan: OperationPlan): string[] =>
  plan.write?.changes.map(({ field, from, to }) => `${field}: ${from} -> ${to}`) ?? [];

/** `pending`, `done`, `done with issues`, `failed`. */
export function progressOf(operation: Operation, given: Given): string {
  const progress = operation.progress(observed(given), undefined);
  assert.ok(progress.kind !== 'pending' || progress.stalled !== '');
  return progress.kind === 'done' && progress.issues.length > 0 ? 'done with issues' : progress.kind;
}
