/** Whether the (designated) primary of a Cluster runs at all. */
import type { Verdict } from './alarm.ts';
import { condition, hibernated, isReplicaCluster, podReadiness } from './cluster.ts';
import { formatDuration } from './duration.ts';
import { databaseRefuses } from './instance-status.ts';
import { addressKey } from './kubernetes.ts';
import type { Moment } from './moment.ts';
import { staleAfter } from './moment.ts';
import type { Side } from './side.ts';
import { timeIn } from './snapshot.ts';

/** Milliseconds without a ready leader that a restart or a failover within the Cluster may take. */
const patience = 30_000;

/** Without a ready leader the Service leads to nobody: applications cannot write, or the replica cluster gets no WAL. */
export function judgeLeader(side: Side, topologyId: string | undefined, moment: Moment, verdict: Verdict): void {
  const { cluster, leader, member, snapshot } = side;
  const id = `leader-down ${addressKey(member.address)}`;
  if (!side.readable || snapshot.unread.Pod !== undefined) return verdict.undecided(id);
  // A fenced or hibernated one is down because somebody wanted it so.
  if (!leader || leader.fenced || hibernated(cluster)) return;
  const replica = isReplicaCluster(cluster);
  const raise = (state: string, said: string): void =>
    verdict.raise({
      id,
      kind: 'leader-down',
      severity: replica ? 'warning' : 'error',
      title: replica ? 'Designated primary down' : 'Primary down',
      sentence: `${member.name} ${replica ? 'gets no WAL' : 'accepts no writes'}: its ${leader.role} ${leader.name} ${state}. ${said}.`,
      lookAt: `Look at the events of ${leader.name} ("CNPG: Describe"), at its log, volume and Kubernetes node${
        replica || topologyId === undefined
          ? '.'
          : '. If it cannot be brought back soon, another member can take over: "CNPG: Fail Over to Replica Cluster…".'
      }`,
      addresses: [member.address],
      topologyId,
      instance: leader.name,
    });
  if (leader.ready) {
    // Kubernetes asks for readiness seldom, and the operator does not fail over while the pod is ready.
    const { reading } = leader;
    if (reading?.kind !== 'failed' || !databaseRefuses(reading) || moment.now - reading.readAt > staleAfter) return;
    const silent = reading.readAt - (reading.since ?? reading.readAt);
    if (silent < patience) return verdict.undecided(id);
    return raise(
      `has taken no connections for ${formatDuration(silent / 1000)}, although its pod is ready`,
      reading.reason.replace(/\.$/, ''),
    );
  }
  const readiness = leader.pod ? podReadiness(leader.pod) : condition(cluster, 'Ready');
  const lasts = moment.now - timeIn(snapshot, readiness?.lastTransitionTime);
  // When its pod has just gone, the operator still says what was before.
  if (lasts < patience || readiness?.status === 'True') return verdict.undecided(id);
  const since = leader.pod && !Number.isNaN(lasts) ? ` for ${formatDuration(lasts / 1000)}` : '';
  const { phase, phaseReason } = cluster.status ?? {};
  raise(
    leader.pod ? `has not been ready${since}` : 'has no pod',
    `The operator says: ${phase ?? 'nothing'}${phaseReason ? ` (${phaseReason})` : ''}`,
  );
}
