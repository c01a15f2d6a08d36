import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phases } from '../../src/model/cluster.ts';
import type { Pod } from '../../src/model/kubernetes.ts';
import { restartCluster, restartInstance } from '../../src/operations/restart.ts';
import type { Given } from '../support/observed.ts';
import { at, changesOf, expectCheck, observed, progressOf } from '../support/observed.ts';
import { pod } from '../support/clusters.ts';

const eu = at('cluster-eu');
const now = new Date('2026-11-25T01:02:03.456Z');
const annotation = 'kubectl.kubernetes.io/restartedAt';
const asked = { [annotation]: now.toISOString() };

/** The pods of cluster-eu; those with these serials were made after the restart was asked for. */
const pods = (...restarted: number[]): Pod[] =>
  [1, 2, 3].map(serial => {
    const made = pod('cluster-eu', serial);
    made.metadata.uid = `uid-${serial}`;
    if (restarted.includes(serial)) made.metadata.annotations = asked;
    return made;
  });

test('the time of the restart is written', () => {
  const plan = restartCluster(eu, now).plan(observed());
  assert.deepEqual(changesOf(plan), [`metadata.annotations["${annotation}"]: (absent) -> 2026-11-25T01:02:03.456Z`]);
  assert.ok(plan.interrupts);
  assert.match(plan.meaning, /the primary is restarted without a switchover: its sessions end, and nobody can write/);
});

test('a restart that is under way is followed, not asked for again', () => {
  const given: Given = { cluster: { annotations: asked }, pods: pods(3) };
  const plan = restartCluster(eu, new Date()).plan(observed(given));
  assert.deepEqual(changesOf(plan), []);
  assert.match(plan.meaning, /^A restart is under way/);
  const ended = restartCluster(eu, new Date('2026-11-26')).plan(observed({ ...given, pods: pods(1, 2, 3) }));
  assert.equal(changesOf(ended).length, 1);
});

test('what happens to the primary is said', () => {
  const switched = restartCluster(eu, now).plan(observed({ cluster: { spec: { primaryUpdateMethod: 'switchover' } } }));
  assert.match(switched.meaning, /another instance becomes primary/);
  expectCheck(
    restartCluster(eu, now).plan(observed({ cluster: { spec: { primaryUpdateStrategy: 'supervised' } } })),
    'warns',
    /supervised/,
  );
  const replica = restartCluster(at('cluster-us'), now).plan(observed({ name: 'cluster-us' }));
  assert.match(replica.meaning, /the designated primary is restarted without a switchover: its sessions end\.$/);
});

const blocks: [string, RegExp, Given][] = [
  ['hibernated', /it is hibernated/, { cluster: { annotations: { 'cnpg.io/hibernation': 'on' } } }],
  ['a failover', /a failover is running/, { cluster: { status: { phase: phases.failover } } }],
  ['a switchover', /cluster-eu-2 is becoming primary/, { cluster: { status: { targetPrimary: 'cluster-eu-2' } } }],
  ['a demotion', /being demoted/, { cluster: { status: { switchReplicaClusterStatus: { inProgress: true } } } }],
];
for (const [title, evidence, given] of blocks) {
  test(`restart of a Cluster blocks: ${title}`, () =>
    expectCheck(restartCluster(eu, now).plan(observed(given)), 'blocks', evidence));
  test(`restart of an instance blocks: ${title}`, () =>
    expectCheck(restartInstance(eu, 'cluster-eu-2', undefined).plan(observed(given)), 'blocks', evidence));
}

const steps: [string, string, Given][] = [
  ['none is new', 'pending', { cluster: { annotations: asked }, pods: pods() }],
  ['the primary is left', 'pending', { cluster: { annotations: asked }, pods: pods(2, 3) }],
  [
    'all are new, not healthy',
    'pending',
    { cluster: { annotations: asked, status: { readyInstances: 2 } }, pods: pods(1, 2, 3) },
  ],
  ['all are new and healthy', 'done', { cluster: { annotations: asked }, pods: pods(1, 2, 3) }],
];
for (const [title, expected, given] of steps)
  test(`restart of a Cluster followed: ${title}`, () =>
    assert.equal(progressOf(restartCluster(eu, now), given), expected));

test('a supervised restart says that it waits for the user', () => {
  const given: Given = { cluster: { annotations: asked, status: { phase: phases.waitingForUser } }, pods: pods(2, 3) };
  const progress = restartCluster(eu, now).progress(observed(given), undefined);
  assert.ok(progress.kind === 'pending');
  assert.match(progress.evidence, /cluster-eu-1 waits for you: run CNPG: Switch Primary Instance/);
});

test('the pod of a standby is deleted, the one that was looked at', () => {
  const plan = restartInstance(eu, 'cluster-eu-2', 'uid-2').plan(observed({ pods: pods() }));
  assert.ok(plan.write?.verb === 'delete');
  assert.equal(plan.write.uid, 'uid-2');
  assert.equal(plan.write.target.name, 'cluster-eu-2');
  assert.equal(plan.interrupts, false);
  const later = restartInstance(eu, 'cluster-eu-2', 'uid-before').plan(observed({ pods: pods() }));
  assert.equal(later.write, undefined);
});

test('a standby is back when its new pod is ready', () => {
  const operation = restartInstance(eu, 'cluster-eu-2', 'uid-2');
  const sent = operation.plan(observed({ pods: pods() })).write;
  const kind = (given: Given): string => operation.progress(observed(given), sent).kind;
  assert.equal(kind({ pods: pods() }), 'pending');
  assert.equal(kind({ pods: pods().filter(({ metadata }) => metadata.name !== 'cluster-eu-2') }), 'pending');
  const renewed = pods();
  if (renewed[1]) renewed[1].metadata.uid = 'uid-new';
  assert.equal(kind({ pods: renewed }), 'done');
});

test('PostgreSQL of the primary is restarted in its pod', () => {
  const operation = restartInstance(eu, 'cluster-eu-1', 'uid-1');
  const plan = operation.plan(observed());
  assert.ok(plan.interrupts);
  assert.deepEqual(changesOf(plan), [
    `status.phase: ${phases.healthy} -> Primary instance is being restarted in-place`,
    'status.phaseReason: (absent) -> Requested by the user',
  ]);
  const restarting: Given = { cluster: { status: { phase: phases.restartingInPlace } } };
  assert.deepEqual(changesOf(operation.plan(observed(restarting))), []);
  assert.equal(progressOf(operation, restarting), 'pending');
  assert.equal(progressOf(operation, {}), 'done');
});

test('the last ready standby is warned about; an unknown instance blocks', () => {
  expectCheck(
    restartInstance(eu, 'cluster-eu-2', undefined).plan(observed({ notReady: [3] })),
    'warns',
    /no other standby is ready/,
  );
  expectCheck(
    restartInstance(eu, 'cluster-eu-9', undefined).plan(observed()),
    'blocks',
    /its instances are cluster-eu-1/,
  );
});
