import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archiveSurroundings } from '../../src/model/archive-surroundings.ts';
import { demotionToken, member, primaryStatus, snapshotOf, standbyStatus } from '../support/clusters.ts';
import { encodeToken } from '../../src/model/token.ts';

const eu = { context: 'eu', namespace: 'default', name: 'cluster-eu' };
const us = { context: 'us', namespace: 'default', name: 'cluster-us' };
const both = () => [
  snapshotOf('eu', member('cluster-eu'), { 1: primaryStatus({ readyWalFiles: 3 }) }),
  snapshotOf('us', member('cluster-us'), { 1: standbyStatus({ replayLsn: '0/D000000', timeLineID: 2 }) }),
];
const known = {
  timeline: 3,
  systemId: '7711301592564678675',
  lastArchived: '00000003000000000000000D',
  pending: 11,
  readers: { 'cluster-us': '0/D000000' },
};

test('the archive of the primary, from both ends', () => {
  assert.deepEqual(archiveSurroundings(both(), eu, 'own'), known);
  assert.deepEqual(archiveSurroundings(both(), us, 'source'), known);
});

test("the replica's own archive: the timeline is that of the primary, whatever its control file says", () => {
  const { timeline, readers } = archiveSurroundings(both(), us, 'own');
  assert.deepEqual([timeline, readers], [3, {}]);
});

test('a side that is not connected leaves unknown what it would say', () => {
  const [one, two] = both();
  assert.ok(one && two);
  const found = archiveSurroundings([{ ...one, state: 'failed' }, two], us, 'source');
  assert.equal(found.timeline, undefined);
  assert.equal(found.lastArchived, undefined);
  assert.deepEqual(found.readers, { 'cluster-us': '0/D000000' });
  assert.deepEqual(archiveSurroundings([], us, 'own'), {});
});

test("a demotion token's WAL file must be there", () => {
  const demoted = member('cluster-eu', {
    replica: { primary: 'cluster-us' },
    status: { demotionToken: encodeToken(demotionToken) },
  });
  const found = archiveSurroundings([snapshotOf('eu', demoted)], eu, 'own');
  assert.equal(found.tokenSegment, demotionToken.redoWalFile);
  const promoted = member('cluster-us', {
    replica: { primary: 'cluster-us' },
    status: { lastPromotionToken: encodeToken(demotionToken) },
  });
  const after = archiveSurroundings([snapshotOf('eu', demoted), snapshotOf('us', promoted)], eu, 'own');
  assert.equal(after.tokenSegment, undefined);
});

test('the retention policy is that of the ObjectStore, or of the Cluster with in-tree Barman', () => {
  const [one, two] = both();
  assert.ok(one && two);
  const [store] = one.objectStores;
  assert.ok(store);
  const kept = { ...one, objectStores: [{ ...store, spec: { ...store.spec, retentionPolicy: '30d' } }] };
  assert.equal(archiveSurroundings([kept, two], eu, 'own').retention, '30d');
  assert.equal(archiveSurroundings([kept, two], us, 'source').retention, '30d');
  assert.equal(archiveSurroundings([kept, two], us, 'own').retention, undefined);
  const inTree = member('cluster-eu', {
    spec: { plugins: [], backup: { barmanObjectStore: { destinationPath: 's3://b' }, retentionPolicy: '2w' } },
  });
  assert.equal(archiveSurroundings([snapshotOf('eu', inTree)], eu, 'own').retention, '2w');
});
