import type { StorageConfiguration } from '../admission/objects.ts';
import { parseQuantity } from '../admission/quantities.ts';
import { requestedByTemplate } from '../admission/storage.ts';
import { addKey, fix } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, ofValues, onKey, onValue } from './rule.ts';

export const storageSize = ofValues(
  clusterRule('storage-size', ({ document, spec }) => [
    ...sizeOf(document, ['spec', 'storage'], spec.storage ?? {}),
    ...(spec.walStorage ? sizeOf(document, ['spec', 'walStorage'], spec.walStorage) : []),
    ...(spec.tablespaces ?? []).flatMap(({ storage }, at) =>
      sizeOf(document, ['spec', 'tablespaces', at, 'storage'], storage),
    ),
  ]),
);

function sizeOf(document: ManifestDocument, path: Path, storage: StorageConfiguration): Finding[] {
  const { size = '' } = storage;
  if (size !== '')
    return parseQuantity(size) === undefined
      ? [onValue([...path, 'size'], `"${size}" is no size. Write a number and a unit: 10Gi.`)]
      : [];
  if (requestedByTemplate(storage) !== 0n) return [];
  const message = `${path.at(-1) === 'storage' ? 'The volume' : 'The volume for WAL'} needs a size: add "size", or a storage request in pvcTemplate.`;
  return [onKey(path, message, fix('Add size: 10Gi', addKey(document, path, 'size', '10Gi')))];
}
