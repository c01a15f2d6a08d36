import * as vscode from 'vscode';
import { isReplicaCluster, tokenPending } from '../model/cluster.ts';
import { demotedLast } from '../model/demotion.ts';
import type { Address } from '../model/kubernetes.ts';
import { sameAddress } from '../model/kubernetes.ts';
import type { Member } from '../model/topology.ts';
import { findTopologies, membersOf, topologyWith } from '../model/topology.ts';
import { withdrawPromotion as withdraw } from '../operations/withdraw-promotion.ts';
import { configuredBindings } from '../views/bindings.ts';
import { operate } from './operate.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import { pickCluster } from './pick-cluster.ts';
import type { TokenDependencies } from './promote-with-token.ts';
import { refuseWhenReadOnly } from './read-only.ts';
import { alone } from './topology-lock.ts';

const title = 'Withdraw Promotion';

/** Makes a Cluster that cannot be promoted with the token it was given a replica cluster again, and says how it goes on. */
export const withdrawPromotion =
  (deps: TokenDependencies) =>
  async (argument?: ClusterArgument): Promise<void> => {
    refuseWhenReadOnly(title);
    const target = await pickCluster(deps.connections, argument, title, tokenPending);
    if (!target) return;
    const { own, others } = membersAround(deps, target);
    const operation = withdraw(
      target,
      others.map(({ cluster }) => cluster),
      own?.cluster.status?.demotionToken,
    );
    const members = [target, ...others.map(({ address }) => address)];
    const outcome = await alone(members, operation.title, () => operate(deps, operation, 'Withdraw'));
    if (outcome?.kind === 'completed') void offerNext(deps, target);
  };

/** The topology as it is known now: the Cluster itself, if it was seen, and the others as seen last. */
function membersAround({ connections }: TokenDependencies, target: Address): { own?: Member; others: Member[] } {
  const snapshots = connections.snapshots();
  const isTarget = ({ address }: Member): boolean => sameAddress(address, target);
  const own = snapshots.flatMap(membersOf).find(isTarget);
  const topology = topologyWith(findTopologies(snapshots, configuredBindings()), target);
  return { ...(own && { own }), others: (topology?.members ?? []).filter(member => !isTarget(member)) };
}

/** As long as nobody accepts writes it is not over. */
async function offerNext(deps: TokenDependencies, target: Address): Promise<void> {
  const { own, others } = membersAround(deps, target);
  if (others.some(({ cluster }) => !isReplicaCluster(cluster))) return;
  const former = demotedLast(others.filter(({ cluster }) => cluster.spec.replica?.primary === own?.name));
  if (!former) return;
  const { name, context } = former.address;
  const readable = deps.connections.snapshots().some(each => each.context === context && each.state === 'connected');
  const ways: Record<string, () => Thenable<unknown>> = readable
    ? {
        'Promote with Its Token…': () => vscode.commands.executeCommand('cnpg.resumePromotion'),
        'Return to the Old Primary…': () =>
          vscode.commands.executeCommand('cnpg.returnToOldPrimary', { address: former.address }),
      }
    : {
        'Promote with a Saved Token…': () =>
          vscode.commands.executeCommand('cnpg.promoteWithToken', { address: target }),
        'Fail Over…': () => vscode.commands.executeCommand('cnpg.failOverToReplicaCluster', { address: target }),
      };
  const words = readable
    ? `${name} is demoted: its own token promotes ${target.name}, or makes ${name} the primary again.`
    : `${name} was demoted and cannot be read: its own token promotes ${target.name} without loss.`;
  const answer = await vscode.window.showWarningMessage(`Nobody accepts writes. ${words}`, ...Object.keys(ways));
  await ways[answer ?? '']?.();
}
