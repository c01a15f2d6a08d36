/** A promotion as a page of text: the checks and the writes before it, the steps while it runs, the end. Pure. */
import type { Check } from './checks.ts';
import { clock, renderChecks } from './checks-text.ts';
import type { ClusterWrite, PromotionPlan, PromotionStep, PromotionStepName } from './promotion.ts';
import { promotionSteps, stepTitles } from './promotion.ts';
import type { PromotionOutcome } from './run.ts';
import { writeLines } from './write.ts';

export interface PromotionPage {
  plan: PromotionPlan;
  preparation?: { checks: Check[]; writes: ClusterWrite[]; at: Date };
  log: { at: Date; text: string }[];
  current?: PromotionStep;
  outcome?: PromotionOutcome;
}

export function renderPromotion(page: PromotionPage): string {
  const { from, to } = page.plan;
  const sections = [
    `# Promote ${to.name}: controlled switchover from ${from.name}`,
    [
      `Primary cluster now:  ${from.name}  (context ${from.context}, namespace ${from.namespace}); it will stop accepting writes`,
      `Replica cluster now:  ${to.name}  (context ${to.context}, namespace ${to.namespace}); it becomes the primary cluster`,
    ].join('\n'),
    page.outcome && renderOutcome(page.outcome, page.plan),
    (page.current || page.log.length > 0) && renderSteps(page),
    page.preparation && renderChecks(page.preparation.checks, page.preparation.at),
    page.preparation && renderWrites(page.preparation.writes),
    page.log.length > 0 && `## Log (UTC)\n\n${page.log.map(entry => `${clock(entry.at)}  ${entry.text}`).join('\n')}`,
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function renderOutcome(outcome: PromotionOutcome, { from, to }: PromotionPlan): string {
  if (outcome.kind === 'incomplete')
    return `## Incomplete\n\nStopped at: ${stepTitles[outcome.step]}\n${outcome.problem}\nWhat to do: ${outcome.remedy}`;
  const title = outcome.issues.length > 0 ? 'Completed with issues' : 'Completed';
  const lines = [
    `${to.name} is the primary cluster. ${outcome.evidence}`,
    ...outcome.issues.map(issue => `Issue: ${issue}`),
  ];
  return `## ${title}\n\n${lines.join('\n')}\nApplications still connect where they did: point them to the service of ${to.name}. Write the new roles into the manifests (${from.name} and ${to.name}).`;
}

function renderSteps({ current, outcome }: PromotionPage): string {
  const at: PromotionStepName =
    outcome?.kind === 'completed' || current?.kind === 'done'
      ? 'done'
      : ((outcome?.kind === 'incomplete' ? outcome.step : undefined) ?? stepOf(current));
  const position = promotionSteps.indexOf(at);
  const lines = promotionSteps.map((step, index) => {
    const mark = index < position || at === 'done' ? 'x' : index === position ? '>' : ' ';
    const evidence = index === position && current && 'evidence' in current ? `\n      ${current.evidence}` : '';
    return `[${mark}] ${stepTitles[step]}${evidence}`;
  });
  return `## Steps\n\n${lines.join('\n')}`;
}

const stepOf = (step: PromotionStep | undefined): PromotionStepName => (step && 'step' in step ? step.step : 'demote');

function renderWrites(writes: readonly ClusterWrite[]): string {
  const blocks = writes.map((write, index) => {
    const changes = write.changes.map(({ field, from, to }) => ({
      field,
      from: shorten(field, from),
      to: shorten(field, to),
    }));
    return `${index + 1}. ${writeLines({ ...write, changes }).join('\n')}`;
  });
  return `## What will be written\n\n${blocks.join('\n\n')}\n\nThe second write is sent only after the demotion token was seen. Until then the primary can be made primary again;\nafter it there is only the way forward.`;
}

/** Tokens are long, and the new one does not exist before the demotion. */
const shorten = (field: string, value: string): string =>
  field.endsWith('promotionToken') && value !== '(absent)' ? '(the demotion token of the other side)' : value;
