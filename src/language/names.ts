/** The names in a document by which objects and parts of them are meant. */
import { topologyName } from '../model/cluster.ts';
import type { ManifestDocument, Path } from './manifest.ts';
import { isRecord } from './manifest.ts';
import { secretUses } from './rules/secrets-here.ts';
import type { Entry } from './workspace.ts';

/**
 * - `member`: a Cluster, as its topology calls it
 * - `Cluster`, `ObjectStore`, `Secret`: objects, as Kubernetes calls them
 * - `tablespace`, `role`: of PostgreSQL
 */
export type NameKind = 'member' | 'Cluster' | 'ObjectStore' | 'Secret' | 'tablespace' | 'role';

export interface NameUse {
  kind: NameKind;
  name: string;
  path: Path;
  on: 'key' | 'value';
  /** It is what the others mean. */
  defines: boolean;
}

const known = new WeakMap<ManifestDocument, NameUse[]>();

export function namesIn({ document, cluster, kind, name }: Entry): NameUse[] {
  let uses = known.get(document);
  if (!uses) {
    const own = kind === 'Cluster' || kind === 'ObjectStore' ? [use(kind, name, ['metadata', 'name'], true)] : [];
    const id = cluster && topologyName(cluster);
    uses = [
      ...own,
      ...(id !== undefined && id === name ? [use('member', id, ['metadata', 'name'], true)] : []),
      ...(kind === 'Cluster' ? inCluster(document) : inSatellite(document, kind)),
      ...secretUses(document.value['spec'], ['spec']).map(secret =>
        use('Secret', secret.name, [...secret.path, 'name']),
      ),
      ...secretNames(document.value['spec'], ['spec']),
    ];
    known.set(document, uses);
  }
  return uses;
}

const use = (kind: NameKind, name: string, path: Path, defines = false): NameUse => ({
  kind,
  name,
  path,
  on: 'value',
  defines,
});

/** What stands at a path, with `*` for all that is there. */
function found(value: unknown, pattern: Path, path: Path = []): { path: Path; value: unknown }[] {
  const [step, ...rest] = pattern;
  if (step === undefined) return [{ path, value }];
  if (Array.isArray(value))
    return step === '*' ? value.flatMap((item: unknown, at) => found(item, rest, [...path, at])) : [];
  if (!isRecord(value)) return [];
  const keys = step === '*' ? Object.keys(value) : [step].filter(key => Object.hasOwn(value, key));
  return keys.flatMap(key => found(value[key], rest, [...path, key]));
}

const texts = (document: ManifestDocument, kind: NameKind, pattern: string, defines = false): NameUse[] =>
  found(document.value, pattern.split('.')).flatMap(({ path, value }) =>
    typeof value === 'string' && value !== '' ? [use(kind, value, path, defines)] : [],
  );

const inCluster = (document: ManifestDocument): NameUse[] => [
  ...texts(document, 'member', 'spec.replica.self', true),
  ...texts(document, 'member', 'spec.replica.primary'),
  ...texts(document, 'member', 'spec.replica.source'),
  ...texts(document, 'member', 'spec.bootstrap.*.source'),
  ...texts(document, 'member', 'spec.bootstrap.initdb.import.source.externalCluster'),
  ...texts(document, 'member', 'spec.externalClusters.*.name'),
  ...texts(document, 'ObjectStore', 'spec.plugins.*.parameters.barmanObjectName'),
  ...texts(document, 'ObjectStore', 'spec.externalClusters.*.plugin.parameters.barmanObjectName'),
  ...texts(document, 'tablespace', 'spec.tablespaces.*.name', true),
  ...found(document.value, 'spec.bootstrap.recovery.volumeSnapshots.tablespaceStorage.*'.split('.')).map(
    ({ path }): NameUse => ({ ...use('tablespace', String(path.at(-1)), path), on: 'key' }),
  ),
  ...texts(document, 'role', 'spec.managed.roles.*.name', true),
  ...texts(document, 'role', 'spec.bootstrap.*.owner'),
  ...texts(document, 'role', 'spec.tablespaces.*.owner.name'),
];

const inSatellite = (document: ManifestDocument, kind: string): NameUse[] => [
  ...(kind === 'ObjectStore' ? [] : texts(document, 'Cluster', 'spec.cluster.name')),
  ...(kind === 'Database' ? texts(document, 'tablespace', 'spec.tablespace') : []),
  ...(kind === 'Database' ? texts(document, 'role', 'spec.owner') : []),
  ...(kind === 'DatabaseRole' ? texts(document, 'role', 'spec.name', true) : []),
];

/** Secrets that are named as a whole: `passwordSecret: {name}`, `serverCASecret: name`. */
function secretNames(value: unknown, path: Path): NameUse[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown, at) => secretNames(item, [...path, at]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([field, child]): NameUse[] => {
    const at = [...path, field];
    if (!/secret$/i.test(field)) return secretNames(child, at);
    const name = isRecord(child) && child['key'] === undefined ? child['name'] : child;
    const where = typeof child === 'string' ? at : [...at, 'name'];
    return typeof name === 'string' && name !== '' ? [use('Secret', name, where)] : [];
  });
}
