import * as vscode from 'vscode';
import { Failure, isFailure, messageOf } from '../errors.ts';
import { sourceArchive } from '../model/archive.ts';
import type { Cluster } from '../model/cluster.ts';
import { isReplicaCluster } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import { sameAddress } from '../model/kubernetes.ts';
import { allFenced, failOver } from '../operations/failover.ts';
import { fence } from '../operations/fencing.ts';
import type { ArchiveRoom } from '../operations/list-archive.ts';
import { newestArchived } from '../operations/list-archive.ts';
import type { OtherSide } from '../operations/other-side.ts';
import { readOtherSide } from '../operations/other-side.ts';
import type { Scenes } from '../views/scenes.ts';
import type { OperationDependencies } from './operate.ts';
import { operate } from './operate.ts';
import type { Located } from './other-side.ts';
import { pickWithPrimary, positionsOf } from './other-side.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import type { PromotionRecords } from './promotion-records.ts';
import { refuseWhenReadOnly } from './read-only.ts';
import { alone } from './topology-lock.ts';

const title = 'Fail Over to Replica Cluster';

export interface FailoverDependencies extends OperationDependencies {
  scenes: Scenes;
  archiveRoom: () => Promise<ArchiveRoom>;
  promotions: PromotionRecords;
}

/** Promotes a replica cluster without a token, because the primary is lost: proof, estimated loss, typed sentence, one patch. */
export const failOverToReplicaCluster =
  (deps: FailoverDependencies) =>
  async (argument?: ClusterArgument): Promise<void> => {
    refuseWhenReadOnly(title);
    const { connections } = deps;
    const picked = await pickWithPrimary(connections, argument, title, isReplicaCluster);
    if (!picked) return;
    const { target, primary: former } = picked;
    let found: OtherSide | undefined;
    const look = async (now: Cluster, signal: AbortSignal): Promise<OtherSide> => {
      found = await readOtherSide(sourcesOf(deps, target, now, former), signal);
      return found;
    };
    try {
      const operation = failOver(target, look);
      await alone([target, ...(former.address ? [former.address] : [])], operation.title, () =>
        operate(deps, operation, 'Fail Over'),
      );
    } catch (error) {
      if (!isFailure(error) || error.code !== 'blocked' || !isAlive(found)) throw error;
      await offerInstead(deps, target, found, error);
    }
  };

function sourcesOf(deps: FailoverDependencies, target: Address, cluster: Cluster, former: Located) {
  const { connections, scenes, archiveRoom, promotions } = deps;
  return {
    name: former.name,
    address: former.address,
    lastSeen: former.cluster,
    savedToken: promotions.all().find(({ plan }) => sameAddress(plan.to, target))?.token,
    positions: positionsOf(scenes, former),
    connect: (context: string) => connections.open(context),
    newestArchived: sourceArchive(cluster)
      ? async (signal: AbortSignal) =>
          newestArchived(await connections.open(target.context), target, 'source', archiveRoom, signal)
      : undefined,
  };
}

/** Its API answers, and it may write. */
const isAlive = (found: OtherSide | undefined): found is OtherSide & { address: Address } =>
  found?.address !== undefined &&
  found.api.kind === 'answers' &&
  !isReplicaCluster(found.api.seen.cluster) &&
  !allFenced(found.api.seen.cluster);

/** The primary is not lost: it can be demoted without loss, or fenced so that it cannot write. */
async function offerInstead(
  deps: FailoverDependencies,
  target: Address,
  { address, name }: OtherSide & { address: Address },
  refusal: Failure,
): Promise<void> {
  const demote = 'Controlled Switchover…';
  const fencing = `Fence ${name}…`;
  const answer = await vscode.window.showErrorMessage(messageOf(refusal), demote, fencing);
  if (answer === demote) await vscode.commands.executeCommand('cnpg.promoteReplicaCluster', { address: target });
  if (answer !== fencing) return;
  await operate(deps, fence(address, '*'), 'Fence');
  await failOverToReplicaCluster(deps)({ address: target });
}
