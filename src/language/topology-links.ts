/** Which files have to be looked at together, because Clusters in them take part in one topology. */
import { clustersIn } from './check.ts';
import type { ManifestFile } from './manifest.ts';
import { entryNames, topologyName } from './rules/rule.ts';
import { clusterOf } from './sound.ts';

/** Plain data: what of a Cluster tells with whom it belongs together. */
export interface ClusterLinks {
  /** How the others know it. */
  topologyName: string;
  /** Whom it names: in `externalClusters`, as `source` and as `primary`. */
  names: string[];
  /** Whether rules ask about the others: those of the replica stanza do. */
  asks: boolean;
}

export const linksOf = (file: ManifestFile): ClusterLinks[] =>
  clustersIn(file).flatMap(document => {
    const cluster = clusterOf(document);
    if (!cluster) return [];
    const { replica } = cluster.spec;
    const names = new Set([
      ...entryNames(cluster),
      ...[replica?.source, replica?.primary].filter(name => !!name),
    ] as string[]);
    return [{ topologyName: topologyName(cluster), names: [...names], asks: replica !== undefined }];
  });

/** Positions in a list of files. */
export interface LinkedFiles {
  /** About these more can be said when the others are known. */
  asking: number[];
  /** These, and those that they are linked with. */
  all: number[];
}

/** @param files the Clusters of each file */
export function linkedFiles(files: readonly (readonly ClusterLinks[])[]): LinkedFiles {
  const known = new Map<string, Set<number>>();
  const naming = new Map<string, Set<number>>();
  for (const [at, links] of files.entries())
    for (const link of links) {
      add(known, link.topologyName, at);
      for (const name of link.names) add(naming, name, at);
    }
  const asking = new Set<number>();
  const named = new Set<Set<number>>();
  for (const [at, links] of files.entries())
    for (const link of links.filter(({ asks }) => asks))
      for (const others of [...link.names.map(name => known.get(name)), naming.get(link.topologyName)]) {
        if (!others || (others.size === 1 && others.has(at))) continue;
        asking.add(at);
        named.add(others);
      }
  const all = new Set(asking);
  for (const others of named) for (const other of others) all.add(other);
  return { asking: [...asking], all: [...all].sort((a, b) => a - b) };
}

function add(to: Map<string, Set<number>>, name: string, at: number): void {
  const found = to.get(name);
  if (found) found.add(at);
  else to.set(name, new Set([at]));
}
