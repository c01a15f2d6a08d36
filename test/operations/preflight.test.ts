import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check } from '../../src/operations/checks.ts';
import { blocking } from '../../src/operations/checks.ts';
import { preflight } from '../../src/operations/preflight.ts';
import type { InstanceStatus } from '../../src/model/instance-status.ts';
import type { Overrides } from '../support/clusters.ts';
import { member, primaryStatus, standbyStatus } from '../support/clusters.ts';

interface Given {
  a?: Overrides;
  b?: Overrides;
  aStatus?: InstanceStatus | undefined;
  bStatus?: InstanceStatus;
  denied?: boolean;
}

function checksOf({ a = {}, b = {}, bStatus = standbyStatus(), denied = false, ...given }: Given): Check[] {
  const aStatus = 'aStatus' in given ? given.aStatus : primaryStatus();
  const may = { allowed: !denied, reason: denied ? 'RBAC' : '' };
  return preflight(
    { cluster: member('cluster-eu', a), leader: aStatus && { kind: 'read', status: aStatus, readAt: 0 } },
    { cluster: member('cluster-us', b), leader: { kind: 'read', status: bStatus, readAt: 0 } },
    { mayPatch: { a: may, b: may }, dryRun: { a: undefined, b: undefined } },
  );
}

const blocks: [string, RegExp, Given][] = [
  ['the primary is no primary', /not the primary cluster/, { a: { replica: { primary: 'cluster-us' } } }],
  ['the replica follows another', /follows "cluster-ap"/, { b: { replica: { source: 'cluster-ap' } } }],
  ['a standalone replica', /standalone/, { b: { replica: { enabled: true } } }],
  [
    'an entry is missing',
    /cluster-eu has no entry "cluster-us"/,
    { a: { spec: { externalClusters: [{ name: 'cluster-eu' }] } } },
  ],
  ['different systems', /7711301592564678675 and 1/, { b: { status: { systemID: '1' } } }],
  [
    'a role change is in progress',
    /in progress/,
    { a: { status: { switchReplicaClusterStatus: { inProgress: true } } } },
  ],
  ['an in-cluster switchover', /cluster-us-2/, { b: { status: { targetPrimary: 'cluster-us-2' } } }],
  ['fenced', /fenced: \*/, { b: { annotations: { 'cnpg.io/fencedInstances': '["*"]' } } }],
  ['hibernated', /hibernated/, { b: { annotations: { 'cnpg.io/hibernation': 'on' } } }],
  [
    'the operator is paused',
    /reconciliationLoop/,
    { a: { annotations: { 'cnpg.io/reconciliationLoop': 'disabled' } } },
  ],
  ['a delayed replica', /minApplyDelay is 8h/, { b: { replica: { minApplyDelay: '8h' } } }],
  ['no archive', /no archive/, { a: { spec: { plugins: [] } } }],
  ['archiving switched off', /skipWalArchiving/, { a: { annotations: { 'cnpg.io/skipWalArchiving': 'enabled' } } }],
  [
    'archiving fails by the condition',
    /denied/,
    { a: { status: { conditions: [{ type: 'ContinuousArchiving', status: 'False', message: 'denied' }] } } },
  ],
  ['archiving fails by the archiver', /files waiting/, { aStatus: primaryStatus({ isArchivingWAL: false }) }],
  ['a large archive backlog', /200 files waiting/, { aStatus: primaryStatus({ readyWalFiles: 200 }) }],
  ['no right', /denied \(RBAC\)/, { denied: true }],
];

for (const [title, evidence, given] of blocks)
  test(`blocks: ${title}`, () => {
    const found = blocking(checksOf(given));
    assert.ok(
      found.some(check => evidence.test(check.evidence)),
      JSON.stringify(found),
    );
    assert.ok(found.every(check => check.remedy !== ''));
  });

const warns: [string, RegExp, Given][] = [
  ['not all instances are ready', /2 of 3/, { b: { status: { readyInstances: 2 } } }],
  ['a phase that is not healthy', /Upgrading/, { a: { status: { phase: 'Upgrading cluster' } } }],
  ['a replica without an archive of its own', /none/, { b: { spec: { plugins: [] } } }],
  ['lag of more than one segment', /behind/, { bStatus: standbyStatus({ replayLsn: '0/1000000' }) }],
  ['a small archive backlog', /20 files waiting/, { aStatus: primaryStatus({ readyWalFiles: 20 }) }],
  ['fewer instances', /1 and 3/, { b: { spec: { instances: 1 } } }],
  ['owned by Argo CD', /argocd/, { b: { annotations: { 'argocd.argoproj.io/tracking-id': 'pg' } } }],
  ['the archiver could not be asked', /could not be asked/, { aStatus: undefined }],
];

for (const [title, evidence, given] of warns)
  test(`warns: ${title}`, () => {
    const checks = checksOf(given);
    assert.deepEqual(blocking(checks), []);
    assert.ok(
      checks.some(check => check.outcome !== 'ok' && evidence.test(check.evidence)),
      JSON.stringify(checks),
    );
  });
