import { readBy } from '../archives.ts';
import type { Rule } from './rule.ts';
import { onKey, sourceOf } from './rule.ts';

const argument = '--no-partial';

export const partialLeftOut: Rule = {
  code: 'RC414',
  severity: 'warning',
  check({ cluster, entry, workspace }) {
    const source = sourceOf(cluster);
    const read = source && readBy(workspace, entry, source.entry);
    if (!source || !read || source.entry.connectionParameters) return [];
    if (!read.configuration.wal?.restoreAdditionalCommandArgs?.includes(argument)) return [];
    const inTree = [...source.path, 'barmanObjectStore'];
    const field = ['wal', 'restoreAdditionalCommandArgs'];
    return [
      onKey(
        read.store ? [...source.path, 'plugin'] : [...inTree, ...field],
        `The store is read with ${argument}: without streaming, the partial segment is what leads to the demotion point of "${source.entry.name}".`,
        {
          related: read.store && [
            {
              entry: read.store,
              path: ['spec', 'configuration', ...field],
              message: `${argument} in ObjectStore ${read.store.name}`,
            },
          ],
        },
      ),
    ];
  },
};
