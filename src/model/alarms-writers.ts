/** Who may write, and whether all members are copies of one database system. */
import type { Alarm, Verdict } from './alarm.ts';
import { condition, demotionInProgress, isReplicaCluster, phases, tokenPending } from './cluster.ts';
import { demotedLast } from './demotion.ts';
import { formatDuration, formatTime } from './duration.ts';
import { addressKey } from './kubernetes.ts';
import type { Moment } from './moment.ts';
import type { Side } from './side.ts';
import { mayWrite, refusesToken, systemIdOf } from './side.ts';
import { timeIn } from './snapshot.ts';
import type { Topology } from './topology.ts';

/** Milliseconds that a switchover may be without a primary before it counts as stuck: recorded ones take under a minute. */
const switchoverPatience = 10 * 60_000;

export function judgeWriters(topology: Topology, sides: readonly Side[], moment: Moment, verdict: Verdict): void {
  const twoId = `two-primaries ${topology.id}`;
  const noneId = `no-primary ${topology.id}`;
  const writers = sides.filter(mayWrite);
  const unknown = sides.length < topology.members.length || topology.missing.length > 0 || sides.some(s => !s.readable);
  const base = { addresses: writers.map(side => side.member.address), topologyId: topology.id };
  if (writers.length > 1)
    verdict.raise({
      ...base,
      id: twoId,
      kind: 'two-primaries',
      severity: 'error',
      title: 'Two primaries',
      sentence: `${names(writers)} both take themselves for the primary: ${writers.map(writerEvidence).join('; ')}. Rows written on one are not on the other.`,
      lookAt:
        'Stop the applications on one side at once, and fence all its instances (CNPG: Fence Instance…). Find out which side has the rows to keep; the other has diverged and is rebuilt with "CNPG: Rebuild Former Primary…".',
    });
  else if (unknown) verdict.undecided(twoId);
  const refusing = sides.find(refusesToken);
  const waiting = writers.filter(waitsForToken);
  // Without a primary that is the reason for it, and not said twice.
  if (refusing && (unknown || writers.length > waiting.length)) judgeRefusal(refusing, topology.id, verdict);
  if (writers.length > waiting.length) return;
  const whole = sides.length === topology.members.length && topology.missing.length === 0;
  const halfWay = whole ? lostHalfWay(sides, moment) : undefined;
  if (halfWay)
    return verdict.raise({
      ...base,
      addresses: sides.map(side => side.member.address),
      id: noneId,
      kind: 'no-primary',
      severity: 'error',
      title: 'No primary',
      ...halfWay,
    });
  if (unknown) return verdict.undecided(noneId);
  const stuck = refusing ?? sides.find(({ cluster }) => cluster.status?.phase === phases.unrecoverable);
  const demoted = demotedLast(sides);
  const since =
    demoted && timeIn(demoted.snapshot, condition(demoted.cluster, 'ReplicaClusterSwitch')?.lastTransitionTime);
  const late = since !== undefined && !Number.isNaN(since) && moment.now - since > switchoverPatience;
  const addresses = sides.map(side => side.member.address);
  if (waiting.length > 0 && !late) return;
  if (demoted && !stuck && !late)
    return verdict.raise({
      ...base,
      addresses,
      id: noneId,
      kind: 'no-primary',
      severity: 'notice',
      title: 'Switchover under way',
      sentence: `No primary: switchover from ${demoted.member.name} under way. ${
        demotionInProgress(demoted.cluster) ? 'It is being demoted.' : 'It is demoted and its token is there.'
      }`,
      lookAt: 'Follow the promotion, or take it up with "CNPG: Resume Promotion".',
    });
  const why = stuck
    ? `${stuck.member.name} says: ${stuck.cluster.status?.phase}${stuck.cluster.status?.phaseReason ? ` (${stuck.cluster.status.phaseReason})` : ''}.`
    : late && since !== undefined
      ? `${demoted?.member.name} was demoted ${formatDuration((moment.now - since) / 1000)} ago and ${waiting[0] ? `${waiting[0].member.name} still waits for WAL up to its promotion token` : 'nobody was promoted'}.`
      : `${sides.map(side => `${side.member.name} names ${side.cluster.spec.replica?.primary || 'nobody'} as primary`).join(', ')}.`;
  const toWithdraw = refusing ?? waiting[0];
  verdict.raise({
    ...base,
    addresses,
    id: noneId,
    kind: 'no-primary',
    severity: 'error',
    title: 'No primary',
    sentence: `None of ${names(sides)} accepts writes. ${why}`,
    ...(toWithdraw
      ? withdrawal(toWithdraw)
      : {
          lookAt:
            'Look at spec.replica.primary and the promotion token of each Cluster; "CNPG: Resume Promotion" takes up a switchover.',
        }),
  });
}

