import { fix, removeKey } from '../edits.ts';
import { placeOf } from '../manifest.ts';
import { clusterRule, onKey } from './rule.ts';

export const synchronousTwice = clusterRule('synchronous-twice', ({ document, spec }) => {
  if (!spec.postgresql?.synchronous || !((spec.minSyncReplicas ?? 0) > 0 || (spec.maxSyncReplicas ?? 0) > 0)) return [];
  const old = ['minSyncReplicas', 'maxSyncReplicas'].filter(field => placeOf(document, ['spec', field]));
  return [
    onKey(
      ['spec', 'postgresql', 'synchronous'],
      `Synchronous replication is described twice, here and by ${old.join(' and ')}, which is the old way: keep one of them.`,
      fix(`Remove ${old.join(' and ')}`, ...old.map(field => removeKey(document, ['spec', field]))),
    ),
  ];
});
