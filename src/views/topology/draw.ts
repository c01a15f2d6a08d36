/** The picture of a topology from what both sides say: `nodes.ts`, `archives.ts` and `edges.ts` draw the parts. */
import type { ArchiveReading } from '../../model/archive-reading.ts';
import { isReplicaCluster } from '../../model/cluster.ts';
import type { Address } from '../../model/kubernetes.ts';
import { demotedLast } from '../../model/demotion.ts';
import { addressKey } from '../../model/kubernetes.ts';
import type { Side } from '../../model/side.ts';
import { sideOf } from '../../model/side.ts';
import type { Topology } from '../../model/topology.ts';
import { sourceMember, topologyLabel } from '../../model/topology.ts';
import { clusterContextValue, isFormerPrimary } from '../tree/cluster-nodes.ts';
import type { Scene } from '../tree/node.ts';
import { alarmsAbout } from '../tree/node.ts';
import { drawArchive, ownPlace, readPath } from './archives.ts';
import { drawCrossEdges, drawOwnEdges, drawWayBack } from './edges.ts';
import type { Drawn } from './nodes.ts';
import { drawMember, drawMissing, isWritten } from './nodes.ts';
import type { Item, Picture, PictureAlarm, Progress } from './picture.ts';
import { isEdge, isNode } from './picture.ts';

/** What manifests say of a member. */
export interface WrittenAs {
  /** `file:line`, for people. */
  place: string;
  /** Where the live object is otherwise, by field. */
  differs: ReadonlyMap<string, string>;
}

export interface Beside {
  /** By `addressKey`. */
  written?: ReadonlyMap<string, WrittenAs>;
  progress?: Progress | undefined;
  /** Listings that were read in this window, of the archive that a Cluster writes or reads. */
  listed?: (address: Address, which: 'own' | 'source') => ArchiveReading | undefined;
}

/** @param scene has the snapshots of all members */
export function drawTopology(topology: Topology, scene: Scene, { written, progress, listed }: Beside = {}): Picture {
  const sides = topology.members.flatMap(member => {
    const snapshot = scene.snapshots.find(({ context }) => context === member.address.context);
    return snapshot ? [sideOf(member, snapshot, scene.moment)] : [];
  });
  const drawn = sides.map((side, place): Drawn => {
    const { member } = side;
    const manifest = written?.get(addressKey(member.address));
    const readers = sides.filter(
      other => sourceMember(topology, other.member) === member && readPath(other) === ownPlace(side).path,
    );
    return {
      side,
      place,
      differs: manifest?.differs ?? new Map(),
      manifest: manifest?.place,
      reading: listed && newestReading(side, readers, listed),
      reader: side.readable ? undefined : readers.find(({ readable }) => readable),
      primaryLost: isPrimaryLost(sides),
      tokenKnown: hasTokenFor(demotedLast(sides), side),
      tokenWaits: demotedLast(sides) === side && sides.every(each => isReplicaCluster(each.cluster)),
      former: isFormerPrimary(member, topology, scene),
      row: clusterContextValue(member, topology, scene),
    };
  });
  const primaryNames = new Set(sides.map(({ cluster }) => cluster.spec.replica?.primary));
  const missing = topology.missing.flatMap((name, index) =>
    drawMissing(name, sides.length + index, primaryNames.has(name)),
  );
  const nodes = [...drawn.flatMap(each => [...drawMember(each, scene), drawArchive(each, scene)]), ...missing];
  const known = new Set(nodes.map(({ id }) => id));
  const named = (name: string | undefined): Drawn | undefined => drawn.find(({ side }) => side.member.name === name);
  const edges = [
    ...drawn.flatMap(each => {
      const source = sourceMember(topology, each.side.member);
      const from = drawn.find(({ side }) => side.member === source);
      return [...drawOwnEdges(each, scene), ...drawCrossEdges(each, from, scene)];
    }),
    ...drawn.flatMap(each => drawWayBack(each, named(each.side.cluster.spec.replica?.source))),
  ].filter(({ from, to }) => known.has(from) && known.has(to));
  const items = [...nodes, ...edges];
  const alarms = alarmsOf(topology, scene);
  const source = sides.every(isWritten) ? 'written' : 'observed';
  return {
    title: topologyLabel(topology),
    source,
    summary: summaryOf(items, source, alarms, progress),
    alarms,
    ...(progress && { progress }),
    items,
  };
}

