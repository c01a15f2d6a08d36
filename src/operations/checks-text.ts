/** Checks as lines of a page. Pure. */
import type { Check } from './checks.ts';

/** Time of day in UTC. */
export const clock = (date: Date): string => date.toISOString().slice(11, 19);

const outcomeWord = (check: Check): string =>
  check.outcome === 'ok'
    ? 'ok      '
    : check.outcome === 'unknown'
      ? 'UNKNOWN '
      : check.severity === 'blocks'
        ? 'BLOCKS  '
        : 'WARNS   ';

export function renderChecks(checks: readonly Check[], at: Date): string {
  const lines = checks.map(check => {
    const yields = check.yields && check.outcome !== 'ok' ? ' (unless you type that it shall be done anyway)' : '';
    const remedy = check.outcome === 'ok' ? '' : `\n          What to do: ${check.remedy}${yields}`;
    return `${outcomeWord(check)}  ${check.title}: ${check.evidence}${remedy}`;
  });
  return `## Checks before the first write (${clock(at)} UTC)\n\n${lines.join('\n')}`;
}
