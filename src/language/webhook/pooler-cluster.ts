import type { PoolerSpec } from '../admission/objects.ts';
import { onKey, onValue, ruleOf } from './rule.ts';

export const poolerCluster = ruleOf<PoolerSpec>(['Pooler'], 'pooler-cluster', ({ metadata: { name = '' }, spec }) => {
  const cluster = spec.cluster?.name ?? '';
  if (cluster === '') return [onKey(['spec', 'cluster'], 'A Pooler needs the name of its Cluster: add cluster.name.')];
  if (cluster !== name) return [];
  return [
    onValue(
      ['metadata', 'name'],
      `A Pooler cannot have the name of its Cluster, since both make objects of that name: call it ${name}-pooler-rw.`,
    ),
  ];
});
