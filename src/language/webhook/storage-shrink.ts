import type { StorageConfiguration } from '../admission/objects.ts';
import { quantityText, storageSize } from '../admission/storage.ts';
import { fix, setValue } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { onValue, updateRule } from './rule.ts';

export const storageShrink = updateRule('storage-shrink', ({ document, spec }, { spec: before }) => [
  ...shrunk(document, ['spec', 'storage'], before.storage, spec.storage),
  ...shrunk(document, ['spec', 'walStorage'], before.walStorage, spec.walStorage),
  ...(spec.tablespaces ?? []).flatMap(({ name, storage }, at) =>
    shrunk(
      document,
      ['spec', 'tablespaces', at, 'storage'],
      before.tablespaces?.find(old => old.name === name)?.storage,
      storage,
    ),
  ),
]);

const request = ['pvcTemplate', 'resources', 'requests', 'storage'];

function shrunk(
  document: ManifestDocument,
  path: Path,
  old: StorageConfiguration | undefined,
  now: StorageConfiguration | undefined,
): Finding[] {
  const [before, after] = [storageSize(old), storageSize(now)];
  if (before === undefined || after === undefined || after >= before) return [];
  const at = [...path, ...(now?.size ? ['size'] : request)];
  const was = String(old?.size || old?.pvcTemplate?.resources?.requests?.['storage']);
  return [
    onValue(
      at,
      `A volume cannot shrink, and this one has ${was}: keep the size, or make a new Cluster with smaller volumes from a backup.`,
      fix(`Change back to ${was}`, setValue(document, at, quantityText(was))),
    ),
  ];
}
