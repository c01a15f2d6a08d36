import { fencedInstances } from '../model/cluster.ts';
import { unfence } from '../operations/fencing.ts';
import type { OperationDependencies } from './operate.ts';
import { operate } from './operate.ts';
import { othersOf } from './other-side.ts';
import type { InstanceArgument } from './pick-instances.ts';
import { lastSeen, pickInstances } from './pick-instances.ts';
import { refuseWhenReadOnly } from './read-only.ts';

/** Starts PostgreSQL of fenced instances again. Those that were fenced all together are unfenced all together. */
export const unfenceInstance =
  (deps: OperationDependencies) =>
  async (argument?: InstanceArgument, nodes?: readonly InstanceArgument[]): Promise<void> => {
    refuseWhenReadOnly('Unfence Instance');
    const chosen = await pickInstances(deps.connections, argument, nodes, {
      title: 'Unfence Instance',
      accept: ({ fenced }) => fenced,
      none: 'Nothing is fenced.',
    });
    if (!chosen) return;
    const seen = lastSeen(deps.connections, chosen.cluster);
    const together = seen !== undefined && fencedInstances(seen.cluster).includes('*');
    const others = () => othersOf(deps.connections, chosen.cluster);
    await operate(deps, unfence(chosen.cluster, together || chosen.all ? '*' : chosen.names, others), 'Unfence');
  };
