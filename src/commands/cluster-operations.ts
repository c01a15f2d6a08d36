/** Operations on a whole Cluster that need nothing but its name: from the tree, or one that the user picks. */
import type { Cluster } from '../model/cluster.ts';
import { hibernated, tokenUsed } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import type { OtherMembers } from '../model/other-members.ts';
import { backUpNow as backUp } from '../operations/back-up-now.ts';
import { clearUsedToken as clearToken } from '../operations/clear-used-token.ts';
import { hibernate, wake } from '../operations/hibernation.ts';
import type { Operation } from '../operations/operation.ts';
import { reloadCluster as reload } from '../operations/reload.ts';
import { restartCluster as restart } from '../operations/restart.ts';
import type { OperationDependencies } from './operate.ts';
import { operate } from './operate.ts';
import { othersOf } from './other-side.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import { pickCluster } from './pick-cluster.ts';
import { refuseWhenReadOnly } from './read-only.ts';

interface ClusterOperation {
  title: string;
  /** On the button of the confirmation. */
  verb: string;
  /** @param at when it is asked for @param others looks at the other members of its topology */
  operation: (target: Address, at: Date, others: () => OtherMembers) => Operation;
  /** Which Clusters are offered. */
  accept: (cluster: Cluster) => boolean;
}

const onCluster =
  ({ title, verb, operation, accept }: ClusterOperation) =>
  (deps: OperationDependencies) =>
  async (argument?: ClusterArgument): Promise<void> => {
    refuseWhenReadOnly(title);
    const target = await pickCluster(deps.connections, argument, title, accept);
    if (!target) return;
    const others = () => othersOf(deps.connections, target);
    await operate(deps, operation(target, new Date(), others), verb);
  };

const awake = (cluster: Cluster): boolean => !hibernated(cluster);

export const hibernateCluster = onCluster({
  title: 'Hibernate Cluster',
  verb: 'Hibernate',
  operation: hibernate,
  accept: awake,
});

export const wakeCluster = onCluster({
  title: 'Wake Cluster',
  verb: 'Wake',
  operation: (target, _at, others) => wake(target, others),
  accept: hibernated,
});

export const restartCluster = onCluster({
  title: 'Restart Cluster',
  verb: 'Restart',
  operation: restart,
  accept: awake,
});

export const reloadCluster = onCluster({
  title: 'Reload Cluster',
  verb: 'Reload',
  operation: reload,
  accept: awake,
});

export const backUpNow = onCluster({
  title: 'Back Up Now',
  verb: 'Back Up',
  operation: backUp,
  accept: awake,
});

export const clearUsedToken = onCluster({
  title: 'Clear Used Token',
  verb: 'Clear',
  operation: clearToken,
  accept: tokenUsed,
});
