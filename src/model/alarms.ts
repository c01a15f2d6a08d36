/**
 * What is wrong with a topology, or with a Cluster: pure judgement over both sides. Nothing is claimed that is not known: a
 * side that cannot be read, or whose status is old, gives neither an alarm nor its all-clear.
 */
import type { Alarm, Judgement, Verdict } from './alarm.ts';
import { judgeArchive } from './alarms-archive.ts';
import { judgeFollower, judgeStandbys } from './alarms-followers.ts';
import { judgeLeader } from './alarms-leader.ts';
import { judgeRefusal, judgeSystems, judgeWriters } from './alarms-writers.ts';
import { addressKey } from './kubernetes.ts';
import type { Moment } from './moment.ts';
import type { Side } from './side.ts';
import { refusesToken, sideOf } from './side.ts';
import type { ContextSnapshot } from './snapshot.ts';
import type { Topology } from './topology.ts';
import { membersOf, sourceMember } from './topology.ts';

export function judge(
  topologies: readonly Topology[],
  snapshots: readonly ContextSnapshot[],
  moment: Moment,
): Judgement {
  const alarms: Alarm[] = [];
  const undecided = new Set<string>();
  const verdict: Verdict = { raise: alarm => void alarms.push(alarm), undecided: id => void undecided.add(id) };
  const paired = new Set<string>();
  const byContext = new Map(snapshots.map(snapshot => [snapshot.context, snapshot]));
  for (const topology of topologies) {
    const sides = topology.members.flatMap(member => {
      paired.add(addressKey(member.address));
      const snapshot = byContext.get(member.address.context);
      return snapshot ? [sideOf(member, snapshot, moment)] : [];
    });
    judgeTopology(topology, sides, moment, verdict);
  }
  for (const snapshot of snapshots)
    for (const member of membersOf(snapshot))
      if (!paired.has(addressKey(member.address))) {
        const side = sideOf(member, snapshot, moment);
        if (refusesToken(side)) judgeRefusal(side, undefined, verdict);
        judgeAlone(side, undefined, moment, verdict);
      }
  return { alarms: alarms.sort((a, b) => rank[a.severity] - rank[b.severity]), undecided };
}

const rank = { error: 0, warning: 1, notice: 2 };

function judgeTopology(topology: Topology, sides: readonly Side[], moment: Moment, verdict: Verdict): void {
  judgeWriters(topology, sides, moment, verdict);
  judgeSystems(topology, sides, moment, verdict);
  for (const side of sides) {
    judgeAlone(side, topology.id, moment, verdict);
    const source = sourceMember(topology, side.member);
    const upstream = sides.find(other => other.member === source);
    if (upstream) judgeFollower(side, upstream, topology.id, moment, verdict);
  }
}

function judgeAlone(side: Side, topologyId: string | undefined, moment: Moment, verdict: Verdict): void {
  judgeLeader(side, topologyId, moment, verdict);
  judgeArchive(side, topologyId, moment, verdict);
  judgeStandbys(side, topologyId, moment, verdict);
}
