import { idOf } from '../sides.ts';
import type { Rule } from './rule.ts';
import { entriesOf, isDistributed, isReplicaCluster, onKey, partnersOf, replica } from './rule.ts';
import { writesArchive } from './writes-archive.ts';

export const replicaWithoutArchive: Rule = {
  code: 'RC401',
  severity: 'warning',
  check(subject) {
    const { cluster, entry } = subject;
    if (!isDistributed(cluster) || !isReplicaCluster(cluster) || writesArchive(cluster)) return [];
    const back = partnersOf(subject).flatMap(other =>
      entriesOf(other.cluster)
        .filter(({ entry: { name } }) => name === idOf(entry))
        .map(each => ({ other, ...each })),
    );
    const needing = back.find(each => !each.entry.connectionParameters);
    return [
      onKey(
        replica,
        `${idOf(entry)} writes no archive: after its promotion there is no recovery to a point in time, and the demoted side has no archive to follow.`,
        {
          ...(needing && { severity: 'error' }),
          related: needing && [
            {
              entry: needing.other,
              path: needing.path,
              message: `${idOf(needing.other)} would follow by the archive only`,
            },
          ],
        },
      ),
    ];
  },
};
