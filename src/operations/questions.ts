/** What is being asked of others, so that somebody who waited long enough learns who did not answer. */
import { Failure } from '../errors.ts';
import { untilAborted } from './pause.ts';

/** Follows a question until it is answered. @param what completes "No answer to:" */
export type Ask = <T>(what: string, answer: Promise<T>) => Promise<T>;

/** Nobody wants to know. */
export const asking: Ask = (_what, answer) => answer;

/**
 * Runs checks within a limit.
 * @param limit milliseconds
 * @throws Failure that names what was not answered when the limit is over; the signal's reason when it is aborted before
 */
export async function withinLimit<T>(
  title: string,
  limit: number,
  signal: AbortSignal,
  run: (signal: AbortSignal, ask: Ask) => Promise<T>,
): Promise<T> {
  const open = new Set<string>();
  const ask: Ask = (what, answer) => {
    open.add(what);
    return answer.finally(() => open.delete(what));
  };
  const over = new AbortController();
  let unanswered: string[] = [];
  const timer = setTimeout(() => {
    unanswered = [...open];
    over.abort();
  }, limit);
  try {
    const both = AbortSignal.any([signal, over.signal]);
    return await untilAborted(run(both, ask), both);
  } catch (error) {
    if (signal.aborted || !over.signal.aborted) throw error;
    throw new Failure('silent', {
      what: `${title}: nothing was written`,
      why: `The checks were not over within ${limit / 1000} s. No answer to: ${unanswered.join('; ') || 'nothing that is known'}.`,
      remedy:
        'Look whether that API server, instance or object store answers at all (Retry in the tree, CNPG: Show Log), then run the command again.',
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
