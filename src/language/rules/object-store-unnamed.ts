import { addKey, fix, plainText } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import { placeOf } from '../manifest.ts';
import { mayShareContext, mayShareNamespace } from '../sides.ts';
import { pluginUses } from './barman-plugin.ts';
import type { Rule } from './rule.ts';
import { onKey } from './rule.ts';

export const objectStoreUnnamed: Rule = {
  code: 'RC207',
  severity: 'error',
  check({ document, entry, cluster, workspace }) {
    const unnamed = pluginUses(cluster).filter(({ parameters }) => !parameters['barmanObjectName']);
    if (unnamed.length === 0) return [];
    const stores = workspace
      .ofKind('ObjectStore')
      .filter(store => mayShareContext(entry, store) && mayShareNamespace(entry, store));
    const names = [...new Set(stores.map(({ name }) => name))];
    return unnamed.map(({ path }) =>
      onKey(
        [...path, 'parameters'],
        'The plugin is not told which ObjectStore to use: add parameters.barmanObjectName.',
        {
          fixes: names.flatMap(name =>
            fix(`Use ObjectStore ${name}`, addParameter(document, path, 'barmanObjectName', name)),
          ),
        },
      ),
    );
  },
};

/** @param plugin an item of `spec.plugins`, or the `plugin` of an entry */
export const addParameter = (document: ManifestDocument, plugin: Path, name: string, value: string) =>
  placeOf(document, [...plugin, 'parameters'])
    ? addKey(document, [...plugin, 'parameters'], name, plainText(value))
    : addKey(document, plugin, 'parameters', `\n  ${name}: ${plainText(value)}`);
