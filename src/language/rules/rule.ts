/** The shape of a rule over both sides of a topology, and what rules share. */
import { externalCluster, isReplicaCluster, topologyName } from '../../model/cluster.ts';
import type { Severity } from '../diagnostic.ts';
import type { Edit, Fix } from '../edits.ts';
import { addKey, appendItem, fix, plainText } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import type { Side } from '../sides.ts';
import { clusterCalled, partners } from '../sides.ts';
import type { ClusterManifest } from '../sound.ts';
import type { Entry, Workspace } from '../workspace.ts';

/** A document under check. */
export interface Subject {
  document: ManifestDocument;
  entry: Entry;
  workspace: Workspace;
  /** What the workspace lacks is nowhere. */
  complete: boolean;
  /** The live object that the manifest updates. */
  old: ManifestDocument | undefined;
}

/** A Cluster under check. */
export interface ClusterSubject extends Subject {
  entry: Side;
  cluster: ClusterManifest;
}

export interface Finding {
  path: Path;
  on: 'key' | 'value';
  message: string;
  /** Another than the rule's own. */
  severity?: Severity;
  fixes?: RuleFix[];
  related?: Related[] | undefined;
}

/** A place in another document, or in this one. */
export interface Related {
  entry: Entry;
  path: Path;
  message: string;
}

/** A fix may change the other side's document as well, or instead; lines of its edits count from that document's start. */
export interface RuleFix extends Fix {
  elsewhere?: { entry: Entry; edits: Edit[] }[];
}

interface RuleOf<S extends Subject> {
  /** `RC101`; the page beside the rule's file explains it with examples. */
  code: string;
  severity: Severity;
  /** The webhook looks only when the Cluster is created. */
  onlyNew?: true;
  /** Code of the schema's finding on the same path, which it says better. */
  replaces?: string;
  check(subject: S): Finding[];
}

/** A rule about Clusters. */
export type Rule = RuleOf<ClusterSubject>;

/** A rule about objects of other kinds. */
export type ObjectRule = RuleOf<Subject> & { kinds: readonly string[] };

export const replica: Path = ['spec', 'replica'];

/** Names in `externalClusters`; an entry may still lack its own. */
export const entryNames = ({ spec }: ClusterManifest): string[] =>
  (spec.externalClusters ?? []).map(entry => entry.name).filter(Boolean);

/** The Cluster that goes by this name in the topology, when its manifest is known. */
export const clusterNamed = ({ workspace, entry }: ClusterSubject, name: string): Side | undefined =>
  clusterCalled(workspace, entry, name);

/** All other known members of the topology that list this Cluster or are listed by it. */
export const partnersOf = ({ workspace, entry }: ClusterSubject): Side[] => partners(workspace, entry);

/** Adds an entry to `externalClusters`, as far as it is known how to reach the Cluster. */
export function addEntry({ document, cluster }: ClusterSubject, name: string): Fix[] {
  const lines = [
    `name: ${plainText(name)}`,
    'connectionParameters:',
    `  host: ${plainText(`${name}-rw.example.com`)}`,
    '  user: streaming_replica',
    '  dbname: postgres',
  ];
  const items = lines.map((line, at) => `\n  ${at === 0 ? '- ' : '  '}${line}`).join('');
  return fix(
    `Add "${name}" to externalClusters`,
    cluster.spec.externalClusters === undefined
      ? addKey(document, ['spec'], 'externalClusters', items)
      : appendItem(document, ['spec', 'externalClusters'], lines),
  );
}

export { externalCluster, isReplicaCluster, topologyName };
