import { postgresMajor } from '../admission/images.ts';
import { clusterRule, onKey } from './rule.ts';

export const syncElection = clusterRule('sync-election', ({ spec }) => {
  const constraint = spec.postgresql?.syncReplicaElectionConstraint;
  if (postgresMajor(spec) === undefined || !constraint?.enabled || constraint.nodeLabelsAntiAffinity?.length) return [];
  return [
    onKey(
      ['spec', 'postgresql', 'syncReplicaElectionConstraint'],
      'The constraint compares labels of nodes: name them in nodeLabelsAntiAffinity, such as topology.kubernetes.io/zone.',
    ),
  ];
});
