/** The shape of a rule over the replica stanza of a Cluster, and what rules share. */
import type { Cluster } from '../../model/cluster.ts';
import { externalCluster, isReplicaCluster, topologyName } from '../../model/cluster.ts';
import type { Severity } from '../diagnostic.ts';
import type { Fix } from '../edits.ts';
import { addKey, appendItem, fix, plainText } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import { isRecord } from '../manifest.ts';

/** A Cluster of a manifest in the workspace. */
export interface KnownCluster {
  document: ManifestDocument;
  /** Where its file is; absent for the file under check. */
  uri?: string;
}

export interface Subject {
  document: ManifestDocument;
  cluster: Cluster;
  /** All Clusters known, this one too. */
  known: readonly KnownCluster[];
}

export interface Finding {
  path: Path;
  on: 'key' | 'value';
  message: string;
  /** Another than the rule's own. */
  severity?: Severity;
  fixes?: Fix[];
  related?: { document: KnownCluster; path: Path; message: string };
}

export interface Rule {
  /** `RC101`; the page beside the rule's file explains it with examples. */
  code: string;
  severity: Severity;
  /** The webhook looks only when the Cluster is created. */
  onlyNew?: true;
  /** Code of the schema's finding on the same path, which it says better. */
  replaces?: string;
  check(subject: Subject): Finding[];
}

export const replica: Path = ['spec', 'replica'];

/** Names in `externalClusters`; an entry may still lack its own. */
export const entryNames = ({ spec }: Cluster): string[] =>
  (spec.externalClusters ?? []).map(entry => entry.name).filter(Boolean);

/** Is this the same Cluster? By namespace and name; manifests without namespace may be applied anywhere. */
const isSame = (a: ManifestDocument, b: ManifestDocument): boolean =>
  a === b || (a.name === b.name && (a.namespace ?? '') === (b.namespace ?? ''));

/** The Cluster that goes by this name in the topology, when its manifest is known. */
export const clusterNamed = ({ document, known }: Subject, name: string): KnownCluster | undefined =>
  known.find(other => {
    const cluster = clusterOf(other.document);
    return cluster !== undefined && topologyName(cluster) === name && !isSame(other.document, document);
  });

/** All other known members of the topology: those that list this Cluster or are listed by it. */
export const partners = (subject: Subject): { member: KnownCluster; cluster: Cluster }[] => {
  const name = topologyName(subject.cluster);
  return subject.known.flatMap(member => {
    const cluster = clusterOf(member.document);
    if (!cluster || isSame(member.document, subject.document)) return [];
    const linked =
      externalCluster(cluster, name) !== undefined ||
      externalCluster(subject.cluster, topologyName(cluster)) !== undefined;
    return linked ? [{ member, cluster }] : [];
  });
};

/**
 * The document as a Cluster, when the parts that rules read have the types that they must have; what has not is reported by
 * the schema.
 */
export function clusterOf({ kind, apiVersion, value, name }: ManifestDocument): Cluster | undefined {
  if (kind !== 'Cluster' || !apiVersion.startsWith('postgresql.cnpg.io/') || name === undefined) return undefined;
  const { spec } = value;
  if (!isRecord(spec)) return undefined;
  const { replica: stanza, externalClusters = [], bootstrap = {} } = spec;
  const sound =
    (stanza === undefined || (isRecord(stanza) && Object.entries(stanza).every(isSoundField))) &&
    Array.isArray(externalClusters) &&
    externalClusters.every(entry => isRecord(entry) && typeof (entry['name'] ?? '') === 'string') &&
    isRecord(bootstrap) &&
    Object.values(bootstrap).every(method => isRecord(method) && typeof (method['source'] ?? '') !== 'number');
  return sound ? (value as unknown as Cluster) : undefined;
}

const fieldTypes: Record<string, string> = {
  enabled: 'boolean',
  source: 'string',
  primary: 'string',
  self: 'string',
  promotionToken: 'string',
  minApplyDelay: 'string',
};

const isSoundField = ([key, value]: [string, unknown]): boolean => typeof value === (fieldTypes[key] ?? typeof value);

/** Adds an entry to `externalClusters`, as far as it is known how to reach the Cluster. */
export function addEntry({ document, cluster }: Subject, name: string): Fix[] {
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
