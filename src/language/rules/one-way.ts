import { addKey, fix, plainText } from '../edits.ts';
import { idOf, lists } from '../sides.ts';
import type { Finding, Rule } from './rule.ts';
import { externalClusters, isDistributed, isReplicaCluster, onKey, partnersOf, replica } from './rule.ts';

export const oneWay: Rule = {
  code: 'RC308',
  severity: 'warning',
  check(subject) {
    const { document, cluster, entry } = subject;
    if (isReplicaCluster(cluster)) return [];
    return partnersOf(subject)
      .filter(other => isDistributed(other.cluster) && isReplicaCluster(other.cluster))
      .flatMap((other): Finding[] => {
        const id = idOf(entry);
        const name = idOf(other);
        const more = { related: [{ entry: other, path: replica, message: `the replica stanza of ${name}` }] };
        const consequence = `${id} cannot be demoted to follow ${name}: only a failover would be left, and ${id} would have to be cloned anew.`;
        if (!lists(entry, name))
          return [onKey(externalClusters, `There is no entry for ${name} here: ${consequence}`, more)];
        if (cluster.spec.replica) return [];
        const stanza = `\n  primary: ${plainText(id)}\n  source: ${plainText(name)}`;
        return [
          onKey(['spec'], `There is no replica stanza here: ${consequence}`, {
            ...more,
            fixes: lists(entry, id) ? fix('Add the replica stanza', addKey(document, ['spec'], 'replica', stanza)) : [],
          }),
        ];
      });
  },
};
