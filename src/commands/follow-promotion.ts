/** Carries a confirmed switchover out and follows it: page, notification, status bar, record, history. */
import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { Failure, messageOf } from '../errors.ts';
import { tokenUsed } from '../model/cluster.ts';
import { formatTime } from '../model/duration.ts';
import { statusOf } from '../model/instances.ts';
import { addressKey } from '../model/kubernetes.ts';
import type { RunOutcome } from '../model/run-history.ts';
import { lastDurations } from '../model/run-history.ts';
import { decodeToken } from '../model/token.ts';
import type { ArchiveRoom } from '../operations/list-archive.ts';
import { walFileIn } from '../operations/list-archive.ts';
import type { PromotionPage } from '../operations/promotion-text.ts';
import { clocked, expectedEnd, renderPromotion } from '../operations/promotion-text.ts';
import type { PromotionPlan, PromotionStep, Side } from '../operations/promotion.ts';
import { stepTitles } from '../operations/promotion.ts';
import type { ApiOf, PromotionOutcome, RunOptions } from '../operations/run.ts';
import { runPromotion } from '../operations/run.ts';
import type { Scenes } from '../views/scenes.ts';
import type { TextDocuments } from '../views/text-documents.ts';
import { abortSignalOf } from './cancellation.ts';
import type { PromotionRecords } from './promotion-records.ts';
import type { RunHistory } from './run-history.ts';
import { placeOf } from './run-history.ts';
import { alone } from './topology-lock.ts';

export const promotionScheme = 'cnpg-promotion';

/** Milliseconds without an answer of the demoted side, whose token is saved, after which the run is not the way any more. */
const silenceLimit = 60_000;
/** Longer than `spec.stopDelay`'s half an hour would be patience, not a limit. */
const stepLimit = 30 * 60_000;

export interface PromotionDependencies {
  connections: Connections;
  documents: TextDocuments;
  records: PromotionRecords;
  history: RunHistory;
  log: vscode.LogOutputChannel;
  scenes: () => Scenes;
  archiveRoom: () => Promise<ArchiveRoom>;
}

/** @param wanted aborted when the run is over */
export type HandOut = (step: Parameters<NonNullable<RunOptions['handOut']>>[0], wanted: AbortSignal) => void;

type ConfirmedWrites = readonly ('demote' | 'promote')[];

export const newPage = (deps: PromotionDependencies, plan: PromotionPlan): PromotionPage => ({
  plan,
  log: [],
  clocks: [],
  last: lastDurations(deps.history.all(), 'switchover', [plan.from.name, plan.to.name], stepTitles.demote),
});

/** Milliseconds for a look into an archive. */
const archiveLimit = 30_000;

/**
 * What a token is worth to a replica cluster that reads the archive only: the WAL file of the shutdown checkpoint, in most cases
 * partial, has to be there. One that streams has it already.
 */
async function segmentWords(
  { connections, archiveRoom }: PromotionDependencies,
  { from }: PromotionPlan,
  token: string,
  signal: AbortSignal,
): Promise<string> {
  const decoded = decodeToken(token);
  const connection = connections.get(from.context);
  if (typeof decoded === 'string' || !connection) return 'The WAL file of the token was not looked for.';
  const { redoWalFile: file } = decoded;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(archiveLimit)]);
  try {
    const found = await walFileIn(connection, from, 'own', file, archiveRoom, limited);
    if (found)
      return `${file}, which the token names, is in the archive of ${from.name}${found === 'partial' ? ' (partial)' : ''}.`;
    return `Trouble: ${file}, which the token names, is not in the archive of ${from.name}: only a replica cluster that streams can reach the end.`;
  } catch (error) {
    return `Whether ${file} is in the archive of ${from.name} could not be looked up: ${messageOf(error)}`;
  }
}

