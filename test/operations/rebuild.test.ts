/** The rebuild of a former primary as pure functions: its manifest, what stops a deletion, and the ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster.ts';
import { annotations, barmanPlugin, phases } from '../../src/model/cluster.ts';
import { blocking } from '../../src/operations/checks.ts';
import type { Observed } from '../../src/operations/operation.ts';
import type { ApiAttempt, OtherSide } from '../../src/operations/other-side.ts';
import type { NewFolder, Rebuild } from '../../src/operations/rebuild.ts';
import { createRebuilt, deleteFormer, isRebuilt, repointArchive } from '../../src/operations/rebuild.ts';
import { nextServerName, rebuiltManifest, repointed, waysToRebuild } from '../../src/operations/rebuilt-manifest.ts';
import type { Overrides } from '../support/clusters.ts';
import { member, primaryStatus, standbyStatus } from '../support/clusters.ts';
import type { Given } from '../support/observed.ts';
import { at, changesOf, expectCheck, observed } from '../support/observed.ts';

const choices = { primary: 'cluster-us', from: 'streaming', serverName: 'cluster-eu-2' } as const;
const former = (over: Overrides = {}): Cluster => member('cluster-eu', over);

test('the manifest is the live object as a replica of the new primary, with another folder', () => {
  const live = former({
    annotations: { [annotations.fencedInstances]: '["*"]', team: 'orders' },
    replica: { promotionToken: 'used' },
    spec: { bootstrap: { initdb: { database: 'orders', owner: 'orders', encoding: 'UTF8' } as never } },
  });
  const made = rebuiltManifest(live, choices);
  assert.deepEqual(made.metadata, { name: 'cluster-eu', namespace: 'default', annotations: { team: 'orders' } });
  assert.equal(made.status, undefined);
  assert.deepEqual(made.spec.bootstrap, {
    pg_basebackup: { database: 'orders', owner: 'orders', source: 'cluster-us' },
  });
  assert.deepEqual(made.spec.replica, { self: 'cluster-eu', primary: 'cluster-us', source: 'cluster-us' });
  assert.equal(made.spec.plugins?.[0]?.parameters?.['serverName'], 'cluster-eu-2');
  const folders = made.spec.externalClusters?.map(({ plugin }) => plugin?.parameters?.['serverName']);
  assert.deepEqual(folders, ['cluster-eu-2', 'cluster-us']);
  assert.equal(made.spec.instances, 3);
});

test('in-tree archives get the folder too, and recovery is the other way', () => {
  const store = { destinationPath: 's3://a/' };
  const live = former({
    spec: {
      plugins: [],
      backup: { barmanObjectStore: store },
      externalClusters: [
        { name: 'cluster-eu', barmanObjectStore: store },
        { name: 'cluster-us', barmanObjectStore: store },
      ],
    },
  });
  assert.deepEqual(waysToRebuild(live, 'cluster-us'), ['archive']);
  const { spec } = rebuiltManifest(live, { ...choices, from: 'archive' });
  assert.deepEqual(spec.bootstrap, { recovery: { source: 'cluster-us' } });
  assert.equal(spec.backup?.barmanObjectStore?.serverName, 'cluster-eu-2');
  assert.equal(spec.externalClusters?.[0]?.barmanObjectStore?.serverName, 'cluster-eu-2');
});

test('the next folder', () => {
  const into = (serverName: string) =>
    former({ spec: { plugins: [{ name: barmanPlugin, isWALArchiver: true, parameters: { serverName } }] } });
  assert.deepEqual(
    ['cluster-eu', 'cluster-eu-2', 'cluster-eu-9', 'eu'].map(name => nextServerName(into(name))),
    ['cluster-eu-2', 'cluster-eu-3', 'cluster-eu-10', 'eu-2'],
  );
});

test('entries of others stay as they are', () => {
  const entries = former().spec.externalClusters ?? [];
  assert.deepEqual(repointed(entries, 'cluster-eu', 'new')[1], entries[1]);
});

const promoted: Given = {
  name: 'cluster-us',
  cluster: { replica: { primary: 'cluster-us' } },
  statuses: { 1: primaryStatus({ timeLineID: 4 }) },
};
const successor = (api: ApiAttempt = { kind: 'answers', seen: observed(promoted) }): OtherSide => ({
  name: 'cluster-us',
  address: at('cluster-us'),
  api,
  lastSeen: undefined,
  positions: [],
  archive: { kind: 'none' },
  askedAt: 0,
});
const rebuildOf = (folder: NewFolder = { kind: 'read', newest: undefined }): Rebuild => ({
  target: at('cluster-eu'),
  former: former(),
  manifest: rebuiltManifest(former(), choices),
  text: 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\n',
  folder,
  look: () => Promise.reject(new Error('the test looks by itself')),
});
const fenced: Given = {
  cluster: { annotations: { [annotations.fencedInstances]: '["*"]' } },
  statuses: { 1: { isPrimary: false, mightBeUnavailable: true } },
  notReady: [1, 2, 3],
};
const deletion = (given: Given = fenced, otherSide = successor(), folder?: NewFolder) =>
  deleteFormer(rebuildOf(folder)).plan({ ...observed(given), otherSide });

test('one that was created anew meanwhile is not deleted', () => {
  const other = { ...former(), metadata: { ...former().metadata, uid: 'another' } };
  const made = deleteFormer({ ...rebuildOf(), former: other }).plan({ ...observed(fenced), otherSide: successor() });
  assert.match(blocking(made.checks)[0]?.evidence ?? '', /created anew meanwhile/);
});

test('what stands in its place is told from what was to be created', () => {
  const { manifest } = rebuildOf();
  assert.equal(isRebuilt(manifest, member('cluster-eu', { replica: { primary: 'cluster-us' } })), true);
  assert.equal(isRebuilt(manifest, member('cluster-eu')), false, 'a primary, by a tool that applies manifests');
});

test('the deletion is of this very object, and what comes after is shown with it', () => {
  const made = deletion();
  assert.deepEqual(blocking(made.checks), []);
  assert.ok(made.write?.verb === 'delete');
  assert.equal(made.write.uid, 'uid-cluster-eu');
  assert.deepEqual(
    made.later?.map(({ verb }) => verb),
    ['create'],
  );
  assert.equal(made.interrupts, true);
});

const stops: [string, () => ReturnType<typeof deletion>, RegExp][] = [
  [
    'the new primary cannot be read',
    () => deletion(fenced, successor({ kind: 'silent', reason: 'no answer' })),
    /cannot be read: no answer/,
  ],
  ['there is no new primary', () => deletion(fenced, successor({ kind: 'absent' })), /no such Cluster/],
  [
    'it does not accept writes',
    () =>
      deletion(
        fenced,
        successor({ kind: 'answers', seen: observed({ ...promoted, statuses: { 1: standbyStatus() } }) }),
      ),
    /no instance of it says/,
  ],
  ['it is this one', () => deletion(fenced, successor({ kind: 'answers', seen: observed() })), /cluster-eu-1 writes/],
  [
    'it follows: nothing to rebuild',
    () => deletion({ cluster: { replica: { primary: 'cluster-us' } }, statuses: { 1: standbyStatus() } }),
    /nothing to rebuild/,
  ],
  [
    'the folder is used',
    () => deletion(fenced, successor(), { kind: 'read', newest: { name: '000000030000000000000001', storedAt: 0 } }),
    /000000030000000000000001 is there/,
  ],
  [
    'a tool would create the old primary again',
    () => deletion({ ...fenced, cluster: { annotations: { 'argocd.argoproj.io/tracking-id': 'db' } } }),
    /tracking-id: db/,
  ],
  [
    'no entry for the new primary',
    () => deletion({ ...fenced, cluster: { spec: { externalClusters: [] } } }),
    /lacks it/,
  ],
];
for (const [title, make, evidence] of stops)
  test(`stops: ${title}`, () => {
    const said = blocking(make().checks).map(check => check.evidence);
    assert.match(said.join('\n'), evidence);
  });

test('rows that would be lost are said', () => {
  expectCheck(deletion({}), 'warns', /it accepts writes now, at 0\/E0000A0 on timeline 3/);
  expectCheck(deletion(fenced, successor(), { kind: 'unreadable', reason: '403 of S3' }), 'warns', /403 of S3/);
});

const without = (seen: Observed): Observed => {
  const { uid: _uid, ...metadata } = seen.cluster.metadata;
  return { ...seen, cluster: { ...seen.cluster, metadata } };
};
const claim = { metadata: { name: 'cluster-eu-1' } };

test('the end of the deletion: Cluster, pods and volumes', () => {
  const operation = deleteFormer(rebuildOf());
  const end = (seen: Observed) => operation.progress(seen, undefined).kind;
  assert.equal(end(observed()), 'pending');
  assert.equal(end(without(observed())), 'pending');
  assert.equal(end(without(observed({ pods: [], object: claim }))), 'pending');
  assert.equal(end(without(observed({ pods: [] }))), 'done');
  const other = observed();
  other.cluster.metadata.uid = 'another';
  assert.equal(end(other), 'failed');
  assert.equal(operation.plan(without(observed({ pods: [] }))).write, undefined);
});

test('the new primary learns the folder', () => {
  const operation = repointArchive(at('cluster-us'), 'cluster-eu', 'cluster-eu-2');
  assert.deepEqual(changesOf(operation.plan(observed(promoted))), [
    'spec.externalClusters[cluster-eu].plugin.parameters.serverName: cluster-eu -> cluster-eu-2',
  ]);
  assert.equal(operation.progress(observed(promoted), undefined).kind, 'failed');
  const entries = repointed(observed(promoted).cluster.spec.externalClusters ?? [], 'cluster-eu', 'cluster-eu-2');
  const told = observed({ ...promoted, cluster: { ...promoted.cluster, spec: { externalClusters: entries } } });
  assert.equal(operation.plan(told).write, undefined);
  assert.equal(operation.progress(told, undefined).kind, 'done');
});

const creation = createRebuilt(rebuildOf());

test('it is created when it is not there, and never twice', () => {
  const made = creation.plan({ ...without(observed({ pods: [] })), otherSide: successor() });
  assert.deepEqual(blocking(made.checks), []);
  assert.ok(made.write?.verb === 'create');
  const replica: Given = { cluster: { replica: { primary: 'cluster-us' } } };
  assert.equal(creation.plan({ ...observed(replica), otherSide: successor() }).write, undefined);
  expectCheck(creation.plan({ ...observed(), otherSide: successor() }), 'blocks', /somebody created another one/);
});

test('created in an earlier window, it may have archived already', () => {
  const filled: NewFolder = { kind: 'read', newest: { name: '00000004000000000000000E', storedAt: 0 } };
  const replica: Given = { cluster: { replica: { primary: 'cluster-us' } } };
  const made = createRebuilt(rebuildOf(filled)).plan({ ...observed(replica), otherSide: successor() });
  assert.deepEqual(blocking(made.checks), []);
});

const follower: Overrides = { replica: { primary: 'cluster-us' } };
const following = { 1: standbyStatus() };
const ends: [string, Given, string][] = [
  ['a primary by its manifest', {}, 'failed'],
  ['unrecoverable', { cluster: { ...follower, status: { phase: phases.unrecoverable } } }, 'failed'],
  ['copies', { cluster: { ...follower, status: { phase: 'Setting up primary', readyInstances: 0 } } }, 'pending'],
  ['follows', { cluster: follower, statuses: following }, 'done'],
  [
    'does not stream',
    { cluster: follower, statuses: { 1: standbyStatus({ isWalReceiverActive: false }) } },
    'done with issues',
  ],
  ['says nothing', { cluster: follower, statuses: { 1: undefined } }, 'done with issues'],
];
for (const [title, given, wanted] of ends)
  test(`the end of the creation: ${title}`, () => {
    const progress = creation.progress(observed(given), undefined);
    const kind = progress.kind === 'done' && progress.issues.length > 0 ? 'done with issues' : progress.kind;
    assert.equal(kind, wanted);
  });
