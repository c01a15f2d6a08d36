import type { MaybeEdit } from '../edits.ts';
import { addDocument, fix } from '../edits.ts';
import type { ManifestDocument } from '../manifest.ts';
import { mayShareContext, mayShareNamespace, objectStore } from '../sides.ts';
import type { Entry } from '../workspace.ts';
import { pluginUses, storeName } from './barman-plugin.ts';
import type { Live } from './live.ts';
import type { Finding, Rule } from './rule.ts';
import { onValue } from './rule.ts';

export const objectStoreMissing: Rule = {
  code: 'RC205',
  severity: 'error',
  check({ document, entry, cluster, workspace, complete, live }) {
    return pluginUses(cluster).flatMap(({ path, parameters }): Finding[] => {
      const name = parameters['barmanObjectName'];
      if (!name || live?.stores.some(store => store.name === name && isNear(store, entry))) return [];
      const found = objectStore(workspace, entry, name);
      const at = [...path, ...storeName];
      if (found.state === 'other context')
        return [
          onValue(
            at,
            `ObjectStore "${name}" is defined for context ${found.entry.context ?? '?'}, and this Cluster is for ${entry.context ?? '?'}: the plugin needs it here too, with the Secrets that it names.`,
            {
              fixes: fix(`Copy ObjectStore ${name} to this file`, copyOf(document, found.entry)),
              related: [{ entry: found.entry, path: ['metadata', 'name'], message: 'the one of the other side' }],
            },
          ),
        ];
      if (found.state !== 'missing') return [];
      // Where no store is known at all, stores may be kept elsewhere.
      const isStoreKnown = workspace.ofKind('ObjectStore').length > 0;
      if (!isStoreKnown && !complete) return [];
      return [
        onValue(
          at,
          `There is no ObjectStore "${name}" in the workspace: the plugin finds neither place nor credentials.`,
          {
            severity: isStoreKnown ? 'error' : 'warning',
          },
        ),
      ];
    });
  },
};

const isNear = (store: Live['stores'][number], entry: Entry): boolean =>
  mayShareContext(store, entry) && mayShareNamespace(store, entry);

/** A document more behind this one, in the namespace of this one. */
export function copyOf(document: ManifestDocument, { document: original }: Entry, namespace?: string): MaybeEdit {
  // Of a list an item is no document of its own.
  if (original.yaml.contents !== original.root) return undefined;
  const text = original.text
    .replace(/^---[^\n]*\n/, '')
    .replace(/^( +)namespace:.*\n/m, namespace === undefined ? '' : `$1namespace: ${namespace}\n`);
  return addDocument(document, text);
}