/** @param handOut instead of writing, for people whose Clusters are applied from Git */
export function carryOut(
  deps: PromotionDependencies,
  page: PromotionPage,
  confirmed: ConfirmedWrites,
  handOut?: HandOut,
): Promise<void> {
  const { plan } = page;
  return alone([plan.from, plan.to], `Promotion of ${plan.to.name}`, async () => {
    // A token of an earlier run is of no use once the primary cluster is demoted anew.
    if (confirmed.includes('demote')) {
      deps.records.forget(plan);
      deps.records.forget({ from: plan.to, to: plan.from });
    }
    deps.records.remember(plan);
    await followToTheEnd(deps, page, confirmed, handOut);
  });
}

interface Clock {
  startedAt: Date;
  now: () => Date;
}

/** Goes on evenly when somebody sets the machine's: how long a step took is told to the next run. */
function steadyClock(): Clock {
  const [startedAt, begun] = [new Date(), performance.now()];
  return { startedAt, now: () => new Date(startedAt.getTime() + performance.now() - begun) };
}

async function followToTheEnd(
  deps: PromotionDependencies,
  page: PromotionPage,
  confirmed: ConfirmedWrites,
  handOut: HandOut | undefined,
): Promise<void> {
  const { plan } = page;
  const time = steadyClock();
  const show = (): void => deps.documents.set(pageUri(plan), renderPromotion(page));
  const note = (text: string): void => {
    if (page.log.at(-1)?.text !== text) page.log.push({ at: new Date(), text });
    deps.log.info(text);
    show();
  };
  const over = new AbortController();
  const item = vscode.window.createStatusBarItem('cnpg.promotion', vscode.StatusBarAlignment.Left, 51);
  item.name = 'CloudNativePG promotion';
  const tell = (step: PromotionStep, report: (message: string) => void): void => {
    const end = expectedEnd(page);
    const words =
      stepWords(step) +
      (handOut && step.kind === 'write' ? ': waits until its manifest is applied' : '') +
      (end ? `, until about ${formatTime(end.getTime(), Date.now())}` : '');
    item.text = `$(sync~spin) ${plan.to.name}: ${words}`;
    item.show();
    report(words);
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
              page.clocks = clocked(page.clocks, 'step' in step ? step.step : 'done', time.now());
              tell(step, message => progress.report({ message }));
              note(stepWords(step) + ('evidence' in step ? ` (${step.evidence})` : ''));
            },
            onSides: (...sides) => {
              page.before ??= sides;
              page.after = sides;
            },
            onToken: token => {
              try {
                deps.records.remember(plan, token);
                note('The demotion token was seen and saved.');
              } catch (error) {
                note(`The demotion token was seen, but could not be saved: ${messageOf(error)}`);
              }
              void segmentWords(deps, plan, token, signal).then(note);
            },
            onTrouble: message => note(`Trouble: ${message}`),
          },
          {
            interval: 1000,
            stepLimit,
            silenceLimit,
            savedToken: deps.records.of(plan)?.token,
            confirmed,
            ...(handOut && {
              handOut: step => {
                note(
                  `Not written from here: the manifest of ${step.write.target.name} is edited, and awaited as it is applied.`,
                );
                handOut(step, over.signal);
              },
            }),
          },
          signal,
        );
      } catch (error) {
        await record(deps, page, time, signal.aborted ? 'no longer followed' : 'incomplete', messageOf(error));
        if (!signal.aborted) {
          note(`Ended by a fault: ${messageOf(error)}`);
          void warnOfNoWriter(plan, page.current);
          throw error;
        }
        note('No longer followed from this window; what was written stays written. "CNPG: Resume Promotion" goes on.');
        void warnOfNoWriter(plan, page.current);
        return;
      } finally {
        item.dispose();
        over.abort();
      }
      show();
      await finish(deps, page, page.outcome, time);
    },
  );
}

export const apisOf =
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

