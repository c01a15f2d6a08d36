/** Services and the pods behind them. */
import { isReplicaCluster, podReady } from '../../model/cluster.ts';
import type { Address, Pod, Service } from '../../model/kubernetes.ts';
import { addressKey } from '../../model/kubernetes.ts';
import { labelledFor } from '../../model/owned.ts';
import type { Side } from '../../model/side.ts';
import type { TreeNode } from './node.ts';
import { groupNode, node, referenceTo, warning } from './node.ts';

export const servicesNode = (side: Side, address: Address): TreeNode | undefined =>
  groupNode({
    id: `services ${addressKey(address)}`,
    kind: 'services',
    label: 'Services',
    icon: { id: 'plug' },
    children: labelledFor(side.snapshot.services, side.cluster)
      .toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name))
      .map(service => serviceNode(service, side, address)),
  });

function serviceNode(service: Service, { cluster, snapshot, readable, instances }: Side, address: Address): TreeNode {
  const selector = service.spec?.selector ?? {};
  const behind = labelledFor(snapshot.pods, cluster).filter(pod => selects(selector, pod));
  const ready = behind.filter(podReady);
  const role = selector['cnpg.io/instanceRole'];
  const standbys = instances.filter(instance => instance.role === 'standby').length;
  // A Cluster of one instance has no standby: its read-only service is empty by design.
  const empty = ready.length === 0 && (role !== 'replica' || standbys > 0);
  const podsRead = snapshot.unread.Pod === undefined;
  const bad = empty && podsRead && readable;
  return node({
    id: `service ${addressKey(address)} ${service.metadata.name}`,
    kind: 'service',
    label: service.metadata.name,
    description: !podsRead
      ? 'pods not read'
      : ready.length === 0
        ? 'no ready pod behind it'
        : `→ ${ready.map(pod => pod.metadata.name).join(', ')}${role === 'primary' && isReplicaCluster(cluster) ? ' (read-only)' : ''}`,
    icon: bad ? warning : { id: 'globe' },
    ...(bad && { trouble: 'warning' as const }),
    tooltip: [
      `Service ${service.metadata.name}`,
      ['Type', service.spec?.type ?? 'ClusterIP'],
      ['Address', service.spec?.clusterIP ?? 'none'],
      ['Ports', service.spec?.ports?.map(port => port.port).join(', ') ?? ''],
      [
        'Selects',
        role === 'primary' ? 'the (designated) primary' : role === 'replica' ? 'the standbys' : 'any instance',
      ],
      ...behind.map((pod): [string, string] => [pod.metadata.name, podReady(pod) ? 'ready' : 'not ready']),
    ],
    context: address.context,
    address,
    object: referenceTo('Service', address, service.metadata.name),
  });
}

const selects = (selector: Record<string, string>, pod: Pod): boolean =>
  Object.entries(selector).every(([key, value]) => pod.metadata.labels?.[key] === value);
