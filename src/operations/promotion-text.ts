/** A promotion as a page of text: the checks and the writes before it, the steps while it runs, the end. Pure. */
import { isReplicaCluster } from '../model/cluster.ts';
import { formatDuration } from '../model/duration.ts';
import { statusOf } from '../model/instances.ts';
import type { Check } from './checks.ts';
import { clock, renderChecks } from './checks-text.ts';
import { phaseWords, readinessWords } from './operation.ts';
import type { ClusterWrite, PromotionPlan, PromotionStep, PromotionStepName, Side } from './promotion.ts';
import { promotionSteps, stepTitles } from './promotion.ts';
import type { PromotionOutcome } from './run.ts';
import { kubectlLine, writeLines } from './write.ts';

/** When a step was begun and when the next one. */
export interface StepClock {
  step: PromotionStepName;
  since: Date;
  until?: Date;
}

/** @returns the clocks with the one of this step running */
export function clocked(clocks: readonly StepClock[], step: PromotionStepName, at: Date): StepClock[] {
  const last = clocks.at(-1);
  if (last?.step === step) return [...clocks];
  const ended = last && last.until === undefined ? [...clocks.slice(0, -1), { ...last, until: at }] : [...clocks];
  return step === 'done' ? ended : [...ended, { step, since: at }];
}

export interface PromotionPage {
  plan: PromotionPlan;
  preparation?: { checks: Check[]; writes: ClusterWrite[]; at: Date };
  log: { at: Date; text: string }[];
  current?: PromotionStep;
  outcome?: PromotionOutcome;
  clocks: StepClock[];
  /** The last completed run between the same members: seconds by the title of the step. */
  last?: { at: string; seconds: ReadonlyMap<string, number> } | undefined;
  /** The tool that applies one of them from Git. */
  owner?: string | undefined;
  /** Both sides as they were first and last seen. */
  before?: readonly Side[];
  after?: readonly Side[];
}

