/** The Cluster that an object names in `spec.cluster.name`. */
import { isReplicaCluster } from '../../model/cluster.ts';
import type { ManifestDocument } from '../manifest.ts';
import { isRecord } from '../manifest.ts';
import { clusterOfSatellite } from '../sides.ts';
import type { Entry } from '../workspace.ts';
import type { Subject } from './rule.ts';

/** Kinds of objects that belong to a Cluster. */
export const satelliteKinds = [
  'ScheduledBackup',
  'Backup',
  'Pooler',
  'Database',
  'DatabaseRole',
  'Publication',
  'Subscription',
] as const;

export function satelliteCluster({ value: { spec } }: ManifestDocument): string | undefined {
  const reference = isRecord(spec) ? spec['cluster'] : undefined;
  const name = isRecord(reference) ? reference['name'] : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** When that is a replica cluster. */
export function replicaOfSatellite({ document, entry, workspace }: Subject): Entry | undefined {
  const name = satelliteCluster(document);
  const found = name === undefined ? undefined : clusterOfSatellite(workspace, entry, name);
  return found?.cluster && !found.rewritten && isReplicaCluster(found.cluster) ? found : undefined;
}
