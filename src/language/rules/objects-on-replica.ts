import type { ObjectRule } from './rule.ts';
import { onValue, replica } from './rule.ts';
import { replicaOfSatellite } from './satellite-cluster.ts';

const path = ['spec', 'cluster', 'name'];

export const objectsOnReplica: ObjectRule = {
  code: 'RC803',
  severity: 'info',
  kinds: ['Database', 'DatabaseRole', 'Publication', 'Subscription'],
  check(subject) {
    const cluster = replicaOfSatellite(subject);
    if (!cluster) return [];
    return [
      onValue(
        path,
        `Nothing of this is done while ${cluster.name} is a replica cluster; it is when ${cluster.name} is promoted.`,
        {
          related: [{ entry: cluster, path: replica, message: `the role of ${cluster.name}` }],
        },
      ),
    ];
  },
};
