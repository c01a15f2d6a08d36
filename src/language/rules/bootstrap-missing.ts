import type { Rule } from './rule.ts';
import { addKey, fix, plainText } from '../edits.ts';
import { externalCluster, isReplicaCluster, mayHaveBeenPrimary, replica } from './rule.ts';

export const bootstrapMissing: Rule = {
  code: 'RC112',
  severity: 'error',
  onlyNew: true,
  check({ document, cluster }) {
    const { replica: stanza, bootstrap } = cluster.spec;
    if (!isReplicaCluster(cluster) || Object.keys(bootstrap ?? {}).length > 0) return [];
    const entry = externalCluster(cluster, stanza?.source);
    const methods = [
      ...(entry?.plugin || entry?.barmanObjectStore ? ['recovery'] : []),
      ...(entry?.connectionParameters ? ['pg_basebackup'] : []),
    ];
    return [
      {
        ...(mayHaveBeenPrimary(cluster) && { severity: 'warning' }),
        path: replica,
        on: 'key',
        message:
          'A replica cluster needs `bootstrap.recovery` or `bootstrap.pg_basebackup`: it must be copied from its source. Right only for a former primary that was demoted.',
        fixes:
          bootstrap === undefined
            ? methods.flatMap(method =>
                fix(
                  `Bootstrap by ${method} from ${entry?.name ?? ''}`,
                  addKey(
                    document,
                    ['spec'],
                    'bootstrap',
                    `\n  ${method}:\n    source: ${plainText(entry?.name ?? '')}`,
                  ),
                ),
              )
            : [],
      },
    ];
  },
};
