import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { Failure, isFailure, messageOf } from '../errors.ts';
import type { Cluster } from '../model/cluster.ts';
import { condition, isReplicaCluster } from '../model/cluster.ts';
import { demotedLast } from '../model/demotion.ts';
import type { Address } from '../model/kubernetes.ts';
import { sameAddress } from '../model/kubernetes.ts';
import { findTopologies, sourceMember } from '../model/topology.ts';
import type { Check } from '../operations/checks.ts';
import { checkWords } from '../operations/checks-text.ts';
import { blocking, gitOpsOwner, noWorse } from '../operations/checks.ts';
import type { PromotionPage } from '../operations/promotion-text.ts';
import { renderPromotion } from '../operations/promotion-text.ts';
import { untilAborted } from '../operations/pause.ts';
import type { PromotionPlan, Side } from '../operations/promotion.ts';
import { nextStep, stepTitles } from '../operations/promotion.ts';
import { preparePromotion, readSide } from '../operations/run.ts';
import { configuredBindings } from '../views/bindings.ts';
import { checking } from './checking.ts';
import type { ManifestDependencies } from './edit-manifests.ts';
import { handOver } from './edit-manifests.ts';
import type { HandOut, PromotionDependencies } from './follow-promotion.ts';
import { apisOf, carryOut, newPage, pageUri, showPage } from './follow-promotion.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import { ensureConnected, pickCluster } from './pick-cluster.ts';
import type { PromotionRecord } from './promotion-records.ts';
import type { Way } from './pick-way.ts';
import { pickWay } from './pick-way.ts';
import { refuseWhenReadOnly } from './read-only.ts';
import { surroundings } from './surroundings.ts';

export const forgottenPromotion =
  '# This page is from an earlier window.\n# Run "CNPG: Resume Promotion" to go on from what the Clusters say.\n';

export interface SwitchoverDependencies extends PromotionDependencies {
  manifests: ManifestDependencies;
}

/** Switches a distributed topology over to a replica cluster: checks, shows, asks, then demotes, promotes and verifies. */
export const promoteReplicaCluster = (deps: SwitchoverDependencies) => promote(deps, undefined);

/** The same, with the manifests of the workspace edited instead of the live objects, and followed as they are applied. */
export const promoteByManifests = (deps: SwitchoverDependencies) => promote(deps, 'manifests');

const promote =
  (deps: SwitchoverDependencies, wanted: Way | undefined) =>
  async (argument?: ClusterArgument): Promise<void> => {
    refuseWhenReadOnly('Promote Replica Cluster');
    const to = await pickCluster(deps.connections, argument, 'Promote Replica Cluster', isReplicaCluster);
    if (!to) return;
    const plan = { from: primaryFor(deps.connections, to), to };
    const page = newPage(deps, plan);
    let shown = await prepare(deps, page).then(undefined, (error: unknown) => offerOneSided(plan, error));
    let way = wanted;
    while (shown) {
      await showPage(deps, page);
      way ??= await pickWay(`Promote ${to.name}`, page.owner);
      if (!way) return;
      const refused = blocking(shown).filter(check => way === 'live' || !check.ofWriter);
      if (refused.length > 0) throw blocked(plan, refused);
      if (!(await confirmed(plan, shown))) return;
      // The user may have looked at the page for a while: look again, just before the first write.
      const found = await prepare(deps, page);
      if (found && noWorse(found, shown))
        return carryOut(deps, page, ['demote', 'promote'], way === 'manifests' ? intoManifests(deps) : undefined);
      if (found)
        void vscode.window.showWarningMessage(
          `${to.name} is not promoted yet: the checks have another result now than on the page you confirmed. Look again.`,
        );
      shown = found;
    }
  };

/** A switchover takes both sides: when the other one is silent, its token or a failover is the way. */
async function offerOneSided({ from, to }: PromotionPlan, error: unknown): Promise<undefined> {
  if (!isFailure(error) || !['unreachable', 'silent'].includes(error.code)) throw error;
  const lost = `${from.name} Is Lost…`;
  const answer = await vscode.window.showErrorMessage(messageOf(error), lost);
  if (answer === lost) await vscode.commands.executeCommand('cnpg.failOverToReplicaCluster', { address: to });
}

