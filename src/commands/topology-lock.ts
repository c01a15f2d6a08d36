import { Failure } from '../errors.ts';
import type { Address } from '../model/kubernetes.ts';
import { addressKey } from '../model/kubernetes.ts';

/** Clusters whose roles this window is changing, with what is being done. */
const busy = new Map<string, string>();

/**
 * One run for a topology: two at the same time could make two primaries. Other windows and machines are noticed by what the
 * Clusters say.
 * @throws Failure when one of these Clusters takes part in a run
 */
export async function alone<T>(clusters: readonly Address[], what: string, run: () => Promise<T>): Promise<T> {
  const keys = clusters.map(addressKey);
  const other = keys.map(key => busy.get(key)).find(each => each !== undefined);
  if (other !== undefined)
    throw new Failure('running', {
      what: `${what}: nothing was done`,
      why: `${other} is under way in this window, and one run at a time changes the roles of a topology.`,
      remedy: 'Follow it on its page, or cancel it there.',
    });
  for (const key of keys) busy.set(key, what);
  try {
    return await run();
  } finally {
    for (const key of keys) busy.delete(key);
  }
}
