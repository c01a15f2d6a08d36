import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventObject, KubernetesObject } from '../../src/model/kubernetes.ts';
import type { WatchedKind } from '../../src/model/snapshot.ts';
import { renderDescription } from '../../src/views/pages/describe.ts';
import { member, primaryStatus, snapshotOf, standbyStatus } from '../support/clusters.ts';

const readAt = new Date('2026-11-23T10:00:00Z');

const event = (name: string, over: Partial<EventObject>): EventObject => ({
  metadata: { name: `${name}.${over.reason ?? ''}`, uid: `${name}${over.reason ?? ''}` },
  involvedObject: { kind: 'Pod', name },
  type: 'Normal',
  ...over,
});

function described(kind: WatchedKind, object: KubernetesObject, events: EventObject[] | string = []): string {
  const cluster = member('cluster-eu');
  const snapshot = snapshotOf('eu', cluster, { 1: primaryStatus(), 2: standbyStatus() });
  return renderDescription({
    reference: { context: 'eu', kind, namespace: 'default', name: object.metadata.name },
    object,
    snapshot,
    ...(typeof events === 'string' ? { events: [], eventsUnread: events } : { events }),
    readAt,
  });
}

test('a Cluster in words', () => {
  const cluster = member('cluster-eu', {
    status: {
      conditions: [
        {
          type: 'ContinuousArchiving',
          status: 'True',
          reason: 'ContinuousArchivingSuccess',
          message: 'Continuous archiving is working',
          lastTransitionTime: '2026-11-23T09:00:00Z',
        },
      ],
    },
  });
  cluster.metadata.creationTimestamp = '2026-11-20T10:00:00Z';
  const events = [
    event('cluster-eu-2', { reason: 'Started', message: 'Container started', lastTimestamp: '2026-11-23T09:59:30Z' }),
    event('cluster-eu', {
      reason: 'FailingOver',
      type: 'Warning',
      message: 'Failing over from cluster-eu-1\nto cluster-eu-2',
      involvedObject: { kind: 'Cluster', name: 'cluster-eu' },
      count: 3,
      eventTime: '2026-11-23T09:48:00.123456Z',
    }),
  ];
  assert.equal(
    described('Cluster', cluster, events),
    `Cluster cluster-eu
context eu, namespace default, read at 2026-11-23 10:00:00 UTC

Facts
  Role               primary cluster
  Phase              Cluster in healthy state
  Instances          3 of 3 ready
  Primary            cluster-eu-1
  Topology           self cluster-eu, primary cluster-eu, source cluster-us
  Timeline           3
  System identifier  7711301592564678675
  Image              unknown
  Created            2026-11-20 10:00:00 UTC, 3 d ago

Instances
  cluster-eu-1  primary  ready  node node-1  timeline 3        writes at 0/E0000A0
  cluster-eu-2  standby  ready  node node-2  timeline 3        replayed 0/E0000A0
  cluster-eu-3  standby  ready  node node-3  timeline unknown  position unknown

Conditions
  ContinuousArchiving  True  for 60 min  ContinuousArchivingSuccess  Continuous archiving is working

Events, newest last
  2026-11-23 09:48:00  12 min  Warning  ×3  FailingOver                    Failing over from cluster-eu-1 to cluster-eu-2
  2026-11-23 09:59:30  30 s    Normal       Started      Pod cluster-eu-2  Container started
`,
  );
});

test('a pod says what its containers do', () => {
  const pod = {
    metadata: { name: 'cluster-eu-1', labels: { 'cnpg.io/instanceRole': 'primary' } },
    spec: { nodeName: 'node-1' },
    status: {
      phase: 'Running',
      podIP: '10.0.0.1',
      containerStatuses: [
        {
          name: 'postgres',
          ready: false,
          restartCount: 2,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
        },
      ],
    },
  };
  assert.match(
    described('Pod', pod),
    /Container postgres {2}waiting: CrashLoopBackOff, not ready, 2 restarts, ended before with OOMKilled, exit code 137\n/,
  );
});

test('other kinds are listed field by field', () => {
  const backup = { metadata: { name: 'b' }, spec: { cluster: { name: 'cluster-eu' } }, status: { phase: 'failed' } };
  assert.match(described('Backup', backup), /spec\.cluster\.name {2}cluster-eu\n {2}status\.phase {7}failed/);
});

test('events that could not be read, and none at all, are said', () => {
  const backup = { metadata: { name: 'b' } };
  assert.match(described('Backup', backup, 'events is forbidden'), /They could not be read\. events is forbidden/);
  assert.match(described('Backup', backup), /None\. The API server forgets events/);
});
