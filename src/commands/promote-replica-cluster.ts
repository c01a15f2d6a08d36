import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { Failure, messageOf } from '../errors.ts';
import { isReplicaCluster } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import { addressKey, sameAddress } from '../model/kubernetes.ts';
import { findTopologies, sourceMember } from '../model/topology.ts';
import type { Check } from '../operations/checks.ts';
import { blocking } from '../operations/checks.ts';
import type { PromotionPage } from '../operations/promotion-text.ts';
import { renderPromotion } from '../operations/promotion-text.ts';
import type { PromotionPlan, PromotionStep } from '../operations/promotion.ts';
import { nextStep, stepTitles } from '../operations/promotion.ts';
import type { ApiOf, PromotionOutcome } from '../operations/run.ts';
import { preparePromotion, readSide, runPromotion } from '../operations/run.ts';
import type { TextDocuments } from '../views/text-documents.ts';
import { abortSignalOf } from './cancellation.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import { pickCluster } from './pick-cluster.ts';
import type { PromotionRecord, PromotionRecords } from './promotion-records.ts';
import { configuredBindings } from '../views/bindings.ts';
import { refuseWhenReadOnly } from './read-only.ts';

export const promotionScheme = 'cnpg-promotion';
export const forgottenPromotion =
  '# This page is from an earlier window.\n# Run "CNPG: Resume Promotion" to go on from what the Clusters say.\n';

/** Longer than `spec.stopDelay`'s half an hour would be patience, not a limit. */
const stepLimit = 30 * 60_000;

export interface PromotionDependencies {
  connections: Connections;
  documents: TextDocuments;
  records: PromotionRecords;
  log: vscode.LogOutputChannel;
}

/** Switches a distributed topology over to a replica cluster: checks, shows, asks, then demotes, promotes and verifies. */
export const promoteReplicaCluster =
  (deps: PromotionDependencies) =>
  async (argument?: ClusterArgument): Promise<void> => {
    refuseWhenReadOnly('Promote Replica Cluster');
    const to = await pickCluster(deps.connections, argument, 'Promote Replica Cluster', isReplicaCluster);
    if (!to) return;
    const plan = { from: primaryFor(deps.connections, to), to };
    const page: PromotionPage = { plan, log: [] };
    const checks = await prepare(deps, page);
    if (!checks) return;
    await showPage(deps, page);
    const refused = blocking(checks);
    if (refused.length > 0) throw blocked(plan, refused);
    if (!(await confirmed(plan, checks))) return;
    // The user may have looked at the page for a while: look again, just before the first write.
    const again = await prepare(deps, page);
    if (!again) return;
    if (blocking(again).length > 0) throw blocked(plan, blocking(again));
    await carryOut(deps, page, ['demote', 'promote']);
  };

/** Takes up a promotion that an earlier window began. */
export const resumePromotion = (deps: PromotionDependencies) => async (): Promise<void> => {
  refuseWhenReadOnly('Resume Promotion');
  const record = await pickRecord(deps.records.all());
  if (!record) return;
  const { plan } = record;
  await Promise.all([deps.connections.open(plan.from.context), deps.connections.open(plan.to.context)]);
  const apiOf = apisOf(deps.connections);
  const signal = AbortSignal.timeout(30_000);
  const [a, b] = await Promise.all([
    readSide(apiOf(plan.from), plan.from, signal),
    readSide(apiOf(plan.to), plan.to, signal),
  ]);
  const step = nextStep(plan, a, b, record.token);
  if (step.kind === 'write' && step.step === 'demote') {
    await deps.records.forget(plan);
    await promoteReplicaCluster(deps)({ address: plan.to });
    return;
  }
  const page: PromotionPage = {
    plan,
    log: [{ at: new Date(), text: 'Resumed from what the Clusters say.' }],
    current: step,
  };
  await showPage(deps, page);
  if (step.kind === 'write' || (step.kind === 'wait' && step.step === 'token')) {
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
  await carryOut(deps, page, ['promote']);
};

async function pickRecord(records: PromotionRecord[]): Promise<PromotionRecord | undefined> {
  if (records.length === 0) void vscode.window.showInformationMessage('No promotion is recorded in this workspace.');
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
  if (answer === 'Forget') await records.forget(record.plan);
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

const apisOf =
  (connections: Connections): ApiOf =>
  address => {
    const connection = connections.get(address.context);
    if (connection) return connection;
    throw new Failure('not-connected', {
      what: `Context ${address.context} is not connected`,
      why: 'It was closed.',
      remedy: 'Connect it and resume.',
    });
  };

/** Runs the checks and puts them on the page. @returns `undefined` when the user cancelled */
function prepare(deps: PromotionDependencies, page: PromotionPage): Thenable<Check[] | undefined> {
  const title = `Checking ${page.plan.from.name} and ${page.plan.to.name}`;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_progress, cancellation) => {
      const signal = AbortSignal.any([abortSignalOf(cancellation), AbortSignal.timeout(60_000)]);
      try {
        const { checks, demotion, promotion } = await preparePromotion(page.plan, apisOf(deps.connections), signal);
        page.preparation = { checks, writes: [demotion, promotion], at: new Date() };
        deps.documents.set(pageUri(page.plan), renderPromotion(page));
        return checks;
      } catch (error) {
        if (cancellation.isCancellationRequested) return undefined;
        throw error;
      }
    },
  );
}

