import type { Cluster } from '../model/cluster.ts';
import { demotionInProgress, isReplicaCluster } from '../model/cluster.ts';
import { sameAddress } from '../model/kubernetes.ts';
import { readOtherSide } from '../operations/other-side.ts';
import { returnToPrimary } from '../operations/return-to-primary.ts';
import { operate } from './operate.ts';
import { pickWithPrimary, traceThrough } from './other-side.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import type { TokenDependencies } from './promote-with-token.ts';
import { refuseWhenReadOnly } from './read-only.ts';
import { alone } from './topology-lock.ts';

const title = 'Return to the Old Primary';

const isDemoted = (cluster: Cluster): boolean =>
  isReplicaCluster(cluster) && (demotionInProgress(cluster) || !!cluster.status?.demotionToken);

/** Makes a demoted Cluster the primary again with its own token, as long as nobody was promoted. */
export const returnToOldPrimary =
  (deps: TokenDependencies) =>
  async (argument?: ClusterArgument): Promise<void> => {
    refuseWhenReadOnly(title);
    const { connections, promotions: records } = deps;
    // A token that the operator lost is saved here.
    const saved = ({ metadata: { name, namespace = 'default' } }: Cluster): boolean =>
      records.all().some(({ plan, token }) => token && plan.from.name === name && plan.from.namespace === namespace);
    const picked = await pickWithPrimary(
      connections,
      argument,
      title,
      cluster => isDemoted(cluster) || (isReplicaCluster(cluster) && saved(cluster)),
    );
    if (!picked) return;
    const { target, primary: other } = picked;
    const record = records.all().find(({ plan }) => sameAddress(plan.from, target));
    const operation = returnToPrimary(target, record?.token, (cluster, signal) =>
      readOtherSide(
        {
          name: other.name,
          address: other.address,
          lastSeen: other.cluster,
          lastSeenAt: other.seenAt,
          connect: context => connections.open(context),
          demotionTrace: traceThrough(deps, target, cluster, cluster.status?.demotionToken || record?.token || ''),
        },
        signal,
      ),
    );
    const outcome = await alone([target, ...(other.address ? [other.address] : [])], operation.title, () =>
      operate(deps, operation, 'Return'),
    );
    if (outcome?.kind === 'completed' && record) records.forget(record.plan);
  };
