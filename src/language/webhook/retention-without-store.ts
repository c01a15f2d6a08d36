import { fix, removeKey } from '../edits.ts';
import { clusterRule, onKey, warn } from './rule.ts';

const path = ['spec', 'backup', 'retentionPolicy'];

export const retentionWithoutStore = clusterRule('retention-without-store', ({ document, spec: { backup } }) =>
  backup?.retentionPolicy && !backup.barmanObjectStore
    ? [
        warn(
          onKey(
            path,
            'This policy is applied to backup.barmanObjectStore only, and there is none: no backup is ever removed by it. With the Barman Cloud plugin set retentionPolicy in the ObjectStore.',
            fix('Remove retentionPolicy', removeKey(document, path)),
          ),
        ),
      ]
    : [],
);
