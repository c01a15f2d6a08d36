import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reloadCluster } from '../../src/operations/reload.ts';
import type { Given } from '../support/observed.ts';
import { at, changesOf, expectCheck, observed, progressOf } from '../support/observed.ts';
import { standbyStatus } from '../support/clusters.ts';

const now = new Date('2026-11-25T01:02:03.456Z');
const reload = reloadCluster(at('cluster-eu'), now);
const reloaded = (time: string): Given => ({ cluster: { annotations: { 'cnpg.io/reloadedAt': time } } });

test('the time is written once', () => {
  const plan = reload.plan(observed());
  assert.deepEqual(changesOf(plan), [
    'metadata.annotations["cnpg.io/reloadedAt"]: (absent) -> 2026-11-25T01:02:03.456Z',
  ]);
  assert.equal(plan.interrupts, false);
  assert.deepEqual(changesOf(reload.plan(observed(reloaded(now.toISOString())))), []);
});

test('a hibernated Cluster has nothing to reload', () =>
  expectCheck(
    reload.plan(observed({ cluster: { annotations: { 'cnpg.io/hibernation': 'on' } } })),
    'blocks',
    /hibernated/,
  ));

const steps: [string, string, Given][] = [
  ['requested', 'done', reloaded(now.toISOString())],
  ['a later one', 'done', reloaded('2026-11-25T01:02:09.000Z')],
  ['taken back', 'failed', {}],
  [
    'parameters wait for a restart',
    'done with issues',
    { ...reloaded(now.toISOString()), statuses: { 2: standbyStatus({ pendingRestart: true }) } },
  ],
];
for (const [title, expected, given] of steps)
  test(`reload followed: ${title}`, () => assert.equal(progressOf(reload, given), expected));

test('no end is claimed', () => {
  const progress = reload.progress(observed(reloaded(now.toISOString())), undefined);
  assert.ok(progress.kind === 'done');
  assert.match(progress.evidence, /CNPG does not report its end/);
});
