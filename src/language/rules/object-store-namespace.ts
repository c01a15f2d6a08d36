import { fix } from '../edits.ts';
import { objectStore } from '../sides.ts';
import { pluginUses, storeName } from './barman-plugin.ts';
import { copyOf } from './object-store-missing.ts';
import type { Rule } from './rule.ts';
import { onValue } from './rule.ts';

export const objectStoreNamespace: Rule = {
  code: 'RC206',
  severity: 'error',
  check: ({ document, entry, cluster, workspace }) =>
    pluginUses(cluster).flatMap(({ path, parameters }) => {
      const name = parameters['barmanObjectName'];
      const found = name ? objectStore(workspace, entry, name) : undefined;
      if (!name || found?.state !== 'other namespace') return [];
      const { namespace = '?' } = found.entry;
      return [
        onValue(
          [...path, ...storeName],
          `ObjectStore "${name}" is in namespace ${namespace}, and the plugin looks only in the Cluster's own, ${entry.namespace ?? '?'}.`,
          {
            fixes: fix(`Copy ObjectStore ${name} to this file`, copyOf(document, found.entry, entry.namespace)),
            related: [{ entry: found.entry, path: ['metadata', 'namespace'], message: `ObjectStore ${name}` }],
          },
        ),
      ];
    }),
};
