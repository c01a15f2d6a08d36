import type * as vscode from 'vscode';
import type { Cluster } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import { sameAddress } from '../model/kubernetes.ts';

/** What is remembered of a rebuild under way: between the deletion and the creation nothing else has the manifest. */
export interface RebuildRecord {
  target: Address;
  /** Where the new primary is. */
  primary: Address;
  former: Cluster;
  manifest: Cluster;
  startedAt: string;
}

export interface RebuildRecords {
  all(): RebuildRecord[];
  of(target: Address): RebuildRecord | undefined;
  remember(record: RebuildRecord): Promise<void>;
  forget(target: Address): Promise<void>;
}

const key = 'cnpg.rebuilds';

export function rebuildRecords(memory: vscode.Memento): RebuildRecords {
  const all = (): RebuildRecord[] => memory.get<RebuildRecord[]>(key, []);
  const without = (target: Address) => all().filter(record => !sameAddress(record.target, target));
  return {
    all,
    of: target => all().find(record => sameAddress(record.target, target)),
    async remember(record) {
      await memory.update(key, [...without(record.target), record]);
    },
    async forget(target) {
      await memory.update(key, without(target));
    },
  };
}
