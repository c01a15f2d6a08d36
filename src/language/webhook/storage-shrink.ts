import type { StorageConfiguration } from '../admission/objects.ts';
import { storageSize } from '../admission/storage.ts';
import type { Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { onValue, updateRule } from './rule.ts';

export const storageShrink = updateRule('storage-shrink', ({ spec }, { spec: before }) => [
  ...shrunk(['spec', 'storage'], before.storage, spec.storage),
  ...shrunk(['spec', 'walStorage'], before.walStorage, spec.walStorage),
  ...(spec.tablespaces ?? []).flatMap(({ name, storage }, at) =>
    shrunk(
      ['spec', 'tablespaces', at, 'storage'],
      before.tablespaces?.find(old => old.name === name)?.storage,
      storage,
    ),
  ),
]);

function shrunk(path: Path, old: StorageConfiguration | undefined, now: StorageConfiguration | undefined): Finding[] {
  const [before, after] = [storageSize(old), storageSize(now)];
  if (before === undefined || after === undefined || after >= before) return [];
  const size = now?.size ? [...path, 'size'] : [...path, 'pvcTemplate', 'resources', 'requests', 'storage'];
  return [
    onValue(
      size,
      `A volume cannot shrink${old?.size ? `: it has ${old.size}` : ''}. Make a new Cluster from a backup instead.`,
    ),
  ];
}
