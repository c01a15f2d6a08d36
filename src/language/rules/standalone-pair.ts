import type { Rule } from './rule.ts';
import { fix, renameKey, setValue, plainText } from '../edits.ts';
import { clusterNamed, externalCluster, replica, topologyName } from './rule.ts';

export const standalonePair: Rule = {
  code: 'RC111',
  severity: 'info',
  check(subject) {
    const { cluster } = subject;
    const { enabled, source } = cluster.spec.replica ?? {};
    if (enabled !== true || !source) return [];
    const other = clusterNamed(subject, source);
    if (!other || !externalCluster(other.cluster, topologyName(cluster))) return [];
    return [
      {
        path: [...replica, 'enabled'],
        on: 'key',
        message: `${source} lists this Cluster too, but a standalone replica cannot exchange roles with it without cloning. Use \`primary\` and \`self\`.`,
        fixes: fix(
          `Change to primary: ${source}`,
          renameKey(subject.document, [...replica, 'enabled'], 'primary'),
          setValue(subject.document, [...replica, 'enabled'], plainText(source)),
        ),
        related: [{ entry: other, path: ['spec', 'externalClusters'], message: `externalClusters of ${source}` }],
      },
    ];
  },
};
