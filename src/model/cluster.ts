/**
 * CloudNativePG's `Cluster`: its types (the fields this product reads, postgresql.cnpg.io/v1) and the questions
 * that can be answered from one object alone.
 */
import type { Condition, KubernetesObject, Pod, SecretKeySelector } from './kubernetes.ts';

export const barmanPlugin = 'barman-cloud.cloudnative-pg.io';

export interface Cluster extends KubernetesObject {
  spec: ClusterSpec;
  status?: ClusterStatus;
}

export interface ClusterSpec {
  instances?: number;
  imageName?: string;
  replica?: ReplicaStanza;
  externalClusters?: ExternalCluster[];
  bootstrap?: Record<string, { source?: string; recoveryTarget?: unknown; secret?: { name: string } } | undefined>;
  plugins?: PluginConfiguration[];
  backup?: {
    barmanObjectStore?: ObjectStoreConfiguration;
    volumeSnapshot?: object;
    retentionPolicy?: string;
    target?: string;
  };
  postgresql?: {
    parameters?: Record<string, string>;
    shared_preload_libraries?: string[];
    /** Images that bring extensions along. */
    extensions?: { name: string }[];
  };
  enableSuperuserAccess?: boolean;
  superuserSecret?: { name: string };
  managed?: { roles?: { name: string; passwordSecret?: { name: string } }[] };
  storage?: { size?: string };
  walStorage?: { size?: string };
  resources?: { limits?: Record<string, string> };
  /** `supervised`: a rolling update stops before the (designated) primary. */
  primaryUpdateStrategy?: 'unsupervised' | 'supervised';
  primaryUpdateMethod?: 'restart' | 'switchover';
}

/** `spec.replica`. A Cluster with this stanza may be the primary or a replica cluster: see {@link isReplicaCluster}. */
export interface ReplicaStanza {
  source?: string;
  primary?: string;
  self?: string;
  enabled?: boolean;
  promotionToken?: string;
  /** Go duration, for example `8h`. */
  minApplyDelay?: string;
}

export interface ExternalCluster {
  name: string;
  connectionParameters?: Record<string, string>;
  sslCert?: SecretKeySelector;
  sslKey?: SecretKeySelector;
  sslRootCert?: SecretKeySelector;
  password?: SecretKeySelector;
  barmanObjectStore?: ObjectStoreConfiguration;
  plugin?: PluginConfiguration;
}

export interface PluginConfiguration {
  name: string;
  enabled?: boolean;
  isWALArchiver?: boolean;
  parameters?: Record<string, string>;
}

/** `spec.configuration` of an ObjectStore, and the same structure inside a Cluster for in-tree Barman. */
export interface ObjectStoreConfiguration {
  destinationPath: string;
  endpointURL?: string;
  endpointCA?: SecretKeySelector;
  serverName?: string;
  s3Credentials?: {
    accessKeyId?: SecretKeySelector;
    secretAccessKey?: SecretKeySelector;
    sessionToken?: SecretKeySelector;
    region?: SecretKeySelector;
    inheritFromIAMRole?: boolean;
  };
  azureCredentials?: {
    connectionString?: SecretKeySelector;
    storageAccount?: SecretKeySelector;
    storageKey?: SecretKeySelector;
    storageSasToken?: SecretKeySelector;
    inheritFromAzureAD?: boolean;
    useDefaultAzureCredentials?: boolean;
  };
  googleCredentials?: { applicationCredentials?: SecretKeySelector; gkeEnvironment?: boolean };
}

export interface ObjectStore extends KubernetesObject {
  spec: { configuration: ObjectStoreConfiguration; retentionPolicy?: string };
  status?: { serverRecoveryWindow?: Record<string, RecoveryWindow> };
}

export interface RecoveryWindow {
  firstRecoverabilityPoint?: string;
  lastSuccessfulBackupTime?: string;
  lastFailedBackupTime?: string;
}

export interface ClusterStatus {
  phase?: string;
  phaseReason?: string;
  instances?: number;
  readyInstances?: number;
  instanceNames?: string[];
  instancesReportedState?: Record<string, { isPrimary?: boolean; timeLineID?: number; ip?: string }>;
  /** Only written while an instance reports itself primary: stale or absent on a replica cluster. */
  timelineID?: number;
  /** PostgreSQL system identifier; about 19 decimal digits, so it stays a string. */
  systemID?: string;
  currentPrimary?: string;
  targetPrimary?: string;
  currentPrimaryTimestamp?: string;
  targetPrimaryTimestamp?: string;
  demotionToken?: string;
  lastPromotionToken?: string;
  switchReplicaClusterStatus?: { inProgress?: boolean };
  conditions?: Condition[];
  writeService?: string;
  readService?: string;
  image?: string;
  pgDataImageInfo?: { image?: string; majorVersion?: number };
  /** `expirations`: Secret → `2027-02-21 09:43:30 +0000 UTC`, as Go prints a time. */
  certificates?: { expirations?: Record<string, string> };
  /** Plugins that the operator has loaded for this Cluster. */
  pluginStatus?: { name: string; version?: string; status?: string }[];
  /** `instances`: pod → labels of its node, those that the Cluster's rules for synchronous replicas name. */
  topology?: { instances?: Record<string, Record<string, string>>; nodesUsed?: number };
}

export interface Backup extends KubernetesObject {
  spec?: { cluster?: { name?: string }; method?: string; pluginConfiguration?: { name?: string } };
  status?: {
    phase?: string;
    backupId?: string;
    beginWal?: string;
    endWal?: string;
    startedAt?: string;
    stoppedAt?: string;
    error?: string;
  };
}

