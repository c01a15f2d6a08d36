import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveStates, waitsForPromotion } from '../../src/views/live-state.ts';
import { member, snapshotOf } from '../support/clusters.ts';

const eu = snapshotOf('eu', member('cluster-eu'));
const us = snapshotOf('us', member('cluster-us', { status: { phase: 'Switchover in progress', readyInstances: 2 } }));

test('role, phase and readiness', () => {
  const written = { name: 'cluster-eu', namespace: 'default', replicaCluster: false };
  assert.deepEqual(liveStates(written, [eu, us]), ['Live in eu: primary cluster, healthy, 3/3 ready']);
  assert.deepEqual(liveStates({ name: 'cluster-us', replicaCluster: true }, [eu, us]), [
    'Live in us: replica cluster, Switchover in progress, 2/3 ready',
  ]);
});

test('a role that differs stands out', () =>
  assert.deepEqual(liveStates({ name: 'cluster-eu', replicaCluster: true }, [eu]), [
    'Live in eu: PRIMARY CLUSTER, not what is written here, healthy, 3/3 ready',
  ]));

test('nothing of what is not connected, elsewhere or absent', () => {
  const written = { name: 'cluster-eu', replicaCluster: false };
  assert.deepEqual(liveStates(written, [{ ...eu, state: 'failed' }]), []);
  assert.deepEqual(liveStates({ ...written, namespace: 'other' }, [eu]), []);
  assert.deepEqual(liveStates({ ...written, name: 'x' }, [eu]), []);
});

test('the same name in two contexts', () =>
  assert.equal(liveStates({ name: 'cluster-eu', replicaCluster: false }, [eu, { ...eu, context: 'b' }]).length, 2));

test('a promotion with a token that is not used can be withdrawn above its manifest', () => {
  const waiting = member('cluster-us', { replica: { primary: 'cluster-us', promotionToken: 't' } });
  const written = { name: 'cluster-us', replicaCluster: true };
  assert.ok(waitsForPromotion(written, [snapshotOf('us', waiting)]));
  assert.ok(!waitsForPromotion(written, [us]));
});
