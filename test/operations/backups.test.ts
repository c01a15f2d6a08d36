import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Backup, ClusterSpec, ScheduledBackup } from '../../src/model/cluster.ts';
import { backUpNow } from '../../src/operations/back-up-now.ts';
import { resumeSchedule, suspendSchedule } from '../../src/operations/schedules.ts';
import type { Given } from '../support/observed.ts';
import { at, changesOf, expectCheck, observed, progressOf } from '../support/observed.ts';

const eu = at('cluster-eu');
const now = new Date('2026-11-25T01:02:03.456Z');
const name = 'cluster-eu-20261125010203';
const backup = (status?: Backup['status']): Given => ({
  object: { metadata: { name, namespace: 'default' }, ...(status && { status }) },
});

test('a Backup by the plugin that archives', () => {
  const operation = backUpNow(eu, now);
  assert.deepEqual(operation.about, { kind: 'Backup', name });
  const { write, interrupts } = operation.plan(observed());
  assert.ok(write?.verb === 'create');
  assert.deepEqual(write.object, {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Backup',
    metadata: { name, namespace: 'default' },
    spec: {
      cluster: { name: 'cluster-eu' },
      method: 'plugin',
      pluginConfiguration: { name: 'barman-cloud.cloudnative-pg.io' },
    },
  });
  assert.equal(interrupts, false);
  assert.equal(operation.plan(observed(backup())).write, undefined);
});

const methods: [string, Partial<ClusterSpec>, string | undefined][] = [
  ['in-tree', { plugins: [], backup: { barmanObjectStore: { destinationPath: 's3://x' } } }, 'barmanObjectStore'],
  ['snapshots', { plugins: [], backup: { volumeSnapshot: {} } }, 'volumeSnapshot'],
  ['a plugin that is off', { plugins: [{ name: 'barman-cloud.cloudnative-pg.io', enabled: false }] }, undefined],
  ['another archiver', { plugins: [{ name: 'other.example.org', isWALArchiver: true }] }, 'plugin'],
  ['nothing', { plugins: [] }, undefined],
];
for (const [title, spec, method] of methods)
  test(`method: ${title}`, () => {
    const plan = backUpNow(eu, now).plan(observed({ cluster: { spec } }));
    if (method === undefined) return expectCheck(plan, 'blocks', /neither a plugin/);
    assert.ok(plan.write?.verb === 'create');
    assert.equal((plan.write.object as Backup).spec?.method, method);
  });

test('archiving that fails is warned about', () =>
  expectCheck(
    backUpNow(eu, now).plan(
      observed({
        cluster: { status: { conditions: [{ type: 'ContinuousArchiving', status: 'False', message: 'no bucket' }] } },
      }),
    ),
    'warns',
    /no bucket/,
  ));

const steps: [string, string, Given][] = [
  ['not begun', 'pending', backup()],
  ['runs', 'pending', backup({ phase: 'running' })],
  ['waits for WAL', 'pending', backup({ phase: 'walArchivingFailing' })],
  ['completed', 'done', backup({ phase: 'completed', backupId: '20261125T010203' })],
  ['failed', 'failed', backup({ phase: 'failed', error: 'no space' })],
  ['refused', 'failed', backup({ phase: 'invalid backup definition' })],
  ['deleted', 'failed', {}],
];
for (const [title, expected, given] of steps)
  test(`backup followed: ${title}`, () => assert.equal(progressOf(backUpNow(eu, now), given), expected));

const schedule = (suspend?: boolean): Given => {
  const object: ScheduledBackup = {
    metadata: { name: 'daily', namespace: 'default', resourceVersion: '7' },
    spec: { cluster: { name: 'cluster-eu' }, schedule: '0 0 2 * * *', ...(suspend !== undefined && { suspend }) },
  };
  return { object };
};

test('a schedule is suspended and resumed', () => {
  const { write } = suspendSchedule(eu, 'daily', now).plan(observed(schedule()));
  assert.ok(write?.verb === 'patch');
  assert.deepEqual([write.kind, write.target.name, write.resourceVersion], ['ScheduledBackup', 'daily', '7']);
  assert.deepEqual(write.patch, { spec: { suspend: true } });
  const resumed = resumeSchedule(eu, 'daily', now).plan(observed(schedule(true)));
  assert.deepEqual(changesOf(resumed), ['spec.suspend: true -> false']);
  assert.match(resumed.meaning, /next 2026-11-25 02:00 UTC/);
  assert.deepEqual(changesOf(resumeSchedule(eu, 'daily', now).plan(observed(schedule()))), []);
});

test('a schedule that is gone blocks', () =>
  expectCheck(suspendSchedule(eu, 'daily', now).plan(observed()), 'blocks', /does not exist/));

test('a schedule followed', () => {
  assert.equal(progressOf(suspendSchedule(eu, 'daily', now), schedule(true)), 'done');
  assert.equal(progressOf(suspendSchedule(eu, 'daily', now), schedule()), 'failed');
  assert.equal(progressOf(resumeSchedule(eu, 'daily', now), schedule()), 'done');
  assert.equal(progressOf(resumeSchedule(eu, 'daily', now), {}), 'failed');
});
