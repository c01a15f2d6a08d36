import type { Path } from '../manifest.ts';
import { clusterRule, ofValues, onKey, outdated } from './rule.ts';

export const inTreeBarman = ofValues(
  clusterRule('in-tree-barman', ({ spec }) => {
    const used: Path[] = [
      ...(spec.backup?.barmanObjectStore ? [['spec', 'backup', 'barmanObjectStore']] : []),
      ...(spec.externalClusters ?? []).flatMap(({ barmanObjectStore }, at) =>
        barmanObjectStore ? [['spec', 'externalClusters', at, 'barmanObjectStore']] : [],
      ),
    ];
    return used.map(path =>
      outdated(
        onKey(
          path,
          'barmanObjectStore is removed in CloudNativePG 1.31: move it to an ObjectStore and the Barman Cloud plugin before that.',
        ),
      ),
    );
  }),
);
