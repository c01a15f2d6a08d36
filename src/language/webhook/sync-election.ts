import { clusterRule, onKey } from './rule.ts';

export const syncElection = clusterRule('sync-election', ({ spec }) => {
  const constraint = spec.postgresql?.syncReplicaElectionConstraint;
  if (!constraint?.enabled || constraint.nodeLabelsAntiAffinity?.length) return [];
  return [
    onKey(
      ['spec', 'postgresql', 'syncReplicaElectionConstraint', 'nodeLabelsAntiAffinity'],
      'The constraint keeps synchronous standbys off nodes with the same labels as the node of the primary, and no label is named: list them in nodeLabelsAntiAffinity, such as topology.kubernetes.io/zone.',
    ),
  ];
});
