/** The rules of the operator's webhooks. Each has a page beside it with examples, which are its tests. */
import type { Admitted } from '../admission/admit.ts';
import type { ManifestDiagnostic } from '../diagnostic.ts';
import { deprecatedTag, diagnostic } from '../diagnostic.ts';
import type { ManifestDocument } from '../manifest.ts';
import { keyRange, pathText, placeOf, valueRange } from '../manifest.ts';
import { antiAffinity } from './anti-affinity.ts';
import { applicationDatabase } from './application-database.ts';
import { backupOnline } from './backup-online.ts';
import { backupPlugin } from './backup-plugin.ts';
import { barmanCredentials } from './barman-credentials.ts';
import { booleanParameter } from './boolean-parameter.ts';
import { bootstrapSource } from './bootstrap-source.ts';
import { certificates } from './certificates.ts';
import { clusterName } from './cluster-name.ts';
import { databaseNames } from './database-names.ts';
import { durations } from './durations.ts';
import { ephemeralVolumes } from './ephemeral-volumes.ts';
import { extensions } from './extensions.ts';
import { externalClusters } from './external-clusters.ts';
import { failoverQuorum } from './failover-quorum.ts';
import { failoverSlots } from './failover-slots.ts';
import { fixedParameter } from './fixed-parameter.ts';
import { foreignServers } from './foreign-servers.ts';
import { hibernation } from './hibernation.ts';
import { imageAndParameters } from './image-and-parameters.ts';
import { imageDowngrade } from './image-downgrade.ts';
import { imageName } from './image-name.ts';
import { imagePullPolicy } from './image-pull-policy.ts';
import { importRule } from './import.ts';
import { inTreeBarman } from './in-tree-barman.ts';
import { ldap } from './ldap.ts';
import { livenessAnnotation } from './liveness-annotation.ts';
import { logicalDecoding } from './logical-decoding.ts';
import { maintenanceWindow } from './maintenance-window.ts';
import { managedRoles } from './managed-roles.ts';
import { managedServices } from './managed-services.ts';
import { parameterName } from './parameter-name.ts';
import { podMonitor } from './pod-monitor.ts';
import { podPatch } from './pod-patch.ts';
import { podSelectors } from './pod-selectors.ts';
import { poolerAuthentication } from './pooler-authentication.ts';
import { poolerCluster } from './pooler-cluster.ts';
import { poolerMonitoring } from './pooler-monitoring.ts';
import { poolerParameters } from './pooler-parameters.ts';
import { primaryLease } from './primary-lease.ts';
import { promotionToken } from './promotion-token.ts';
import { recoverySnapshots } from './recovery-snapshots.ts';
import { recoveryTarget } from './recovery-target.ts';
import { replicaRole } from './replica-role.ts';
import { reservedEnvironment } from './reserved-environment.ts';
import { resources } from './resources.ts';
import { retentionWithoutStore } from './retention-without-store.ts';
import { schedule } from './schedule.ts';
import { serviceAccount } from './service-account.ts';
import { sharedBuffersMemory } from './shared-buffers-memory.ts';
import { sharedBuffers } from './shared-buffers.ts';
import { slotPatterns } from './slot-patterns.ts';
import { slotPrefix } from './slot-prefix.ts';
import { snapshotDeadline } from './snapshot-deadline.ts';
import { sqlReferences } from './sql-references.ts';
import { storageRemoved } from './storage-removed.ts';
import { storageShrink } from './storage-shrink.ts';
import { storageSize } from './storage-size.ts';
import { storageTwice } from './storage-twice.ts';
import { superuserSecret } from './superuser-secret.ts';
import { syncElection } from './sync-election.ts';
import { syncReplicas } from './sync-replicas.ts';
import { synchronousNumber } from './synchronous-number.ts';
import { synchronousTwice } from './synchronous-twice.ts';
import { tablespaceNames } from './tablespace-names.ts';
import { tablespaceSnapshots } from './tablespace-snapshots.ts';
import { tolerations } from './tolerations.ts';
import { updateStrategy } from './update-strategy.ts';
import { userAndGroup } from './user-and-group.ts';
import { isDisabled, validated, validationAnnotation } from './validation-annotation.ts';
import { walArchivers } from './wal-archivers.ts';
import { walLevelChange } from './wal-level-change.ts';
import { walLevel } from './wal-level.ts';
import { walSegmentSize } from './wal-segment-size.ts';
import { walSize } from './wal-size.ts';
import type { Finding, WebhookRule } from './rule.ts';
import { warn } from './rule.ts';

