import * as vscode from 'vscode';
import { restartInstance as restart } from '../operations/restart.ts';
import type { OperationDependencies } from './operate.ts';
import { operate } from './operate.ts';
import { pickCluster } from './pick-cluster.ts';
import type { InstanceArgument } from './pick-instances.ts';
import { instanceWords, lastSeen } from './pick-instances.ts';
import { refuseWhenReadOnly } from './read-only.ts';

/** Restarts one instance: a standby by a new pod, a (designated) primary in its pod. */
export const restartInstance =
  (deps: OperationDependencies) =>
  async (argument?: InstanceArgument): Promise<void> => {
    const title = 'Restart Instance';
    refuseWhenReadOnly(title);
    const target = await pickCluster(
      deps.connections,
      argument?.address ? { address: argument.address } : undefined,
      title,
    );
    if (!target) return;
    const instances = lastSeen(deps.connections, target)?.instances ?? [];
    const name =
      argument?.object?.kind === 'Pod'
        ? argument.object.name
        : (
            await vscode.window.showQuickPick(
              instances.map(instance => ({ label: instance.name, description: instanceWords(instance) })),
              { title, placeHolder: `Instance of ${target.name}` },
            )
          )?.label;
    if (name === undefined) return;
    const uid = instances.find(instance => instance.name === name)?.pod?.metadata.uid;
    await operate(deps, restart(target, name, uid), 'Restart');
  };
