/** Topologies of any size, as scenes to draw. */
import type { Cluster } from '../../src/model/cluster.ts';
import type { InstanceStatus } from '../../src/model/instance-status.ts';
import { momentOf } from '../../src/model/moment.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import type { Topology } from '../../src/model/topology.ts';
import { drawTopology } from '../../src/views/topology/draw.ts';
import type { Beside } from '../../src/views/topology/draw.ts';
import type { Picture } from '../../src/views/topology/picture.ts';
import type { Scene } from '../../src/views/tree/node.ts';
import { sceneOf } from '../../src/views/tree/nodes.ts';
import type { Overrides } from './clusters.ts';
import { member, pod, primaryStatus, snapshotOf, standbyStatus } from './clusters.ts';

/** What a member is made of; all follow the first but those that say otherwise. */
export interface MemberShape {
  instances: number;
  /** Place of the member that it follows. */
  follows?: number;
}

/** A healthy topology of members `m0`, `m1` … in contexts `k0`, `k1` …; the member at `primary` is the primary. */
export function snapshotsOf(shapes: readonly MemberShape[], primary = 0): ContextSnapshot[] {
  const names = shapes.map((_, index) => `m${index}`);
  return shapes.map(({ instances, follows }, index): ContextSnapshot => {
    const name = names[index] ?? '';
    const like = member('cluster-eu');
    const serials = Array.from({ length: instances }, (_, at) => at + 1);
    const entry = like.spec.externalClusters?.[0];
    const cluster: Cluster = {
      ...like,
      metadata: { ...like.metadata, name, uid: `uid-${name}` },
      spec: {
        ...like.spec,
        instances,
        externalClusters: names.map(other => ({
          ...entry,
          name: other,
          plugin: {
            name: 'barman-cloud.cloudnative-pg.io',
            parameters: { barmanObjectName: other, serverName: other },
          },
        })),
        plugins: [
          {
            name: 'barman-cloud.cloudnative-pg.io',
            isWALArchiver: true,
            parameters: { barmanObjectName: name, serverName: name },
          },
        ],
        replica: { self: name, primary: names[primary] ?? '', source: names[follows ?? primary] ?? '' },
      },
      status: {
        ...like.status,
        instances,
        readyInstances: instances,
        instanceNames: serials.map(serial => `${name}-${serial}`),
        currentPrimary: `${name}-1`,
        targetPrimary: `${name}-1`,
      },
    };
    const statuses = Object.fromEntries(
      serials.map(serial => [serial, index === primary && serial === 1 ? primaryStatus() : standbyStatus()]),
    );
    const snapshot = snapshotOf(`k${index}`, cluster, statuses);
    return {
      ...snapshot,
      pods: serials.map(serial => pod(name, serial)),
      objectStores: names.map(store => ({
        metadata: { name: store, namespace: 'default' },
        spec: { configuration: { destinationPath: `s3://archive-${store}/` } },
      })),
    };
  });
}

/** cluster-eu and cluster-us as `support/clusters.ts` has them. */
export const pair = (eu: Overrides = {}, us: Overrides = {}): ContextSnapshot[] => [
  snapshotOf('eu', member('cluster-eu', eu), { 1: primaryStatus(), 2: standbyStatus(), 3: standbyStatus() }),
  snapshotOf('us', member('cluster-us', us), { 1: standbyStatus(), 2: standbyStatus(), 3: standbyStatus() }),
];

/** The pair with what one instance says changed. */
export function saying(instance: string, over: Partial<InstanceStatus>, snapshots = pair()): ContextSnapshot[] {
  for (const { instanceStatus } of snapshots) {
    const reading = instanceStatus[`default/${instance}`];
    if (reading?.kind === 'read')
      instanceStatus[`default/${instance}`] = { ...reading, status: { ...reading.status, ...over } };
  }
  return snapshots;
}

export const sceneAt = (snapshots: readonly ContextSnapshot[], now = 1000): Scene => sceneOf(snapshots, momentOf(now));

/** The only topology, or the one Cluster. */
export function pictureOf(snapshots: readonly ContextSnapshot[], beside?: Beside, now?: number): Picture {
  const scene = sceneAt(snapshots, now);
  const [topology] = scene.topologies;
  if (!topology) throw new Error('the snapshots make no topology');
  return drawTopology(topology satisfies Topology, scene, beside);
}
