/** How far a promotion is, for the picture: by what both Clusters say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promotionProgress } from '../../src/commands/promotion-progress.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { findTopologies } from '../../src/model/topology.ts';
import { primaryStatus, switchover } from '../support/clusters.ts';
import { pair } from '../support/topologies.ts';

const token = btoa(
  JSON.stringify({
    latestCheckpointTimelineID: '3',
    redoWalFile: '00000003000000000000000E',
    databaseSystemIdentifier: '7711301592564678675',
    latestCheckpointREDOLocation: '0/E000028',
    timeOfLatestCheckpoint: 'Mon Nov 23 10:29:23 2026',
    operatorVersion: '1.30.0',
  }),
);
const us = { primary: 'cluster-us', source: 'cluster-us' };
const demoting = { replica: us, status: { switchReplicaClusterStatus: { inProgress: true } } };
const demoted = { replica: us, status: { demotionToken: token } };
const promoted = { replica: { primary: 'cluster-us', promotionToken: token } };

function progressOf(snapshots: ContextSnapshot[], records: Parameters<typeof promotionProgress>[2] = []) {
  const [topology] = findTopologies(snapshots);
  assert.ok(topology);
  return promotionProgress(topology, snapshots, records);
}

/** The pair after the promotion: what the new primary says. */
function writable(status: { phase: string; lastPromotionToken?: string }): ContextSnapshot[] {
  const snapshots = pair({ replica: us }, { ...promoted, status });
  const reading = { kind: 'read' as const, status: primaryStatus({ timeLineID: 4 }), readAt: 0 };
  if (snapshots[1]) snapshots[1].instanceStatus['default/cluster-us-1'] = reading;
  return snapshots;
}

test('the step that a promotion is at', () => {
  const rows: [string, ContextSnapshot[], string | undefined][] = [
    ['at rest', pair(), undefined],
    ['being demoted', pair(demoting), 'Wait for the demotion token'],
    ['the token is there', pair(demoted), 'Promote the replica cluster with the token'],
    ['promoted', pair(demoted, promoted), 'Wait for the new primary to accept writes'],
    [
      'restarts',
      writable({ phase: 'Applying configuration', lastPromotionToken: token }),
      'Wait for the restarts that the new role needs',
    ],
    ['long over', writable({ phase: 'Cluster in healthy state', lastPromotionToken: token }), undefined],
  ];
  for (const [title, snapshots, step] of rows) {
    const progress = progressOf(snapshots);
    assert.equal(progress?.steps.find(({ state }) => state === 'now')?.title, step, title);
    if (progress) assert.equal(progress.title, 'Promotion of cluster-us');
  }
});

test('what is before the step is done, what is after it is next', () => {
  assert.deepEqual(
    progressOf(pair(demoted))?.steps.map(({ state }) => state),
    ['done', 'done', 'now', 'next', 'next', 'next'],
  );
});

test('a promotion that is remembered is followed to its end', () => {
  const end = writable({ phase: 'Cluster in healthy state', lastPromotionToken: token });
  const record = { plan: switchover, startedAt: '2026-11-24T00:00:00Z' };
  assert.equal(
    progressOf(end, [record])?.steps.find(({ state }) => state === 'now')?.title,
    'Verify that the former primary follows',
  );
});

test('a token of another system is told where it stops', () => {
  const foreign = btoa(atob(token).replace('7711301592564678675', '1'));
  const progress = progressOf(pair({ replica: us, status: { demotionToken: foreign } }));
  assert.equal(
    progress?.steps.find(({ state }) => state === 'stuck')?.title,
    'Promote the replica cluster with the token',
  );
  assert.match(progress?.evidence ?? '', /is of system 1/);
});

test('nothing is said of a side that cannot be read', () => {
  const lost = pair(demoted).map(each => ({ ...each, state: 'failed' as const }));
  assert.equal(progressOf(lost), undefined);
});
