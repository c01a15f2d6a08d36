import type { Rule } from './rule.ts';
import { fix, setValue, plainText } from '../edits.ts';
import { entryNames, isReplicaCluster, replica, topologyName } from './rule.ts';

export const primaryFollowsItself: Rule = {
  code: 'RC108',
  severity: 'warning',
  check({ document, cluster }) {
    const { source, primary } = cluster.spec.replica ?? {};
    const self = topologyName(cluster);
    if (isReplicaCluster(cluster) || primary !== self || source !== self) return [];
    const others = entryNames(cluster).filter(name => name !== self);
    const path = [...replica, 'source'];
    return [
      {
        path,
        on: 'value',
        message: `After a demotion ${self} would follow itself: name the partner that would take over.`,
        fixes: others.flatMap(other => fix(`Change to ${other}`, setValue(document, path, plainText(other)))),
      },
    ];
  },
};
