import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterChoice, topologyChoice } from '../../src/commands/cluster-choice.ts';
import { findTopologies, membersOf } from '../../src/model/topology.ts';
import { member, snapshotOf } from '../support/clusters.ts';

test('what is picked is told from another of its name', () => {
  const snapshots = [
    snapshotOf('eu', member('cluster-eu', { status: { timelineID: 3 } })),
    snapshotOf('us', member('cluster-us')),
  ];
  const [primary, replica] = snapshots.flatMap(membersOf);
  assert.ok(primary && replica);
  assert.deepEqual(clusterChoice(primary, 'connected'), {
    label: 'cluster-eu',
    description: 'primary cluster · context eu · namespace default',
    // Of two primaries the former one is on the older timeline.
    detail: 'Cluster in healthy state · timeline 3',
  });
  assert.deepEqual(clusterChoice(replica, 'failed'), {
    label: 'cluster-us',
    description: 'replica cluster of cluster-eu · context us · namespace default',
    detail: 'us cannot be read; as last seen: Cluster in healthy state',
  });
  const standalone = member('cluster-us', { spec: { replica: { enabled: true, source: 'cluster-eu' } } });
  const [reporting] = membersOf(snapshotOf('us', standalone));
  assert.ok(reporting);
  assert.match(clusterChoice(reporting, 'connected').description, /^standalone replica of cluster-eu · /);
  const [topology] = findTopologies(snapshots);
  assert.ok(topology);
  assert.deepEqual(topologyChoice(topology), {
    label: 'cluster-eu ⇄ cluster-us',
    description: 'eu · default, us · default',
    detail: '',
  });
  assert.equal(topologyChoice({ ...topology, missing: ['cluster-ap'] }).detail, 'not found: cluster-ap');
});
