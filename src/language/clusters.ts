/** Clusters of a file as the extension shows them: code lenses stand at `kind: Cluster`. */
import { isReplicaCluster } from '../model/cluster.ts';
import type { ManifestFile, Range } from './manifest.ts';
import { isOurs, keyRange } from './manifest.ts';
import { clusterOf } from './sound.ts';

export interface ManifestCluster {
  name: string;
  namespace?: string;
  replicaCluster: boolean;
  /** The document changes a Cluster of another file (Kustomize). */
  isPatch: boolean;
  range: Range;
}

export const manifestClusters = (file: ManifestFile, isPatch: boolean): ManifestCluster[] =>
  file.documents.flatMap(document => {
    const { name, namespace } = document;
    if (name === undefined || document.kind !== 'Cluster' || !isOurs(document)) return [];
    const cluster = clusterOf(document);
    return [
      {
        name,
        ...(namespace !== undefined && { namespace }),
        replicaCluster: cluster !== undefined && isReplicaCluster(cluster),
        isPatch,
        range: keyRange(document, ['kind']),
      },
    ];
  });
