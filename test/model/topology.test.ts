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

const inNamespace = (cluster: Cluster, namespace: string, systemID?: string): Cluster => ({
  ...cluster,
  metadata: { ...cluster.metadata, namespace },
  status: { ...cluster.status, ...(systemID !== undefined && { systemID }) },
});
const both = (context: string, ...clusters: Cluster[]) => ({
  ...snapshotOf(context, clusters[0] as Cluster),
  clusters,
});
const groups = (topologies: ReturnType<typeof findTopologies>): string[][] =>
  topologies.map(t => t.members.map(({ address, name }) => `${address.context}/${address.namespace}/${name}`));

test('pairs of the same names are told apart by system identifier', () => {
  const snapshots = [
    both('eu', inNamespace(eu(), 'prod', '1'), inNamespace(eu(), 'stage', '2')),
    both('us', inNamespace(us(), 'a', '2'), inNamespace(us(), 'b', '1')),
  ];
  const topologies = findTopologies(snapshots);
  assert.deepEqual(groups(topologies), [
    ['eu/prod/cluster-eu', 'us/b/cluster-us'],
    ['eu/stage/cluster-eu', 'us/a/cluster-us'],
  ]);
  assert.equal(new Set(topologies.map(({ id }) => id)).size, 2);
});

test('pairs of the same names are told apart by namespace when no identifier is known', () => {
  const snapshots = [
    both('eu', inNamespace(eu(), 'prod', ''), inNamespace(eu(), 'stage', '')),
    both('us', inNamespace(us(), 'prod', ''), inNamespace(us(), 'stage', '')),
  ];
  assert.deepEqual(groups(findTopologies(snapshots)), [
    ['eu/prod/cluster-eu', 'us/prod/cluster-us'],
    ['eu/stage/cluster-eu', 'us/stage/cluster-us'],
  ]);
});

test('what stays ambiguous is not guessed; a binding decides', () => {
  const snapshots = [
    both('eu', inNamespace(eu(), 'data', '')),
    both('us', inNamespace(us(), 'a', ''), inNamespace(us(), 'b', '')),
  ];
  const open = findTopologies(snapshots).find(({ ambiguous }) => ambiguous.size > 0);
  assert.deepEqual(open?.missing, ['cluster-us']);
  assert.deepEqual(
    open?.ambiguous.get('cluster-us')?.map(({ namespace }) => namespace),
    ['a', 'b'],
  );
  const bound = findTopologies(snapshots, { 'cluster-us': 'us/b' });
  assert.ok(groups(bound).some(group => group.join() === 'eu/data/cluster-eu,us/b/cluster-us'));
});

test('a member of another name is found where it is bound to', () => {
  const renamed = { ...us(), metadata: { ...us().metadata, name: 'pg' }, spec: { ...us().spec } };
  const { self: _, ...replica } = renamed.spec.replica ?? {};
  renamed.spec.replica = replica;
  const snapshots = [snapshotOf('eu', eu()), snapshotOf('us', renamed)];
  // A context may be called as EKS calls it, with "/".
  const [topology] = findTopologies(snapshots, { 'cluster-us': 'us/default' });
  assert.equal(topology && topologyLabel(topology), 'cluster-eu ⇄ cluster-us');
  assert.deepEqual(topology?.missing, []);
});

test('a binding to another place is believed', () => {
  const snapshots = [
    snapshotOf('eu', inNamespace(eu(), 'default', '1')),
    snapshotOf('us', inNamespace(us(), 'default', '1')),
  ];
  assert.deepEqual(findTopologies(snapshots, { 'cluster-us': 'us/elsewhere' })[0]?.missing, ['cluster-us']);
});

test('a binding for one pair leaves another pair of the same names together', () => {
  const snapshots = [
    both('eu', inNamespace(eu(), 'prod', '1'), inNamespace(eu(), 'stage', '2')),
    both('us', inNamespace(us(), 'prod', '1'), inNamespace(us(), 'stage', '2')),
  ];
  assert.deepEqual(groups(findTopologies(snapshots, { 'cluster-us': 'us/prod' })), [
    ['eu/prod/cluster-eu', 'us/prod/cluster-us'],
    ['eu/stage/cluster-eu', 'us/stage/cluster-us'],
  ]);
});

test('contexts and names with odd characters are places too', () => {
  const arn = 'arn:aws:eks:eu-west-1:123:cluster/main';
  const snapshots = [snapshotOf(arn, eu()), snapshotOf('us', us())];
  for (const place of [arn, `${arn}/default`, `${arn}/default/cluster-eu`])
    assert.equal(findTopologies(snapshots, { 'cluster-eu': place })[0]?.members.length, 2);
  assert.equal(findTopologies(snapshots, { constructor: 'us' }).length, 1);
});

test('a standalone replica of something that is no Cluster here is in no topology', () => {
  const alone = member('cluster-us', { spec: { replica: { enabled: true, source: 'onpremise' } } });
  assert.deepEqual(findTopologies([snapshotOf('us', alone)]), []);
});

test('a Cluster that was detached for good is no second primary', () => {
  const detached = member('cluster-us', { spec: { replica: { enabled: false, source: 'cluster-eu' } } });
  assert.equal(
    findTopologies([snapshotOf('eu', eu()), snapshotOf('us', detached)]).find(t => t.members.length > 1),
    undefined,
  );
});

test('three members are one topology', () => {
  const asia = { ...member('cluster-us'), metadata: { name: 'cluster-asia', namespace: 'default' } };
  asia.spec = { ...asia.spec, replica: { ...asia.spec.replica, self: 'cluster-asia' } };
  asia.spec.externalClusters = [...(asia.spec.externalClusters ?? []), { name: 'cluster-asia' }];
  const [topology] = findTopologies([snapshotOf('eu', eu()), snapshotOf('us', us()), snapshotOf('asia', asia)]);
  assert.deepEqual(
    topology?.members.map(({ name }) => name),
    ['cluster-eu', 'cluster-us', 'cluster-asia'],
  );
});

test('three hundred pairs are found in an instant', () => {
  const many = (context: string, make: () => Cluster) => {
    const clusters = Array.from({ length: 300 }, (_, index) => inNamespace(make(), `ns-${index}`, `${index}`));
    return { ...snapshotOf(context, make()), clusters };
  };
  const snapshots = [many('eu', eu), many('us', us)];
  const began = performance.now();
  assert.equal(findTopologies(snapshots).length, 300);
  assert.ok(performance.now() - began < 1000);
});
