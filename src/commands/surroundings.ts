/** What this window knows around the two Clusters of a switchover. */
import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import { sameAddress } from '../model/kubernetes.ts';
import { findTopologies, membersOf, primaries, topologyWith } from '../model/topology.ts';
import type { ArchiveRoom } from '../operations/list-archive.ts';
import { newestArchived } from '../operations/list-archive.ts';
import type { Surroundings } from '../operations/surroundings.ts';
import { knownOf, unknownSide } from '../operations/surroundings.ts';
import { configuredBindings } from '../views/bindings.ts';
import type { Scenes } from '../views/scenes.ts';
import { positionsOf } from './other-side.ts';

export function surroundings(
  connections: Connections,
  scenes: Scenes,
  archiveRoom: () => Promise<ArchiveRoom>,
): Surroundings {
  const topologyOf = (address: Address) =>
    topologyWith(findTopologies(connections.snapshots(), configuredBindings()), address);
  return {
    known(address) {
      const snapshot = connections.snapshots().find(({ context }) => context === address.context);
      const member = snapshot && membersOf(snapshot).find(each => sameAddress(each.address, address));
      return member ? knownOf(member.cluster, snapshot, positionsOf(scenes, member)) : unknownSide;
    },
    otherPrimaries(a, b) {
      const topology = topologyOf(a);
      return (topology ? primaries(topology) : [])
        .filter(({ address }) => !sameAddress(address, a) && !sameAddress(address, b))
        .map(({ name }) => name);
    },
    async newestArchived(address, asIf, signal) {
      const connection = await connections.open(address.context);
      return newestArchived(posing(connection, asIf), address, 'source', archiveRoom, signal);
    },
    secret: async ({ context, namespace }, name, signal) =>
      (await connections.open(context)).secret(namespace, name, signal),
    // The setting is in MB.
    lagLimit: BigInt(Math.round(vscode.workspace.getConfiguration('cnpg').get<number>('lagLimit', 1024) * 1024 * 1024)),
  };
}

/** The connection with one Cluster as it is not, or not yet. */
export const posing = <T extends Pick<NonNullable<ReturnType<Connections['get']>>, 'get'>>(
  connection: T,
  cluster: Cluster,
): T => ({
  ...connection,
  get: async (kind, ...rest) => (kind === 'Cluster' ? cluster : connection.get(kind, ...rest)) as never,
});
