import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OtherMembers } from '../../src/model/other-members.ts';
import { noOthers } from '../../src/model/other-members.ts';
import { blocking } from '../../src/operations/checks.ts';
import { hibernate, wake } from '../../src/operations/hibernation.ts';
import type { Given } from '../support/observed.ts';
import { at, changesOf, expectCheck, observed, progressOf } from '../support/observed.ts';
import { primaryStatus } from '../support/clusters.ts';

const eu = at('cluster-eu');
const field = 'metadata.annotations["cnpg.io/hibernation"]';
const asleep = { 'cnpg.io/hibernation': 'on' };
const state = (status: 'True' | 'False', reason: string): Given => ({
  cluster: { annotations: asleep, status: { conditions: [{ type: 'cnpg.io/hibernation', status, reason }] } },
});

test('the annotation is set, and set off', () => {
  assert.deepEqual(changesOf(hibernate(eu).plan(observed())), [`${field}: (absent) -> on`]);
  assert.deepEqual(changesOf(hibernate(eu).plan(observed({ cluster: { annotations: asleep } }))), []);
  assert.deepEqual(changesOf(wake(eu).plan(observed({ cluster: { annotations: asleep } }))), [`${field}: on -> off`]);
  assert.deepEqual(changesOf(wake(eu).plan(observed())), []);
});

test('hibernation is typed, and says what ends', () => {
  const primary = hibernate(eu).plan(observed());
  assert.ok(primary.interrupts);
  assert.match(primary.meaning, /nobody can read or write/);
  const replica = hibernate(at('cluster-us')).plan(observed({ name: 'cluster-us' }));
  assert.match(replica.meaning, /neither follows its source nor archives/);
  assert.equal(wake(eu).plan(observed({ cluster: { annotations: asleep } })).interrupts, false);
});

const blocks: [string, RegExp, Given][] = [
  ['a demotion runs', /being demoted/, { cluster: { status: { switchReplicaClusterStatus: { inProgress: true } } } }],
  ['a switchover', /cluster-eu-2 is becoming primary/, { cluster: { status: { targetPrimary: 'cluster-eu-2' } } }],
  ['no operator', /reconciliationLoop/, { cluster: { annotations: { 'cnpg.io/reconciliationLoop': 'disabled' } } }],
];
for (const [title, evidence, given] of blocks)
  test(`hibernation blocks: ${title}`, () => expectCheck(hibernate(eu).plan(observed(given)), 'blocks', evidence));

const archiving = (status: 'True' | 'False', message = ''): Given => ({
  cluster: { status: { conditions: [{ type: 'ContinuousArchiving', status, message }] } },
});
const warns: [string, RegExp, Given][] = [
  ['archiving fails', /archiving fails: no bucket/, archiving('False', 'no bucket')],
  ['WAL waits', /3 WAL files wait/, { ...archiving('True'), statuses: { 1: primaryStatus({ readyWalFiles: 3 }) } }],
  ['it does not archive', /does not say/, { cluster: { status: { conditions: [] } } }],
  ['unhealthy', /2 of 3 instances ready/, { cluster: { status: { readyInstances: 2 } } }],
];
for (const [title, evidence, given] of warns)
  test(`hibernation warns: ${title}`, () => expectCheck(hibernate(eu).plan(observed(given)), 'warns', evidence));

test('waking warns of what stays down', () =>
  expectCheck(
    wake(eu).plan(observed({ cluster: { annotations: { ...asleep, 'cnpg.io/fencedInstances': '["*"]' } } })),
    'warns',
    /fenced: all instances/,
  ));

const woken = (given: Given, others: OtherMembers) =>
  wake(eu, () => others).plan(observed({ ...given, cluster: { annotations: asleep, ...given.cluster } }));
test('waking a primary looks whether there is another by now', () => {
  const made = woken({}, { writers: ['cluster-us'], unseen: [] });
  expectCheck(made, 'blocks', /cluster-us is primary now/);
  assert.deepEqual(
    blocking(made.checks).map(({ yields }) => yields),
    [true],
  );
  expectCheck(woken({}, { writers: [], unseen: ['cluster-us'] }), 'warns', /cluster-us cannot be seen now/);
  assert.deepEqual(blocking(woken({}, noOthers).checks), []);
  const fenced = { annotations: { ...asleep, 'cnpg.io/fencedInstances': '["*"]' } };
  assert.deepEqual(blocking(woken({ cluster: fenced }, { writers: ['cluster-us'], unseen: [] }).checks), []);
  const replica = { replica: { primary: 'cluster-us' } };
  assert.deepEqual(blocking(woken({ cluster: replica }, { writers: ['cluster-us'], unseen: [] }).checks), []);
});

const steps: [string, 'hibernate' | 'wake', string, Given][] = [
  ['pods are left', 'hibernate', 'pending', state('False', 'DeletingPods')],
  ['the last pods go', 'hibernate', 'pending', state('True', 'Hibernated')],
  ['no pods', 'hibernate', 'done', { ...state('True', 'Hibernated'), pods: [], statuses: {} }],
  ['waits for health', 'hibernate', 'pending', { ...state('False', 'WaitingForHealthy') }],
  ['woken by others', 'hibernate', 'failed', {}],
  ['not all ready', 'wake', 'pending', { cluster: { status: { readyInstances: 1 } } }],
  ['all ready', 'wake', 'done', {}],
  [
    'the condition is still there',
    'wake',
    'pending',
    { cluster: { status: { conditions: [{ type: 'cnpg.io/hibernation', status: 'False' }] } } },
  ],
  ['asleep again', 'wake', 'failed', { cluster: { annotations: asleep } }],
];
for (const [title, verb, expected, given] of steps)
  test(`${verb} followed: ${title}`, () =>
    assert.equal(progressOf((verb === 'wake' ? wake : hibernate)(eu), given), expected));
