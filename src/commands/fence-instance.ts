import { fence } from '../operations/fencing.ts';
import type { OperationDependencies } from './operate.ts';
import { operate } from './operate.ts';
import type { InstanceArgument } from './pick-instances.ts';
import { pickInstances } from './pick-instances.ts';
import { refuseWhenReadOnly } from './read-only.ts';

/** Shuts PostgreSQL of one, several or all instances of a Cluster down, while their pods stay. */
export const fenceInstance =
  (deps: OperationDependencies) =>
  async (argument?: InstanceArgument, nodes?: readonly InstanceArgument[]): Promise<void> => {
    refuseWhenReadOnly('Fence Instance');
    const chosen = await pickInstances(deps.connections, argument, nodes, {
      title: 'Fence Instance',
      accept: ({ fenced }) => !fenced,
      none: 'Fenced already.',
    });
    if (chosen) await operate(deps, fence(chosen.cluster, chosen.all ? '*' : chosen.names), 'Fence');
  };
