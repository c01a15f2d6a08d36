import type { Rule } from './rule.ts';
import { isReplicaCluster } from './rule.ts';

export const applicationDatabase: Rule = {
  code: 'RC117',
  severity: 'info',
  check({ cluster }) {
    if (!isReplicaCluster(cluster)) return [];
    return ['recovery', 'pg_basebackup'].flatMap(method => {
      const stanza = cluster.spec.bootstrap?.[method] as Record<string, unknown> | undefined;
      return ['database', 'owner', 'secret']
        .filter(key => stanza?.[key] !== undefined)
        .map(key => ({
          path: ['spec', 'bootstrap', method, key],
          on: 'key' as const,
          message: `\`${key}\` acts only after a promotion: a replica cluster has what its source has.`,
        }));
    });
  },
};
