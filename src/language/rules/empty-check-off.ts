import { fix, removeBranch } from '../edits.ts';
import type { Rule } from './rule.ts';
import { annotation, onKey } from './rule.ts';

const name = 'cnpg.io/skipEmptyWalArchiveCheck';

export const emptyCheckOff: Rule = {
  code: 'RC413',
  severity: 'warning',
  check({ document, cluster }) {
    if (cluster.metadata.annotations?.[name] !== 'enabled') return [];
    return [
      onKey(
        annotation(name),
        'Nothing keeps this Cluster from archiving into a folder that has the WAL of another one. Remove it after the first archiving.',
        { fixes: fix('Remove the annotation', removeBranch(document, annotation(name))) },
      ),
    ];
  },
};
