/** Where the other member of a topology is, as far as this window knows, and how its side is asked. */
import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { sourceArchive } from '../model/archive.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import type { OtherMembers } from '../model/other-members.ts';
import { otherMembers } from '../model/other-members.ts';
import { positionKey } from '../model/positions.ts';
import { decodeToken } from '../model/token.ts';
import type { Member } from '../model/topology.ts';
import { findTopologies, membersOf, topologyWith } from '../model/topology.ts';
import type { ArchiveRoom, DemotionTrace } from '../operations/list-archive.ts';
import { demotionTrace } from '../operations/list-archive.ts';
import { configuredBindings } from '../views/bindings.ts';
import type { Scenes } from '../views/scenes.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import { pickCluster } from './pick-cluster.ts';

export interface Located {
  /** In the topology. */
  name: string;
  address: Address | undefined;
  /** As seen last. */
  cluster: Cluster | undefined;
  /** Milliseconds since the epoch of that. */
  seenAt?: number | undefined;
}

/** Who else in the topology may be written to now. @param asIf the Cluster as it would be, which may not be there yet */
export const othersOf = (connections: Connections, address: Address, asIf?: Cluster): OtherMembers =>
  otherMembers(connections.snapshots(), configuredBindings(), address, asIf);

/** The member that `of` means by this name, in whatever state its context is. */
function findMember(connections: Connections, of: Address, name: string): Member | undefined {
  const topology = topologyWith(findTopologies(connections.snapshots(), configuredBindings()), of);
  return topology?.members.find(member => member.name === name);
}

/**
 * Finds the member, or asks in which context it would be: it may never have been seen in this window.
 * @returns `undefined` when the user backs out
 */
async function locate(
  connections: Connections,
  of: Address,
  name: string,
  title: string,
): Promise<Located | undefined> {
  const known = findMember(connections, of, name);
  if (known) {
    const { context } = known.address;
    const seenAt = connections.snapshots().find(each => each.context === context)?.seenAt;
    return { name, address: known.address, cluster: known.cluster, seenAt };
  }
  const contexts = connections.snapshots().filter(({ context }) => context !== of.context);
  const nowhere = { label: 'No context leads there', description: 'its side is not asked', context: undefined };
  const picked = await vscode.window.showQuickPick(
    [...contexts.map(({ context, server }) => ({ label: context, description: server, context })), nowhere],
    { title, placeHolder: `In which context is ${name}? It is asked whether it is alive.` },
  );
  if (!picked) return undefined;
  const { context } = picked;
  if (context === undefined) return { name, address: undefined, cluster: undefined };
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Asking context ${context}` },
    () => Promise.race([connections.open(context).catch(() => undefined), pause(10_000)]),
  );
  const snapshot = connections.snapshots().find(each => each.context === context);
  const there = snapshot && membersOf(snapshot).find(member => member.name === name);
  return { name, address: there?.address ?? { ...of, context, name }, cluster: there?.cluster };
}

const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds));

/**
 * The Cluster that a command is about, and the member that its manifest calls primary.
 * @returns `undefined` when the user backs out
 */
export async function pickWithPrimary(
  connections: Connections,
  argument: ClusterArgument,
  title: string,
  accept: (cluster: Cluster) => boolean,
): Promise<{ target: Address; primary: Located } | undefined> {
  const target = await pickCluster(connections, argument, title, accept);
  if (!target) return undefined;
  const connection = await connections.open(target.context);
  const { namespace, name } = target;
  const { spec } = await connection.get<Cluster>('Cluster', namespace, name, AbortSignal.timeout(30_000));
  const primary = await locate(connections, target, spec.replica?.primary ?? '', title);
  return primary && { target, primary };
}

/** Where the member's primary was while this window followed it. */
export function positionsOf(scenes: Scenes, { address, cluster }: Located) {
  if (!address) return [];
  const pod = cluster?.status?.currentPrimary ?? '';
  return scenes.current().moment.positions.get(positionKey(address.context, address.namespace, pod)) ?? [];
}

/** Looks into the archive from which this side restores for what became of the demotion; `undefined`: it has none, or no token. */
export function traceThrough(
  { connections, archiveRoom }: { connections: Connections; archiveRoom: () => Promise<ArchiveRoom> },
  reader: Address,
  cluster: Cluster,
  text: string,
): ((signal: AbortSignal) => Promise<DemotionTrace>) | undefined {
  const token = decodeToken(text);
  if (typeof token === 'string' || !sourceArchive(cluster)) return undefined;
  return async signal =>
    demotionTrace(await connections.open(reader.context), reader, 'source', token, archiveRoom, signal);
}
