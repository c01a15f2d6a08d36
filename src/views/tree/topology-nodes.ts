/** Topologies, the places of their members, and members that were not found. */
import type { Alarm } from '../../model/alarm.ts';
import { formatTime } from '../../model/duration.ts';
import type { ContextSnapshot } from '../../model/snapshot.ts';
import { clockWords } from '../../model/snapshot.ts';
import { mayWrite, sideOf, systemIdOf } from '../../model/side.ts';
import type { Side } from '../../model/side.ts';
import type { Member, Topology } from '../../model/topology.ts';
import { topologyLabel } from '../../model/topology.ts';
import { alarmNode, alarmTrouble } from './alarm-nodes.ts';
import { clusterNode, clusterTrouble } from './cluster-nodes.ts';
import { stateWords, unreadNodes } from './context-nodes.ts';
import type { Scene, TooltipLine, TreeNode, Trouble } from './node.ts';
import { failure, node, problemNode, troubleIcon, worst } from './node.ts';

export function topologyNode(topology: Topology, scene: Scene): TreeNode {
  const alarms = alarmsOf(topology, scene);
  const real = alarms.filter(alarm => alarm.severity !== 'notice');
  const contexts = [...new Set(topology.members.map(member => member.address.context))];
  const sides = topology.members.flatMap(member => {
    const snapshot = scene.snapshots.find(s => s.context === member.address.context);
    return snapshot ? [sideOf(member, snapshot, scene.moment)] : [];
  });
  const description = stateOf(topology, sides, scene);
  return node({
    id: `topology ${topology.id}`,
    kind: 'topology',
    label: topologyLabel(topology),
    description: real.length > 1 ? `${description} · ${real.length} alarms` : description,
    icon: troubleIcon(worst(real.map(alarmTrouble)), {
      id: sides.every(side => side.readable) ? 'type-hierarchy' : 'question',
    }),
    trouble: worst([...real.map(alarmTrouble), ...contexts.map(context => placeTrouble(context, topology, scene))]),
    tooltip: topologyTooltip(topology, sides, description, scene),
    expanded: !scene.many || real.length > 0,
    topologyId: topology.id,
    unfold: () => [
      ...alarms.map(alarmNode),
      ...contexts.map(context => placeNode(context, topology, scene)),
      ...topology.missing.map(name => missingNode(topology, name, scene)),
    ],
  });
}

const alarmsOf = ({ id }: Topology, { judgement }: Scene): Alarm[] =>
  judgement.alarms.filter(({ topologyId }) => topologyId === id);

/** Who may write, or why nobody may. */
function stateOf(topology: Topology, sides: readonly Side[], scene: Scene): string {
  const writers = sides.filter(mayWrite).map(side => side.member.name);
  const unread = sides.filter(side => !side.readable);
  if (writers.length > 1) return `TWO PRIMARIES: ${writers.join(', ')}`;
  const seen = unread.length === 0 ? '' : ` · ${unread.map(side => side.member.name).join(', ')} unknown`;
  if (writers[0] !== undefined) {
    const down = alarmsOf(topology, scene).some(({ kind, severity }) => kind === 'leader-down' && severity === 'error');
    return `primary: ${writers[0]}${down ? ' IS DOWN' : ''}${seen}`;
  }
  const none = scene.judgement.alarms.find(a => a.kind === 'no-primary' && a.topologyId === topology.id);
  if (none?.severity === 'notice')
    return `no primary: ${/switchover from .*? under way/.exec(none.sentence)?.[0] ?? 'switchover'}`;
  if (none) return 'NO PRIMARY';
  return unread.length > 0
    ? `primary unknown: ${unread.map(side => side.member.name).join(', ')} cannot be read`
    : 'primary not seen';
}

