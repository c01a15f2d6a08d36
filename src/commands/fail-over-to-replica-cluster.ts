import * as vscode from 'vscode';
import { Failure, isFailure, messageOf } from '../errors.ts';
import { sourceArchive } from '../model/archive.ts';
import type { Cluster } from '../model/cluster.ts';
import { isReplicaCluster } from '../model/cluster.ts';
import { formatTime } from '../model/duration.ts';
import type { Address } from '../model/kubernetes.ts';
import { allFenced } from '../model/other-members.ts';
import { failOver } from '../operations/failover.ts';
import { fence } from '../operations/fencing.ts';
import { newestArchived } from '../operations/list-archive.ts';
import type { OtherSide } from '../operations/other-side.ts';
import { readOtherSide } from '../operations/other-side.ts';
import { operate } from './operate.ts';
import type { Located } from './other-side.ts';
import { pickWithPrimary, positionsOf } from './other-side.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import type { TokenDependencies } from './promote-with-token.ts';
import { knownTokens, pickAndCarryOut } from './promote-with-token.ts';
import type { Way } from './pick-way.ts';
import { refuseWhenReadOnly } from './read-only.ts';
import { surroundings } from './surroundings.ts';
import { alone } from './topology-lock.ts';

const title = 'Fail Over to Replica Cluster';

/** Promotes a replica cluster without a token, because the primary is lost: proof, estimated loss, typed sentence, one patch. */
export const failOverToReplicaCluster = (deps: TokenDependencies) => failOverBy(deps, undefined);

/** The same, with its manifest edited instead of the live object, and followed as it is applied. */
export const failOverByManifests = (deps: TokenDependencies) => failOverBy(deps, 'manifests');

const failOverBy =
  (deps: TokenDependencies, way: Way | undefined) =>
  async (argument?: ClusterArgument): Promise<void> => {
    refuseWhenReadOnly(title);
    const { connections } = deps;
    const picked = await pickWithPrimary(connections, argument, title, isReplicaCluster);
    if (!picked) return;
    const { target, primary: former } = picked;
    if (await rathersToken(deps, target, former)) return;
    let found: OtherSide | undefined;
    const look = async (now: Cluster, signal: AbortSignal): Promise<OtherSide> => {
      found = await readOtherSide(await sourcesOf(deps, target, now, former), signal);
      return found;
    };
    try {
      const operation = failOver(target, look);
      await alone([target, ...(former.address ? [former.address] : [])], operation.title, () =>
        operate(deps, operation, 'Fail Over', way),
      );
    } catch (error) {
      if (!isFailure(error) || error.code !== 'blocked' || !isAlive(found)) throw error;
      await offerInstead(deps, target, found, error);
    }
  };

/** A token is worth more than any proof: with it nothing is lost. @returns whether that was chosen, or nothing */
async function rathersToken(deps: TokenDependencies, target: Address, former: Located): Promise<boolean> {
  const [token] = await knownTokens(deps, target, former);
  if (!token) return false;
  const [promote, failOverAll] = ['Promote with the Token…', 'Fail Over…'];
  const answer = await vscode.window.showWarningMessage(
    `A demotion token of ${former.name} is saved`,
    {
      modal: true,
      detail: `It was seen ${token.seenAt === undefined ? 'at an unknown time' : `at ${formatTime(token.seenAt, Date.now())}`}. If ${former.name} was not primary again since, the promotion of ${target.name} with it loses nothing, and ${former.name} can follow later. A failover loses what was not replicated, and ${former.name} must be rebuilt.`,
    },
    promote,
    failOverAll,
  );
  if (answer === promote) await pickAndCarryOut(deps, target, former);
  return answer !== failOverAll;
}

async function sourcesOf(deps: TokenDependencies, target: Address, cluster: Cluster, former: Located) {
  const { connections, scenes, archiveRoom } = deps;
  return {
    name: former.name,
    address: former.address,
    lastSeen: former.cluster,
    lastSeenAt: former.seenAt,
    savedToken: (await knownTokens(deps, target, former))[0]?.text,
    otherPrimaries: surroundings(connections, scenes, archiveRoom).otherPrimaries(target, former.address ?? target),
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
  deps: TokenDependencies,
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
