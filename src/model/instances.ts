/** The instances of one Cluster with their roles, as far as the objects and `/pg/status` tell. */
import type { Cluster } from './cluster.ts';
import { fencedInstances, isInstanceOf, isReplicaCluster, podReady } from './cluster.ts';
import type { InstanceStatus, StatusReading } from './instance-status.ts';
import type { Pod } from './kubernetes.ts';
import { labelledFor } from './owned.ts';
import type { PersistentVolumeClaim } from './satellites.ts';
import type { ContextSnapshot } from './snapshot.ts';
import { parseLsn } from './wal.ts';

export type InstanceRole = 'primary' | 'designated primary' | 'standby';

export interface Instance {
  name: string;
  role: InstanceRole;
  /** Absent: the Cluster names the instance, but its pod was not seen. */
  pod: Pod | undefined;
  ready: boolean;
  fenced: boolean;
  reading: StatusReading | undefined;
  /** Of the last reading, else what the operator reported. */
  timeline: number | undefined;
}

/** The (designated) primary first, then the standbys by name. */
export function instancesOf(cluster: Cluster, snapshot: ContextSnapshot): Instance[] {
  const pods = new Map(
    labelledFor(snapshot.pods, cluster)
      .filter(pod => isInstanceOf(pod, cluster))
      .map(pod => [pod.metadata.name, pod]),
  );
  const names = new Set([...(cluster.status?.instanceNames ?? []), ...pods.keys()]);
  const fenced = fencedInstances(cluster);
  const leader: InstanceRole = isReplicaCluster(cluster) ? 'designated primary' : 'primary';
  const current = cluster.status?.currentPrimary;
  return [...names]
    .map((name): Instance => {
      const pod = pods.get(name);
      const reading = snapshot.instanceStatus[`${cluster.metadata.namespace ?? 'default'}/${name}`];
      return {
        name,
        role: name === current ? leader : 'standby',
        pod,
        ready: pod !== undefined && podReady(pod),
        fenced: fenced.includes('*') || fenced.includes(name),
        reading,
        timeline: statusOf(reading)?.timeLineID ?? cluster.status?.instancesReportedState?.[name]?.timeLineID,
      };
    })
    .sort((a, b) => Number(b.name === current) - Number(a.name === current) || byName(a.name, b.name));
}

const byName = new Intl.Collator('en', { numeric: true }).compare;

/** Why the pod has no Kubernetes node: its condition `PodScheduled` in the scheduler's words. */
export const unschedulable = (pod: Pod | undefined): string | undefined => {
  const scheduled = pod?.status?.conditions?.find(c => c.type === 'PodScheduled' && c.status === 'False');
  return scheduled && (scheduled.message || scheduled.reason || 'Unschedulable');
};

/** Of the Kubernetes node, as the operator copied it; pods carry the label from Kubernetes 1.35 on. */
export function zoneOf(cluster: Cluster, instance: Instance): string | undefined {
  const label = 'topology.kubernetes.io/zone';
  return cluster.status?.topology?.instances?.[instance.name]?.[label] ?? instance.pod?.metadata.labels?.[label];
}

/** The instance's volumes: data first, then WAL and tablespaces by name. */
export const claimsOf = (cluster: Cluster, instance: string, snapshot: ContextSnapshot): PersistentVolumeClaim[] =>
  labelledFor(snapshot.claims, cluster)
    .filter(claim => (claim.metadata.labels?.['cnpg.io/instanceName'] ?? claim.metadata.name) === instance)
    .toSorted((a, b) => byName(a.metadata.name, b.metadata.name));

export const statusOf = (reading: StatusReading | undefined): InstanceStatus | undefined =>
  reading?.kind === 'read' ? reading.status : undefined;

/** Position up to which an instance has WAL: a primary's write position, a standby's replay position. */
export const positionOf = (status: InstanceStatus | undefined): bigint | undefined =>
  parseLsn((status?.isPrimary ? status.currentLsn : status?.replayLsn) ?? '');

/** It should receive WAL and has no receiver. A fenced instance receives nothing because somebody wanted it so. */
export const isCut = (status: InstanceStatus | undefined): boolean =>
  status !== undefined && !status.isPrimary && !status.isWalReceiverActive && !status.mightBeUnavailable;

/**
 * Bytes by which `downstream` replays behind what `upstream` has written or replayed. The samples are not simultaneous,
 * so a negative difference counts as 0. `undefined`: a position is unknown, or the timelines differ and the positions
 * cannot be compared.
 */
export function bytesBehind(
  upstream: InstanceStatus | undefined,
  downstream: InstanceStatus | undefined,
): bigint | undefined {
  const ahead = positionOf(upstream);
  const behind = positionOf(downstream);
  if (ahead === undefined || behind === undefined) return undefined;
  if (upstream?.timeLineID !== downstream?.timeLineID && downstream?.isWalReceiverActive !== true) return undefined;
  return ahead > behind ? ahead - behind : 0n;
}

/** `0 B`, `12 kB`, `1.5 MB`: binary multiples under PostgreSQL's names (as `pg_size_pretty`). */
export function formatBytes(bytes: bigint | number): string {
  let value = Number(bytes);
  for (const unit of ['B', 'kB', 'MB', 'GB', 'TB']) {
    if (value < 1024 || unit === 'TB')
      return `${value < 10 && unit !== 'B' ? value.toFixed(1) : Math.round(value)} ${unit}`;
    value /= 1024;
  }
  return `${value} B`;
}
