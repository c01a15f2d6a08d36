import { addKey, fix, plainText } from '../edits.ts';
import { placeOf } from '../manifest.ts';
import type { Rule } from './rule.ts';
import { isReplicaCluster, onKey, replica } from './rule.ts';

export const stanzaRemoved: Rule = {
  code: 'RC710',
  severity: 'warning',
  check({ document, cluster, live: known }) {
    const live = known?.own;
    if (!live || !isReplicaCluster(live) || cluster.spec.replica || placeOf(document, replica)) return [];
    const stanza = Object.entries(live.spec.replica ?? {})
      .map(([name, value]) => `\n  ${name}: ${typeof value === 'string' ? plainText(value) : String(value)}`)
      .join('');
    return [
      onKey(
        ['spec'],
        `Live: ${cluster.metadata.name} is a replica cluster. Without its replica stanza it is promoted at once, as in a failover.`,
        { fixes: fix('Restore the replica stanza', addKey(document, ['spec'], 'replica', stanza)) },
      ),
    ];
  },
};
