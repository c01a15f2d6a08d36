import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster.ts';
import { phases } from '../../src/model/cluster.ts';
import { blocking } from '../../src/operations/checks.ts';
import { switchPrimary } from '../../src/operations/switch-primary.ts';
import { primaryStatus, standbyStatus } from '../support/clusters.ts';
import type { Given } from '../support/observed.ts';
import { at, changesOf, expectCheck, observed, progressOf } from '../support/observed.ts';
import { needsReference, reference } from '../support/shared.ts';

const eu = at('cluster-eu');
const limits = { lag: 64n * 1024n * 1024n };
const now = new Date('2026-11-23T10:23:58.564Z');
const toSecond = switchPrimary(eu, 'cluster-eu-2', limits, now);

test('writes what kubectl cnpg promote writes', () => {
  const plan = toSecond.plan(observed());
  assert.deepEqual(blocking(plan.checks), []);
  assert.ok(plan.write?.verb === 'patch');
  assert.equal(plan.write.subresource, 'status');
  assert.equal(plan.write.resourceVersion, '1');
  assert.deepEqual(plan.write.patch, {
    status: {
      targetPrimary: 'cluster-eu-2',
      targetPrimaryTimestamp: '2026-11-23T10:23:58.564000Z',
      phase: 'Switchover in progress',
      phaseReason: 'Switching over to cluster-eu-2',
      conditions: [
        { type: 'ContinuousArchiving', status: 'True' },
        {
          type: 'Ready',
          status: 'False',
          reason: 'ClusterIsNotReady',
          message: 'Cluster Is Not Ready',
          lastTransitionTime: '2026-11-23T10:23:58Z',
        },
      ],
    },
  });
  assert.ok(changesOf(plan).includes('status.targetPrimary: cluster-eu-1 -> cluster-eu-2'));
  assert.ok(plan.interrupts);
});

test('the recorded request of kubectl cnpg promote', needsReference, () => {
  const folder = path.join(reference, 'transcripts/03-in-cluster-switchover');
  const actions = fs
    .readFileSync(path.join(folder, 'actions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { action: string; request?: { body: { metadata: object; status: object } } });
  const request = actions.find(({ action }) => action === 'promote instance cluster-a-2')?.request;
  const before = fs
    .readFileSync(path.join(folder, 'k8s1.watch.jsonl'), 'utf8')
    .split('\n')
    .filter(line => line.includes('"res":"clusters"') || line.includes('"res": "clusters"'))
    .map(line => JSON.parse(line) as { obj: Cluster })[0]?.obj;
  assert.ok(request && before);
  const target = { context: 'k8s1', namespace: 'default', name: 'cluster-a' };
  const { write } = switchPrimary(target, 'cluster-a-2', limits, now).plan({
    cluster: before,
    instances: [],
    object: undefined,
  });
  assert.ok(write?.verb === 'patch');
  assert.deepEqual({ metadata: { resourceVersion: write.resourceVersion }, ...write.patch }, request.body);
});

const status = (over: NonNullable<NonNullable<Given['cluster']>['status']>): Given => ({ cluster: { status: over } });
const blocks: [string, RegExp, Given, string?][] = [
  ['the primary itself', /it is primary already/, {}, 'cluster-eu-1'],
  ['no such instance', /its instances are cluster-eu-1, cluster-eu-2, cluster-eu-3/, {}, 'cluster-eu-9'],
  ['not ready', /not ready/, { notReady: [2] }],
  ['fenced', /fenced/, { cluster: { annotations: { 'cnpg.io/fencedInstances': '["cluster-eu-2"]' } } }],
  ['a demotion runs', /being demoted/, status({ switchReplicaClusterStatus: { inProgress: true } })],
  ['another switchover', /cluster-eu-3 is becoming primary/, status({ targetPrimary: 'cluster-eu-3' })],
  ['a failover', /failover/, status({ phase: phases.failover })],
  ['hibernated', /hibernated/, { cluster: { annotations: { 'cnpg.io/hibernation': 'on' } } }],
  [
    'the operator is paused',
    /reconciliationLoop/,
    { cluster: { annotations: { 'cnpg.io/reconciliationLoop': 'disabled' } } },
  ],
];
for (const [title, evidence, given, candidate = 'cluster-eu-2'] of blocks)
  test(`blocks: ${title}`, () => {
    const plan = switchPrimary(eu, candidate, limits, now).plan(observed(given));
    expectCheck(plan, 'blocks', evidence);
    assert.ok(blocking(plan.checks).some(check => !check.yields));
  });

const far = primaryStatus({ currentLsn: '0/F0000000' });
const yields: [string, RegExp, Given][] = [
  ['not streaming', /no WAL receiver/, { statuses: { 2: standbyStatus({ isWalReceiverActive: false }) } }],
  ['not readable', /was not asked/, { statuses: { 2: undefined } }],
  ['lag above the limit', /behind, the limit/, { statuses: { 1: far } }],
];
for (const [title, evidence, given] of yields)
  test(`blocks unless typed: ${title}`, () => {
    const plan = toSecond.plan(observed(given));
    expectCheck(plan, 'blocks', evidence);
    assert.ok(blocking(plan.checks).every(check => check.yields));
  });

const warns: [string, RegExp, Given][] = [
  ['some lag', /32 MB behind/, { statuses: { 1: primaryStatus({ currentLsn: '0/100000A0' }) } }],
  ['paused replay', /paused/, { statuses: { 2: standbyStatus({ replayPaused: true }) } }],
  ['not all ready', /2 of 3/, status({ readyInstances: 2 })],
];
for (const [title, evidence, given] of warns)
  test(`warns: ${title}`, () => expectCheck(toSecond.plan(observed(given)), 'warns', evidence));

test('in a replica cluster the designated primary moves', () => {
  const plan = switchPrimary(at('cluster-us'), 'cluster-us-2', limits, now).plan(observed({ name: 'cluster-us' }));
  assert.deepEqual(blocking(plan.checks), []);
  assert.match(plan.meaning, /becomes designated primary in place of cluster-us-1.*Nothing is promoted/);
});

test('begun in an earlier window: nothing is written again', () =>
  assert.equal(toSecond.plan(observed(status({ targetPrimary: 'cluster-eu-2' }))).write, undefined));

const switched = { targetPrimary: 'cluster-eu-2', currentPrimary: 'cluster-eu-2' };
const steps: [string, string, Given][] = [
  ['the old primary shuts down', 'pending', status({ targetPrimary: 'cluster-eu-2', phase: phases.switchover })],
  ['instances come back', 'pending', status({ ...switched, readyInstances: 2, phase: phases.switchover })],
  [
    'at its end',
    'done',
    { ...status(switched), statuses: { 1: standbyStatus(), 2: primaryStatus({ timeLineID: 4 }) } },
  ],
  ['whether it writes is unknown', 'done with issues', { ...status(switched), statuses: { 2: undefined } }],
  ['the operator turned back', 'failed', {}],
];
for (const [title, expected, given] of steps)
  test(`followed: ${title}`, () => assert.equal(progressOf(toSecond, given), expected));
