/** Objects of a snapshot by the Cluster they belong to: looked up once per list, not once per Cluster. */
import type { Cluster } from './cluster.ts';
import type { KubernetesObject } from './kubernetes.ts';

const indexes = new WeakMap<readonly KubernetesObject[], Map<string, KubernetesObject[]>>();

/** Lists in a snapshot are never changed in place, so an index lives as long as its list. */
function indexOf<T extends KubernetesObject>(
  list: readonly T[],
  nameOf: (object: T) => string | undefined,
): Map<string, T[]> {
  const known = indexes.get(list);
  if (known) return known as Map<string, T[]>;
  const index = new Map<string, T[]>();
  for (const object of list) {
    const name = nameOf(object);
    if (name === undefined) continue;
    const key = `${object.metadata.namespace ?? 'default'}/${name}`;
    const entry = index.get(key);
    if (entry) entry.push(object);
    else index.set(key, [object]);
  }
  indexes.set(list, index);
  return index;
}

const keyOf = ({ metadata }: Cluster): string => `${metadata.namespace ?? 'default'}/${metadata.name}`;

/** Pods, services and volumes: by label `cnpg.io/cluster`. */
export const labelledFor = <T extends KubernetesObject>(list: readonly T[], cluster: Cluster): readonly T[] =>
  indexOf(list, object => object.metadata.labels?.['cnpg.io/cluster']).get(keyOf(cluster)) ?? [];

/** Backups, schedules, poolers and the declarative kinds: by `spec.cluster.name`. */
export const naming = <T extends KubernetesObject & { spec?: { cluster?: { name?: string } } }>(
  list: readonly T[],
  cluster: Cluster,
): readonly T[] => indexOf(list, object => object.spec?.cluster?.name).get(keyOf(cluster)) ?? [];
