/** The outline of a file: each document, and the parts of its spec. */
import type { DocumentSymbol } from 'vscode-languageserver-types';
import type { ManifestDocument, ManifestFile, Path } from './manifest.ts';
import { isOurs, isRecord, keyRange, placeOf, positionAt, valueAt } from './manifest.ts';

/** As in the Language Server Protocol. */
const kinds = { object: 19, array: 18, field: 8, class: 5 } as const;

export const documentSymbols = (file: ManifestFile): DocumentSymbol[] =>
  file.documents.filter(isOurs).map(document => {
    const start = positionAt(document, 0);
    const end = positionAt(document, document.text.trimEnd().length);
    return {
      // Editors refuse symbols without a name, and with them the whole outline.
      name: document.name || document.kind || '(no kind)',
      detail: document.kind,
      kind: kinds.class,
      range: { start, end },
      selectionRange: keyRange(document, ['kind']),
      children: childrenOf(document, ['spec']),
    };
  });

const isPlain = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

function childrenOf(document: ManifestDocument, path: Path): DocumentSymbol[] {
  const value = valueAt(document.value, path);
  if (!isRecord(value)) return [];
  return Object.keys(value).flatMap(key => {
    const at = [...path, key];
    const place = placeOf(document, at);
    if (!place?.key?.range) return [];
    const child = value[key];
    const selectionRange = keyRange(document, at);
    const end = place.value?.range?.[1] ?? place.key.range[1];
    return [
      {
        name: key || '""',
        ...(isPlain(child) && { detail: String(child) }),
        kind: Array.isArray(child) ? kinds.array : isRecord(child) ? kinds.object : kinds.field,
        range: { start: selectionRange.start, end: positionAt(document, end) },
        selectionRange,
        children: path.length < 2 ? childrenOf(document, at) : [],
      },
    ];
  });
}