export interface ScheduledBackup extends KubernetesObject {
  spec?: { cluster?: { name?: string }; schedule?: string; suspend?: boolean; method?: string };
  status?: { lastScheduleTime?: string; nextScheduleTime?: string; lastCheckTime?: string };
}

/** `status.phase` strings this product acts upon; all others are shown word for word. */
export const phases = {
  healthy: 'Cluster in healthy state',
  promoting: 'Promoting to primary cluster',
  unrecoverable: 'Cluster is unrecoverable and needs manual intervention',
  switchover: 'Switchover in progress',
  failover: 'Failing over',
  waitingForUser: 'Waiting for user action',
  restartingInPlace: 'Primary instance is being restarted in-place',
} as const;

export const annotations = {
  fencedInstances: 'cnpg.io/fencedInstances',
  hibernation: 'cnpg.io/hibernation',
  reconciliationLoop: 'cnpg.io/reconciliationLoop',
  skipWalArchiving: 'cnpg.io/skipWalArchiving',
  restartedAt: 'kubectl.kubernetes.io/restartedAt',
  reloadedAt: 'cnpg.io/reloadedAt',
  /** Of pods. */
  operatorVersion: 'cnpg.io/operatorVersion',
} as const;

/** The name by which the members of a distributed topology know this Cluster: `replica.self`, else `metadata.name`. */
export const topologyName = (cluster: Cluster): string => cluster.spec.replica?.self || cluster.metadata.name;

/**
 * Is every instance of this Cluster in recovery by its spec? Same decision as the operator's `IsReplica`:
 * no stanza means no; `enabled` wins; else it is a replica unless it names itself as primary.
 */
export function isReplicaCluster(cluster: Cluster): boolean {
  const replica = cluster.spec.replica;
  if (!replica) return false;
  return replica.enabled ?? topologyName(cluster) !== (replica.primary ?? '');
}

export const externalCluster = (cluster: Cluster, name: string | undefined): ExternalCluster | undefined =>
  cluster.spec.externalClusters?.find(entry => entry.name === name);

export const condition = (cluster: Cluster, type: string): Condition | undefined =>
  cluster.status?.conditions?.find(c => c.type === type);

/** Demotion running: the webhook refuses role changes meanwhile. */
export const demotionInProgress = (cluster: Cluster): boolean =>
  cluster.status?.switchReplicaClusterStatus?.inProgress === true;

/** Has its promotion token been used, as far as the operator says? It does nothing any more and blocks the next demotion. */
export const tokenUsed = ({ spec, status }: Cluster): boolean =>
  !!spec.replica?.promotionToken && spec.replica.promotionToken === status?.lastPromotionToken;

/**
 * Told to become the primary with a token, and not known to have done so. Until then the operator does nothing else for it, and removing
 * only the token would be a failover (DOMAIN 3.4).
 */
export const tokenPending = (cluster: Cluster): boolean =>
  !isReplicaCluster(cluster) && !!cluster.spec.replica?.promotionToken && !tokenUsed(cluster);

/** Its PostgreSQL will never be promoted with that token: another system, an older timeline, or it is beyond the token's LSN. */
export const tokenRefused = (cluster: Cluster): boolean =>
  tokenPending(cluster) && cluster.status?.phase === phases.unrecoverable;

/** Another instance of the same Cluster is becoming (designated) primary. */
export const switchoverInProgress = (cluster: Cluster): boolean => {
  const { currentPrimary, targetPrimary } = cluster.status ?? {};
  return !!currentPrimary && !!targetPrimary && currentPrimary !== targetPrimary;
};

/** Names in `cnpg.io/fencedInstances`: pod names, `*` for all, empty when the annotation is absent or malformed. */
export function fencedInstances(cluster: Cluster): string[] {
  try {
    const value: unknown = JSON.parse(cluster.metadata.annotations?.[annotations.fencedInstances] ?? '[]');
    return Array.isArray(value) ? value.filter(name => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

export const hibernated = (cluster: Cluster): boolean =>
  cluster.metadata.annotations?.[annotations.hibernation] === 'on';

/** Does the pod belong to an instance of this Cluster: label for the list, owner for correctness. */
export const isInstanceOf = (pod: Pod, cluster: Cluster): boolean =>
  pod.metadata.namespace === cluster.metadata.namespace &&
  pod.metadata.labels?.['cnpg.io/cluster'] === cluster.metadata.name &&
  pod.metadata.labels['cnpg.io/podRole'] === 'instance' &&
  (pod.metadata.ownerReferences ?? []).some(o => o.kind === 'Cluster' && o.name === cluster.metadata.name);

/** `enabled` instead of `primary` in the stanza: it follows a source that need not know it. */
export const isStandalone = (cluster: Cluster): boolean => cluster.spec.replica?.enabled !== undefined;

/** Setting of {@link annotations.skipWalArchiving}: nothing is archived, on purpose. */
export const skipsArchiving = (cluster: Cluster): boolean =>
  cluster.metadata.annotations?.[annotations.skipWalArchiving] === 'enabled';

export const reconciliationDisabled = (cluster: Cluster): boolean =>
  cluster.metadata.annotations?.[annotations.reconciliationLoop] === 'disabled';

/** `18.4` or `18`: the tag of the running image, else the major version of the data directory. */
export function postgresVersion({ spec, status }: Cluster): string | undefined {
  const image = status?.pgDataImageInfo?.image ?? status?.image ?? spec.imageName ?? '';
  const tag = /:(\d+(?:\.\d+)*)[^/]*$/.exec(image.replace(/@sha256:.*$/, ''))?.[1];
  return tag ?? status?.pgDataImageInfo?.majorVersion?.toString();
}

export const podReadiness = (pod: Pod) => pod.status?.conditions?.find(({ type }) => type === 'Ready');
export const podReady = (pod: Pod): boolean => podReadiness(pod)?.status === 'True';
