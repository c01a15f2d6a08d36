import type { StorageConfiguration } from '../admission/objects.ts';
import { parseQuantity } from '../admission/quantities.ts';
import { quantityText, requestedByTemplate } from '../admission/storage.ts';
import type { Fix } from '../edits.ts';
import { addKey, fix, setValue } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import { placeOf } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, ofValues, onValue } from './rule.ts';

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
  if (size !== '')
    return parseQuantity(size) === undefined
      ? [
          onValue(
            at,
            `"${size}" is no size. Write a number and Mi, Gi or Ti without a blank: 10Gi.`,
            withUnit(document, at, size),
          ),
        ]
      : [];
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
