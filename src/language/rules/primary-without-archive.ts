import { idOf } from '../sides.ts';
import type { Rule } from './rule.ts';
import { isReplicaCluster, onKey, partnersOf, replica } from './rule.ts';
import { writesArchive } from './writes-archive.ts';

export const primaryWithoutArchive: Rule = {
  code: 'RC402',
  severity: 'warning',
  check(subject) {
    const { cluster, entry } = subject;
    if (isReplicaCluster(cluster) || writesArchive(cluster)) return [];
    // A Cluster of its own may do without.
    if (!cluster.spec.replica && partnersOf(subject).length === 0) return [];
    return [
      onKey(
        cluster.spec.replica ? replica : ['spec'],
        `${idOf(entry)} writes no archive: there is no recovery to a point in time, and a replica cluster that loses its connection for long cannot catch up.`,
      ),
    ];
  },
};
