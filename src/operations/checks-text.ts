/** Checks as lines of a page. Pure. */
import type { Check } from './checks.ts';

/** Time of day in UTC. */
export const clock = (date: Date): string => date.toISOString().slice(11, 19);

/** Worst first. */
const outcomes = ['BLOCKS', 'WARNS', 'UNKNOWN', 'ok'] as const;

const outcomeWord = (check: Check): (typeof outcomes)[number] =>
  check.outcome === 'ok'
    ? 'ok'
    : check.outcome === 'unknown'
      ? 'UNKNOWN'
      : check.severity === 'blocks'
        ? 'BLOCKS'
        : 'WARNS';

/** Titles say what shall be: what is not so begins with that. */
export const checkWords = ({ title, outcome, evidence }: Check): string =>
  `${title}: ${{ ok: '', failed: 'NO, ', unknown: 'not known, ' }[outcome]}${evidence}`;

/** `40 checks: 1 WARNS, 39 ok`: whoever is tired need not read all of them. */
function countWords(checks: readonly Check[]): string {
  const counts = outcomes.map(word => [checks.filter(check => outcomeWord(check) === word).length, word] as const);
  const found = counts.filter(([count]) => count > 0);
  const words = found.map(([count, word]) => (count === checks.length ? `all ${word}` : `${count} ${word}`));
  return `${checks.length} check${checks.length === 1 ? '' : 's'}: ${words.join(', ')}`;
}

/** What is not ok comes first. */
export function renderChecks(checks: readonly Check[], at: Date): string {
  const sorted = checks.toSorted((a, b) => outcomes.indexOf(outcomeWord(a)) - outcomes.indexOf(outcomeWord(b)));
  const lines = sorted.map(check => {
    const yields = check.yields && check.outcome !== 'ok' ? ' (unless you type that it shall be done anyway)' : '';
    const remedy = check.outcome === 'ok' ? '' : `\n          What to do: ${check.remedy}${yields}`;
    return `${outcomeWord(check).padEnd(8)}  ${checkWords(check)}${remedy}`;
  });
  return `## Checks before the first write (${clock(at)} UTC)\n\n${countWords(checks)}\n\n${lines.join('\n')}`;
}
