import { ownArchive } from '../../model/archive.ts';
import type { Rule } from './rule.ts';
import { onKey, sourceOf } from './rule.ts';

export const archiveKindsMixed: Rule = {
  code: 'RC209',
  severity: 'warning',
  check({ cluster }) {
    const { entry, path } = sourceOf(cluster) ?? {};
    if (!entry?.barmanObjectStore || !path || entry.connectionParameters || entry.plugin) return [];
    if (ownArchive(cluster)?.by !== 'plugin') return [];
    return [
      onKey(
        [...path, 'barmanObjectStore'],
        `${cluster.metadata.name} archives through the plugin and reads "${entry.name}" through in-tree Barman: the plugin answers first and fetches nothing. Describe the source through the plugin too.`,
      ),
    ];
  },
};
