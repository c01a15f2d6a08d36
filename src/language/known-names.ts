/** Names that the manifests of a workspace give to what others mean by them. */
import { topologyName } from '../model/cluster.ts';
import type { Workspace } from './workspace.ts';

/** `member`: a Cluster, as its topology calls it. */
export type KnownNames = (kind: 'member' | 'Cluster' | 'ObjectStore' | 'Secret') => readonly string[];

export const knownNames =
  (workspace: Workspace): KnownNames =>
  kind => {
    if (kind === 'Secret') return workspace.neighbours('Secret').map(({ name }) => name);
    if (kind !== 'member') return workspace.ofKind(kind).map(({ name }) => name);
    return workspace.ofKind('Cluster').map(({ cluster, name }) => (cluster ? topologyName(cluster) : name));
  };
