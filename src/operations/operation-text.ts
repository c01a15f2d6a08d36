/** An operation as a page of text: the checks and the write before it, how far it has come, the end. Pure. */
import { clock, renderChecks } from './checks-text.ts';
import type { Operation, Progress } from './operation.ts';
import type { OperationOutcome, Prepared } from './run-operation.ts';
import type { Write } from './write.ts';
import { kubectlLine, writeLines } from './write.ts';

export interface OperationPage {
  operation: Pick<Operation, 'title' | 'target' | 'afterwards'>;
  prepared: Prepared;
  /** The manifest is edited, and somebody else applies it. */
  byManifests?: boolean;
  /** Before that nothing is more than requested. */
  written?: Date;
  progress?: Progress;
  outcome?: OperationOutcome;
  log: { at: Date; text: string }[];
}

export function renderOperation(page: OperationPage): string {
  const { operation, prepared, progress, outcome, log, written } = page;
  const { context, namespace, name } = operation.target;
  const sections = [
    `# ${operation.title}`,
    `Cluster ${name} (context ${context}, namespace ${namespace})\n${prepared.meaning}`,
    outcome && renderOutcome(outcome),
    outcome?.kind === 'completed' &&
      operation.afterwards &&
      `## What is left to do\n\n${operation.afterwards.map(line => `- ${line}`).join('\n')}`,
    !outcome &&
      written &&
      `## Requested (${clock(written)} UTC)\n\n${progress ? progressWords(progress) : 'Waiting for its effect.'}`,
    renderChecks(prepared.checks, prepared.at),
    prepared.write
      ? writeSection(prepared.write, page)
      : '## Nothing to write\n\nThe Cluster is told so already: what is left is to follow.',
    prepared.later &&
      `## What comes after, confirmed separately\n\n${prepared.later.map(write => writeLines(write).join('\n')).join('\n\n')}`,
    log.length > 0 && `## Log (UTC)\n\n${log.map(entry => `${clock(entry.at)}  ${entry.text}`).join('\n')}`,
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function writeSection(write: Write, { written, byManifests }: OperationPage): string {
  if (byManifests)
    return `## What ${written ? 'its manifest says now' : 'its manifest has to say'}\n\n${writeLines(write).slice(1).join('\n')}`;
  const title = written ? 'What was written' : 'What will be written';
  return `## ${title}\n\n${[...writeLines(write), kubectlLine(write)].join('\n')}`;
}

/** How far it has come, in one sentence. */
export function progressWords(progress: Progress): string {
  return progress.kind === 'failed' ? progress.problem : progress.evidence;
}

function renderOutcome(outcome: OperationOutcome): string {
  if (outcome.kind === 'changed')
    return '## Nothing was written\n\nWhat was confirmed is no longer so: look at the checks again.';
  if (outcome.kind === 'incomplete') return `## Incomplete\n\n${outcome.problem}\nWhat to do: ${outcome.remedy}`;
  const title = outcome.issues.length > 0 ? 'Completed with issues' : 'Completed';
  return [`## ${title}\n`, outcome.evidence, ...outcome.issues.map(issue => `Issue: ${issue}`)].join('\n');
}

/** The end in a few words, for a notification. */
export function outcomeWords(title: string, outcome: OperationOutcome): string {
  if (outcome.kind === 'changed') return `${title}: nothing was written, because the Cluster changed meanwhile.`;
  if (outcome.kind === 'incomplete') return `${title}: incomplete. ${outcome.problem} ${outcome.remedy}`;
  const issues = outcome.issues.length > 0 ? ` with issues: ${outcome.issues.join(' ')}` : '.';
  return `${title}: completed${issues} ${outcome.evidence}`;
}
