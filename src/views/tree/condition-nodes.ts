/** What a Cluster itself says is not as it should be: phase, conditions, annotations that switch something off. */
import type { Cluster } from '../../model/cluster.ts';
import { demotionInProgress, hibernated, phases, reconciliationDisabled } from '../../model/cluster.ts';
import type { Address, Condition } from '../../model/kubernetes.ts';
import { addressKey } from '../../model/kubernetes.ts';
import type { TooltipLine, TreeNode, Trouble } from './node.ts';
import { node, warning } from './node.ts';

const phaseTrouble = ({ status }: Cluster): boolean => status?.phase !== undefined && status.phase !== phases.healthy;

/** Good states of conditions; all others and unknown types are shown when they are False. */
const quiet = new Set([
  'ContinuousArchiving',
  'ReplicaClusterDesignatedPrimaryTransition',
  'ReplicaClusterFencing',
  'ReplicaClusterSwitch',
]);

/** What the object itself says is not as it should be. Archiving has its own place; those of a demotion tell of its steps. */
export function conditionNodes(cluster: Cluster, address: Address): TreeNode[] {
  const { status } = cluster;
  const row = (id: string, label: string, description: string, tooltip: TooltipLine[], bad = true): TreeNode =>
    node({
      id: `condition ${addressKey(address)} ${id}`,
      kind: 'condition',
      label,
      description,
      tooltip,
      icon: bad ? warning : { id: 'info' },
      ...(bad && { trouble: 'warning' as const }),
      address,
      context: address.context,
    });
  return [
    ...(phaseTrouble(cluster)
      ? [
          row('phase', status?.phase ?? '', status?.phaseReason ?? '', [
            'Phase',
            status?.phase ?? '',
            status?.phaseReason ?? '',
          ]),
        ]
      : []),
    ...(reconciliationDisabled(cluster)
      ? [
          row('reconciliation', 'Reconciliation is disabled', 'the operator changes nothing here', [
            'Annotation cnpg.io/reconciliationLoop is "disabled".',
          ]),
        ]
      : []),
    ...(hibernated(cluster)
      ? [
          row(
            'hibernation',
            'Hibernated',
            'no instance runs',
            ['Annotation cnpg.io/hibernation is "on": the pods are gone, the volumes are kept.'],
            false,
          ),
        ]
      : []),
    ...conditionsOff(cluster).map(c =>
      row(c.type, c.type, c.message ?? c.reason ?? c.status, [
        `Condition ${c.type} is ${c.status}`,
        ['Reason', c.reason ?? ''],
        ['Message', c.message ?? ''],
        ['Since', c.lastTransitionTime ?? 'unknown'],
      ]),
    ),
    ...demotionSteps(cluster).map(c =>
      row(
        c.type,
        c.type,
        `${c.status === 'True' ? 'done' : 'under way'}: ${c.message ?? c.reason ?? ''}`,
        [`Condition ${c.type}`, c.message ?? ''],
        false,
      ),
    ),
  ];
}

/** Of {@link conditionNodes}, without making them. */
export const conditionTrouble = (cluster: Cluster): Trouble =>
  phaseTrouble(cluster) || reconciliationDisabled(cluster) || conditionsOff(cluster).length > 0 ? 'warning' : undefined;

/** Without `Ready` when the phase says it already. */
const conditionsOff = (cluster: Cluster): Condition[] =>
  (cluster.status?.conditions ?? []).filter(c => isOff(c, cluster) && !(c.type === 'Ready' && phaseTrouble(cluster)));

const isOff = (c: Condition, cluster: Cluster): boolean =>
  c.status !== 'True' &&
  !quiet.has(c.type) &&
  c.reason !== 'BackupStarted' &&
  // For half a minute after a demotion no instance has told the operator its identifier; we ask the instances ourselves.
  !(c.type === 'ConsistentSystemID' && c.reason === 'NotFound') &&
  !(hibernated(cluster) && c.type === 'Ready');

/** The three conditions of a demotion, while it runs. */
const demotionSteps = (cluster: Cluster): Condition[] =>
  demotionInProgress(cluster)
    ? (cluster.status?.conditions ?? []).filter(c => c.type.startsWith('ReplicaCluster'))
    : [];
