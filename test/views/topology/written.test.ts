/** The picture by manifests: alone, beside what is observed, and where the two differ. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTopologies } from '../../../src/model/topology.ts';
import { drawTopology } from '../../../src/views/topology/draw.ts';
import { layOut } from '../../../src/views/topology/layout.ts';
import type { Picture } from '../../../src/views/topology/picture.ts';
import { isBox, isEdge, isNode } from '../../../src/views/topology/picture.ts';
import type { WrittenMember } from '../../../src/model/written-topology.ts';
import { differences, together } from '../../../src/views/topology/written.ts';
import type { Overrides } from '../../support/clusters.ts';
import { member } from '../../support/clusters.ts';
import { pair, sceneAt } from '../../support/topologies.ts';

function manifest(name: 'cluster-eu' | 'cluster-us', over: Overrides = {}): WrittenMember {
  const { status: _, ...cluster } = member(name, over);
  const objectStores = ['cluster-eu', 'cluster-us'].map(store => ({
    metadata: { name: store },
    spec: { configuration: { destinationPath: `s3://archive-${store}/` } },
  }));
  return {
    name,
    cluster,
    objectStores,
    objectStoreUris: [],
    uri: `file:///w/${name}.yaml`,
    line: 4,
    namespace: 'default',
  };
}

const fileOf = (uri: string): string => uri.replace('file:///w/', '');

function draw(snapshots: ReturnType<typeof pair>, members: WrittenMember[], missing: string[] = []): Picture {
  const [observed] = findTopologies(snapshots);
  const all = together(observed, { members, missing }, fileOf);
  assert.ok(all);
  return drawTopology(all.topology, sceneAt([...snapshots, ...all.snapshots]), { written: all.written });
}

test('without any cluster: the whole drawing, as written', () => {
  const picture = draw([], [manifest('cluster-eu'), manifest('cluster-us')]);
  assert.equal(picture.source, 'written');
  assert.match(picture.summary, /^As written in manifests, nothing is connected\. Primary: cluster-eu-1\./);
  assert.ok(picture.items.every(({ state }) => state === 'declared'));
  assert.deepEqual(picture.alarms, []);
  assert.deepEqual(
    picture.items
      .filter(isEdge)
      .map(({ kind }) => kind)
      .sort(),
    [
      'archive_command',
      'archive_command',
      'cross-streaming',
      'restore_command',
      'serves',
      'serves',
      'streaming',
      'streaming',
      'streaming',
      'streaming',
      'way-back',
    ],
  );
  assert.deepEqual(
    picture.items.filter(isBox).map(({ title, evidence }) => [title, evidence]),
    [
      ['cluster-eu', 'Manifest cluster-eu.yaml:5.'],
      ['cluster-us', 'Manifest cluster-us.yaml:5.'],
    ],
  );
  assert.deepEqual(
    picture.items
      .filter(isNode)
      .filter(({ kind }) => kind === 'archive')
      .map(({ lines }) => lines[1]),
    ['s3://archive-cluster-eu/cluster-eu', 's3://archive-cluster-us/cluster-us'],
  );
  assert.deepEqual(
    picture.items[0]?.actions.map(({ command }) => command),
    ['cnpg.openManifest', 'cnpg.connect'],
  );
});

test('a written picture is laid out as the observed one', () => {
  const written = layOut(draw([], [manifest('cluster-eu'), manifest('cluster-us')]).items);
  const observed = layOut(draw(pair(), []).items);
  assert.deepEqual([...written.places.values()], [...observed.places.values()]);
});

test('one side connected: the other is as written', () => {
  const picture = draw(pair().slice(0, 1), [manifest('cluster-eu'), manifest('cluster-us')]);
  assert.equal(picture.source, 'observed');
  assert.deepEqual(
    picture.items.filter(isBox).map(({ title, state }) => [title, state]),
    [
      ['eu · cluster-eu', 'up'],
      ['cluster-us', 'declared'],
    ],
  );
});

test('where the live object differs from its manifest is marked, on the part that it is about', () => {
  const changed = manifest('cluster-us', {
    spec: {
      instances: 5,
      plugins: [
        { name: 'barman-cloud.cloudnative-pg.io', isWALArchiver: true, parameters: { barmanObjectName: 'other' } },
      ],
    },
    replica: { minApplyDelay: '1h' },
  });
  const picture = draw(pair(), [manifest('cluster-eu'), changed]);
  const [eu, us] = picture.items.filter(isBox);
  assert.deepEqual(eu?.differs, []);
  assert.deepEqual(us?.differs, [
    'instances: manifest 5, live 3',
    'apply delay: manifest 1h, live nothing',
    'archive: manifest other/cluster-us, live cluster-us/cluster-us',
  ]);
  const marked = picture.items.filter(item => !isBox(item) && item.differs.length > 0).map(({ id }) => id);
  assert.deepEqual(marked, ['archive ["us","default","cluster-us"]']);
});

test('differences of role and source', () => {
  const live = member('cluster-us');
  const rows: [Overrides, string[]][] = [
    [{}, []],
    [{ replica: { primary: 'cluster-us' } }, ['role', 'primary']],
    [{ replica: { source: 'cluster-us' } }, ['source']],
    [{ replica: { self: 'us' } }, ['name in the topology']],
    [{ spec: { externalClusters: [{ name: 'cluster-eu', connectionParameters: { host: 'elsewhere' } }] } }, ['source']],
    [{ spec: { imageName: 'postgresql:18' } }, ['image']],
  ];
  for (const [over, fields] of rows)
    assert.deepEqual([...differences(manifest('cluster-us', over), live).keys()], fields, JSON.stringify(over));
});

test('a manifest for another namespace or context is another object’s', () => {
  const elsewhere = { ...manifest('cluster-us', { spec: { instances: 9 } }), namespace: 'stage' };
  const far = { ...manifest('cluster-us', { spec: { instances: 9 } }), context: 'asia' };
  for (const other of [elsewhere, far])
    assert.ok(draw(pair(), [other]).items.every(({ differs }) => differs.length === 0));
});

test('a member that is neither observed nor written is missing', () => {
  const picture = draw([], [manifest('cluster-us')], ['cluster-eu']);
  assert.deepEqual(
    picture.items.filter(isBox).map(({ title, state }) => [title, state]),
    [
      ['cluster-us', 'declared'],
      ['cluster-eu', 'unknown'],
    ],
  );
});
