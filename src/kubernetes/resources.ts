import type { ObjectKind } from './contract.ts';

interface Resource {
  /** `/api/v1` or `/apis/GROUP/VERSION`. */
  root: string;
  plural: string;
  labelSelector?: string;
}

const cnpg = '/apis/postgresql.cnpg.io/v1';

export const resources: Record<ObjectKind, Resource> = {
  Cluster: { root: cnpg, plural: 'clusters' },
  Backup: { root: cnpg, plural: 'backups' },
  ScheduledBackup: { root: cnpg, plural: 'scheduledbackups' },
  ObjectStore: { root: '/apis/barmancloud.cnpg.io/v1', plural: 'objectstores' },
  Pooler: { root: cnpg, plural: 'poolers' },
  Database: { root: cnpg, plural: 'databases' },
  DatabaseRole: { root: cnpg, plural: 'databaseroles' },
  Publication: { root: cnpg, plural: 'publications' },
  Subscription: { root: cnpg, plural: 'subscriptions' },
  PersistentVolumeClaim: { root: '/api/v1', plural: 'persistentvolumeclaims', labelSelector: 'cnpg.io/cluster' },
  Pod: { root: '/api/v1', plural: 'pods', labelSelector: 'cnpg.io/podRole=instance' },
  Service: { root: '/api/v1', plural: 'services', labelSelector: 'cnpg.io/cluster' },
  Secret: { root: '/api/v1', plural: 'secrets' },
  Event: { root: '/api/v1', plural: 'events' },
  EndpointSlice: { root: '/apis/discovery.k8s.io/v1', plural: 'endpointslices' },
  Lease: { root: '/apis/coordination.k8s.io/v1', plural: 'leases' },
};

/** Path of a collection; without namespace the whole Kubernetes cluster's. */
export function collectionPath(kind: ObjectKind, namespace?: string): string {
  const { root, plural } = resources[kind];
  return namespace === undefined
    ? `${root}/${plural}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

export const objectPath = (kind: ObjectKind, namespace: string, name: string): string =>
  `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