export const webhookRules: readonly WebhookRule[] = [
  antiAffinity,
  applicationDatabase,
  backupOnline,
  backupPlugin,
  barmanCredentials,
  booleanParameter,
  bootstrapSource,
  certificates,
  clusterName,
  databaseNames,
  durations,
  ephemeralVolumes,
  extensions,
  externalClusters,
  failoverQuorum,
  failoverSlots,
  fixedParameter,
  foreignServers,
  hibernation,
  imageAndParameters,
  imageDowngrade,
  imageName,
  imagePullPolicy,
  importRule,
  inTreeBarman,
  ldap,
  livenessAnnotation,
  logicalDecoding,
  maintenanceWindow,
  managedRoles,
  managedServices,
  parameterName,
  podMonitor,
  podPatch,
  podSelectors,
  poolerAuthentication,
  poolerCluster,
  poolerMonitoring,
  poolerParameters,
  primaryLease,
  promotionToken,
  recoverySnapshots,
  recoveryTarget,
  replicaRole,
  reservedEnvironment,
  resources,
  retentionWithoutStore,
  schedule,
  serviceAccount,
  sharedBuffersMemory,
  sharedBuffers,
  slotPatterns,
  slotPrefix,
  snapshotDeadline,
  sqlReferences,
  storageRemoved,
  storageShrink,
  storageSize,
  storageTwice,
  superuserSecret,
  syncElection,
  syncReplicas,
  synchronousNumber,
  synchronousTwice,
  tablespaceNames,
  tablespaceSnapshots,
  tolerations,
  updateStrategy,
  userAndGroup,
  validationAnnotation,
  walArchivers,
  walLevelChange,
  walLevel,
  walSegmentSize,
  walSize,
];

/** `1.30` → 30. What a cluster serves of its own counts as the newest. */
const minorOf = (version: string): number => Number(/^1\.(\d+)$/.exec(version)?.[1] ?? Number.POSITIVE_INFINITY);

/** What a later version refuses works now, and is in the way of the upgrade. */
function asOf(minor: number, finding: Finding): Finding[] {
  const { since = 0, message, severity } = finding;
  if (since <= minor) return [finding];
  return severity === 'error'
    ? [warn({ ...finding, message: `${message} CloudNativePG refuses it from 1.${since} on.` })]
    : [];
}

/**
 * @param version of CloudNativePG whose webhook it is
 * @param old the object before an update
 * @param scope `values`: of a patch only what it says itself is judged
 */
export function webhookDiagnostics(
  document: ManifestDocument,
  { kind, metadata, spec }: Admitted,
  version: string,
  old: Admitted | undefined,
  scope: 'all' | 'values',
): ManifestDiagnostic[] {
  const minor = minorOf(version);
  const isOff = isDisabled(metadata.annotations) && validated.includes(kind);
  return (isOff ? [validationAnnotation, ...webhookRules.filter(({ unreadable }) => unreadable)] : webhookRules)
    .filter(rule => rule.kinds.includes(kind) && (scope === 'all' || rule.ofValues))
    .flatMap(rule =>
      rule
        .check({ document, metadata, spec, minor, old })
        .flatMap(finding => asOf(minor, finding))
        .filter(({ path }) => scope === 'all' || placeOf(document, path) !== undefined)
        .map(({ path, on, message, severity, fixes, deprecated }): ManifestDiagnostic => {
          const range = on === 'key' ? keyRange(document, path) : valueRange(document, path);
          const found = diagnostic(severity, rule.code, range, pathText(path), message, fixes);
          return deprecated ? { ...found, tags: [deprecatedTag] } : found;
        }),
    );
}
