import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podFor } from '../../src/commands/pod-behind.ts';
import type { WatchedKind } from '../../src/model/snapshot.ts';
import { member, snapshotOf } from '../support/clusters.ts';

const snapshot = snapshotOf('eu', member('cluster-eu', { status: { currentPrimary: 'cluster-eu-2' } }));
for (const pod of snapshot.pods)
  pod.metadata.labels = {
    ...pod.metadata.labels,
    'cnpg.io/instanceRole': pod.metadata.name === 'cluster-eu-2' ? 'primary' : 'replica',
  };

const behind = (kind: WatchedKind, name: string): string =>
  podFor({ context: 'eu', namespace: 'default', kind, name }, snapshot);

test('a pod is itself, a Cluster its primary, a service a ready pod that it selects', () => {
  assert.equal(behind('Pod', 'cluster-eu-3'), 'cluster-eu-3');
  assert.equal(behind('Cluster', 'cluster-eu'), 'cluster-eu-2');
  assert.equal(behind('Service', 'cluster-eu-rw'), 'cluster-eu-2');
  assert.equal(behind('Service', 'cluster-eu-ro'), 'cluster-eu-1');
});

test('a service without selector, and one that is not there, lead nowhere', () => {
  for (const { metadata, spec } of snapshot.services) if (metadata.name === 'cluster-eu-r') delete spec?.selector;
  assert.throws(() => behind('Service', 'cluster-eu-r'), /No pod that is ready/);
  assert.throws(() => behind('Service', 'other'), /The service was not found/);
});
