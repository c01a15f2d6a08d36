import type { StorageConfiguration } from '../admission/objects.ts';
import { quantityText } from '../admission/storage.ts';
import type { Fix } from '../edits.ts';
import { addKey, fix } from '../edits.ts';
import type { ManifestDocument } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { onKey, updateRule } from './rule.ts';

export const storageRemoved = updateRule('storage-removed', ({ document, spec }, { spec: before }) => {
  const removed: Finding[] =
    before.walStorage && !spec.walStorage
      ? [
          onKey(
            ['spec', 'walStorage'],
            'The volume for WAL cannot be taken from a Cluster that has one: put spec.walStorage back.',
            restore(document, before.walStorage),
          ),
        ]
      : [];
  const names = (before.tablespaces ?? []).map(({ name }) => name);
  if (before.tablespaces && !spec.tablespaces)
    return [
      ...removed,
      onKey(
        ['spec', 'tablespaces'],
        `Tablespaces cannot be taken from a Cluster that has them: put spec.tablespaces back (${names.join(', ')}).`,
      ),
    ];
  const left = new Set((spec.tablespaces ?? []).map(({ name }) => name));
  return [
    ...removed,
    ...names
      .filter(name => !left.has(name))
      .map(name =>
        onKey(['spec', 'tablespaces'], `The tablespace "${name}" cannot be removed or renamed: put it back.`),
      ),
  ];
});

/** What has a template is for the author to copy. */
function restore(document: ManifestDocument, { size, storageClass, pvcTemplate }: StorageConfiguration): Fix[] {
  if (!size || pvcTemplate) return [];
  const lines = [
    `size: ${quantityText(size)}`,
    ...(storageClass ? [`storageClass: ${JSON.stringify(storageClass)}`] : []),
  ];
  return fix(
    `Put walStorage back (${size})`,
    addKey(document, ['spec'], 'walStorage', lines.map(line => `\n  ${line}`).join('')),
  );
}