/** Of the archive of a member, which those who read it may have listed as well. */
function newestReading(
  side: Side,
  readers: readonly Side[],
  listed: NonNullable<Beside['listed']>,
): ArchiveReading | undefined {
  const { path } = ownPlace(side);
  return [listed(side.member.address, 'own'), ...readers.map(({ member }) => listed(member.address, 'source'))]
    .filter(reading => reading?.path === path)
    .reduce((newest, each) => (each && (!newest || each.readAt > newest.readAt) ? each : newest), undefined);
}

/** A side cannot be read, and none that can is a primary cluster. */
const isPrimaryLost = (sides: readonly Side[]): boolean =>
  sides.some(({ readable }) => !readable) &&
  sides.every(({ cluster, readable }) => isReplicaCluster(cluster) || !readable);

/** Demoted in favour of the other when it was seen last. */
const hasTokenFor = (lost: Side | undefined, { member }: Side): boolean =>
  lost?.readable === false &&
  !!lost.cluster.status?.demotionToken &&
  lost.cluster.spec.replica?.primary === member.name;

function alarmsOf({ members }: Topology, scene: Scene): PictureAlarm[] {
  const about = new Set(members.flatMap(({ address }) => alarmsAbout(scene, address)));
  return [...about].map(({ severity, title, sentence }) => ({ severity, title, sentence }));
}

/** What somebody who cannot see the picture hears when it changes: no number that changes all the time. */
function summaryOf(
  items: readonly Item[],
  source: Picture['source'],
  alarms: readonly PictureAlarm[],
  progress: Progress | undefined,
): string {
  const crowned = items.filter(isNode).filter(node => node.crowned);
  const primary =
    crowned.length === 0
      ? 'No primary.'
      : crowned.length === 1
        ? `Primary: ${crowned[0]?.lines[1] ?? ''}${crowned[0]?.state === 'unknown' ? ', as last seen' : ''}.`
        : `${crowned.length} primaries: ${crowned.map(({ lines }) => lines[1]).join(', ')}.`;
  if (source === 'written') return `As written in manifests, nothing is connected. ${primary}`;
  // Of what is for later nothing is to be said now.
  const now = items.filter(({ kind }) => kind !== 'way-back');
  const troubled = worstFirst.flatMap(wanted => now.filter(({ state }) => state === wanted));
  const lines = troubled.filter(isEdge);
  const nodes = troubled
    .filter(item => !isEdge(item) && item.state !== 'unknown')
    // What a line to it, or an alarm, says already is not said twice.
    .filter(
      ({ why }) =>
        ![...lines.map(line => line.why), ...alarms.map(({ title }) => title)].some(said => said.endsWith(why)),
    );
  const words = [...lines.map(line => line.words), ...nodes.map(item => `${nameOf(item)}: ${item.why}.`)].slice(0, 3);
  const step = progress?.steps.find(({ state }) => state === 'now' || state === 'stuck');
  return [
    primary,
    ...(step ? [`${progress?.title ?? ''}: ${step.title}.`] : []),
    ...alarms.map(({ title }) => `${title}.`),
    ...(troubled.length === 0 ? ['Everything that is shown works.'] : words),
  ].join(' ');
}

const worstFirst = ['broken', 'unknown', 'warn'] as const;

function nameOf(item: Item): string {
  if (isNode(item)) return `${item.kind === 'archive' ? 'WAL archive ' : ''}${item.lines[1] ?? ''}`;
  return 'title' in item ? item.title : item.id;
}
