/** Names that the manifests of a workspace and the connected contexts give to what others mean by them. */
import { topologyName } from '../model/cluster.ts';
import type { Workspace } from './workspace.ts';

export interface KnownName {
  name: string;
  /** Kubernetes contexts that have it now. */
  liveIn: readonly string[];
}

/** `member`: a Cluster, as its topology calls it. */
export type KnownNames = (kind: 'member' | 'Cluster' | 'ObjectStore' | 'Secret') => readonly KnownName[];

/** Those that contexts have, which of Secrets nobody asks. */
export type LiveNames = (kind: 'member' | 'Cluster' | 'ObjectStore') => readonly { name: string; context: string }[];

/** Each once, those of the workspace first. */
export const knownNames =
  (workspace: Workspace, live: LiveNames): KnownNames =>
  kind => {
    const names = new Map(writtenNames(workspace, kind).map(name => [name, new Set<string>()]));
    for (const { name, context } of kind === 'Secret' ? [] : live(kind))
      names.set(name, (names.get(name) ?? new Set()).add(context));
    return [...names].map(([name, contexts]) => ({ name, liveIn: [...contexts] }));
  };

function writtenNames(workspace: Workspace, kind: Parameters<KnownNames>[0]): string[] {
  if (kind === 'Secret') return workspace.neighbours('Secret').map(({ name }) => name);
  if (kind !== 'member') return workspace.ofKind(kind).map(({ name }) => name);
  return workspace.ofKind('Cluster').map(({ cluster, name }) => (cluster ? topologyName(cluster) : name));
}
