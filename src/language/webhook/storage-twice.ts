import type { StorageConfiguration } from '../admission/objects.ts';
import { requestedByTemplate } from '../admission/storage.ts';
import type { Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, onKey, warn } from './rule.ts';

export const storageTwice = clusterRule('storage-twice', ({ spec }) => [
  ...twice(['spec', 'storage'], spec.storage),
  ...twice(['spec', 'walStorage'], spec.walStorage),
]);

function twice(path: Path, storage: StorageConfiguration | undefined): Finding[] {
  const template = storage?.pvcTemplate;
  if (!storage || !template) return [];
  const ignored = (field: string[], by: string): Finding =>
    warn(
      onKey([...path, 'pvcTemplate', ...field], `${by} beside pvcTemplate says the same and wins: remove one of them.`),
    );
  return [
    ...(storage.storageClass !== undefined && template.storageClassName !== undefined
      ? [ignored(['storageClassName'], 'storageClass')]
      : []),
    ...(storage.size && requestedByTemplate(storage) !== 0n
      ? [ignored(['resources', 'requests', 'storage'], 'size')]
      : []),
  ];
}