const blocked = (plan: PromotionPlan, checks: readonly Check[]): Failure =>
  new Failure('blocked', {
    what: `${plan.to.name} is not promoted`,
    why: checks.map(check => `${check.title}: ${check.evidence}.`).join(' '),
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

async function carryOut(
  deps: PromotionDependencies,
  page: PromotionPage,
  confirmedWrites: ('demote' | 'promote')[],
): Promise<void> {
  const { plan } = page;
  const running = addressKey(plan.to);
  if (runs.has(running))
    throw new Failure('running', {
      what: `${plan.to.name} is being promoted already`,
      why: 'One run at a time.',
      remedy: 'Follow it on its page.',
    });
  runs.add(running);
  try {
    // A token of an earlier run is of no use once the primary cluster is demoted anew.
    if (confirmedWrites.includes('demote')) await deps.records.forget(plan);
    await deps.records.remember(plan);
    await followToTheEnd(deps, page, confirmedWrites);
  } finally {
    runs.delete(running);
  }
}

/** Clusters that this window is promoting. */
const runs = new Set<string>();

async function followToTheEnd(
  deps: PromotionDependencies,
  page: PromotionPage,
  confirmedWrites: ('demote' | 'promote')[],
): Promise<void> {
  const { plan } = page;
  const show = (): void => deps.documents.set(pageUri(plan), renderPromotion(page));
  const note = (text: string): void => {
    if (page.log.at(-1)?.text !== text) page.log.push({ at: new Date(), text });
    deps.log.info(text);
    show();
  };
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Promoting ${plan.to.name}`, cancellable: true },
    async (progress, cancellation) => {
      const signal = abortSignalOf(cancellation);
      try {
        page.outcome = await runPromotion(
          plan,
          apisOf(deps.connections),
          {
            onStep: step => {
              page.current = step;
              progress.report({ message: stepWords(step) });
              note(stepWords(step) + ('evidence' in step ? ` (${step.evidence})` : ''));
            },
            onToken: token => {
              deps.records
                .remember(plan, token)
                .catch((error: unknown) => note(`The token could not be saved: ${messageOf(error)}`));
              note('The demotion token was seen and saved.');
            },
            onTrouble: message => note(`Trouble: ${message}`),
          },
          { interval: 1000, stepLimit, savedToken: deps.records.of(plan)?.token, confirmed: confirmedWrites },
          signal,
        );
      } catch (error) {
        if (!signal.aborted) throw error;
        note('No longer followed from this window; what was written stays written. "CNPG: Resume Promotion" goes on.');
        void warnOfNoWriter(plan, page.current);
        return;
      }
      show();
      await finish(deps, plan, page.outcome);
    },
  );
}

/** Between the demotion and the end of the promotion nobody takes writes: a run is not left there without a word. */
async function warnOfNoWriter(plan: PromotionPlan, left: PromotionStep | undefined): Promise<void> {
  const step = left !== undefined && 'step' in left ? left.step : undefined;
  if (step !== 'token' && step !== 'promote' && step !== 'writable') return;
  const answer = await vscode.window.showWarningMessage(
    `${plan.from.name} is demoted and ${plan.to.name} is not known to be promoted: neither may accept writes. Take the promotion up again, or make ${plan.from.name} primary with its token.`,
    'Resume',
  );
  if (answer === 'Resume') await vscode.commands.executeCommand('cnpg.resumePromotion');
}

const stepWords = (step: PromotionStep): string => ('step' in step ? stepTitles[step.step] : stepTitles.done);

async function finish(deps: PromotionDependencies, plan: PromotionPlan, outcome: PromotionOutcome): Promise<void> {
  if (outcome.kind === 'incomplete') {
    void vscode.window.showErrorMessage(
      `Promotion of ${plan.to.name} incomplete: ${outcome.problem} ${outcome.remedy}`,
    );
    return;
  }
  await deps.records.forget(plan);
  const words = outcome.issues.length > 0 ? `completed with issues: ${outcome.issues.join(' ')}` : 'completed';
  void vscode.window.showInformationMessage(
    `Promotion of ${plan.to.name} ${words}. ${plan.from.name} is now its replica cluster.`,
  );
}

async function showPage(deps: PromotionDependencies, page: PromotionPage): Promise<void> {
  deps.documents.set(pageUri(page.plan), renderPromotion(page));
  await deps.documents.show(pageUri(page.plan), 'markdown');
}

const pageUri = (plan: PromotionPlan): vscode.Uri =>
  vscode.Uri.from({ scheme: promotionScheme, path: `/Promotion of ${plan.to.name}.md`, query: addressKey(plan.to) });
