import type { Rule } from './rule.ts';
import { fix, setValue, plainText } from '../edits.ts';
import { externalCluster, isReplicaCluster } from './rule.ts';

export const bootstrapElsewhere: Rule = {
  code: 'RC116',
  severity: 'warning',
  check({ document, cluster }) {
    const { replica: stanza, bootstrap } = cluster.spec;
    if (!isReplicaCluster(cluster) || !stanza?.source) return [];
    return ['recovery', 'pg_basebackup'].flatMap(method => {
      const source = bootstrap?.[method]?.source;
      if (!source || source === stanza.source) return [];
      const path = ['spec', 'bootstrap', method, 'source'];
      const listed = externalCluster(cluster, source) !== undefined && stanza.primary !== undefined;
      return [
        {
          path,
          on: 'value' as const,
          severity: listed ? ('hint' as const) : ('warning' as const),
          message: `Copied from "${source}" but following "${stanza.source ?? ''}": both must be copies of one database system.`,
          fixes: fix(`Change to ${stanza.source ?? ''}`, setValue(document, path, plainText(stanza.source ?? ''))),
        },
      ];
    });
  },
};
