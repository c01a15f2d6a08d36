/** The kinds that the simulated API server knows. */

export interface Kind {
  group: string;
  version: string;
  plural: string;
  kind: string;
  namespaced: boolean;
  /** Has a status subresource: then the main resource ignores `status`, and `/status` everything else. */
  status: boolean;
  /** Defined by a CustomResourceDefinition: no strategic merge patch. */
  custom: boolean;
}

const kind = (
  group: string,
  version: string,
  plural: string,
  name: string,
  options: Partial<Pick<Kind, 'namespaced' | 'status'>> = {},
): Kind => ({
  group,
  version,
  plural,
  kind: name,
  namespaced: true,
  status: false,
  custom: group.endsWith('cnpg.io'),
  ...options,
});

const status = { status: true };
const cluster = { namespaced: false };

export const kinds: readonly Kind[] = [
  kind('postgresql.cnpg.io', 'v1', 'clusters', 'Cluster', status),
  kind('postgresql.cnpg.io', 'v1', 'backups', 'Backup', status),
  kind('postgresql.cnpg.io', 'v1', 'scheduledbackups', 'ScheduledBackup', status),
  kind('postgresql.cnpg.io', 'v1', 'poolers', 'Pooler', status),
  kind('postgresql.cnpg.io', 'v1', 'databases', 'Database', status),
  kind('postgresql.cnpg.io', 'v1', 'publications', 'Publication', status),
  kind('postgresql.cnpg.io', 'v1', 'subscriptions', 'Subscription', status),
  kind('postgresql.cnpg.io', 'v1', 'databaseroles', 'DatabaseRole', status),
  kind('postgresql.cnpg.io', 'v1', 'failoverquorums', 'FailoverQuorum', status),
  kind('postgresql.cnpg.io', 'v1', 'imagecatalogs', 'ImageCatalog'),
  kind('postgresql.cnpg.io', 'v1', 'clusterimagecatalogs', 'ClusterImageCatalog', cluster),
  kind('barmancloud.cnpg.io', 'v1', 'objectstores', 'ObjectStore', status),
  kind('', 'v1', 'namespaces', 'Namespace', { ...cluster, ...status }),
  kind('', 'v1', 'nodes', 'Node', { ...cluster, ...status }),
  kind('', 'v1', 'pods', 'Pod', status),
  kind('', 'v1', 'services', 'Service', status),
  kind('', 'v1', 'secrets', 'Secret'),
  kind('', 'v1', 'configmaps', 'ConfigMap'),
  kind('', 'v1', 'events', 'Event'),
  kind('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', status),
  kind('coordination.k8s.io', 'v1', 'leases', 'Lease'),
  kind('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice'),
];

export const apiVersionOf = ({ group, version }: Pick<Kind, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`;

export const findKind = (group: string, version: string, plural: string): Kind | undefined =>
  kinds.find(known => known.group === group && known.version === version && known.plural === plural);

/** @throws Error for a kind that the simulated API server does not know */
export function kindOf({ apiVersion, kind: name }: { apiVersion: string; kind: string }): Kind {
  const found = kinds.find(known => apiVersionOf(known) === apiVersion && known.kind === name);
  if (!found) throw new Error(`no kind ${name} in ${apiVersion}`);
  return found;
}
