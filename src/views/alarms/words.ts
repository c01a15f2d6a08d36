/** Alarms in the status bar and as notifications: pure. */
import type { Alarm, Judgement } from '../../model/alarm.ts';
import { isReplicaCluster } from '../../model/cluster.ts';
import type { Feed } from '../../model/feed.ts';
import { feedOf } from '../../model/feed.ts';
import { formatBytes } from '../../model/instances.ts';
import type { Side } from '../../model/side.ts';
import { mayWrite, sideOf } from '../../model/side.ts';
import type { ContextSnapshot } from '../../model/snapshot.ts';
import type { Topology } from '../../model/topology.ts';
import { topologyLabel } from '../../model/topology.ts';
import type { Scene } from '../tree/node.ts';
import { plain } from '../tree/text.ts';

export interface StatusBarWords {
  /** With an icon as `$(name)`. */
  text: string;
  tooltip: string[];
  severity: 'error' | 'warning' | 'none';
}

/** The worst alarm; else what is not known; else who feeds whom, and how far behind it is. `undefined`: nothing to say. */
export function statusBarWords(scene: Scene): StatusBarWords | undefined {
  const { snapshots, topologies, judgement } = scene;
  if (snapshots.every(({ state }) => state === 'closed')) return undefined;
  const alarms = judgement.alarms.filter(alarm => alarm.severity !== 'notice');
  const lines = topologies.map(topology => topologyWords(topology, scene));
  const [worst, ...others] = alarms;
  if (worst)
    return {
      text: `${worst.severity === 'error' ? '$(error)' : '$(warning)'} ${label(worst)}${others.length > 0 ? ` +${others.length}` : ''}`,
      tooltip: [...alarms.map(({ title, sentence }) => `${title}: ${sentence}`), ...lines],
      severity: worst.severity === 'error' ? 'error' : 'warning',
    };
  const none = { severity: 'none' as const };
  const unread = snapshots.filter(({ state }) => state === 'failed');
  const unreadLines = unread.map(({ context, error = '' }) => `${context}: ${error}`);
  const missing = topologies.flatMap(topology => topology.missing);
  // One where no member is, and none is sought, says nothing about the topologies.
  const isConcerned = ({ context }: ContextSnapshot): boolean =>
    topologies.length === 0 ||
    missing.length > 0 ||
    topologies.some(({ members }) => members.some(({ address }) => address.context === context));
  const concerned = unread.filter(isConcerned);
  if (concerned.length > 0)
    return {
      ...none,
      text: `$(question) ${iconless(concerned.map(({ context }) => context).join(', '))} cannot be read`,
      tooltip: [...unreadLines, ...lines],
    };
  if (missing.length > 0)
    return {
      ...none,
      text: `$(question) ${iconless([...new Set(missing)].join(', '))} not found`,
      tooltip: ['Members that no Cluster of a connected context is. Connect their contexts, or bind them.', ...lines],
    };
  const [notice] = judgement.alarms;
  if (notice) return { ...none, text: `$(sync) ${label(notice)}`, tooltip: [notice.sentence, ...lines] };
  if (lines.length === 0) return undefined;
  return {
    ...none,
    text: `$(database) ${iconless(lines.length === 1 ? (lines[0] ?? '') : severalWords(scene), 100)}`,
    tooltip: [...lines, ...unreadLines],
  };
}

const label = (alarm: Alarm): string =>
  iconless(`${alarm.title}: ${alarm.instance ?? alarm.addresses.map(({ name }) => name).join(', ')}`);

/** A name cannot bring an icon along. */
const iconless = (text: string, longest = 60): string => plain(text, longest).replaceAll('$(', '$ (');

interface Following {
  side: Side;
  feed: Feed | undefined;
}

const sidesOf = (topology: Topology, { snapshots, moment }: Scene): Side[] =>
  topology.members.flatMap(member => {
    const snapshot = snapshots.find(s => s.context === member.address.context);
    return snapshot ? [sideOf(member, snapshot, moment)] : [];
  });

/** Its replica clusters, each with how it is fed. */
const followersAmong = (sides: readonly Side[], { moment }: Scene): Following[] =>
  sides
    .filter(({ cluster }) => isReplicaCluster(cluster))
    .map(side => {
      const source = sides.find(other => other.member.name === side.cluster.spec.replica?.source);
      return { side, feed: feedOf(side, source, moment) };
    });

/** `cluster-eu → cluster-us 1.2 MB`. */
function topologyWords(topology: Topology, scene: Scene): string {
  const sides = sidesOf(topology, scene);
  const followers = followersAmong(sides, scene);
  const writer = sides.find(mayWrite);
  if (!writer || followers.length === 0) return topologyLabel(topology);
  return `${writer.member.name} → ${followers.map(({ side, feed }) => `${side.member.name} ${lagWords(feed)}`).join(', ')}`;
}

function lagWords(feed: Feed | undefined): string {
  const lag = feed?.bytes === undefined ? 'lag unknown' : formatBytes(feed.bytes);
  return feed?.interrupted ? `${lag}, streaming interrupted` : lag;
}

/** `2 topologies, furthest behind: orders-us 1.2 MB`: who does not stream comes before who is far behind, and who is not known before both. */
function severalWords(scene: Scene): string {
  const followers = scene.topologies.flatMap(topology => followersAmong(sidesOf(topology, scene), scene));
  const rank = ({ feed }: Following): [number, bigint] =>
    feed?.bytes === undefined ? [2, 0n] : [feed.interrupted ? 1 : 0, feed.bytes];
  const [worst] = followers.toSorted((a, b) => {
    const [[kindA, bytesA], [kindB, bytesB]] = [rank(a), rank(b)];
    return kindB - kindA || (bytesA < bytesB ? 1 : bytesA > bytesB ? -1 : 0);
  });
  const count = `${scene.topologies.length} topologies`;
  return worst ? `${count}, furthest behind: ${worst.side.member.name} ${lagWords(worst.feed)}` : count;
}

/**
 * Alarms to speak of now, and the ids of those that have been spoken of. An alarm is told once while it lasts; one that
 * cannot be decided now counts as lasting.
 */
export function newAlarms(
  told: ReadonlySet<string>,
  { alarms, undecided }: Judgement,
): { fresh: Alarm[]; told: Set<string> } {
  const real = alarms.filter(alarm => alarm.severity !== 'notice');
  const lasting = [...told].filter(id => undecided.has(id));
  return {
    fresh: real.filter(alarm => !told.has(alarm.id)),
    told: new Set([...real.map(({ id }) => id), ...lasting]),
  };
}

/** Notifications read `[text](link)` as a link; names from outside must not bring one. */
export const notificationWords = ({ title, sentence }: Alarm): string =>
  plain(`CloudNativePG: ${title}. ${sentence}`, 500).replaceAll('](', '] (');
