import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { Failure } from '../errors.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import type { Member } from '../model/topology.ts';
import { membersOf } from '../model/topology.ts';
import { clusterChoice } from './cluster-choice.ts';

/** What a command can be called with: a tree node, a manifest's Cluster (code lens), an address, or nothing (palette). */
export type ClusterArgument =
  | { address?: Address; archive?: 'own' | 'source' }
  | { manifest: { name: string; namespace?: string } }
  | undefined;

/**
 * The Cluster that a command is about: the one it was called on, else one that the user picks among those of the open
 * contexts. Offers to open contexts when none is open.
 * @returns `undefined` when the user backs out
 */
export async function pickCluster(
  connections: Connections,
  argument: ClusterArgument,
  prompt: string,
  accept: (cluster: Cluster) => boolean = () => true,
): Promise<Address | undefined> {
  if (argument && 'address' in argument && argument.address) return argument.address;
  if (!(await ensureConnected(connections))) return undefined;
  const manifest = argument && 'manifest' in argument ? argument.manifest : undefined;
  const all = connections.snapshots().flatMap(membersOf);
  const named = manifest ? all.filter(member => matches(member, manifest)) : all;
  const members = named.filter(member => accept(member.cluster));
  if (members.length === 0) throw nothingToPick(manifest?.name, prompt, connections);
  if (manifest && members.length === 1) return members[0]?.address;
  const states = new Map(connections.snapshots().map(({ context, state }) => [context, state]));
  const picked = await vscode.window.showQuickPick(
    members.map(member => ({ ...clusterChoice(member, states.get(member.address.context)), member })),
    { title: prompt, placeHolder: 'Cluster', matchOnDescription: true },
  );
  return picked?.member.address;
}

const matches = (member: Member, manifest: { name: string; namespace?: string }): boolean =>
  member.address.name === manifest.name &&
  (manifest.namespace === undefined || member.address.namespace === manifest.namespace);

function nothingToPick(name: string | undefined, prompt: string, connections: Connections): Failure {
  const open = connections
    .snapshots()
    .filter(s => s.state === 'connected')
    .map(s => s.context);
  return new Failure('not-found', {
    what: `${prompt}: no Cluster to do that with`,
    why:
      name === undefined
        ? `None was found in ${open.join(', ') || 'the connected contexts'}.`
        : `No suitable Cluster "${name}" was found in ${open.join(', ') || 'the connected contexts'}.`,
    remedy: 'Connect the Kubernetes context that has it.',
  });
}

/** Opens contexts that the user picks when none is open yet. @returns whether at least one is open */
export async function ensureConnected(connections: Connections): Promise<boolean> {
  const isOpen = () => connections.snapshots().some(s => s.state === 'connected' || s.state === 'connecting');
  if (!isOpen()) await connections.reload();
  if (!isOpen()) {
    const contexts = await pickContexts(connections);
    await Promise.allSettled(contexts.map(context => connections.open(context)));
  }
  await firstLists(connections);
  return isOpen();
}

export async function pickContexts(connections: Connections): Promise<string[]> {
  const closed = connections.snapshots().filter(s => s.state !== 'connected');
  if (closed.length === 0)
    throw new Failure('no-context', {
      what: 'There is no Kubernetes context to connect to',
      why: connections.problems().join(' ') || `The kubeconfig has none (${connections.files().join(', ')}).`,
      remedy: 'Set cnpg.kubeconfig to your kubeconfig file, or run "CNPG: Start Playground".',
    });
  const picked = await vscode.window.showQuickPick(
    closed.map(s => ({ label: s.context, description: s.server, ...(s.error !== undefined && { detail: s.error }) })),
    { canPickMany: true, title: 'Connect Kubernetes contexts', placeHolder: 'Contexts of both Kubernetes clusters' },
  );
  return picked?.map(item => item.label) ?? [];
}

/** Waits until no context is connecting any more, at most 10 s. */
function firstLists(connections: Connections): Promise<void> {
  const settled = () => connections.snapshots().every(s => s.state !== 'connecting');
  if (settled()) return Promise.resolve();
  return new Promise(resolve => {
    const timer = setTimeout(done, 10_000);
    const subscription = connections.onDidChange(() => settled() && done());
    function done(): void {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    }
  });
}
