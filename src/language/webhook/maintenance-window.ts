import { fix, removeKey } from '../edits.ts';
import { clusterRule, ofValues, onKey, warn } from './rule.ts';

const path = ['spec', 'nodeMaintenanceWindow'];

export const maintenanceWindow = ofValues(
  clusterRule('maintenance-window', ({ document, spec }) =>
    spec.nodeMaintenanceWindow
      ? [
          warn(
            onKey(
              path,
              'The maintenance window is the old way: set enablePDB: false while nodes are drained.',
              fix('Remove nodeMaintenanceWindow', removeKey(document, path)),
            ),
          ),
        ]
      : [],
  ),
);
