/** The shape of a rule over both sides of a topology, and what rules share. */
import type { ExternalCluster } from '../../model/cluster.ts';
import { externalCluster, isReplicaCluster, topologyName } from '../../model/cluster.ts';
import type { Severity } from '../diagnostic.ts';
import type { Edit, Fix, MaybeEdit } from '../edits.ts';
import { addKey, appendItem, fix, plainText, setValue } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import { placeOf } from '../manifest.ts';
import { nearest } from '../nearest.ts';
import type { Side } from '../sides.ts';
import { clusterCalled, members, partners } from '../sides.ts';
import type { ClusterManifest } from '../sound.ts';
import type { Entry, Workspace } from '../workspace.ts';
import type { Live } from './live.ts';

/** A document under check. */
export interface Subject {
  document: ManifestDocument;
  entry: Entry;
  workspace: Workspace;
  /** What the workspace lacks is nowhere. */
  complete: boolean;
  live: Live | undefined;
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

export const onKey = (path: Path, message: string, more: Partial<Finding> = {}): Finding => ({
  path,
  on: 'key',
  message,
  ...more,
});

export const onValue = (path: Path, message: string, more: Partial<Finding> = {}): Finding => ({
  path,
  on: 'value',
  message,
  ...more,
});

export const replica: Path = ['spec', 'replica'];
export const externalClusters: Path = ['spec', 'externalClusters'];

export interface PlacedEntry {
  entry: ExternalCluster;
  path: Path;
}

/** Entries of `externalClusters` that have a name. */
export const entriesOf = ({ spec }: ClusterManifest): PlacedEntry[] =>
  (spec.externalClusters ?? []).flatMap((entry, at) =>
    entry.name ? [{ entry, path: [...externalClusters, at] }] : [],
  );

/** Entries for others: that for the Cluster itself is not used while it is what it is. */
export const otherEntries = (cluster: ClusterManifest): PlacedEntry[] =>
  entriesOf(cluster).filter(({ entry }) => entry.name !== topologyName(cluster));

/** The entry that the Cluster follows, or would follow after a demotion. */
export const sourceOf = (cluster: ClusterManifest): PlacedEntry | undefined =>
  entriesOf(cluster).find(({ entry }) => entry.name === cluster.spec.replica?.source);

/** Both sides may change roles: `primary` says who has which. */
export const isDistributed = ({ spec }: ClusterManifest): boolean => !!spec.replica?.primary;

/** Members of a distributed topology change roles, and a demoted one keeps the bootstrap with which it was born. */
export const mayHaveBeenPrimary = (cluster: ClusterManifest): boolean =>
  cluster.spec.replica?.enabled === undefined && externalCluster(cluster, topologyName(cluster)) !== undefined;

/** The member that is primary by its manifest, when there is one and this Cluster is another. */
export function primaryOf({ workspace, entry }: ClusterSubject): Side | undefined {
  if (!isReplicaCluster(entry.cluster)) return undefined;
  const [primary, ...others] = members(workspace, entry).filter(({ cluster }) => !isReplicaCluster(cluster));
  return others.length === 0 ? primary : undefined;
}

export const parameters: Path = ['spec', 'postgresql', 'parameters'];

export const parameterOf = ({ spec }: ClusterManifest, name: string): string | undefined => {
  const known = spec.postgresql?.parameters;
  return known && Object.hasOwn(known, name) ? known[name] : undefined;
};

/** Sets a parameter of PostgreSQL, in sections of its own when there are none. */
export function setParameter(document: ManifestDocument, name: string, value: string): MaybeEdit {
  const text = JSON.stringify(value);
  if (placeOf(document, [...parameters, name])) return setValue(document, [...parameters, name], text);
  if (placeOf(document, parameters)) return addKey(document, parameters, name, text);
  if (placeOf(document, ['spec', 'postgresql']))
    return addKey(document, ['spec', 'postgresql'], 'parameters', `\n  ${name}: ${text}`);
  return addKey(document, ['spec'], 'postgresql', `\n  parameters:\n    ${name}: ${text}`);
}

export const annotation = (name: string): Path => ['metadata', 'annotations', name];

/** The same lines without the start of the file, as rules see the document under check. */
export const fromItsStart = (document: ManifestDocument): ManifestDocument => ({ ...document, startLine: 0 });

/** Names in `externalClusters`; an entry may still lack its own. */
export const entryNames = ({ spec }: ClusterManifest): string[] =>
  (spec.externalClusters ?? []).map(entry => entry.name).filter(Boolean);

/** The Cluster that goes by this name in the topology, when its manifest is known. */
export const clusterNamed = ({ workspace, entry }: ClusterSubject, name: string): Side | undefined =>
  clusterCalled(workspace, entry, name);

/**
 * The entry for another Cluster that a name which has none was probably meant to be. A name that a Cluster has is no slip, and
 * that of the Cluster itself would change its role.
 */
export const meantEntry = (subject: ClusterSubject, name: string): string | undefined =>
  name === topologyName(subject.cluster) || clusterNamed(subject, name)
    ? undefined
    : nearest(
        name,
        otherEntries(subject.cluster).map(({ entry }) => entry.name),
      );

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
