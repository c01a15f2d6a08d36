import * as vscode from 'vscode';
import { Failure } from '../errors.ts';
import { isReplicaCluster } from '../model/cluster.ts';
import { membersOf } from '../model/topology.ts';
import type { Scenes } from '../views/scenes.ts';
import { writeBinding } from '../views/tree/bind-member.ts';

/** Says which Cluster a name in a topology means: picks the name, picks the Cluster, writes the workspace's setting. */
export const bindMember =
  (scenes: Scenes) =>
  async (node?: { memberName?: string }): Promise<void> => {
    const { topologies, snapshots } = scenes.current();
    const name = node?.memberName ?? (await pickName());
    if (name === undefined) return;
    const members = snapshots.flatMap(membersOf);
    const picked = await vscode.window.showQuickPick(
      members.map(({ address, cluster }) => ({
        label: address.name,
        description: `${address.context} · ${address.namespace}`,
        detail: isReplicaCluster(cluster) ? 'replica cluster' : 'primary cluster',
        address,
      })),
      { title: `Which Cluster is "${name}"?`, placeHolder: 'Cluster of a connected context', matchOnDescription: true },
    );
    if (picked) await writeBinding(name, picked.address, scenes);

    async function pickName(): Promise<string | undefined> {
      const missing = topologies.flatMap(topology => topology.missing);
      const known = topologies.flatMap(topology => topology.members.map(member => member.name));
      const names = [...new Set([...missing, ...known])];
      if (names.length === 0)
        throw new Failure('no-object', {
          what: 'There is no member to bind',
          why: 'No topology was found in the connected contexts.',
          remedy: 'Connect a context with a Cluster that has a replica stanza.',
        });
      const choice = await vscode.window.showQuickPick(
        names.map(label => ({ label, description: missing.includes(label) ? 'not found' : 'found' })),
        { title: 'Bind Member of a Topology', placeHolder: 'Name by which the other members know it' },
      );
      return choice?.label;
    }
  };
