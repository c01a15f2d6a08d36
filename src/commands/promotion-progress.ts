/** How far a promotion of a topology is, for its picture: by what the Clusters say, whoever began it. */
import { isReplicaCluster, phases, tokenUsed } from '../model/cluster.ts';
import { demotedLast } from '../model/demotion.ts';
import { instancesOf } from '../model/instances.ts';
import { sameAddress } from '../model/kubernetes.ts';
import type { ContextSnapshot } from '../model/snapshot.ts';
import type { Member, Topology } from '../model/topology.ts';
import type { PromotionPlan, Side } from '../operations/promotion.ts';
import { nextStep, promotionSteps, stepTitles } from '../operations/promotion.ts';
import type { Progress } from '../views/topology/picture.ts';
import type { PromotionRecord } from './promotion-records.ts';

/** @returns `undefined` when none is under way, or one of its sides cannot be read */
export function promotionProgress(
  { members }: Topology,
  snapshots: readonly ContextSnapshot[],
  records: readonly PromotionRecord[],
): Progress | undefined {
  const memberAt = (address: PromotionPlan['to']): Member | undefined =>
    members.find(member => sameAddress(member.address, address));
  const record = records.find(({ plan }) => memberAt(plan.from) && memberAt(plan.to));
  const plan = record?.plan ?? begunElsewhere(members);
  const [from, to] = [plan && memberAt(plan.from), plan && memberAt(plan.to)];
  const [a, b] = [from && sideOf(from, snapshots), to && sideOf(to, snapshots)];
  if (!plan || !a || !b) return undefined;
  const next = nextStep(plan, a, b, record?.token);
  if (next.kind === 'done' || (next.kind === 'write' && next.step === 'demote')) return undefined;
  const current = promotionSteps.indexOf(next.step);
  return {
    title: `Promotion of ${plan.to.name}`,
    steps: promotionSteps
      .filter(step => step !== 'done')
      .map((step, index) => ({
        title: stepTitles[step],
        state: index < current ? 'done' : index > current ? 'next' : next.kind === 'stuck' ? 'stuck' : 'now',
      })),
    evidence: next.kind === 'stuck' ? `${next.problem} ${next.remedy}` : next.evidence,
  };
}

/** A member is demoted in favour of another, or has a promotion token that is not used up. */
function begunElsewhere(members: readonly Member[]): PromotionPlan | undefined {
  for (const from of members) {
    const to = members.find(member => member !== from && member.name === from.cluster.spec.replica?.primary);
    if (!to || !isReplicaCluster(from.cluster)) continue;
    const demoted = from === demotedLast(members);
    const { cluster } = to;
    const token = !!cluster.spec.replica?.promotionToken;
    const promoted =
      !isReplicaCluster(cluster) && token && (!tokenUsed(cluster) || cluster.status?.phase !== phases.healthy);
    const chosen = from.name === cluster.spec.replica?.source || members.length === 2;
    if ((demoted && isReplicaCluster(cluster)) || (promoted && chosen)) return { from: from.address, to: to.address };
  }
  return undefined;
}

function sideOf({ cluster, address }: Member, snapshots: readonly ContextSnapshot[]): Side | undefined {
  const snapshot = snapshots.find(({ context, state }) => context === address.context && state === 'connected');
  if (!snapshot) return undefined;
  const leader = instancesOf(cluster, snapshot).find(({ role }) => role !== 'standby');
  return { cluster, leader: leader?.reading };
}
