/** A Cluster that has no instances yet gets them, with everything around them: services, secrets, volumes, lease. */
import type { Cluster, ObjectStore } from '../../model/cluster.ts';
import { externalCluster, isReplicaCluster, phases, topologyName } from '../../model/cluster.ts';
import { locateArchive, ownArchive } from '../../model/archive.ts';
import { parseBucketPath } from '../../model/archive-keys.ts';
import type { Buckets } from '../object-store/bucket.ts';
import { createBucket } from '../object-store/bucket.ts';
import type { Archive } from '../postgres/archive.ts';
import { createArchive } from '../postgres/archive.ts';
import type { AnyObject } from './client.ts';
import { resources } from './client.ts';
import { commonLabels, createPod, imageOf, ownedBy, setPodReady } from './instances.ts';
import type { Reconciliation } from './reconciliation.ts';
import {
  archivingWorks,
  consistentSystemId,
  leaderOf,
  precise,
  ready,
  reportInstances,
  setConditions,
} from './reconciliation.ts';

export async function adopt(r: Reconciliation, cluster: Cluster, buckets: Buckets): Promise<void> {
  const { name } = cluster.metadata;
  const instances = Array.from({ length: cluster.spec.instances ?? 1 }, (_, at) => `${name}-${at + 1}`);
  r.database.archive = await archiveOf(r, cluster, buckets);
  if (bootstrapSource(cluster) === undefined) r.world.initialise(r.database, instances);
  else await copyWhenPossible(r, instances);
  await createSurroundings(r, cluster, instances);
  for (const instance of instances) {
    await createPod(r, cluster, instance, instance === r.database.leader ? 'primary' : 'replica');
    await setPodReady(r, instance, true);
  }
  // Who waits for a healthy Cluster finds it complete.
  await reportInstances(r);
  const [primary] = instances;
  await setConditions(
    r,
    [
      {
        type: 'Initialized',
        status: 'True',
        reason: 'BootstrapCompleted',
        message: 'Cluster has been bootstrapped',
      },
      consistentSystemId,
      ...(r.database.archive ? [archivingWorks] : []),
      ready(true),
    ],
    {
      phase: phases.healthy,
      systemID: leaderOf(r).systemId,
      image: imageOf(cluster),
      currentPrimary: primary,
      targetPrimary: primary,
      currentPrimaryTimestamp: precise(r),
      targetPrimaryTimestamp: precise(r),
      writeService: `${name}-rw`,
      readService: `${name}-r`,
      switchReplicaClusterStatus: {},
      pvcCount: instances.length,
      healthyPVC: instances,
    },
  );
  await reportRecoveryWindow(r, cluster);
}

/** The Cluster whose data it starts from; `undefined`: a new database system. */
const bootstrapSource = (cluster: Cluster): string | undefined =>
  isReplicaCluster(cluster) && externalCluster(cluster, cluster.spec.replica?.source)
    ? cluster.spec.replica?.source
    : undefined;

async function copyWhenPossible(r: Reconciliation, instances: readonly string[]): Promise<void> {
  for (;;) {
    try {
      r.world.copy(r.database, instances);
      return;
    } catch (error) {
      // As a join job that is tried again until its source answers.
      r.log(`${r.name}: ${String(error)}`);
      await r.pause(0.5);
    }
  }
}

async function archiveOf(r: Reconciliation, cluster: Cluster, buckets: Buckets): Promise<Archive | undefined> {
  const reference = ownArchive(cluster);
  if (!reference) return undefined;
  const stores = (await r.client.list(resources.objectStores)).items as ObjectStore[];
  const location = locateArchive(reference, r.namespace, stores);
  const path =
    typeof location === 'string'
      ? undefined
      : parseBucketPath(location.configuration.destinationPath, location.serverName);
  if (!path) {
    r.log(`${r.name}: its archive cannot be used: ${typeof location === 'string' ? location : 'no S3 path'}`);
    return undefined;
  }
  const bucket = buckets.get(path.bucket) ?? createBucket();
  buckets.set(path.bucket, bucket);
  return createArchive(bucket, path.prefix);
}

/** The plugin writes the window into the ObjectStore of its own Kubernetes cluster only. */
export async function reportRecoveryWindow(r: Reconciliation, cluster: Cluster): Promise<void> {
  const reference = ownArchive(cluster);
  const backups = r.database.archive?.backups ?? [];
  const [first, last] = [backups[0], backups.at(-1)];
  if (!first || !last || reference?.by !== 'plugin') return;
  const seconds = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
  await r.client.statusPatch(resources.objectStores, r.namespace, reference.objectStore, {
    serverRecoveryWindow: {
      [reference.serverName]: {
        firstRecoverabilityPoint: seconds(first.endTime),
        lastSuccessfulBackupTime: seconds(last.endTime),
      },
    },
  });
}

async function createSurroundings(r: Reconciliation, cluster: Cluster, instances: readonly string[]): Promise<void> {
  const { name } = cluster.metadata;
  const object = (kind: string, objectName: string, rest: object, apiVersion = 'v1'): AnyObject => ({
    apiVersion,
    kind,
    metadata: {
      name: objectName,
      namespace: r.namespace,
      labels: commonLabels(cluster),
      ...ownedBy(cluster),
    },
    ...rest,
  });
  for (const [suffix, selector] of Object.entries(selectors))
    await r.client.create(
      resources.services,
      object('Service', `${name}-${suffix}`, {
        spec: {
          type: 'ClusterIP',
          ports: [{ name: 'postgres', protocol: 'TCP', port: 5432, targetPort: 5432 }],
          selector: { 'cnpg.io/cluster': name, ...selector },
        },
      }),
    );
  for (const [suffix, type, keys] of secrets)
    await r.client.create(
      resources.secrets,
      object('Secret', `${name}-${suffix}`, {
        type,
        data: Object.fromEntries(
          keys.map(key => [
            key,
            btoa(`simulated ${key} of ${suffix === 'app' ? 'the application' : topologyName(cluster)}`),
          ]),
        ),
      }),
    );
  for (const instance of instances)
    await r.client.create(
      resources.persistentVolumeClaims,
      object('PersistentVolumeClaim', instance, {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      }),
    );
  await r.client.create(
    resources.leases,
    object(
      'Lease',
      name,
      isReplicaCluster(cluster) ? { spec: {} } : { spec: { holderIdentity: instances[0], leaseDurationSeconds: 15 } },
      'coordination.k8s.io/v1',
    ),
  );
}

const selectors: Record<string, Record<string, string>> = {
  rw: { 'cnpg.io/instanceRole': 'primary' },
  ro: { 'cnpg.io/instanceRole': 'replica' },
  r: { 'cnpg.io/podRole': 'instance' },
};

/** Opaque stand-ins for certificates and passwords: of each, what names it and which keys it has. */
const secrets: readonly (readonly [suffix: string, type: string, keys: readonly string[]])[] = [
  ['app', 'kubernetes.io/basic-auth', ['username', 'password']],
  ['ca', 'Opaque', ['ca.crt', 'ca.key']],
  ['replication', 'Opaque', ['tls.crt', 'tls.key']],
];
