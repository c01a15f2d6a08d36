import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inApplyOrder, roleChange } from '../../src/model/apply-order.ts';
import { member } from '../support/clusters.ts';

const of = (kind: string, name: string) => ({ object: { kind, metadata: { name } } });

test('what others refer to comes first', () =>
  assert.deepEqual(
    inApplyOrder([
      of('ScheduledBackup', 'a'),
      of('Cluster', 'b'),
      of('Strange', 'c'),
      of('Cluster', 'd'),
      of('Pooler', 'e'),
      of('ObjectStore', 'f'),
    ]).map(({ object }) => object.metadata.name),
    ['f', 'b', 'd', 'e', 'a', 'c'],
  ));

const primary = member('cluster-eu');
const demoted = member('cluster-eu', { replica: { primary: 'cluster-us' } });
test('a role change is told from other changes', () => {
  assert.equal(roleChange(primary, primary), undefined);
  assert.match(roleChange(demoted, primary) ?? '', /is the primary cluster, and would be demoted/);
  assert.match(roleChange(primary, demoted) ?? '', /is a replica cluster, and would be promoted/);
  assert.equal(roleChange(demoted, undefined), undefined, 'it is new');
  assert.equal(roleChange({ kind: 'Pooler', metadata: { name: 'x' } }, primary), undefined);
  const alone = { ...primary, spec: {} };
  assert.equal(roleChange(alone, primary), undefined, 'without a stanza it is primary as well');
});