const intoManifests =
  ({ manifests }: SwitchoverDependencies): HandOut =>
  ({ write, step }, wanted) =>
    handOver(manifests, write.target, write.patch.spec.replica, stepTitles[step], wanted);

/** A side that has not said anything for so many milliseconds is taken for lost. */
const patience = 30_000;
/** Answers of somebody who is there. */
const answers = ['unauthorized', 'forbidden'];

/**
 * Takes up a promotion that an earlier window began.
 * @param withoutFormer goes on when the side of the former primary cannot be asked
 */
export const resumePromotion =
  (deps: SwitchoverDependencies, withoutFormer: (plan: PromotionPlan, b: Cluster) => Promise<void>) =>
  async (): Promise<void> => {
    refuseWhenReadOnly('Resume Promotion');
    const record = await pickRecord([...deps.records.all(), ...(await found(deps))]);
    if (!record) return;
    const { plan } = record;
    const apiOf = apisOf(deps.connections);
    const read = async (address: Address): Promise<Side> => {
      const limit = AbortSignal.timeout(patience);
      return untilAborted(
        deps.connections.open(address.context).then(() => readSide(apiOf(address), address, limit)),
        limit,
      );
    };
    const [former, next] = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `Looking at ${plan.from.name} and ${plan.to.name}` },
      () => Promise.allSettled([read(plan.from), read(plan.to)]),
    );
    if (next.status === 'rejected') {
      const demoted = former.status === 'fulfilled' && isReplicaCluster(former.value.cluster);
      return demoted ? offerReturn(plan, next.reason as Error) : Promise.reject(next.reason as Error);
    }
    const b = next.value;
    if (former.status === 'rejected') {
      const reason = former.reason as Error;
      if (isFailure(reason) && answers.includes(reason.code)) throw reason;
      deps.log.info(`${plan.from.name} cannot be asked: ${messageOf(reason)}`);
      return withoutFormer(plan, b.cluster);
    }
    const a = former.value;
    const step = nextStep(plan, a, b, record.token);
    if (step.kind === 'write' && step.step === 'demote') {
      deps.records.forget(plan);
      await promoteReplicaCluster(deps)({ address: plan.to });
      return;
    }
    const page: PromotionPage = {
      ...newPage(deps, plan),
      log: [{ at: new Date(), text: 'Resumed from what the Clusters say.' }],
      current: step,
    };
    await showPage(deps, page);
    const toPromote = step.kind === 'write' || (step.kind === 'wait' && step.step === 'token');
    if (toPromote) {
      const answer = await vscode.window.showWarningMessage(
        `Go on with the promotion of ${plan.to.name}?`,
        {
          modal: true,
          detail: `${plan.from.name} is demoted. Next: one patch of ${plan.to.name} with spec.replica.primary and the demotion token as promotionToken.`,
        },
        'Go On',
      );
      if (answer !== 'Go On') return;
    }
    const owner = gitOpsOwner(a.cluster) ?? gitOpsOwner(b.cluster);
    const way = toPromote ? await pickWay(`Promote ${plan.to.name}`, owner) : 'live';
    if (way) await carryOut(deps, page, ['promote'], way === 'manifests' ? intoManifests(deps) : undefined);
  };

/** The side that was to be promoted does not answer, and the other one is demoted. */
async function offerReturn({ from, to }: PromotionPlan, reason: Error): Promise<void> {
  const back = 'Return to the Old Primary…';
  const answer = await vscode.window.showErrorMessage(
    `${to.name} cannot be asked: ${messageOf(reason)} ${from.name} is demoted: with its token it can be primary again without any loss.`,
    back,
  );
  if (answer === back) await vscode.commands.executeCommand('cnpg.returnToOldPrimary', { address: from });
}

