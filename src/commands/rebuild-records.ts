import type { Cluster } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import { addressKey } from '../model/kubernetes.ts';
import type { Records } from '../records.ts';

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
  /** @throws what the file system says: then nothing may be deleted */
  remember(record: RebuildRecord): void;
  forget(target: Address): void;
}

export const rebuildKey = ({ target }: RebuildRecord): string => addressKey(target);

export const rebuildRecords = (records: Records<RebuildRecord>): RebuildRecords => ({
  all: () => records.all(),
  of: target => records.of(addressKey(target)),
  remember: record => records.keep(record),
  forget: target => records.forget(addressKey(target)),
});
