import { fix, removeKey } from '../edits.ts';
import { clusterRule, onKey, warn } from './rule.ts';

const path = ['spec', 'backup', 'retentionPolicy'];

export const retentionWithoutStore = clusterRule('retention-without-store', ({ document, spec: { backup } }) =>
  backup?.retentionPolicy && !backup.barmanObjectStore
    ? [
        warn(
          onKey(
            path,
            'This policy is for backup.barmanObjectStore, which is not there: nothing is ever removed by it. With the plugin, set retentionPolicy in the ObjectStore.',
            fix('Remove retentionPolicy', removeKey(document, path)),
          ),
        ),
      ]
    : [],
);
