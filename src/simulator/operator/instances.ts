/** Pods of instances: created, made ready, labelled with their role, deleted. It also stands for the kubelet. */
import type { Cluster } from '../../model/cluster.ts';
import { annotations } from '../../model/cluster.ts';
import { resources } from './client.ts';
import type { Reconciliation } from './reconciliation.ts';
import { event, now, operatorVersion, readCluster, reportInstances, setPhase, setStatus } from './reconciliation.ts';

export type Role = 'primary' | 'replica' | 'unhealthy';

export const ownedBy = (cluster: Cluster): object => ({
  ownerReferences: [
    {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      name: cluster.metadata.name,
      uid: cluster.metadata.uid ?? '',
      controller: true,
      blockOwnerDeletion: true,
    },
  ],
});

export const commonLabels = (cluster: Cluster): Record<string, string> => ({
  'app.kubernetes.io/managed-by': 'cloudnative-pg',
  'app.kubernetes.io/name': 'postgresql',
  'app.kubernetes.io/instance': cluster.metadata.name,
  'cnpg.io/cluster': cluster.metadata.name,
});

const roleLabels = (role: Role): Record<string, string> => ({ 'cnpg.io/instanceRole': role, role });

const serialOf = (name: string): number => Number(/-(\d+)$/.exec(name)?.[1] ?? 1);

export const imageOf = (cluster: Cluster): string => cluster.spec.imageName ?? 'ghcr.io/cloudnative-pg/postgresql:18.4';

/** @param role absent: a fresh pod has none until its instance manager answers */
export async function createPod(r: Reconciliation, cluster: Cluster, name: string, role?: Role): Promise<void> {
  const serial = serialOf(name);
  const restartedAt = cluster.metadata.annotations?.[annotations.restartedAt];
  await r.client.create(resources.pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: r.namespace,
      labels: {
        ...commonLabels(cluster),
        'cnpg.io/instanceName': name,
        'cnpg.io/podRole': 'instance',
        ...(role && roleLabels(role)),
      },
      annotations: {
        'cnpg.io/nodeSerial': String(serial),
        'cnpg.io/operatorVersion': operatorVersion,
        // A pod is up to date when it has the Cluster's.
        ...(restartedAt !== undefined && { [annotations.restartedAt]: restartedAt }),
      },
      ...ownedBy(cluster),
    },
    spec: {
      nodeName: `${r.site}-node-${((serial - 1) % 3) + 1}`,
      serviceAccountName: cluster.metadata.name,
      containers: [
        {
          name: 'postgres',
          image: imageOf(cluster),
          command: ['/controller/manager', 'instance', 'run', '--status-port-tls', '--log-level=info'],
          ports: [
            { name: 'postgresql', containerPort: 5432 },
            { name: 'metrics', containerPort: 9187 },
            { name: 'status', containerPort: 8000 },
          ],
        },
      ],
    },
  });
}

export async function setPodReady(r: Reconciliation, name: string, ready: boolean): Promise<void> {
  const condition = ready
    ? { type: 'Ready', status: 'True' }
    : {
        type: 'Ready',
        status: 'False',
        reason: 'ContainersNotReady',
        message: 'containers with unready status: [postgres]',
      };
  await r.client.statusPatch(resources.pods, r.namespace, name, {
    phase: 'Running',
    podIP: `10.88.${r.site.length}.${10 + serialOf(name)}`,
    conditions: [
      { type: 'PodScheduled', status: 'True' },
      { type: 'Initialized', status: 'True' },
      { ...condition, lastTransitionTime: now(r) },
    ],
  });
}

export const setRole = (r: Reconciliation, name: string, role: Role): Promise<void> =>
  r.client.mergePatch(resources.pods, r.namespace, name, { metadata: { labels: roleLabels(role) } });

/** The pod comes back on its volume; its instance starts as a standby of the leader. */
export async function recreatePod(r: Reconciliation, cluster: Cluster, name: string): Promise<void> {
  await createPod(r, cluster, name);
  await event(r, 'Pod', name, 'Scheduled', `Successfully assigned ${r.namespace}/${name} to ${r.site}`);
  await setPodReady(r, name, false);
  await setStatus(r, { danglingPVC: null, healthyPVC: [...r.database.instances.keys()] });
  await r.pause(0.3);
  await reportInstances(r);
  r.world.start(r.database, name);
  await r.pause(1.9);
  await reportInstances(r);
  await setRole(r, name, name === r.database.leader ? 'primary' : 'replica');
}

/** The instance is up when its PostgreSQL follows; one that has diverged never is. */
export async function awaitReady(r: Reconciliation, name: string, seconds: number): Promise<void> {
  await r.pause(seconds);
  while (!r.world.follows(r.database, name)) {
    if (!r.database.instances.has(name)) return;
    await r.pause(1);
  }
  await setPodReady(r, name, true);
  await r.pause(0.1);
  await reportInstances(r);
}

/** What a rolling update does to a standby: the pod is deleted and comes back. */
export async function restartStandby(r: Reconciliation, name: string, why: string): Promise<void> {
  const cluster = await readCluster(r);
  const reason = `Restarting instance ${name}, because: ${why}`;
  await setPhase(r, 'Upgrading cluster', reason);
  await event(r, 'Cluster', r.name, 'UpgradingInstance', `Upgrading instance ${name}`);
  r.world.stop(r.database, name, true);
  await setPodReady(r, name, false);
  await r.pause(0.1);
  await reportInstances(r);
  await setPhase(r, 'Waiting for the instances to become active', 'Some instances are not yet active. Please wait.');
  await r.pause(4.1);
  await r.client.remove(resources.pods, r.namespace, name);
  await setStatus(r, { danglingPVC: [name] });
  await r.pause(0.1);
  await recreatePod(r, cluster, name);
  await awaitReady(r, name, 8);
}

const newConfiguration = 'Postgres needs a restart to apply some configuration changes';

/** After a change of role settings such as `archive_mode` change, which need a restart: standbys first, highest number first. */
export async function rollOut(r: Reconciliation): Promise<void> {
  const standbys = [...r.database.instances.keys()]
    .filter(name => name !== r.database.leader)
    .sort((a, b) => serialOf(b) - serialOf(a));
  for (const name of standbys) await restartStandby(r, name, newConfiguration);
  await setPhase(r, 'Primary instance is being restarted in-place', newConfiguration);
  await r.pause(0.2);
}
