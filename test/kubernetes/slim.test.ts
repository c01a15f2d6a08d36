import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slim } from '../../src/kubernetes/slim.ts';

test('what nobody reads is not kept', () => {
  const annotations = {
    'cnpg.io/podSpec': '{}',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    'cnpg.io/fencedInstances': '["*"]',
    huge: 'x'.repeat(1_500_000),
  };
  const object = { metadata: { name: 'a', managedFields: [{}], annotations }, spec: { anything: 1 } };
  assert.deepEqual(slim(object, 'Cluster'), {
    metadata: { name: 'a', annotations: { 'cnpg.io/fencedInstances': '["*"]' } },
    spec: { anything: 1 },
  });
});

test('of a pod: where it runs, of which containers, and its whole status', () => {
  const container = { name: 'postgres', image: 'i', command: ['c'], env: [{}], volumeMounts: [{}] };
  const pod = {
    metadata: { name: 'a', labels: { b: 'c' } },
    spec: { nodeName: 'n', volumes: [{}], containers: [container], initContainers: [{ name: 'plugin', env: [] }] },
    status: { phase: 'Running', containerStatuses: [{ restartCount: 3 }] },
  };
  assert.deepEqual(slim(pod, 'Pod'), {
    metadata: { name: 'a', labels: { b: 'c' } },
    spec: {
      nodeName: 'n',
      containers: [{ name: 'postgres', image: 'i', command: ['c'] }],
      initContainers: [{ name: 'plugin' }],
    },
    status: { phase: 'Running', containerStatuses: [{ restartCount: 3 }] },
  });
  assert.deepEqual(slim({ metadata: { name: 'a' } }, 'Pod'), { metadata: { name: 'a' } });
});
