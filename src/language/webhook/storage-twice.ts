import type { StorageConfiguration } from '../admission/objects.ts';
import { requestedByTemplate } from '../admission/storage.ts';
import { fix, removeKey } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, onKey, ruleNewIn, warn } from './rule.ts';

export const storageTwice = ruleNewIn(
  27,
  clusterRule('storage-twice', ({ document, spec }) => [
    ...twice(document, ['spec', 'storage'], spec.storage),
    ...twice(document, ['spec', 'walStorage'], spec.walStorage),
  ]),
);

function twice(document: ManifestDocument, path: Path, storage: StorageConfiguration | undefined): Finding[] {
  const template = storage?.pvcTemplate;
  if (!storage || !template) return [];
  const ignored = (field: string[], by: string): Finding => {
    const at = [...path, 'pvcTemplate', ...field];
    return warn(
      onKey(
        at,
        `This is ignored: ${by} above pvcTemplate says the same thing and wins. Keep one of them.`,
        fix(`Remove ${field.at(-1) ?? ''} from pvcTemplate`, removeKey(document, at)),
      ),
    );
  };
  return [
    ...(storage.storageClass !== undefined && template.storageClassName !== undefined
      ? [ignored(['storageClassName'], 'storageClass')]
      : []),
    ...(storage.size && requestedByTemplate(storage) !== 0n
      ? [ignored(['resources', 'requests', 'storage'], 'size')]
      : []),
  ];
}
