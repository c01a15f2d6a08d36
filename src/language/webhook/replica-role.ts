import { isReplica } from '../admission/cluster-defaults.ts';
import { isRecord } from '../manifest.ts';
import { onValue, updateRule } from './rule.ts';

export const replicaRole = updateRule('replica-role', ({ metadata, spec }, old) => {
  const switching = old.status?.['switchReplicaClusterStatus'];
  if (!isRecord(switching) || switching['inProgress'] !== true) return [];
  const role = isReplica(metadata, spec);
  if (role === isReplica(old.metadata, old.spec)) return [];
  return [
    onValue(
      ['spec', 'replica', spec.replica?.enabled === undefined ? 'primary' : 'enabled'],
      `The Cluster is being demoted right now (status.switchReplicaClusterStatus.inProgress), and its role cannot change before that ends: wait, then make it a ${role ? 'replica' : 'primary'} cluster.`,
    ),
  ];
});
