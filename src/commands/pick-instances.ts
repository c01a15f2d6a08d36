/** Which instances of a Cluster a command is about: those of the tree nodes it was called on, else what the user picks. */
import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { Failure } from '../errors.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Instance } from '../model/instances.ts';
import { instancesOf } from '../model/instances.ts';
import type { Address } from '../model/kubernetes.ts';
import { sameAddress } from '../model/kubernetes.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import { membersOf } from '../model/topology.ts';
import { pickCluster } from './pick-cluster.ts';

/** A node of the tree, or nothing (palette). */
export type InstanceArgument = { label?: string; address?: Address; object?: ObjectReference } | undefined;

export interface ChosenInstances {
  cluster: Address;
  names: string[];
  /** Is there no other? */
  all: boolean;
}

/** Which instances may be chosen, and what is said when there are none. */
export interface WantedInstances {
  title: string;
  accept: (instance: Instance) => boolean;
  none: string;
}

/** @returns `undefined` when the user backs out */
export async function pickInstances(
  connections: Connections,
  argument: InstanceArgument,
  nodes: readonly InstanceArgument[] | undefined,
  wanted: WantedInstances,
): Promise<ChosenInstances | undefined> {
  const chosen = (Array.isArray(nodes) && nodes.length > 0 ? nodes : [argument]).flatMap(node =>
    node?.object?.kind === 'Pod' && node.address ? [{ cluster: node.address, name: node.object.name }] : [],
  );
  const [first] = chosen;
  if (first) {
    if (chosen.some(({ cluster }) => !sameAddress(cluster, first.cluster)))
      throw refusal(
        wanted.title,
        'The selected instances belong to different Clusters.',
        'Select those of one Cluster.',
      );
    return checked(
      connections,
      first.cluster,
      chosen.map(({ name }) => name),
      wanted,
    );
  }
  const cluster = await pickCluster(
    connections,
    argument?.address ? { address: argument.address } : undefined,
    wanted.title,
    each => some(connections, each, wanted),
  );
  return cluster && (await pickFrom(connections, cluster, wanted));
}

/** The Cluster as last seen, with its instances. */
export function lastSeen(
  connections: Connections,
  address: Address,
): { cluster: Cluster; instances: Instance[] } | undefined {
  const snapshot = connections.snapshots().find(({ context }) => context === address.context);
  const member = snapshot && membersOf(snapshot).find(each => sameAddress(each.address, address));
  return member && { cluster: member.cluster, instances: instancesOf(member.cluster, snapshot) };
}

const some = (connections: Connections, cluster: Cluster, { accept }: WantedInstances): boolean =>
  connections
    .snapshots()
    .some(snapshot => snapshot.clusters.includes(cluster) && instancesOf(cluster, snapshot).some(accept));

function checked(
  connections: Connections,
  cluster: Address,
  names: string[],
  wanted: WantedInstances,
): ChosenInstances {
  const instances = lastSeen(connections, cluster)?.instances ?? [];
  const unfit = instances.filter(instance => names.includes(instance.name) && !wanted.accept(instance));
  if (unfit.length === names.length)
    throw refusal(wanted.title, `${names.join(', ')}: ${wanted.none}`, 'Choose another one.');
  return { cluster, names, all: names.length > 1 && instances.every(({ name }) => names.includes(name)) };
}

async function pickFrom(
  connections: Connections,
  cluster: Address,
  wanted: WantedInstances,
): Promise<ChosenInstances | undefined> {
  const instances = lastSeen(connections, cluster)?.instances ?? [];
  const fit = instances.filter(wanted.accept);
  if (fit.length === 0) throw refusal(wanted.title, `${cluster.name}: ${wanted.none}`, 'Choose another Cluster.');
  const picked = await vscode.window.showQuickPick(
    fit.map(instance => ({ label: instance.name, description: instanceWords(instance) })),
    { title: wanted.title, placeHolder: `Instances of ${cluster.name}, one or several`, canPickMany: true },
  );
  if (!picked || picked.length === 0) return undefined;
  return {
    cluster,
    names: picked.map(({ label }) => label),
    all: picked.length > 1 && picked.length === instances.length,
  };
}

export const instanceWords = ({ role, ready, fenced, timeline }: Instance): string =>
  [role, fenced ? 'fenced' : ready ? 'ready' : 'not ready', timeline === undefined ? undefined : `timeline ${timeline}`]
    .filter(Boolean)
    .join(' · ');

const refusal = (title: string, why: string, remedy: string): Failure =>
  new Failure('nothing-to-do', { what: title, why, remedy });
