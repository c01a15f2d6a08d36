/** Services and the pods behind them. */
import { isReplicaCluster, podReady } from '../../model/cluster.ts';
import type { Address, Service } from '../../model/kubernetes.ts';
import { addressKey } from '../../model/kubernetes.ts';
import { labelledFor } from '../../model/owned.ts';
import { isBehind, readyBehind } from '../../model/service-pods.ts';
import type { Side } from '../../model/side.ts';
import type { TreeNode, Trouble } from './node.ts';
import { groupNode, node, referenceTo, troubleIcon, worst } from './node.ts';

export const servicesNode = (side: Side, address: Address): TreeNode | undefined =>
  groupNode({
    id: `services ${addressKey(address)}`,
    kind: 'services',
    label: 'Services',
    icon: { id: 'plug' },
    children: servicesOf(side)
      .toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name))
      .map(service => serviceNode(service, side, address)),
  });

/** Of {@link servicesNode}, without making it. */
export const servicesTrouble = (side: Side): Trouble =>
  worst(servicesOf(side).map(service => serviceTrouble(service, side)));

const servicesOf = ({ snapshot, cluster }: Side): readonly Service[] => labelledFor(snapshot.services, cluster);

const roleOf = ({ spec }: Service): string | undefined => spec?.selector?.['cnpg.io/instanceRole'];

function serviceTrouble(service: Service, { cluster, snapshot, readable, instances }: Side): Trouble {
  if (!readable || snapshot.unread.Pod !== undefined) return undefined;
  if (readyBehind(service, labelledFor(snapshot.pods, cluster)).length > 0) return undefined;
  // A Cluster of one instance has no standby: its read-only service is empty by design.
  const emptyByDesign = roleOf(service) === 'replica' && !instances.some(({ role }) => role === 'standby');
  return emptyByDesign ? undefined : 'warning';
}

function serviceNode(service: Service, side: Side, address: Address): TreeNode {
  const { cluster, snapshot } = side;
  const behind = labelledFor(snapshot.pods, cluster).filter(pod => isBehind(service, pod));
  const ready = behind.filter(podReady);
  const role = roleOf(service);
  const trouble = serviceTrouble(service, side);
  return node({
    id: `service ${addressKey(address)} ${service.metadata.name}`,
    kind: 'service',
    label: service.metadata.name,
    description:
      snapshot.unread.Pod !== undefined
        ? 'pods not read'
        : ready.length === 0
          ? 'no ready pod behind it'
          : `→ ${ready.map(pod => pod.metadata.name).join(', ')}${role === 'primary' && isReplicaCluster(cluster) ? ' (read-only)' : ''}`,
    icon: troubleIcon(trouble, { id: 'globe' }),
    trouble,
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
