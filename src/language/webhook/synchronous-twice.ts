import { clusterRule, onKey } from './rule.ts';

export const synchronousTwice = clusterRule('synchronous-twice', ({ spec }) =>
  spec.postgresql?.synchronous && ((spec.minSyncReplicas ?? 0) > 0 || (spec.maxSyncReplicas ?? 0) > 0)
    ? [
        onKey(
          ['spec', 'postgresql', 'synchronous'],
          'Synchronous replication is described twice: remove minSyncReplicas and maxSyncReplicas, which are the old way.',
        ),
      ]
    : [],
);
