import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../src/model/kubernetes.ts';
import { isBehind, readyBehind } from '../../src/model/service-pods.ts';
import { pod } from '../support/clusters.ts';

const service = (selector?: Record<string, string>): Service => ({
  metadata: { name: 'cluster-eu-rw', namespace: 'default' },
  spec: { ...(selector && { selector }) },
});
const primary = { 'cnpg.io/cluster': 'cluster-eu', 'cnpg.io/instanceRole': 'primary' };

test('a pod is behind a Service that selects it; without selector, nothing is', () => {
  const rows: [Service, number, boolean][] = [
    [service(primary), 1, true],
    [service(primary), 2, false],
    [service({ 'cnpg.io/podRole': 'instance' }), 2, true],
    [service({ ...primary, 'cnpg.io/cluster': 'cluster-us' }), 1, false],
    [service({}), 1, false],
    [service(), 1, false],
  ];
  for (const [each, serial, behind] of rows)
    assert.equal(isBehind(each, pod('cluster-eu', serial)), behind, JSON.stringify([each.spec, serial]));
});

test('it leads to those that are ready and stay', () => {
  const instances = service({ 'cnpg.io/podRole': 'instance' });
  const leaving = pod('cluster-eu', 3);
  leaving.metadata.deletionTimestamp = '2026-11-25T05:00:00Z';
  const pods = [pod('cluster-eu', 1), pod('cluster-eu', 2, false), leaving];
  assert.deepEqual(
    readyBehind(instances, pods).map(({ metadata }) => metadata.name),
    ['cluster-eu-1'],
  );
});