function topologyTooltip(topology: Topology, sides: readonly Side[], state: string, scene: Scene): TooltipLine[] {
  return [
    'Distributed topology',
    state,
    ...sides.map((side): [string, string] => [
      side.member.name,
      [
        `context ${side.member.address.context}, namespace ${side.member.address.namespace}`,
        !side.readable ? 'cannot be read' : mayWrite(side) ? 'may write' : 'read-only',
        `system ${systemIdOf(side, scene.moment) ?? 'not known'}`,
      ].join(' · '),
    ]),
    ...topology.missing.map((name): [string, string] => [name, 'not found']),
  ];
}

function placeNode(context: string, topology: Topology, scene: Scene): TreeNode {
  const snapshot = scene.snapshots.find(s => s.context === context);
  const members = membersIn(context, topology);
  const namespaces = [...new Set(members.map(member => member.address.namespace))];
  const failed = snapshot?.state === 'failed';
  const clock = clockWords(snapshot?.clockAhead);
  return node({
    id: `place ${topology.id} ${context}`,
    kind: 'place',
    label: context,
    description: [
      ...(snapshot && snapshot.state !== 'connected' ? [stateWords(snapshot, scene)] : []),
      namespaces.join(', '),
    ].join(' · '),
    icon: failed ? failure : { id: 'server-environment' },
    trouble: placeTrouble(context, topology, scene),
    tooltip: [
      `Kubernetes cluster (context ${context})`,
      ['API server', snapshot?.server ?? ''],
      ...(snapshot?.seenAt === undefined
        ? []
        : [['Last contact', formatTime(snapshot.seenAt, scene.moment.now)] as const]),
      ...(clock === undefined ? [] : [['Its clock is', clock] as const]),
    ],
    contextValue: `place.${snapshot?.state ?? 'closed'}`,
    expanded: true,
    context,
    children: snapshot ? placeChildren(snapshot, topology, members, scene) : [],
  });
}

const membersIn = (context: string, { members }: Topology): Member[] =>
  members.filter(({ address }) => address.context === context);

/** Of a place and all that is below it, without making that. */
function placeTrouble(context: string, topology: Topology, scene: Scene): Trouble {
  const snapshot = scene.snapshots.find(s => s.context === context);
  if (!snapshot) return undefined;
  const unread = snapshot.error !== undefined || unreadNodes(snapshot, '').length > 0;
  const troubles = membersIn(context, topology).map(member => clusterTrouble(member, snapshot, topology, scene));
  return worst([unread ? 'error' : undefined, ...troubles]);
}

const placeChildren = (
  snapshot: ContextSnapshot,
  topology: Topology,
  members: readonly Member[],
  scene: Scene,
): TreeNode[] => [
  ...(snapshot.error === undefined
    ? []
    : [problemNode(`place ${topology.id} ${snapshot.context}`, snapshot.error, snapshot.context)]),
  ...members.map(member => clusterNode(member, snapshot, topology, scene)),
  ...unreadNodes(snapshot, `place ${topology.id}`),
];

function missingNode(topology: Topology, name: string, { snapshots }: Scene): TreeNode {
  const unread = snapshots.filter(s => s.state !== 'connected').map(s => s.context);
  const several = topology.ambiguous.get(name)?.map(a => `${a.context}/${a.namespace}`);
  return node({
    id: `missing ${topology.id} ${name}`,
    kind: 'missing-member',
    label: name,
    description: several
      ? several.length > 1
        ? `in several places: ${several.join(', ')}`
        : `unclear: is it ${several[0]}?`
      : unread.length > 0
        ? `not seen; not connected: ${unread.join(', ')}`
        : 'not found in any connected context',
    icon: { id: 'question' },
    tooltip: [
      several && several.length > 1
        ? `Several Clusters are called ${name}: ${several.join(', ')}. Which one is meant?`
        : `${name} is named by the other members, but no Cluster that was read has that name.`,
      'Drop a Cluster here, or run "CNPG: Bind Member of a Topology…".',
    ],
    memberName: name,
    topologyId: topology.id,
  });
}
