import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { Failure } from '../errors.ts';
import { isInstanceOf, isReplicaCluster } from '../model/cluster.ts';
import { instancesOf } from '../model/instances.ts';
import type { Instance } from '../model/instances.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import type { ContextSnapshot } from '../model/snapshot.ts';
import type { ObjectArgument } from './pick-object.ts';
import { pickObject } from './pick-object.ts';
import { programPaths } from './program-paths.ts';

/**
 * Runs psql in a terminal, inside the pod of an instance. Of a Cluster it is the (designated) primary's.
 * @param kubeconfig files that kubectl would not read by itself
 */
export const openPsql =
  (connections: Connections, kubeconfig: () => readonly string[]) =>
  async (argument?: ObjectArgument): Promise<void> => {
    const reference = await pickObject(connections, argument, 'Open psql', ['Cluster', 'Pod']);
    if (!reference) return;
    const { context, namespace } = reference;
    const snapshot = (await connections.open(context)).snapshot();
    const instance = instanceFor(reference, snapshot);
    const kubectl = await findKubectl();
    const files = kubeconfig();
    const environment = files.length === 0 ? {} : { KUBECONFIG: files.join(process.platform === 'win32' ? ';' : ':') };
    await runInTerminal(
      `${instance.name} (${instance.role}, ${context})`,
      // A list, not a line: no shell reads it.
      new vscode.ProcessExecution(kubectl, psqlArguments(context, namespace, instance.name), { env: environment }),
    );
    if (instance.role !== 'primary')
      void vscode.window.showInformationMessage(
        `${instance.name} is a ${instance.role}: this psql can read and not write.`,
      );
  };

/** As a task: its terminal stays when kubectl fails, with what kubectl said. */
async function runInTerminal(name: string, execution: vscode.ProcessExecution): Promise<void> {
  const task = new vscode.Task({ type: 'cnpg.psql', name }, vscode.TaskScope.Global, name, 'CNPG', execution, []);
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.New,
    focus: true,
    showReuseMessage: false,
  };
  await vscode.tasks.executeTask(task);
}

const psqlArguments = (context: string, namespace: string, pod: string): string[] => [
  '--context',
  context,
  '--namespace',
  namespace,
  'exec',
  '--stdin',
  '--tty',
  pod,
  '--container',
  'postgres',
  '--',
  'psql',
];

function instanceFor({ kind, name, namespace }: ObjectReference, snapshot: ContextSnapshot): Instance {
  const pod = snapshot.pods.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  const cluster = snapshot.clusters.find(each =>
    kind === 'Pod'
      ? pod !== undefined && isInstanceOf(pod, each)
      : each.metadata.name === name && each.metadata.namespace === namespace,
  );
  const instances = cluster ? instancesOf(cluster, snapshot) : [];
  const found = instances.find(instance => (kind === 'Pod' ? instance.name === name : instance.role !== 'standby'));
  if (found?.pod) return found;
  const wanted =
    kind === 'Pod' ? name : `${cluster && isReplicaCluster(cluster) ? 'designated primary' : 'primary'} of ${name}`;
  throw new Failure('no-instance', {
    what: `There is no psql on ${wanted}`,
    why: found ? `The pod ${found.name} does not exist now.` : 'No instance of that role is known.',
    remedy: 'Choose one of the instances in the tree that has a pod.',
  });
}

async function findKubectl(): Promise<string> {
  const { PATH: path = process.env['Path'] ?? '', PATHEXT: extensions } = process.env;
  for (const candidate of programPaths('kubectl', path, process.platform, extensions)) {
    const stat = await Promise.resolve(vscode.workspace.fs.stat(vscode.Uri.file(candidate))).catch(() => undefined);
    if (stat && stat.type !== vscode.FileType.Directory) return candidate;
  }
  throw new Failure('no-kubectl', {
    what: 'psql cannot be opened',
    why: 'It runs through kubectl, which is in no folder of the PATH that VS Code was started with.',
    remedy: 'Install kubectl, or start VS Code from a shell that finds it.',
  });
}
