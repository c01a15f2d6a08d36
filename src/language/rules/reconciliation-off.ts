import { annotations } from '../../model/cluster.ts';
import { fix, removeBranch } from '../edits.ts';
import type { Rule } from './rule.ts';
import { annotation, onKey } from './rule.ts';

const path = annotation(annotations.reconciliationLoop);

export const reconciliationOff: Rule = {
  code: 'RC807',
  severity: 'warning',
  check({ document, cluster }) {
    if (cluster.metadata.annotations?.[annotations.reconciliationLoop] !== 'disabled') return [];
    return [
      onKey(
        path,
        `The operator does nothing for ${cluster.metadata.name}: no change is carried out, no failed instance is replaced.`,
        {
          fixes: fix('Remove the annotation', removeBranch(document, path)),
        },
      ),
    ];
  },
};