export function renderPromotion(page: PromotionPage): string {
  const { from, to } = page.plan;
  const sections = [
    `# Promote ${to.name}: controlled switchover from ${from.name}`,
    [
      `Primary cluster before:  ${from.name}  (context ${from.context}, namespace ${from.namespace}); it stops accepting writes`,
      `Primary cluster after:   ${to.name}  (context ${to.context}, namespace ${to.namespace})`,
      'Loss: none, held by the demotion token.',
      ...(page.clocks.length > 0 ? [] : [page.last ? lastRun(page.last) : firstRun(from)]),
    ].join('\n'),
    page.outcome && renderOutcome(page.outcome, page.plan),
    (page.current || page.log.length > 0) && renderSteps(page),
    page.before && renderSides(page),
    page.preparation && renderChecks(page.preparation.checks, page.preparation.at),
    page.preparation && renderWrites(page.preparation.writes),
    page.log.length > 0 && `## Log (UTC)\n\n${page.log.map(entry => `${clock(entry.at)}  ${entry.text}`).join('\n')}`,
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

const firstRun = ({ name }: PromotionPlan['from']): string =>
  `Expected:  no run to go by yet. Nobody accepts writes from the shutdown of ${name}, which takes up to its spec.stopDelay (30 min by default), until the new primary has replayed all of it.`;

function lastRun({ at, seconds }: NonNullable<PromotionPage['last']>): string {
  const total = [...seconds.values()].reduce((sum, each) => sum + each, 0);
  const down = (['demote', 'token', 'promote', 'writable'] as const).reduce(
    (sum, step) => sum + (seconds.get(stepTitles[step]) ?? 0),
    0,
  );
  return `Expected:  ${formatDuration(total)}, ${formatDuration(down)} of them without writes, as in the run of ${at.slice(0, 10)}.`;
}

/** When it will be over if the steps that are left take as long as last time. */
export function expectedEnd({ clocks, last }: Pick<PromotionPage, 'clocks' | 'last'>): Date | undefined {
  const running = clocks.at(-1);
  if (!last || !running || running.until) return undefined;
  const left = promotionSteps.slice(promotionSteps.indexOf(running.step));
  const seconds = left.reduce((sum, step) => sum + (last.seconds.get(stepTitles[step]) ?? 0), 0);
  return new Date(running.since.getTime() + seconds * 1000);
}

function renderSides({ before = [], after = [] }: PromotionPage): string {
  const lines = (sides: readonly Side[]): string => sides.map(sideWords).join('\n');
  return [
    `## Topology\n\nBefore:\n${lines(before)}`,
    ...(after.length > 0 && lines(after) !== lines(before) ? [`Now:\n${lines(after)}`] : []),
  ].join('\n');
}

function sideWords({ cluster, leader }: Side): string {
  const status = statusOf(leader);
  const position = status?.isPrimary ? status.currentLsn : status?.replayLsn;
  const at = status
    ? `${cluster.status?.currentPrimary ?? ''} at ${position ?? 'an unknown position'} on timeline ${status.timeLineID ?? 'unknown'}`
    : 'position unknown';
  return `  ${cluster.metadata.name}: ${isReplicaCluster(cluster) ? 'replica cluster' : 'primary cluster'}, ${at}, ${readinessWords(cluster)}, ${phaseWords(cluster)}`;
}

function renderOutcome(outcome: PromotionOutcome, { from, to }: PromotionPlan): string {
  if (outcome.kind === 'incomplete')
    return `## Incomplete\n\nStopped at: ${stepTitles[outcome.step]}\n${outcome.problem}\nWhat to do: ${outcome.remedy}`;
  const title = outcome.issues.length > 0 ? 'Completed with issues' : 'Completed';
  const lines = [
    `${to.name} is the primary cluster. ${outcome.evidence}`,
    ...outcome.issues.map(issue => `Issue: ${issue}`),
  ];
  return `## ${title}\n\n${lines.join('\n')}\nApplications still connect where they did: point them to the service of ${to.name}. Write the new roles into the manifests of ${from.name} and ${to.name} (CNPG: Write Roles into Manifests…).`;
}

function renderSteps(page: PromotionPage): string {
  const { current, outcome, clocks } = page;
  const at: PromotionStepName =
    outcome?.kind === 'completed' || current?.kind === 'done'
      ? 'done'
      : ((outcome?.kind === 'incomplete' ? outcome.step : undefined) ?? stepOf(current));
  const position = promotionSteps.indexOf(at);
  const lines = promotionSteps.map((step, index) => {
    const mark = index < position || at === 'done' ? 'x' : index === position ? '>' : ' ';
    const notes = index === position ? currentNotes(page) : [];
    const time = clocks.findLast(each => each.step === step);
    const clockWords = time
      ? time.until
        ? `  (${clock(time.since)}, ${formatDuration((time.until.getTime() - time.since.getTime()) / 1000)})`
        : `  (since ${clock(time.since)})`
      : '';
    return [`[${mark}] ${stepTitles[step]}${clockWords}`, ...notes.map(note => `      ${note}`)].join('\n');
  });
  const end = outcome ? undefined : expectedEnd(page);
  return `## Steps\n\n${lines.join('\n')}${end ? `\n\nExpected end: about ${clock(end)} UTC, if it goes as last time.` : ''}`;
}

function currentNotes({ current, last, outcome }: PromotionPage): string[] {
  if (!current || !('evidence' in current)) return [];
  const usual = 'step' in current ? last?.seconds.get(stepTitles[current.step]) : undefined;
  return [
    current.evidence,
    ...(outcome || usual === undefined ? [] : [`Last time this took ${formatDuration(usual)}.`]),
    ...(outcome || current.kind !== 'wait' ? [] : [`If it stalls: ${current.stalled}`]),
  ];
}

const stepOf = (step: PromotionStep | undefined): PromotionStepName => (step && 'step' in step ? step.step : 'demote');

function renderWrites(writes: readonly ClusterWrite[]): string {
  const blocks = writes.map((write, index) => {
    const changes = write.changes.map(({ field, from, to }) => ({
      field,
      from: shorten(field, from),
      to: shorten(field, to),
    }));
    return `${index + 1}. ${[...writeLines({ ...write, changes }), kubectlLine(write, shorten)].join('\n')}`;
  });
  return `## What will be written\n\n${blocks.join('\n\n')}\n\nThe second write is sent only after the demotion token was seen. Until then the primary can be made primary again\n(CNPG: Return to the Old Primary…); after it there is only the way forward.`;
}

/** Tokens are long, and the new one does not exist before the demotion. */
const shorten = (field: string, value: string): string =>
  field.endsWith('promotionToken') && value !== '(absent)' ? '(the demotion token of the other side)' : value;
