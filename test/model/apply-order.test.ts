import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inApplyOrder, roleChange, tokenChange } from '../../src/model/apply-order.ts';
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

test('a replica cluster comes after its primary', () => {
  const clusters = [member('cluster-us', { replica: { primary: 'cluster-eu' } }), member('cluster-eu')];
  const objects = clusters.map(cluster => ({ object: { ...cluster, kind: 'Cluster' } }));
  assert.deepEqual(
    inApplyOrder([...objects, of('ObjectStore', 'o'), of('Database', 'd')]).map(({ object }) => object.metadata.name),
    ['o', 'cluster-eu', 'cluster-us', 'd'],
  );
});

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

test('a token is for one promotion: only a used one may go', () => {
  const having = (promotionToken?: string, lastPromotionToken?: string) =>
    member('cluster-eu', {
      ...(promotionToken !== undefined && { replica: { promotionToken } }),
      ...(lastPromotionToken !== undefined && { status: { lastPromotionToken } }),
    });
  assert.equal(tokenChange(having(), having()), undefined);
  assert.equal(tokenChange(having('a'), having('a')), undefined);
  assert.equal(tokenChange(having(), having('a', 'a')), undefined);
  assert.match(tokenChange(having(), having('a')) ?? '', /not used yet; .* a failover/);
  assert.match(tokenChange(having('old'), having()) ?? '', /would get another promotion token/);
  assert.match(tokenChange(having('b'), having('a', 'a')) ?? '', /would get another promotion token/);
  assert.equal(tokenChange(having('a'), undefined), undefined, 'it is new');
});
