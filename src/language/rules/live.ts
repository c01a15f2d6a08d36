/** What Kubernetes has of the Clusters that manifests describe. */
import type { Cluster, ClusterStatus } from '../../model/cluster.ts';
import { topologyName } from '../../model/cluster.ts';

export interface Live {
  /** The object that the manifest is an update of; `undefined`: nobody knows of one. */
  own: Cluster | undefined;
  /** All Clusters that are known. */
  all: readonly Cluster[];
  /** All ObjectStores that are known. */
  stores: readonly { name: string; namespace: string | undefined; context: string | undefined }[];
}

/** Only fields of a live object's status that have their types. */
export function liveStatus(live: Live | undefined): ClusterStatus | undefined {
  const status = live?.own?.status;
  if (!status) return undefined;
  const { systemID, timelineID, lastPromotionToken } = status;
  return {
    ...(typeof systemID === 'string' && { systemID }),
    ...(typeof timelineID === 'number' && { timelineID }),
    ...(typeof lastPromotionToken === 'string' && { lastPromotionToken }),
  };
}

/** The Cluster of that name in its topology, when there is only one. */
export function liveCalled(live: Live | undefined, name: string): Cluster | undefined {
  const [only, ...others] = (live?.all ?? []).filter(cluster => topologyName(cluster) === name);
  return others.length === 0 ? only : undefined;
}
