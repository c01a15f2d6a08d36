import { addKey, fix, removeKey, setValue } from '../edits.ts';
import { placeOf } from '../manifest.ts';
import type { Finding, Rule } from './rule.ts';
import { onKey } from './rule.ts';
import { pluginUses } from './barman-plugin.ts';

export const archiverFlag: Rule = {
  code: 'RC213',
  severity: 'warning',
  check({ document, cluster }) {
    const uses = pluginUses(cluster);
    const archives = uses.some(({ entry, isWALArchiver }) => entry === undefined && isWALArchiver);
    return uses.flatMap(({ path, entry, isWALArchiver }): Finding[] => {
      const flag = [...path, 'isWALArchiver'];
      if (entry !== undefined)
        return isWALArchiver
          ? [
              onKey(flag, 'An entry is only read from: isWALArchiver has no use here.', {
                severity: 'hint',
                fixes: fix('Remove isWALArchiver', removeKey(document, flag)),
              }),
            ]
          : [];
      if (archives || cluster.spec.backup?.barmanObjectStore) return [];
      const edit = placeOf(document, flag)
        ? setValue(document, flag, 'true')
        : addKey(document, path, 'isWALArchiver', 'true');
      return [
        onKey([...path, 'name'], 'Without isWALArchiver: true the plugin takes base backups and archives no WAL.', {
          fixes: fix('Set isWALArchiver: true', edit),
        }),
      ];
    });
  },
};