/** Switchovers that were begun elsewhere, in another workspace or on another machine: a Cluster is demoted in favour of a replica. */
async function found({ connections, records }: PromotionDependencies): Promise<PromotionRecord[]> {
  if (records.all().length > 0) return [];
  await ensureConnected(connections);
  return findTopologies(connections.snapshots(), configuredBindings()).flatMap(({ members }) => {
    const from = demotedLast(members);
    const to = members.find(member => member !== from && member.name === from?.cluster.spec.replica?.primary);
    if (!from || !to || !isReplicaCluster(to.cluster)) return [];
    const since = condition(from.cluster, 'ReplicaClusterSwitch')?.lastTransitionTime ?? 'an unknown time';
    return [{ plan: { from: from.address, to: to.address }, startedAt: since }];
  });
}

async function pickRecord(records: PromotionRecord[]): Promise<PromotionRecord | undefined> {
  if (records.length === 0)
    void vscode.window.showInformationMessage(
      'No promotion is under way: none is recorded in this workspace, and no connected Cluster is demoted in favour of a replica cluster.',
    );
  if (records.length < 2) return records[0];
  const picked = await vscode.window.showQuickPick(
    records.map(record => ({ label: record.plan.to.name, description: `begun at ${record.startedAt}`, record })),
    { title: 'Resume Promotion' },
  );
  return picked?.record;
}

/** Tells of a promotion that was under way when the window closed. Nothing is contacted before the user agrees. */
export async function offerToResume({ records }: Pick<PromotionDependencies, 'records'>): Promise<void> {
  const [record] = records.all();
  if (!record) return;
  const answer = await vscode.window.showWarningMessage(
    `The promotion of ${record.plan.to.name}, begun at ${record.startedAt}, was not followed to its end.`,
    'Resume',
    'Forget',
  );
  if (answer === 'Resume') await vscode.commands.executeCommand('cnpg.resumePromotion');
  if (answer === 'Forget') records.forget(record.plan);
}

/** The member that the replica cluster follows; a promotion exchanges the two. */
function primaryFor(connections: Connections, to: Address): Address {
  for (const topology of findTopologies(connections.snapshots(), configuredBindings())) {
    const member = topology.members.find(m => sameAddress(m.address, to));
    const source = member && sourceMember(topology, member);
    if (source) return source.address;
  }
  throw new Failure('no-partner', {
    what: `${to.name} cannot be promoted by a controlled switchover`,
    why: 'The Cluster that it follows was not found in any connected context.',
    remedy:
      'Connect the Kubernetes context of the primary cluster. If that side is lost, a failover is needed, which loses what was not replicated.',
  });
}

/** Runs the checks and puts them on the page. @returns `undefined` when the user cancelled */
function prepare(deps: SwitchoverDependencies, page: PromotionPage): Thenable<Check[] | undefined> {
  return checking(`promotion of ${page.plan.to.name}`, async (signal, ask) => {
    const { a, b, checks, demotion, promotion } = await preparePromotion(
      page.plan,
      apisOf(deps.connections),
      surroundings(deps.connections, deps.scenes(), deps.archiveRoom),
      signal,
      ask,
    );
    page.owner = gitOpsOwner(a.cluster) ?? gitOpsOwner(b.cluster);
    page.preparation = { checks, writes: [demotion, promotion], at: new Date() };
    deps.documents.set(pageUri(page.plan), renderPromotion(page));
    return checks;
  });
}

const blocked = (plan: PromotionPlan, checks: readonly Check[]): Failure =>
  new Failure('blocked', {
    what: `${plan.to.name} is not promoted`,
    why: checks.map(check => `${checkWords(check)}.`).join(' '),
    remedy: checks[0]?.remedy ?? '',
  });

/** The name of the Cluster that stops accepting writes has to be typed: that one is hurt by a mistake. */
async function confirmed({ from, to }: PromotionPlan, checks: readonly Check[]): Promise<boolean> {
  const warnings = checks.filter(check => check.outcome !== 'ok').length;
  const typed = await vscode.window.showInputBox({
    title: `Promote ${to.name} (${warnings === 0 ? 'all checks passed' : `${warnings} warning${warnings === 1 ? '' : 's'} on the page`})`,
    prompt: `${from.name} in context ${from.context} stops accepting writes. Type its name to confirm the writes shown on the page.`,
    placeHolder: from.name,
    ignoreFocusOut: true,
    validateInput: value =>
      value === from.name || value === '' ? undefined : `Type "${from.name}" to confirm, or press Escape.`,
  });
  return typed === from.name;
}
