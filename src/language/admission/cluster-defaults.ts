/**
 * What the operator's mutating webhook fills into a Cluster before it is validated. Source: the operator 1.30 and its manual,
 * "PostgreSQL Configuration" and "Bootstrap".
 */
import { isReplicaCluster } from '../../model/cluster.ts';
import type { Cluster } from '../../model/cluster.ts';
import type { Metadata } from './metadata.ts';
import type { Bootstrap, ClusterSpec } from './objects.ts';
import { parseBoolean } from './booleans.ts';

/** The image of the operator 1.30. */
const defaultImage = 'ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie';

/** Parameters that the operator sets unless the manifest does. */
const parameters: Record<string, string> = {
  archive_timeout: '5min',
  dynamic_shared_memory_type: 'posix',
  full_page_writes: 'on',
  logging_collector: 'on',
  log_destination: 'csvlog',
  log_directory: '/controller/log',
  log_filename: 'postgres',
  log_rotation_age: '0',
  log_rotation_size: '0',
  log_truncate_on_rotation: 'false',
  max_parallel_workers: '32',
  max_worker_processes: '32',
  max_replication_slots: '32',
  shared_memory_type: 'mmap',
  ssl_max_protocol_version: 'TLSv1.3',
  ssl_min_protocol_version: 'TLSv1.3',
  wal_keep_size: '512MB',
  wal_level: 'logical',
  wal_log_hints: 'on',
  wal_sender_timeout: '5s',
  wal_receiver_timeout: '5s',
  shared_preload_libraries: '',
};

/** The one value that a parameter may be given which the operator keeps to itself; `undefined`: none. */
export const operatorValue = (name: string): string | undefined =>
  Object.hasOwn(parameters, name) ? parameters[name] : undefined;

/** `on`, `always` or `off`, whatever the manifest says. */
export function archiveMode({ metadata, spec }: { metadata: Metadata; spec: ClusterSpec }): string {
  if (metadata.annotations?.['cnpg.io/skipWalArchiving'] === 'enabled') return 'off';
  return isReplica(metadata, spec) ? 'always' : 'on';
}

/** `enabled` decides when it is there; else the one named in `primary` is the primary, and nobody when it is absent. */
export const isReplica = (metadata: Metadata, spec: ClusterSpec): boolean =>
  isReplicaCluster({ metadata: { name: metadata.name ?? '' }, spec } as unknown as Cluster);

/** Changes the object. */
export function defaultCluster({ metadata = {}, spec }: { metadata?: Metadata; spec?: ClusterSpec }): void {
  if (!spec) return;
  if (!spec.imageName && !spec.imageCatalogRef) spec.imageName = defaultImage;
  spec.bootstrap ??= {};
  defaultBootstrap(spec.bootstrap);
  if (spec.affinity?.enablePodAntiAffinity !== false)
    spec.affinity = { ...spec.affinity, podAntiAffinityType: spec.affinity?.podAntiAffinityType || 'preferred' };
  if (spec.backup && !spec.backup.target) spec.backup.target = 'prefer-standby';
  spec.postgresql ??= {};
  const { postgresql } = spec;
  // The operator stops at an image whose version it cannot tell; what is wrong besides is wrong as well.
  postgresql.parameters = {
    ...parameters,
    ...postgresql.parameters,
    archive_mode: archiveMode({ metadata, spec }),
  };
  spec.logLevel ||= 'info';
  spec.replicationSlots ??= {};
  spec.replicationSlots.highAvailability ??= { enabled: true, slotPrefix: '_cnpg_' };
  spec.replicationSlots.synchronizeReplicas ??= { enabled: true };
  if (postgresql.synchronous) postgresql.synchronous.dataDurability ||= 'required';
  const quorum = metadata.annotations?.['alpha.cnpg.io/failoverQuorum'];
  const active = quorum === undefined ? undefined : parseBoolean(quorum);
  if (postgresql.synchronous && active !== undefined) postgresql.synchronous.failoverQuorum = active;
}

function defaultBootstrap(bootstrap: Bootstrap): void {
  const { recovery, pg_basebackup } = bootstrap;
  const copied = recovery ?? pg_basebackup;
  if (copied) {
    copied.database ||= 'app';
    copied.owner ||= copied.database;
    return;
  }
  bootstrap.initdb ??= {};
  const { initdb } = bootstrap;
  if (!initdb.database && initdb.import?.type !== 'monolith') initdb.database = 'app';
  if (!initdb.owner && initdb.database) initdb.owner = initdb.database;
  initdb.encoding ||= 'UTF8';
  initdb.localeCollate ||= 'C';
  initdb.localeCType ||= 'C';
}
