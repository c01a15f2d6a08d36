import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check } from '../../src/operations/checks.ts';
import { blocking } from '../../src/operations/checks.ts';
import type { AskedFacts } from '../../src/operations/preflight.ts';
import { preflight } from '../../src/operations/preflight.ts';
import type { ArchiveReading } from '../../src/operations/surroundings.ts';
import { unknownSide } from '../../src/operations/surroundings.ts';
import type { InstanceStatus } from '../../src/model/instance-status.ts';
import type { Overrides } from '../support/clusters.ts';
import { member, primaryStatus, standbyStatus, switchover } from '../support/clusters.ts';

interface Given {
  a?: Overrides;
  b?: Overrides;
  aStatus?: InstanceStatus | undefined;
  bStatus?: InstanceStatus;
  denied?: boolean;
  asked?: Partial<AskedFacts>;
}

const noon = Date.UTC(2026, 10, 23, 12);
const known = { ...unknownSide, lastBackup: noon - 3_600_000 };
const read: ArchiveReading = { kind: 'read', newest: { name: '00000003000000000000000D', storedAt: noon } };

function checksOf({ a = {}, b = {}, bStatus = standbyStatus(), denied = false, asked = {}, ...given }: Given): Check[] {
  const version = { instanceManagerVersion: '1.30.0' };
  const aStatus = 'aStatus' in given ? given.aStatus && { ...version, ...given.aStatus } : primaryStatus(version);
  const of18 = (over: Overrides): Overrides => ({
    ...over,
    status: { pgDataImageInfo: { majorVersion: 18 }, ...over.status },
  });
  const may = { allowed: !denied, reason: denied ? 'RBAC' : '' };
  return preflight(
    { cluster: member('cluster-eu', of18(a)), leader: aStatus && { kind: 'read', status: aStatus, readAt: 0 } },
    { cluster: member('cluster-us', of18(b)), leader: { kind: 'read', status: { ...version, ...bStatus }, readAt: 0 } },
    {
      plan: switchover,
      mayPatch: { a: may, b: may },
      mayLook: { a: may, b: may },
      dryRun: { a: undefined, b: undefined },
      known: { a: known, b: known },
      otherPrimaries: [],
      reads: { a: read, b: read },
      secrets: [],
      lagLimit: 1024n * 1024n * 1024n,
      at: noon,
      ...asked,
    },
  );
}

test('a healthy pair passes all of them', () => {
  assert.deepEqual(
    checksOf({}).filter(({ outcome }) => outcome !== 'ok'),
    [],
  );
});

for (const lastArchivedWAL of [
  '00000003000000000000000E.partial',
  '00000004.history',
  '00000003000000000000000D.00000028.backup',
])
  test(`what is archived last is no complete segment: ${lastArchivedWAL}`, () => {
    const checks = checksOf({
      aStatus: primaryStatus({ lastArchivedWAL }),
      bStatus: standbyStatus({ lastArchivedWAL }),
    });
    assert.deepEqual(
      checks.filter(({ outcome }) => outcome !== 'ok').map(({ title }) => title),
      [],
    );
  });

const newest = (name: string): ArchiveReading => ({ kind: 'read', newest: { name, storedAt: noon } });
const memory = (size: string) => ({ spec: { resources: { limits: { memory: size } } } });

const blocks: [string, RegExp, Given][] = [
  ['the primary is no primary', /not the primary cluster/, { a: { replica: { primary: 'cluster-us' } } }],
  [
    'the primary waits for its own promotion',
    /waits for its promotion with a token/,
    { a: { replica: { promotionToken: 'x' } } },
  ],
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
  ['another primary in the topology', /cluster-ap is primary as well/, { asked: { otherPrimaries: ['cluster-ap'] } }],
  ['replay is paused', /it is paused/, { bStatus: standbyStatus({ replayPaused: true }) }],
  [
    'the way back from the last switchover does not work yet',
    /timelines 2 and 3/,
    { bStatus: standbyStatus({ isWalReceiverActive: false, timeLineID: 2 }) },
  ],
  [
    'too far behind',
    /the limit \(cnpg.lagLimit\) is 1.0 MB/,
    { bStatus: standbyStatus({ replayLsn: '0/D000000' }), asked: { lagLimit: 1024n * 1024n } },
  ],
  [
    'it reads another folder',
    /newest segment is 000000020000000000000009.*says 00000003000000000000000D/,
    { asked: { reads: { a: read, b: newest('000000020000000000000009') } } },
  ],
  [
    'it reads an empty folder',
    /no WAL is there/,
    { asked: { reads: { a: read, b: { kind: 'read', newest: undefined } } } },
  ],
  ['another major version', /cluster-us: 17/, { b: { status: { pgDataImageInfo: { majorVersion: 17 } } } }],
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
  ['fewer instances', /3 of 1 and 3 of 3/, { b: { spec: { instances: 1 } } }],
  [
    'an extension that the other side lacks',
    /missing: pg_cron, postgis/,
    {
      a: {
        spec: {
          postgresql: { shared_preload_libraries: ['pg_cron', 'pgaudit'], extensions: [{ name: 'postgis' }] },
        },
      },
      b: { spec: { postgresql: { shared_preload_libraries: ['pgaudit'] } } },
    },
  ],
  ['owned by Argo CD', /argocd/, { b: { annotations: { 'argocd.argoproj.io/tracking-id': 'pg' } } }],
  [
    'an archive that cannot be read from here',
    /not verified from here: 403/,
    { asked: { reads: { a: read, b: { kind: 'unreadable', reason: '403' } } } },
  ],
  [
    'an entry without archive',
    /can only stream/,
    {
      b: {
        spec: {
          externalClusters: ['cluster-eu', 'cluster-us'].map(name => ({ name, connectionParameters: { host: name } })),
        },
      },
    },
  ],
  ['no base backup', /none is known/, { asked: { known: { a: known, b: unknownSide } } }],
  [
    'a base backup is being taken',
    /^nightly$/,
    { asked: { known: { a: { ...known, runningBackups: ['nightly'] }, b: known } } },
  ],
  [
    'another minor version',
    /18.4, cluster-us: 18.3/,
    {
      a: { status: { image: 'pg:18.4', pgDataImageInfo: {} } },
      b: { status: { image: 'pg:18.3', pgDataImageInfo: {} } },
    },
  ],
  ['operators differ', /1.30.0, cluster-us: 1.29.2/, { bStatus: standbyStatus({ instanceManagerVersion: '1.29.2' }) }],
  [
    'an operator that loses tokens',
    /1.28.3 can lose it/,
    { aStatus: primaryStatus({ instanceManagerVersion: '1.28.3' }) },
  ],
  [
    'less connections',
    /max_connections: 200 and 100/,
    { a: { spec: { postgresql: { parameters: { max_connections: '200' } } } } },
  ],
  ['less memory', /limits.memory: 512Mi and 1Gi/, { a: memory('1Gi'), b: memory('512Mi') }],
  [
    'logical replication',
    /slot debezium \(not active\)/,
    {
      aStatus: primaryStatus({ replicationSlotsInfo: [{ slotName: 'debezium', slotType: 'logical', active: false }] }),
    },
  ],
  [
    'another password',
    /Secrets x and y/,
    { asked: { secrets: [{ of: 'app', outcome: 'different', evidence: 'Secrets x and y' }] } },
  ],
  [
    'poolers stay behind',
    /poolers pooler-rw/,
    { asked: { known: { a: { ...known, poolers: ['pooler-rw'] }, b: known } } },
  ],
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
