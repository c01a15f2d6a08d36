import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admitCluster } from '../../../src/simulator/api/admission.ts';
import type { Overrides } from '../../support/clusters.ts';
import { member } from '../../support/clusters.ts';

test('what the webhook refuses of a new cluster', () => {
  const recovery = { bootstrap: { recovery: { source: 'cluster-eu' } } };
  const cases: [over: Overrides, name: 'cluster-eu' | 'cluster-us', words: RegExp | undefined][] = [
    [{}, 'cluster-eu', undefined],
    [{ spec: recovery }, 'cluster-us', undefined],
    [{}, 'cluster-us', /replica mode bootstrap is compatible only with pg_basebackup or recovery/],
    [{ replica: { enabled: true }, spec: recovery }, 'cluster-us', /spec\.replicaCluster: Invalid value: true/],
    [{ replica: { source: 'x' } }, 'cluster-eu', /primaryServerName: .*"x": External cluster x not found/],
    [{ replica: { primary: 'x' }, spec: recovery }, 'cluster-eu', /replicaCluster\.primary: .* External cluster x/],
    [{ replica: { promotionToken: 'e30=' }, spec: recovery }, 'cluster-us', /only allowed for primary clusters/],
    [{ replica: { promotionToken: 'e30=', minApplyDelay: '1h' } }, 'cluster-eu', /cannot be used with minApplyDelay/],
    [{ replica: { promotionToken: '%' } }, 'cluster-eu', /Invalid promotionToken/],
    [{ replica: { source: 'x' }, annotations: { 'cnpg.io/validation': 'disabled' } }, 'cluster-eu', undefined],
  ];
  for (const [over, name, words] of cases) {
    const refusal = admitCluster(member(name, over), undefined);
    const label = `${name} ${JSON.stringify(over)}`;
    if (words === undefined) assert.equal(refusal, undefined, label);
    else {
      assert.equal(refusal?.code, 422, label);
      assert.match(refusal.message, words, label);
    }
  }
});
