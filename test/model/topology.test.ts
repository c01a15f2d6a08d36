import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster.ts';
import { isReplicaCluster } from '../../src/model/cluster.ts';
import { bytesBehind, formatBytes, instancesOf } from '../../src/model/instances.ts';
import { findTopologies, primaries, sourceMember, topologyLabel } from '../../src/model/topology.ts';
import { member, primaryStatus, snapshotOf, standbyStatus } from '../support/clusters.ts';

const eu = () => member('cluster-eu');
const us = () => member('cluster-us');

test('two Clusters that list each other are one topology, in the order of the contexts', () => {
  const [topology, ...rest] = findTopologies([snapshotOf('eu', eu()), snapshotOf('us', us())]);
  assert.ok(topology);
  assert.deepEqual(rest, []);
  assert.equal(topologyLabel(topology), 'cluster-eu ⇄ cluster-us');
  assert.deepEqual(
    primaries(topology).map(m => m.name),
    ['cluster-eu'],
  );
  assert.equal(topology.members[1] && sourceMember(topology, topology.members[1])?.name, 'cluster-eu');
});

test('a switchover moves no member', () => {
  const ids = [
    findTopologies([snapshotOf('eu', eu()), snapshotOf('us', us())]),
    findTopologies([
      snapshotOf('eu', member('cluster-eu', { replica: { primary: 'cluster-us' } })),
      snapshotOf('us', member('cluster-us', { replica: { primary: 'cluster-us' } })),
    ]),
  ].map(topologies => topologies[0]?.id);
  assert.equal(ids[0], ids[1]);
});

test('a partner that was not read is missing, not forgotten', () => {
  const [topology] = findTopologies([snapshotOf('us', us())]);
  assert.deepEqual(topology?.missing, ['cluster-eu']);
});

test('the same metadata.name on both sides is told apart by self', () => {
  const rename = (cluster: Cluster): Cluster => ({ ...cluster, metadata: { ...cluster.metadata, name: 'pg' } });
  const [topology] = findTopologies([snapshotOf('eu', rename(eu())), snapshotOf('us', rename(us()))]);
  assert.equal(topology && topologyLabel(topology), 'cluster-eu ⇄ cluster-us');
});

test('Clusters without a replica stanza are no topology', () => {
  const plain = (cluster: Cluster): Cluster => {
    const { replica: _, ...spec } = cluster.spec;
    return { ...cluster, spec };
  };
  assert.deepEqual(findTopologies([snapshotOf('eu', plain(eu())), snapshotOf('us', plain(us()))]), []);
});

const roles: [string, Cluster['spec']['replica'] | undefined, boolean][] = [
  ['no stanza', undefined, false],
  ['primary is self', { primary: 'x', self: 'x' }, false],
  ['primary is metadata.name', { primary: 'cluster-eu' }, false],
  ['primary is another', { primary: 'y' }, true],
  ['neither primary nor enabled', { source: 'y' }, true],
  ['enabled', { enabled: true }, true],
  ['not enabled', { enabled: false, primary: 'y' }, false],
];
for (const [title, replica, expected] of roles)
  test(`replica cluster? ${title}`, () => {
    const { replica: _, ...spec } = eu().spec;
    assert.equal(isReplicaCluster({ ...eu(), spec: replica ? { ...spec, replica } : spec }), expected);
  });

test('instances: the designated primary first, then the standbys in numeric order', () => {
  const cluster = member('cluster-us', {
    status: { currentPrimary: 'cluster-us-2', instanceNames: ['cluster-us-10', 'cluster-us-2', 'cluster-us-3'] },
  });
  const instances = instancesOf(cluster, { ...snapshotOf('us', cluster), pods: [] });
  assert.deepEqual(
    instances.map(i => `${i.name} ${i.role}`),
    ['cluster-us-2 designated primary', 'cluster-us-3 standby', 'cluster-us-10 standby'],
  );
});

const lags: [string, Parameters<typeof bytesBehind>, bigint | undefined][] = [
  ['caught up', [primaryStatus(), standbyStatus()], 0n],
  ['behind', [primaryStatus({ currentLsn: '1/0' }), standbyStatus({ replayLsn: '0/FF000000' })], 0x1000000n],
  ['sampling skew', [primaryStatus({ currentLsn: '0/1' }), standbyStatus({ replayLsn: '0/2' })], 0n],
  ['unknown', [undefined, standbyStatus()], undefined],
  [
    'another timeline, not streaming',
    [primaryStatus({ timeLineID: 4 }), standbyStatus({ isWalReceiverActive: false })],
    undefined,
  ],
  ['timeline not yet reported, streaming', [primaryStatus({ timeLineID: 4 }), standbyStatus()], 0n],
];
for (const [title, [up, down], expected] of lags)
  test(`lag: ${title}`, () => assert.equal(bytesBehind(up, down), expected));

for (const [bytes, text] of [
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 kB'],
  [16 * 1024 * 1024, '16 MB'],
  [3 * 1024 ** 4, '3.0 TB'],
] as const)
  test(`bytes: ${text}`, () => assert.equal(formatBytes(bytes), text));
