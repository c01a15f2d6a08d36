import { fix } from '../edits.ts';
import { placeOf } from '../manifest.ts';
import { areApart, idOf } from '../sides.ts';
import type { Rule } from './rule.ts';
import { isReplicaCluster, onKey, parameterOf, parameters, partnersOf, setParameter, sourceOf } from './rule.ts';

export const tightTimeouts: Rule = {
  code: 'RC515',
  severity: 'info',
  check(subject) {
    const { document, cluster, entry } = subject;
    const name = isReplicaCluster(cluster) ? 'wal_receiver_timeout' : 'wal_sender_timeout';
    if (parameterOf(cluster, name) !== undefined) return [];
    const far = partnersOf(subject).find(other => {
      const [follower, source] = isReplicaCluster(cluster) ? [entry, other] : [other, entry];
      const link = sourceOf(follower.cluster)?.entry;
      return (
        isReplicaCluster(follower.cluster) &&
        areApart(entry, other) &&
        link?.name === idOf(source) &&
        link.connectionParameters !== undefined
      );
    });
    if (!far) return [];
    return [
      onKey(
        [parameters, ['spec', 'postgresql']].find(path => placeOf(document, path)) ?? ['spec'],
        `${name} is 5 s when it is not set, and the link between ${entry.context} and ${far.context} may be slower than that: set it to 30s on both sides.`,
        { fixes: fix(`Set ${name} to 30s`, setParameter(document, name, '30s')) },
      ),
    ];
  },
};
