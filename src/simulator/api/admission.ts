/**
 * What the validating webhook of CNPG 1.30 says of `spec.replica`, `spec.bootstrap` and `spec.externalClusters`: the part of
 * its rules that a promotion can meet. Field names are the webhook's own, some of which no manifest has.
 */
import type { Cluster } from '../../model/cluster.ts';
import { demotionInProgress, externalCluster, isReplicaCluster } from '../../model/cluster.ts';
import { decodeToken } from '../../model/token.ts';
import type { ApiError, StatusCause } from './status.ts';
import { invalidCluster } from './status.ts';

/** @returns the refusal, or `undefined` when the Cluster is admitted */
export function admitCluster(cluster: Cluster, old: Cluster | undefined): ApiError | undefined {
  if (cluster.metadata.annotations?.['cnpg.io/validation'] === 'disabled') return undefined;
  const causes = [
    ...modeCauses(cluster),
    ...nameCauses(cluster),
    ...tokenCauses(cluster),
    ...bootstrapCauses(cluster, old),
    ...switchCauses(cluster, old),
  ];
  return causes.length === 0 ? undefined : invalidCluster(cluster.metadata.name, causes);
}

const cause = (field: string, value: unknown, message: string): StatusCause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${message}`,
  field,
});

const modeCauses = ({ spec: { replica } }: Cluster): StatusCause[] =>
  replica?.enabled !== undefined && replica.primary
    ? [
        cause(
          'spec.replicaCluster',
          replica.enabled,
          'replica mode cannot be enabled and a primary be named at the same time',
        ),
      ]
    : [];

function nameCauses(cluster: Cluster): StatusCause[] {
  const { replica } = cluster.spec;
  if (!replica) return [];
  const unknown = (field: string, name: string | undefined, always: boolean): StatusCause[] =>
    (name || always) && !externalCluster(cluster, name)
      ? [cause(field, name ?? '', `External cluster ${name ?? ''} not found`)]
      : [];
  return [
    ...unknown('spec.replicaCluster.primaryServerName', replica.source, true),
    ...unknown('spec.replicaCluster.self', replica.self, false),
    ...unknown('spec.replicaCluster.primary', replica.primary, false),
  ];
}

function tokenCauses(cluster: Cluster): StatusCause[] {
  const { promotionToken, minApplyDelay } = cluster.spec.replica ?? {};
  if (!promotionToken) return [];
  const field = 'spec.replicaCluster.token';
  if (isReplicaCluster(cluster))
    return [cause(field, promotionToken, 'promotionToken is only allowed for primary clusters')];
  if (minApplyDelay) return [cause(field, promotionToken, 'promotionToken cannot be used with minApplyDelay')];
  const token = decodeToken(promotionToken);
  return typeof token === 'string' ? [cause(field, promotionToken, `Invalid promotionToken format: ${token}`)] : [];
}

function bootstrapCauses(cluster: Cluster, old: Cluster | undefined): StatusCause[] {
  if (!isReplicaCluster(cluster) || old) return [];
  const { bootstrap } = cluster.spec;
  if (bootstrap?.['pg_basebackup'] || bootstrap?.['recovery']) return [];
  return [
    cause('spec.replicaCluster', null, 'replica mode bootstrap is compatible only with pg_basebackup or recovery'),
  ];
}

function switchCauses(cluster: Cluster, old: Cluster | undefined): StatusCause[] {
  if (!old || !demotionInProgress(old) || isReplicaCluster(old) === isReplicaCluster(cluster)) return [];
  return [
    cause(
      'spec.replicaCluster.enabled',
      isReplicaCluster(cluster),
      'cannot modify the field while there is an ongoing operation to enable the replica cluster',
    ),
  ];
}
