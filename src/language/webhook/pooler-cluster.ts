import type { PoolerSpec } from '../admission/objects.ts';
import { fix, setValue } from '../edits.ts';
import { onValue, ruleOf } from './rule.ts';

export const poolerCluster = ruleOf<PoolerSpec & { type?: string }>(
  ['Pooler'],
  'pooler-cluster',
  ({ document, metadata: { name = '' }, spec }) => {
    const cluster = spec.cluster?.name ?? '';
    if (cluster === '')
      return [onValue(['spec', 'cluster', 'name'], 'A Pooler needs the name of the Cluster that it serves.')];
    if (cluster !== name) return [];
    const other = `${name}-pooler-${spec.type ?? 'rw'}`;
    return [
      onValue(
        ['metadata', 'name'],
        `A Pooler cannot have the name of its Cluster, since both make objects of that name: call it ${other}.`,
        fix(`Rename to ${other}`, setValue(document, ['metadata', 'name'], other)),
      ),
    ];
  },
);
