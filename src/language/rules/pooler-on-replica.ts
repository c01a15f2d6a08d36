import { isRecord } from '../manifest.ts';
import type { ObjectRule } from './rule.ts';
import { onValue, replica } from './rule.ts';
import { replicaOfSatellite } from './satellite-cluster.ts';

export const poolerOnReplica: ObjectRule = {
  code: 'RC804',
  severity: 'info',
  kinds: ['Pooler'],
  check(subject) {
    const cluster = replicaOfSatellite(subject);
    const { spec } = subject.document.value;
    const type = isRecord(spec) ? (spec['type'] ?? 'rw') : undefined;
    if (!cluster || type !== 'rw') return [];
    return [
      onValue(
        ['spec', 'type'],
        `While ${cluster.name} is a replica cluster its sessions can only read: use type ro, or keep it for the time after a promotion.`,
        {
          related: [{ entry: cluster, path: replica, message: `the role of ${cluster.name}` }],
        },
      ),
    ];
  },
};
