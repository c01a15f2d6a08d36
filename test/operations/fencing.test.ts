import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fenced } from '../../src/operations/fencing.ts';
import { fence, unfence } from '../../src/operations/fencing.ts';
import type { Given } from '../support/observed.ts';
import { at, changesOf, expectCheck, observed, progressOf } from '../support/observed.ts';

const field = 'metadata.annotations["cnpg.io/fencedInstances"]';
const eu = at('cluster-eu');
const fenced = (...names: string[]): Given => ({
  cluster: { annotations: { 'cnpg.io/fencedInstances': JSON.stringify(names) } },
});

const writes: [string, 'fence' | 'unfence', Fenced, Given, string[]][] = [
  ['one', 'fence', ['cluster-eu-2'], {}, [`${field}: (absent) -> ["cluster-eu-2"]`]],
  [
    'one more, sorted',
    'fence',
    ['cluster-eu-2'],
    fenced('cluster-eu-3'),
    [`${field}: ["cluster-eu-3"] -> ["cluster-eu-2","cluster-eu-3"]`],
  ],
  ['all', 'fence', '*', fenced('cluster-eu-3'), [`${field}: ["cluster-eu-3"] -> ["*"]`]],
  ['one that is fenced', 'fence', ['cluster-eu-2'], fenced('cluster-eu-2'), []],
  ['one while all are', 'fence', ['cluster-eu-2'], fenced('*'), []],
  ['the last', 'unfence', ['cluster-eu-2'], fenced('cluster-eu-2'), [`${field}: ["cluster-eu-2"] -> (absent)`]],
  [
    'one of two',
    'unfence',
    ['cluster-eu-2'],
    fenced('cluster-eu-2', 'cluster-eu-3'),
    [`${field}: ["cluster-eu-2","cluster-eu-3"] -> ["cluster-eu-3"]`],
  ],
  ['all', 'unfence', '*', fenced('*'), [`${field}: ["*"] -> (absent)`]],
  ['what is not fenced', 'unfence', ['cluster-eu-2'], {}, []],
];

for (const [title, verb, which, given, expected] of writes)
  test(`${verb} ${title}`, () => {
    const plan = (verb === 'fence' ? fence : unfence)(eu, which).plan(observed(given));
    assert.deepEqual(changesOf(plan), expected);
    if (plan.write?.verb === 'patch') assert.equal(plan.write.resourceVersion, '1');
  });

const inProgress: Given = { cluster: { status: { switchReplicaClusterStatus: { inProgress: true } } } };
const blocks: [string, RegExp, 'fence' | 'unfence', Fenced, Given][] = [
  ['a demotion runs', /being demoted/, 'fence', ['cluster-eu-2'], inProgress],
  ['a demotion runs', /being demoted/, 'unfence', '*', inProgress],
  ['no such instance', /it has no cluster-eu-9/, 'fence', ['cluster-eu-9'], {}],
  ['one while all are', /all instances are fenced/, 'unfence', ['cluster-eu-2'], fenced('*')],
];
for (const [title, evidence, verb, which, given] of blocks)
  test(`${verb} blocks: ${title}`, () =>
    expectCheck((verb === 'fence' ? fence : unfence)(eu, which).plan(observed(given)), 'blocks', evidence));

const warns: [string, RegExp, Fenced, Given][] = [
  ['the primary', /writes stop until it is unfenced/, ['cluster-eu-1'], {}],
  ['all', /writes stop until it is unfenced/, '*', {}],
  ['the last ready standby', /no ready standby/, ['cluster-eu-2'], { notReady: [3] }],
  [
    'during a switchover',
    /cluster-eu-3 is becoming primary/,
    ['cluster-eu-2'],
    { cluster: { status: { targetPrimary: 'cluster-eu-3' } } },
  ],
  [
    'while the operator is paused',
    /reconciliationLoop/,
    ['cluster-eu-2'],
    { cluster: { annotations: { 'cnpg.io/reconciliationLoop': 'disabled' } } },
  ],
  [
    'a Cluster of Flux',
    /kustomize.toolkit/,
    ['cluster-eu-2'],
    { cluster: { annotations: { 'kustomize.toolkit.fluxcd.io/name': 'pg' } } },
  ],
];
for (const [title, evidence, which, given] of warns)
  test(`fence warns: ${title}`, () => expectCheck(fence(eu, which).plan(observed(given)), 'warns', evidence));

test('a manager of fields tells of GitOps as well', () => {
  const seen = observed();
  seen.cluster.metadata.managedFields = [{ manager: 'argocd-controller', operation: 'Apply' }];
  expectCheck(fence(eu, ['cluster-eu-2']).plan(seen), 'warns', /argocd-controller manages fields/);
});

test('typed where service is interrupted; the role is named right', () => {
  assert.equal(fence(eu, ['cluster-eu-2']).plan(observed()).interrupts, false);
  assert.equal(fence(eu, '*').plan(observed()).interrupts, true);
  const primary = fence(eu, ['cluster-eu-1']).plan(observed());
  assert.ok(primary.interrupts);
  assert.match(
    fence(eu, ['cluster-eu-2', 'cluster-eu-3']).plan(observed()).meaning,
    /are unfenced; pods and volumes stay\. Their sessions end\.$/,
  );
  assert.match(primary.meaning, /is the primary: writes stop, and no instance takes over/);
  const designated = fence(at('cluster-us'), ['cluster-us-1']).plan(observed({ name: 'cluster-us' }));
  assert.match(designated.meaning, /is the designated primary: cluster-us is no longer fed/);
  assert.equal(unfence(eu, '*').plan(observed(fenced('*'))).interrupts, false);
});

const down = { isPrimary: false, mightBeUnavailable: true };
const steps: [string, 'fence' | 'unfence', string, Given][] = [
  ['still running', 'fence', 'pending', fenced('cluster-eu-2')],
  ['its instance manager says so', 'fence', 'done', { ...fenced('cluster-eu-2'), statuses: { 2: down } }],
  [
    'it does not answer and is not ready: its node may only be cut off',
    'fence',
    'done with issues',
    { ...fenced('cluster-eu-2'), statuses: { 2: undefined }, notReady: [2] },
  ],
  ['somebody took it back', 'fence', 'failed', {}],
  ['still down', 'unfence', 'pending', { statuses: { 2: down }, notReady: [2] }],
  ['up again', 'unfence', 'done', {}],
  ['fenced anew', 'unfence', 'failed', fenced('cluster-eu-2')],
];
for (const [title, verb, expected, given] of steps)
  test(`${verb} followed: ${title}`, () =>
    assert.equal(progressOf((verb === 'fence' ? fence : unfence)(eu, ['cluster-eu-2']), given), expected));

test('unfencing a former primary is held until there is no other', () => {
  const made = unfence(eu, '*', () => ({ writers: ['cluster-us'], unseen: [] })).plan(observed(fenced('*')));
  expectCheck(made, 'blocks', /cluster-us is primary now/);
});
