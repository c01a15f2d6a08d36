import { isReplica } from '../admission/cluster-defaults.ts';
import { isRecord } from '../manifest.ts';
import { onKey, updateRule } from './rule.ts';

export const replicaRole = updateRule('replica-role', ({ metadata, spec }, old) => {
  const switching = old.status?.['switchReplicaClusterStatus'];
  if (!isRecord(switching) || switching['inProgress'] !== true) return [];
  if (isReplica(metadata, spec) === isReplica(old.metadata, old.spec)) return [];
  return [
    onKey(
      ['spec', 'replica'],
      'The Cluster is being demoted or promoted right now: wait for the end before its role is changed again.',
    ),
  ];
});
