/**
 * The pod that the operator would make for an instance of a Cluster, as far as a JSON Patch can meet it. Taken from pods of a
 * real operator 1.30. At creation the image is not known yet: the container has none.
 */
import { postgresMajor } from './images.ts';
import type { Metadata } from './metadata.ts';
import type { ClusterSpec } from './objects.ts';

const probe = (path: string): object => ({
  httpGet: { path, port: 8000, scheme: 'HTTPS' },
  timeoutSeconds: 5,
  periodSeconds: 10,
});

const mounts = [
  { name: 'pgdata', mountPath: '/var/lib/postgresql/data' },
  { name: 'scratch-data', mountPath: '/run' },
  { name: 'scratch-data', mountPath: '/controller' },
  { name: 'shm', mountPath: '/dev/shm' },
];

const restricted = {
  capabilities: { drop: ['ALL'] },
  privileged: false,
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  seccompProfile: { type: 'RuntimeDefault' },
};

export function instancePod({ name = '', namespace = 'default' }: Metadata, spec: ClusterSpec): object {
  const pod = `${name}-1`;
  const environment: [string, string][] = [
    ['PGDATA', '/var/lib/postgresql/data/pgdata'],
    ['POD_NAME', pod],
    ['NAMESPACE', namespace],
    ['CLUSTER_NAME', name],
    ['PSQL_HISTORY', '/controller/tmp/.psql_history'],
    ['PGPORT', '5432'],
    ['PGHOST', '/controller/run'],
    ['TMPDIR', '/controller/tmp'],
  ];
  const labels = {
    'app.kubernetes.io/component': 'database',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/managed-by': 'cloudnative-pg',
    'app.kubernetes.io/name': 'postgresql',
    'app.kubernetes.io/version': String(postgresMajor(spec) ?? ''),
    'cnpg.io/cluster': name,
    'cnpg.io/instanceName': pod,
    'cnpg.io/podRole': 'instance',
  };
  return structuredClone({
    metadata: {
      name: pod,
      namespace,
      labels,
      annotations: { 'cnpg.io/nodeSerial': '1', 'cnpg.io/podEnvHash': '' },
    },
    spec: {
      volumes: [
        { name: 'pgdata', persistentVolumeClaim: { claimName: pod } },
        { name: 'scratch-data', emptyDir: {} },
        { name: 'shm', emptyDir: { medium: 'Memory' } },
      ],
      initContainers: [
        {
          name: 'bootstrap-controller',
          image: 'ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0',
          command: ['/manager', 'bootstrap', '/controller/manager', `--log-level=${spec.logLevel ?? ''}`],
          resources: spec.resources ?? {},
          volumeMounts: mounts,
          securityContext: restricted,
        },
      ],
      containers: [
        {
          name: 'postgres',
          command: [
            '/controller/manager',
            'instance',
            'run',
            '--status-port-tls',
            `--log-level=${spec.logLevel ?? ''}`,
          ],
          ports: [
            { name: 'postgresql', containerPort: 5432, protocol: 'TCP' },
            { name: 'metrics', containerPort: 9187, protocol: 'TCP' },
            { name: 'status', containerPort: 8000, protocol: 'TCP' },
          ],
          env: [...environment.map(([variable, value]) => ({ name: variable, value })), ...(spec.env ?? [])],
          resources: spec.resources ?? {},
          volumeMounts: mounts,
          livenessProbe: probe('/healthz'),
          readinessProbe: probe('/readyz'),
          startupProbe: { ...probe('/startupz'), failureThreshold: 360 },
          securityContext: restricted,
          ...(spec.imagePullPolicy && { imagePullPolicy: spec.imagePullPolicy }),
        },
      ],
      terminationGracePeriodSeconds: 1800,
      serviceAccountName: spec.serviceAccountName ?? name,
      securityContext: {
        runAsUser: 26,
        runAsGroup: 26,
        runAsNonRoot: true,
        fsGroup: 26,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      hostname: pod,
      affinity: { podAntiAffinity: {} },
      ...(spec.affinity?.tolerations && { tolerations: spec.affinity.tolerations }),
    },
    status: {},
  });
}
