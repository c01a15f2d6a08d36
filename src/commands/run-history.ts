/** The history of promotions of this machine: kept over windows and workspaces, newest last. */
import type { Address } from '../model/kubernetes.ts';
import type { RunEntry } from '../model/run-history.ts';
import type { Records } from '../records.ts';

export interface RunHistory {
  all(): RunEntry[];
  add(entry: RunEntry): void;
  /** Who acts: the account of the machine, and as whom the API servers of these contexts know it. */
  actor(contexts: readonly string[]): string;
}

/** More is forgotten, oldest first. */
const limit = 500;

export const runKey = ({ kind, startedAt, to }: RunEntry): string => JSON.stringify([startedAt, kind, to]);

export const runHistory = (
  records: Records<RunEntry>,
  account: string,
  userOf: (context: string) => string | undefined,
): RunHistory => {
  const all = (): RunEntry[] => records.all().toSorted((a, b) => a.endedAt.localeCompare(b.endedAt));
  return {
    all,
    add(entry) {
      records.keep(entry);
      for (const old of all().slice(0, -limit)) records.forget(runKey(old));
    },
    actor(contexts) {
      const users = new Set(contexts.map(userOf).filter(user => user !== undefined));
      return users.size === 0 ? account : `${account} as ${[...users].join(', ')}`;
    },
  };
};

/** `cluster-eu (context eu, namespace default)`. */
export const placeOf = ({ context, namespace, name }: Address): string =>
  `${name} (context ${context}, namespace ${namespace})`;
