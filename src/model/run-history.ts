/** What was done to a topology: promotions, failovers, returns, rebuilds, each with who, when, how long and what was lost. Pure. */
import { formatDuration } from './duration.ts';

export type RunKind = 'switchover' | 'promotion with token' | 'withdrawn promotion' | 'failover' | 'return' | 'rebuild';
export type RunOutcome = 'completed' | 'completed with issues' | 'incomplete' | 'no longer followed';

export interface RunEntry {
  kind: RunKind;
  /** Names of the members that took part, sorted: what tells topologies apart, whatever the roles. */
  topology: string[];
  /** The Cluster that was the primary, when it is known, and the one that the run was about: with context and namespace. */
  from: string | undefined;
  to: string;
  /** Account of the machine, and user of the kubeconfig. */
  by: string;
  /** RFC 3339. */
  startedAt: string;
  endedAt: string;
  outcome: RunOutcome;
  /** The end in words, and what is wrong with it. */
  evidence: string;
  issues: string[];
  /** Each step with its seconds, in order. */
  steps: { title: string; seconds: number }[];
  timelines: { before: number | undefined; after: number | undefined };
  /** Where the old primary ended, by its token or as last known. */
  lsn: string | undefined;
  loss: string;
}

export const topologyKey = (names: readonly string[]): string => [...new Set(names)].toSorted().join(', ');

/**
 * Seconds of each step in the last run of this kind that was completed.
 * @param first title of the step without which it was not followed from its beginning: one that was taken up says nothing
 */
export function lastDurations(
  history: readonly RunEntry[],
  kind: RunKind,
  topology: readonly string[],
  first: string,
): { at: string; seconds: ReadonlyMap<string, number> } | undefined {
  const last = history.findLast(
    entry =>
      entry.kind === kind &&
      topologyKey(entry.topology) === topologyKey(topology) &&
      entry.outcome.startsWith('completed') &&
      entry.steps.some(({ title }) => title === first),
  );
  return last && { at: last.startedAt, seconds: new Map(last.steps.map(({ title, seconds }) => [title, seconds])) };
}

const when = (time: string): string => `${time.slice(0, 19).replace('T', ' ')} UTC`;

/** Newest first, a table and the steps below it for each topology. */
export function renderHistory(history: readonly RunEntry[]): string {
  if (history.length === 0) return '# Promotion history\n\nNothing was promoted from this machine yet.\n';
  const topologies = Map.groupBy(history, ({ topology }) => topologyKey(topology));
  const sections = [...topologies].map(([names, entries]) => {
    const newest = entries.toReversed();
    return [`## ${text(names)}`, table(newest), ...newest.map(details)].join('\n\n');
  });
  return `# Promotion history\n\n${sections.join('\n\n')}\n`;
}

const table = (entries: readonly RunEntry[]): string =>
  [
    '| Begun | What | To | Timeline | Took | Loss | End | By |',
    '|---|---|---|---|---|---|---|---|',
    ...entries
      .map(entry =>
        [
          when(entry.startedAt),
          entry.kind,
          entry.to,
          `${entry.timelines.before ?? '?'} → ${entry.timelines.after ?? '?'}`,
          formatDuration((Date.parse(entry.endedAt) - Date.parse(entry.startedAt)) / 1000),
          entry.loss,
          entry.outcome,
          entry.by,
        ]
          .map(cell => text(cell))
          .join(' | '),
      )
      .map(row => `| ${row} |`),
  ].join('\n');

const details = (entry: RunEntry): string =>
  [
    `### ${when(entry.startedAt)}: ${entry.kind} to ${text(entry.to)}`,
    [
      ...(entry.from === undefined ? [] : [`- from ${text(entry.from)}`]),
      ...(entry.lsn === undefined ? [] : [`- last position of the old primary: ${text(entry.lsn)}`]),
      `- ${entry.outcome}: ${text(entry.evidence)}`,
      ...entry.issues.map(issue => `- issue: ${text(issue)}`),
      ...entry.steps.map(({ title, seconds }) => `- ${text(title)}: ${formatDuration(seconds)}`),
    ].join('\n'),
  ].join('\n\n');

/** Names come from outside: none may end a cell or begin markup. */
const text = (words: string): string =>
  words.replaceAll(/\s+/g, ' ').replaceAll(/[|<`*[\]\\]/g, character => `\\${character}`);
