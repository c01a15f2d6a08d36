import type { StorageConfiguration } from '../admission/objects.ts';
import { parseQuantity } from '../admission/quantities.ts';
import { quantityText, requestedByTemplate } from '../admission/storage.ts';
import type { Fix } from '../edits.ts';
import { addKey, fix, setValue } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import { placeOf } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, ofValues, onValue, warn } from './rule.ts';

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
  const at = [...path, 'size'];
  const bytes = parseQuantity(size);
  if (size !== '' && bytes === undefined)
    return [
      onValue(
        at,
        `"${size}" is no size. Write a number and Mi, Gi or Ti without a blank: 10Gi.`,
        withUnit(document, at, size),
      ),
    ];
  if (bytes !== undefined && bytes <= 0n)
    return [
      warn(
        onValue(
          at,
          `"${size}" is ${bytes === 0n ? 'zero' : 'less than zero'}: the webhook takes it, and no volume can be made of it. Write a number and Gi: 10Gi.`,
        ),
      ),
    ];
  if (bytes !== undefined) return [];
  if (requestedByTemplate(storage) !== 0n) return [];
  const volume = path.at(-1) === 'walStorage' ? 'The volume for WAL' : 'The volume';
  return [
    onValue(
      at,
      `${volume} needs a size: add "size", or a storage request in pvcTemplate.`,
      placeOf(document, path)
        ? fix('Set size: 10Gi', setValue(document, at, '10Gi') ?? addKey(document, path, 'size', '10Gi'))
        : fix('Add storage with size: 10Gi', addKey(document, path.slice(0, -1), 'storage', '\n  size: 10Gi')),
    ),
  ];
}

/** People write GB and a blank before it; Kubernetes has Gi and no blanks. */
function withUnit(document: ManifestDocument, path: Path, size: string): Fix[] {
  const meant = size.replaceAll(' ', '').replace(/([KMGTP])i?B$/i, (_, unit: string) => `${unit.toUpperCase()}i`);
  if (parseQuantity(meant) === undefined) return [];
  return fix(`Change to ${meant}`, setValue(document, path, quantityText(meant)));
}
