import type { Rule } from './rule.ts';
import { fix, setValue, plainText } from '../edits.ts';
import { isReplicaCluster, replica, topologyName } from './rule.ts';

export const replicaOfItself: Rule = {
  code: 'RC107',
  severity: 'error',
  check({ document, cluster }) {
    const { source, primary } = cluster.spec.replica ?? {};
    const self = topologyName(cluster);
    if (!source || source !== self || !isReplicaCluster(cluster)) return [];
    const path = [...replica, 'source'];
    return [
      {
        path,
        on: 'value',
        message: `${self} is a replica of itself: \`source\` must name another member.`,
        fixes:
          primary && primary !== self ? fix(`Change to ${primary}`, setValue(document, path, plainText(primary))) : [],
      },
    ];
  },
};
