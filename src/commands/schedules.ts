/** A schedule of base backups is suspended and resumed: that of a node in the tree, or one that the user picks. */
import type { Connections } from '../connections.ts';
import { Failure } from '../errors.ts';
import type { Address } from '../model/kubernetes.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import type { Operation } from '../operations/operation.ts';
import { resumeSchedule as resume, suspendSchedule as suspend } from '../operations/schedules.ts';
import type { OperationDependencies } from './operate.ts';
import { operate } from './operate.ts';
import type { NodeArgument } from './pick-object.ts';
import { pickObject } from './pick-object.ts';
import { refuseWhenReadOnly } from './read-only.ts';

const onSchedule =
  (title: string, verb: string, operation: (target: Address, name: string, at: Date) => Operation) =>
  (deps: OperationDependencies) =>
  async (argument?: NodeArgument): Promise<void> => {
    refuseWhenReadOnly(title);
    const schedule = await pickObject(deps.connections, argument, title, ['ScheduledBackup']);
    if (!schedule) return;
    const target = clusterOf(deps.connections, schedule, title);
    await operate(deps, operation(target, schedule.name, new Date()), verb);
  };

/** Whose backups it takes. */
function clusterOf(connections: Connections, { context, namespace, name }: ObjectReference, title: string): Address {
  const cluster = connections
    .snapshots()
    .find(snapshot => snapshot.context === context)
    ?.scheduledBackups.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)?.spec
    ?.cluster?.name;
  if (cluster) return { context, namespace, name: cluster };
  throw new Failure('not-found', {
    what: title,
    why: `${name} was not found in context ${context}, or names no Cluster.`,
    remedy: 'Refresh the view.',
  });
}

export const suspendSchedule = onSchedule('Suspend Schedule', 'Suspend', suspend);
export const resumeSchedule = onSchedule('Resume Schedule', 'Resume', resume);
