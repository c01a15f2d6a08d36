/** Sizes of volumes. */
import type { StorageConfiguration } from './objects.ts';
import { parseQuantity } from './quantities.ts';

/** What the claim's template asks for, in billionths of a byte; 0 for nothing. */
export const requestedByTemplate = ({ pvcTemplate }: StorageConfiguration): bigint =>
  parseQuantity(pvcTemplate?.resources?.requests?.['storage'] ?? 0) ?? 0n;

/** The size of a volume, in billionths of a byte; `undefined` when it cannot be told. */
export function storageSize(storage: StorageConfiguration | undefined): bigint | undefined {
  if (!storage) return undefined;
  if (storage.size) return parseQuantity(storage.size);
  return storage.pvcTemplate ? requestedByTemplate(storage) : undefined;
}

/** A quantity as a YAML scalar that is a string and no number. */
export const quantityText = (text: string): string =>
  /^\d+(?:\.\d+)?[KMGTPE]i$/.test(text) ? text : JSON.stringify(text);
