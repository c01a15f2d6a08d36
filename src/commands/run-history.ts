/** The history of promotions of this machine: kept over windows and workspaces, newest last. */
import type * as vscode from 'vscode';
import type { Address } from '../model/kubernetes.ts';
import type { RunEntry } from '../model/run-history.ts';

export interface RunHistory {
  all(): RunEntry[];
  add(entry: RunEntry): Promise<void>;
  /** Who acts: the account of the machine, and as whom the API servers of these contexts know it. */
  actor(contexts: readonly string[]): string;
}

const key = 'cnpg.history';
/** More is forgotten, oldest first. */
const limit = 500;

export const runHistory = (
  memory: vscode.Memento,
  account: string,
  userOf: (context: string) => string | undefined,
): RunHistory => {
  const all = (): RunEntry[] => memory.get<RunEntry[]>(key, []);
  return {
    all,
    async add(entry) {
      await memory.update(key, [...all(), entry].slice(-limit));
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
