import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { Failure } from '../errors.ts';
import type { Instance } from '../model/instances.ts';
import { formatBytes, statusOf } from '../model/instances.ts';
import type { Address } from '../model/kubernetes.ts';
import type { Observed } from '../operations/operation.ts';
import { clusterWords, leaderWord } from '../operations/operation.ts';
import { observe } from '../operations/run-operation.ts';
import { lagOf, switchPrimary } from '../operations/switch-primary.ts';
import { abortSignalOf } from './cancellation.ts';
import type { OperationDependencies } from './operate.ts';
import { operate } from './operate.ts';
import { pickCluster } from './pick-cluster.ts';
import type { InstanceArgument } from './pick-instances.ts';
import { instanceWords } from './pick-instances.ts';
import { refuseWhenReadOnly } from './read-only.ts';

/** Makes another instance of the same Cluster primary, or designated primary of a replica cluster. */
export const switchPrimaryInstance =
  (deps: OperationDependencies) =>
  async (argument?: InstanceArgument): Promise<void> => {
    refuseWhenReadOnly('Switch Primary Instance');
    const target = await pickCluster(
      deps.connections,
      argument?.address ? { address: argument.address } : undefined,
      'Switch Primary Instance',
      ({ spec }) => (spec.instances ?? 1) > 1,
    );
    if (!target) return;
    const candidate =
      argument?.object?.kind === 'Pod' ? argument.object.name : await pickCandidate(deps.connections, target);
    if (candidate === undefined) return;
    // The setting is in MB.
    const limit = vscode.workspace.getConfiguration('cnpg').get<number>('lagLimit', 1024);
    const lag = BigInt(Math.round(limit * 1024 * 1024));
    await operate(deps, switchPrimary(target, candidate, { lag }, new Date()), 'Switch');
  };

async function pickCandidate(connections: Connections, target: Address): Promise<string | undefined> {
  const seen = await lookAt(connections, target);
  if (!seen) return undefined;
  const standbys = seen.instances
    .filter(({ role }) => role === 'standby')
    .toSorted((a, b) => rank(a, seen) - rank(b, seen));
  if (standbys.length === 0)
    throw new Failure('no-candidate', {
      what: 'Switch Primary Instance',
      why: `${target.name} has no standby.`,
      remedy: 'Add an instance (spec.instances) first.',
    });
  const picked = await vscode.window.showQuickPick(
    standbys.map(instance => ({ label: instance.name, description: candidateWords(instance, seen) })),
    {
      title: `Switch Primary Instance of ${clusterWords(seen.cluster)}`,
      placeHolder: `New ${leaderWord(seen.cluster)} in place of ${seen.cluster.status?.currentPrimary ?? 'none'}; the best candidate comes first`,
    },
  );
  return picked?.label;
}

function lookAt(connections: Connections, target: Address): Thenable<Observed | undefined> {
  const api = connections.get(target.context);
  if (!api)
    throw new Failure('not-connected', {
      what: 'Switch Primary Instance',
      why: `Context ${target.context} is not connected.`,
      remedy: 'Connect it first.',
    });
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Asking the instances of ${target.name}`,
      cancellable: true,
    },
    async (_progress, cancellation) => {
      try {
        return await observe(
          api,
          { target },
          AbortSignal.any([abortSignalOf(cancellation), AbortSignal.timeout(30_000)]),
        );
      } catch (error) {
        if (cancellation.isCancellationRequested) return undefined;
        throw error;
      }
    },
  );
}

/** Fit ones first, those with the least lag before the others. */
function rank(instance: Instance, seen: Observed): number {
  const lag = lagOf(instance, seen);
  const unfit = !instance.ready || instance.fenced || statusOf(instance.reading)?.isWalReceiverActive !== true;
  return (unfit ? Number.MAX_SAFE_INTEGER / 2 : 0) + (lag === undefined ? Number.MAX_SAFE_INTEGER / 4 : Number(lag));
}

function candidateWords(instance: Instance, seen: Observed): string {
  const lag = lagOf(instance, seen);
  const status = statusOf(instance.reading);
  return [
    lag === undefined ? 'lag unknown' : `lag ${formatBytes(lag)}`,
    status === undefined ? 'not readable' : status.isWalReceiverActive ? 'streaming' : 'not streaming',
    instanceWords(instance),
  ].join(' · ');
}
