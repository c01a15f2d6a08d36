import { addKey, fix, setValue } from '../edits.ts';
import type { Rule } from './rule.ts';
import { onKey, sourceOf } from './rule.ts';

export const entryPluginDisabled: Rule = {
  code: 'RC204',
  severity: 'error',
  check({ document, cluster }) {
    const { entry, path } = sourceOf(cluster) ?? {};
    if (!entry || !path || entry.plugin?.enabled !== false) return [];
    if (entry.connectionParameters || entry.barmanObjectStore) return [];
    const flag = [...path, 'plugin', 'enabled'];
    return [
      onKey(flag, `This plugin is all that feeds ${cluster.metadata.name} from "${entry.name}", and it is disabled.`, {
        fixes: fix(
          'Set enabled: true',
          setValue(document, flag, 'true') ?? addKey(document, flag.slice(0, -1), 'enabled', 'true'),
        ),
      }),
    ];
  },
};
