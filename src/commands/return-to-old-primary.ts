import type { Cluster } from '../model/cluster.ts';
import { demotionInProgress, isReplicaCluster } from '../model/cluster.ts';
import { sameAddress } from '../model/kubernetes.ts';
import { readOtherSide } from '../operations/other-side.ts';
import { returnToPrimary } from '../operations/return-to-primary.ts';
import type { OperationDependencies } from './operate.ts';
import { operate } from './operate.ts';
import { locate } from './other-side.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import { pickCluster } from './pick-cluster.ts';
import type { PromotionRecords } from './promotion-records.ts';
import { refuseWhenReadOnly } from './read-only.ts';
import { alone } from './topology-lock.ts';

const title = 'Return to the Old Primary';

const isDemoted = (cluster: Cluster): boolean =>
  isReplicaCluster(cluster) && (demotionInProgress(cluster) || !!cluster.status?.demotionToken);

/** Makes a demoted Cluster the primary again with its own token, as long as nobody was promoted. */
export const returnToOldPrimary =
  (deps: OperationDependencies, records: PromotionRecords) =>
  async (argument?: ClusterArgument): Promise<void> => {
    refuseWhenReadOnly(title);
    const { connections } = deps;
    const target = await pickCluster(connections, argument, title, isDemoted);
    if (!target) return;
    const connection = await connections.open(target.context);
    const cluster = await connection.get<Cluster>(
      'Cluster',
      target.namespace,
      target.name,
      AbortSignal.timeout(30_000),
    );
    const other = await locate(connections, target, cluster.spec.replica?.primary ?? '', title);
    if (!other) return;
    const record = records.all().find(({ plan }) => sameAddress(plan.from, target));
    const operation = returnToPrimary(target, record?.token, (_cluster, signal) =>
      readOtherSide(
        {
          name: other.name,
          address: other.address,
          lastSeen: other.cluster,
          positions: [],
          connect: context => connections.open(context),
          newestArchived: undefined,
        },
        signal,
      ),
    );
    const outcome = await alone([target, ...(other.address ? [other.address] : [])], operation.title, () =>
      operate(deps, operation, 'Return'),
    );
    if (outcome?.kind === 'completed' && record) await records.forget(record.plan);
  };