/** Between the demotion and the end of the promotion nobody takes writes: a run is not left there without a word. */
async function warnOfNoWriter(plan: PromotionPlan, left: PromotionStep | undefined): Promise<void> {
  const step = left !== undefined && 'step' in left ? left.step : undefined;
  if (step !== 'token' && step !== 'promote' && step !== 'writable') return;
  const back = 'Return to the Old Primary…';
  const withdraw = 'Withdraw Promotion…';
  const answer = await vscode.window.showWarningMessage(
    `${plan.from.name} is demoted and ${plan.to.name} is not known to be promoted: neither may accept writes. Take the promotion up again, or make ${plan.from.name} primary with its token.`,
    'Resume',
    step === 'writable' ? withdraw : back,
  );
  if (answer === 'Resume') await vscode.commands.executeCommand('cnpg.resumePromotion');
  if (answer === back) await vscode.commands.executeCommand('cnpg.returnToOldPrimary', { address: plan.from });
  if (answer === withdraw) await vscode.commands.executeCommand('cnpg.withdrawPromotion', { address: plan.to });
}

const stepWords = (step: PromotionStep): string => ('step' in step ? stepTitles[step.step] : stepTitles.done);

async function finish(
  deps: PromotionDependencies,
  page: PromotionPage,
  outcome: PromotionOutcome,
  time: Clock,
): Promise<void> {
  const { plan } = page;
  if (outcome.kind === 'incomplete') {
    await record(deps, page, time, 'incomplete', outcome.problem);
    void vscode.window.showErrorMessage(
      `Promotion of ${plan.to.name} incomplete: ${outcome.problem} ${outcome.remedy}`,
    );
    void warnOfNoWriter(plan, page.current);
    return;
  }
  const issues = outcome.issues.length > 0;
  await record(deps, page, time, issues ? 'completed with issues' : 'completed', outcome.evidence, outcome.issues);
  deps.records.forget(plan);
  const words = issues ? `completed with issues: ${outcome.issues.join(' ')}` : 'completed';
  const clear = 'Clear Used Token…';
  const roles = 'Write Roles into Manifests…';
  const promoted = page.after?.[1]?.cluster;
  // The run is over, whenever somebody answers.
  void vscode.window
    .showInformationMessage(
      `Promotion of ${plan.to.name} ${words}. ${plan.from.name} is now its replica cluster.`,
      ...(promoted && tokenUsed(promoted) ? [clear] : []),
      roles,
    )
    .then(answer => {
      const command = answer === clear ? 'cnpg.clearUsedToken' : 'cnpg.writeRolesIntoManifests';
      return answer && vscode.commands.executeCommand(command, { address: plan.to });
    });
}

async function record(
  deps: PromotionDependencies,
  { plan, clocks, before, after }: PromotionPage,
  { startedAt, now }: Clock,
  outcome: RunOutcome,
  evidence: string,
  issues: readonly string[] = [],
): Promise<void> {
  const endedAt = now();
  const timeline = (side: Side | undefined): number | undefined => statusOf(side?.leader)?.timeLineID;
  const token = decodeToken(deps.records.of(plan)?.token ?? '');
  deps.history.add({
    kind: 'switchover',
    topology: [plan.from.name, plan.to.name].toSorted(),
    from: placeOf(plan.from),
    to: placeOf(plan.to),
    by: deps.history.actor([plan.from.context, plan.to.context]),
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    outcome,
    evidence,
    issues: [...issues],
    steps: clocks.map(({ step, since, until = endedAt }) => ({
      title: stepTitles[step],
      seconds: (until.getTime() - since.getTime()) / 1000,
    })),
    timelines: { before: timeline(before?.[0]), after: timeline(after?.[1]) },
    lsn: typeof token === 'string' ? undefined : token.latestCheckpointREDOLocation,
    loss: 'none',
  });
}

export async function showPage(deps: PromotionDependencies, page: PromotionPage): Promise<void> {
  deps.documents.set(pageUri(page.plan), renderPromotion(page));
  await deps.documents.show(pageUri(page.plan), 'markdown');
}

export const pageUri = (plan: PromotionPlan): vscode.Uri =>
  vscode.Uri.from({ scheme: promotionScheme, path: `/Promotion of ${plan.to.name}.md`, query: addressKey(plan.to) });
