/** What the live object says that a manifest is an update of. */
import type { Cluster, ClusterStatus } from '../../model/cluster.ts';
import type { ManifestDocument } from '../manifest.ts';
import { clusterOf } from '../sound.ts';

export const liveCluster = (old: ManifestDocument | undefined): Cluster | undefined => old && clusterOf(old);

/** Only fields of a live object's status that have their types. */
export function liveStatus(old: ManifestDocument | undefined): ClusterStatus | undefined {
  const status = liveCluster(old)?.status;
  if (!status) return undefined;
  const { systemID, timelineID, lastPromotionToken } = status;
  return {
    ...(typeof systemID === 'string' && { systemID }),
    ...(typeof timelineID === 'number' && { timelineID }),
    ...(typeof lastPromotionToken === 'string' && { lastPromotionToken }),
  };
}