/** Told to be the primary with a token that it has not reached. */
const waitsForToken = ({ cluster, status }: Side): boolean => tokenPending(cluster) && status?.isPrimary === false;

/** @param topologyId `undefined`: no other member is known */
export function judgeRefusal({ member, cluster }: Side, topologyId: string | undefined, verdict: Verdict): void {
  verdict.raise({
    id: `token-refused ${addressKey(member.address)}`,
    kind: 'token-refused',
    severity: 'error',
    title: 'Promotion refused',
    sentence: `${member.name} was to be promoted with a token that its PostgreSQL refuses: ${cluster.status?.phaseReason ?? cluster.status?.phase}. Its operator does nothing else for it meanwhile.`,
    addresses: [member.address],
    topologyId,
    ...withdrawal({ member }),
  });
}

const withdrawal = ({ member: { name, address } }: Pick<Side, 'member'>): Pick<Alarm, 'lookAt' | 'wayOut'> => ({
  lookAt: `"CNPG: Withdraw Promotion…" makes ${name} a replica cluster again, and then the right token promotes it. Removing only the token would be a failover.`,
  wayOut: { way: 'withdraw promotion', address },
});

/** One side of a switchover cannot be read any more, after the demotion and, as far as is known, before the promotion. */
function lostHalfWay(
  sides: readonly Side[],
  moment: Moment,
): Pick<Alarm, 'sentence' | 'lookAt' | 'wayOut'> | undefined {
  const demoted = demotedLast(sides);
  const next = sides.find(({ member }) => member.name === demoted?.cluster.spec.replica?.primary);
  if (!demoted || demotionInProgress(demoted.cluster)) return undefined;
  if (!next || demoted.readable === next.readable || !isReplicaCluster(next.cluster)) return undefined;
  if (sides.some(side => !side.readable && side !== demoted && side !== next)) return undefined;
  const lost = demoted.readable ? next : demoted;
  const { seenAt } = lost.snapshot;
  const seen = seenAt === undefined ? '' : ` at ${formatTime(seenAt, moment.now)}`;
  const nobody = 'as far as is known nobody accepts writes';
  return demoted.readable
    ? {
        sentence: `${demoted.member.name} is demoted, and ${next.member.name}, which was a replica cluster when last seen${seen}, cannot be read: ${nobody}.`,
        lookAt: `"CNPG: Return to the Old Primary…" makes ${demoted.member.name} primary again without any loss. "CNPG: Resume Promotion" goes on when the side of ${next.member.name} is back.`,
      }
    : {
        sentence: `${demoted.member.name} cannot be read, and was demoted when last seen${seen}: ${nobody}. Its demotion token is saved.`,
        lookAt: `"CNPG: Promote with a Saved Token…" promotes ${next.member.name} without any loss. "CNPG: Resume Promotion" does when the side of ${demoted.member.name} is back.`,
        wayOut: { way: 'promote with token', address: next.member.address },
      };
}

function writerEvidence(side: Side): string {
  const { status, member } = side;
  const manifest = isReplicaCluster(side.cluster) ? 'replica by its manifest' : 'primary by its manifest';
  const says = !status
    ? 'its instance has not said'
    : status.isPrimary
      ? `PostgreSQL writes at ${status.currentLsn ?? 'an unknown position'} on timeline ${status.timeLineID ?? '?'}`
      : 'PostgreSQL is still in recovery';
  return `${member.name} (context ${member.address.context}) is ${manifest}, ${says}`;
}

export function judgeSystems(topology: Topology, sides: readonly Side[], moment: Moment, verdict: Verdict): void {
  const id = `system-ids ${topology.id}`;
  const known = sides.flatMap(side => {
    const systemId = systemIdOf(side, moment);
    return systemId === undefined ? [] : [{ side, systemId }];
  });
  if (new Set(known.map(({ systemId }) => systemId)).size > 1)
    verdict.raise({
      id,
      kind: 'system-ids',
      severity: 'error',
      title: 'Different systems',
      sentence: `The members are not copies of one database system: ${known.map(({ side, systemId }) => `${side.member.name} has system identifier ${systemId}`).join(', ')}.`,
      lookAt:
        'One of them was initialised anew, or the names mean other Clusters (setting cnpg.members). A replica must be bootstrapped from its source.',
      addresses: known.map(({ side }) => side.member.address),
      topologyId: topology.id,
    });
  else if (known.length < topology.members.length + topology.missing.length) verdict.undecided(id);
}

const names = (sides: readonly Side[]): string => sides.map(side => side.member.name).join(' and ');
