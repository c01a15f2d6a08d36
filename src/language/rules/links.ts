/** Links over the network from one Cluster to another, by its entries in `externalClusters`. */
import type { Side } from '../sides.ts';
import type { ClusterSubject, PlacedEntry } from './rule.ts';
import { clusterNamed, otherEntries } from './rule.ts';

export interface Link extends PlacedEntry {
  parameters: Record<string, string>;
  /** What is at the other end, when its manifest is known. */
  other: Side | undefined;
}

/** The user that CloudNativePG makes for streaming. It is let in by certificate only. */
export const streamingUser = 'streaming_replica';

export const linksFrom = (subject: ClusterSubject): Link[] =>
  otherEntries(subject.cluster).flatMap(placed => {
    const parameters = placed.entry.connectionParameters;
    return parameters ? [{ ...placed, parameters, other: clusterNamed(subject, placed.entry.name) }] : [];
  });

export const parametersIn = ({ path }: PlacedEntry): (string | number)[] => [...path, 'connectionParameters'];

export const linkParameter = (link: PlacedEntry, name: string): (string | number)[] => [...parametersIn(link), name];
