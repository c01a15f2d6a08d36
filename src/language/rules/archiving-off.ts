import { annotations } from '../../model/cluster.ts';
import { fix, removeBranch } from '../edits.ts';
import type { Rule } from './rule.ts';
import { annotation, onKey } from './rule.ts';

const path = annotation(annotations.skipWalArchiving);

export const archivingOff: Rule = {
  code: 'RC412',
  severity: 'warning',
  check({ document, cluster }) {
    if (cluster.metadata.annotations?.[annotations.skipWalArchiving] !== 'enabled') return [];
    return [
      onKey(
        path,
        `No WAL leaves ${cluster.metadata.name}: the archive has a gap from here on, and a demotion cannot archive the last segment.`,
        { fixes: fix('Remove the annotation', removeBranch(document, path)) },
      ),
    ];
  },
};
