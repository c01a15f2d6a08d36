import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OtherMembers } from '../../src/model/other-members.ts';
import { noOthers, otherMembers } from '../../src/model/other-members.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import type { Overrides } from '../support/clusters.ts';
import { member, snapshotOf } from '../support/clusters.ts';
import { at } from '../support/observed.ts';

const eu = (over: Overrides = {}) => snapshotOf('eu', member('cluster-eu', over));
const us = (over: Overrides = {}) => snapshotOf('us', member('cluster-us', over));
const promoted = { replica: { primary: 'cluster-us' } };
const usWrites: OtherMembers = { writers: ['cluster-us'], unseen: [] };
const usUnseen: OtherMembers = { writers: [], unseen: ['cluster-us'] };

const cases: [string, ContextSnapshot[], OtherMembers][] = [
  ['a replica cluster', [eu(), us()], noOthers],
  ['promoted', [eu(), us(promoted)], usWrites],
  ['promoted, and fenced', [eu(), us({ ...promoted, annotations: { 'cnpg.io/fencedInstances': '["*"]' } })], noOthers],
  ['promoted, and asleep', [eu(), us({ ...promoted, annotations: { 'cnpg.io/hibernation': 'on' } })], noOthers],
  ['as last seen', [eu(), { ...us(promoted), state: 'failed' }], usUnseen],
  ['never seen', [eu()], usUnseen],
];
for (const [title, snapshots, wanted] of cases)
  test(`other members: ${title}`, () => assert.deepEqual(otherMembers(snapshots, {}, at('cluster-eu')), wanted));

test('a Cluster that is not there yet belongs to the topology of its manifest', () => {
  const empty = { ...eu(), clusters: [] };
  assert.deepEqual(otherMembers([empty, us(promoted)], {}, at('cluster-eu'), member('cluster-eu')), usWrites);
  assert.deepEqual(otherMembers([empty, us(promoted)], {}, at('cluster-eu')), noOthers);
});
