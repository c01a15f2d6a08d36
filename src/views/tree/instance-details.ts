/** What is below an instance: its position, its Kubernetes node, its volumes. */
import type { InstanceStatus } from '../../model/instance-status.ts';
import type { Instance } from '../../model/instances.ts';
import { claimsOf, statusOf, unschedulable, zoneOf } from '../../model/instances.ts';
import type { Address } from '../../model/kubernetes.ts';
import { addressKey } from '../../model/kubernetes.ts';
import type { PersistentVolumeClaim } from '../../model/satellites.ts';
import type { Side } from '../../model/side.ts';
import type { TreeNode, Trouble } from './node.ts';
import { node, referenceTo, warning } from './node.ts';

/** In rows what is otherwise only in the tooltip: position, node. */
export function instanceDetails(
  instance: Instance,
  status: InstanceStatus | undefined,
  { cluster, member }: Side,
): TreeNode[] {
  const { address } = member;
  const row = (id: string, label: string, description: string, icon: string, bad = false): TreeNode =>
    node({
      id: `detail ${addressKey(address)} ${instance.name} ${id}`,
      kind: 'detail',
      label,
      description,
      tooltip: [`${label}: ${description}`],
      icon: bad ? warning : { id: icon },
      ...(bad && { trouble: 'warning' as const }),
      address,
      context: address.context,
    });
  // An old position is still the last one known.
  const last = status ?? statusOf(instance.reading);
  const position = last?.isPrimary ? last.currentLsn : last?.replayLsn;
  const ahead = last?.receivedLsn !== undefined && last.receivedLsn !== last.replayLsn;
  const label = `${status ? '' : 'Last seen: '}${last?.isPrimary ? 'Writes at' : 'Replayed'}`;
  const waits = unschedulable(instance.pod);
  const zone = zoneOf(cluster, instance);
  return [
    ...(waits === undefined ? [] : [row('unschedulable', 'Unschedulable', waits, 'warning', true)]),
    ...(instance.reading?.kind === 'failed'
      ? [row('status', 'Status could not be read', instance.reading.reason, 'question')]
      : []),
    ...(position
      ? [
          row(
            'position',
            label,
            `${position}${ahead ? ` (received ${last.receivedLsn})` : ''} · timeline ${instance.timeline ?? '?'}`,
            'location',
          ),
        ]
      : []),
    ...(instance.pod?.spec?.nodeName
      ? [
          row(
            'node',
            'Kubernetes node',
            [instance.pod.spec.nodeName, zone && `zone ${zone}`].filter(Boolean).join(' · '),
            'vm',
          ),
        ]
      : []),
  ];
}

const isUnbound = ({ status }: PersistentVolumeClaim): boolean =>
  status?.phase !== undefined && status.phase !== 'Bound';

/** Of what is below an instance, without making it. */
export const detailsTrouble = ({ name, pod }: Instance, { cluster, snapshot }: Side): Trouble =>
  unschedulable(pod) !== undefined || claimsOf(cluster, name, snapshot).some(isUnbound) ? 'warning' : undefined;

export function claimNode(claim: PersistentVolumeClaim, address: Address): TreeNode {
  const phase = claim.status?.phase ?? 'unknown';
  const role = claim.metadata.labels?.['cnpg.io/pvcRole']?.replace('PG_', '').toLowerCase();
  const resizing = claim.status?.conditions?.find(c => c.status === 'True');
  const bad = isUnbound(claim);
  return node({
    id: `claim ${addressKey(address)} ${claim.metadata.name}`,
    kind: 'claim',
    label: role === undefined ? 'Volume' : `Volume ${role}`,
    description: [
      claim.status?.capacity?.storage ?? claim.spec?.resources?.requests?.storage ?? 'size unknown',
      ...(bad ? [phase] : []),
      ...(resizing ? [resizing.type] : []),
    ].join(' · '),
    icon: bad ? warning : { id: 'save' },
    ...(bad && { trouble: 'warning' as const }),
    tooltip: [
      `PersistentVolumeClaim ${claim.metadata.name}`,
      ['Phase', phase],
      ['Requested', claim.spec?.resources?.requests?.storage ?? 'unknown'],
      ['Capacity', claim.status?.capacity?.storage ?? 'none yet'],
      ['Storage class', claim.spec?.storageClassName ?? 'default'],
      ...(resizing?.message ? [resizing.message] : []),
    ],
    address,
    context: address.context,
    object: referenceTo('PersistentVolumeClaim', address, claim.metadata.name),
  });
}
