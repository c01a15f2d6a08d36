/** The fields of admitted objects that rules read, with the types that decoding has made sure of. Source: the CRDs. */

export interface SecretKey {
  name: string;
  key: string;
}

export interface StorageConfiguration {
  size?: string;
  storageClass?: string;
  pvcTemplate?: {
    storageClassName?: string;
    resources?: { requests?: Record<string, string | number> };
  };
}

export interface ObjectReference {
  apiGroup?: string;
  kind: string;
  name: string;
}

export interface BarmanObjectStore {
  destinationPath: string;
  serverName?: string;
  s3Credentials?: { inheritFromIAMRole?: boolean; accessKeyId?: SecretKey; secretAccessKey?: SecretKey };
  azureCredentials?: {
    connectionString?: SecretKey;
    storageAccount?: SecretKey;
    storageKey?: SecretKey;
    storageSasToken?: SecretKey;
    inheritFromAzureAD?: boolean;
    useDefaultAzureCredentials?: boolean;
  };
  googleCredentials?: { gkeEnvironment?: boolean; applicationCredentials?: SecretKey };
}

export interface Plugin {
  name: string;
  enabled?: boolean;
  isWALArchiver?: boolean;
  parameters?: Record<string, string>;
}

export interface ExternalCluster {
  name: string;
  connectionParameters?: Record<string, string>;
  barmanObjectStore?: BarmanObjectStore;
  plugin?: Plugin;
  sslCert?: SecretKey;
  sslKey?: SecretKey;
  sslRootCert?: SecretKey;
}

export interface RecoveryTarget {
  backupID?: string;
  targetTLI?: string;
  targetXID?: string;
  targetName?: string;
  targetLSN?: string;
  targetTime?: string;
  targetImmediate?: boolean;
}

interface ApplicationDatabase {
  database?: string;
  owner?: string;
}

export interface Import {
  type: string;
  databases?: string[];
  roles?: string[];
  postImportApplicationSQL?: string[];
}

export interface Bootstrap {
  initdb?: ApplicationDatabase & {
    encoding?: string;
    localeCollate?: string;
    localeCType?: string;
    walSegmentSize?: number;
    postInitApplicationSQLRefs?: { secretRefs?: SecretKey[]; configMapRefs?: SecretKey[] };
    import?: Import;
  };
  recovery?: ApplicationDatabase & {
    source?: string;
    backup?: object;
    recoveryTarget?: RecoveryTarget;
    volumeSnapshots?: { storage: ObjectReference; walStorage?: ObjectReference };
  };
  pg_basebackup?: ApplicationDatabase & { source: string };
}

export interface Synchronous {
  method: string;
  number: number;
  standbyNamesPre?: string[];
  standbyNamesPost?: string[];
  dataDurability?: string;
  failoverQuorum?: boolean;
}

export interface EnvironmentVariable {
  name: string;
  value?: string;
}

export interface Extension {
  name: string;
  image?: { reference?: string };
  extension_control_path?: string[];
  dynamic_library_path?: string[];
  ld_library_path?: string[];
  bin_path?: string[];
  env?: EnvironmentVariable[];
}

export interface Postgresql {
  parameters?: Record<string, string>;
  synchronous?: Synchronous;
  pg_hba?: string[];
  extensions?: Extension[];
  ldap?: { server?: string; bindAsAuth?: object; bindSearchAuth?: object };
  syncReplicaElectionConstraint?: { enabled: boolean; nodeLabelsAntiAffinity?: string[] };
}

export interface ReplicationSlots {
  highAvailability?: { enabled?: boolean; slotPrefix?: string; synchronizeLogicalDecoding?: boolean };
  synchronizeReplicas?: { enabled?: boolean; excludePatterns?: string[] };
}

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface ManagedRole {
  name: string;
  connectionLimit?: number;
  disablePassword?: boolean;
  passwordSecret?: { name: string };
}

export interface Tablespace {
  name: string;
  storage: StorageConfiguration;
  owner?: { name?: string };
}

export interface PodMonitorFields {
  enablePodMonitor?: boolean;
  podMonitorMetricRelabelings?: object[];
  podMonitorRelabelings?: object[];
}

export interface ClusterSpec {
  instances?: number;
  imageName?: string;
  imageCatalogRef?: { major: number };
  imagePullPolicy?: string;
  bootstrap?: Bootstrap;
  replica?: {
    enabled?: boolean;
    source?: string;
    primary?: string;
    self?: string;
    promotionToken?: string;
    minApplyDelay?: string;
  };
  externalClusters?: ExternalCluster[];
  storage?: StorageConfiguration;
  walStorage?: StorageConfiguration;
  tablespaces?: Tablespace[];
  postgresql?: Postgresql;
  replicationSlots?: ReplicationSlots;
  minSyncReplicas?: number;
  maxSyncReplicas?: number;
  primaryUpdateStrategy?: string;
  primaryUpdateMethod?: string;
  primaryLease?: { leaseDurationSeconds?: number; renewDeadlineSeconds?: number; retryPeriodSeconds?: number };
  postgresUID?: number;
  postgresGID?: number;
  superuserSecret?: { name: string };
  certificates?: {
    serverTLSSecret?: string;
    serverCASecret?: string;
    clientCASecret?: string;
    replicationTLSSecret?: string;
    serverAltDNSNames?: string[];
  };
  resources?: { requests?: Record<string, string | number>; limits?: Record<string, string | number> };
  ephemeralVolumeSource?: object;
  ephemeralVolumesSizeLimit?: { temporaryData?: string | number };
  affinity?: { enablePodAntiAffinity?: boolean; podAntiAffinityType?: string; tolerations?: Toleration[] };
  backup?: {
    target?: string;
    retentionPolicy?: string;
    barmanObjectStore?: BarmanObjectStore;
    volumeSnapshot?: { tablespaceClassName?: Record<string, string> };
  };
  monitoring?: PodMonitorFields & { metricsQueriesTTL?: string };
  nodeMaintenanceWindow?: object;
  plugins?: Plugin[];
  env?: EnvironmentVariable[];
  managed?: {
    roles?: ManagedRole[];
    services?: {
      disabledDefaultServices?: string[];
      additional?: {
        serviceTemplate: { metadata?: { name?: string }; spec?: { selector?: Record<string, string> } };
      }[];
    };
  };
  podSelectorRefs?: { name: string; selector: LabelSelector }[];
  probes?: { liveness?: { isolationCheck?: object } };
  serviceAccountName?: string;
  serviceAccountTemplate?: object;
  logLevel?: string;
}

// Nobody fills in what these kinds demand: it may be absent when rules are asked.

export interface BackupSpec {
  method?: string;
  online?: boolean;
  onlineConfiguration?: object;
  pluginConfiguration?: { name?: string };
}

export interface ScheduledBackupSpec extends BackupSpec {
  schedule?: string;
}

export interface PoolerSpec {
  cluster?: { name?: string };
  pgbouncer?: {
    authQuery?: string;
    authQuerySecret?: { name?: string };
    serverTLSSecret?: { name?: string };
    clientTLSSecret?: { name?: string };
    parameters?: Record<string, string>;
  };
  monitoring?: PodMonitorFields & { tls?: { enabled?: boolean } };
}

export interface ForeignObject {
  name?: string;
  fdw?: string;
  ensure?: string;
  options?: { name?: string }[];
  usage?: { name?: string }[];
}

export interface DatabaseSpec {
  extensions?: { name?: string }[];
  schemas?: { name?: string }[];
  fdws?: ForeignObject[];
  servers?: ForeignObject[];
}
