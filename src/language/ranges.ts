/** Parts of a file that belong together: to fold, and to select step by step. */
import type { Node, Pair } from 'yaml';
import { isCollection, isPair, isScalar } from 'yaml';
import type { ManifestDocument, ManifestFile, Position, Range } from './manifest.ts';
import { isOurs, pathAt, placeOf, positionAt, rangeOf } from './manifest.ts';

/** 0-based lines. */
export interface Folding {
  startLine: number;
  endLine: number;
  kind?: 'comment';
}

/** @returns `undefined` when nothing is ours: the editor's own folding is as good */
export function foldings(file: ManifestFile): Folding[] | undefined {
  if (!file.documents.some(isOurs)) return undefined;
  const byText = new Map(file.documents.map(document => [document.yaml, document]));
  return [...byText.values()].flatMap(document => [
    ...whole(document, byText.size > 1),
    ...inner(document, document.yaml.contents as Node | null),
    ...comments(document),
  ]);
}

const whole = (document: ManifestDocument, areMany: boolean): Folding[] => {
  const [startLine, endLine] = [document.startLine, lastLine(document, document.text.length)];
  return areMany && endLine > startLine ? [{ startLine, endLine }] : [];
};

/** Of what ends before an offset. */
const lastLine = (document: ManifestDocument, end: number): number =>
  positionAt(document, Math.max(document.text.slice(0, end).trimEnd().length - 1, 0)).line;

function inner(document: ManifestDocument, node: Node | null): Folding[] {
  if (!isCollection(node)) return [];
  return node.items.flatMap(item => {
    const [key, value] = isPair(item)
      ? [(item as Pair<Node, Node | null>).key, item.value as Node | null]
      : [undefined, item as Node];
    const start = (key ?? value)?.range?.[0];
    const end = value?.range?.[1];
    if (start === undefined || end === undefined || !(isCollection(value) || isScalar(value))) return [];
    const startLine = positionAt(document, start).line;
    const endLine = lastLine(document, end);
    return [...(endLine > startLine ? [{ startLine, endLine }] : []), ...inner(document, value)];
  });
}

/** Two lines of comment or more. */
function comments({ text, startLine }: ManifestDocument): Folding[] {
  const found: Folding[] = [];
  let from: number | undefined;
  for (const [at, line] of [...text.split('\n'), ''].entries()) {
    if (/^\s*#/.test(line)) from ??= at;
    else {
      if (from !== undefined && at - from > 1)
        found.push({ startLine: startLine + from, endLine: startLine + at - 1, kind: 'comment' });
      from = undefined;
    }
  }
  return found;
}

/** From the innermost part at a position to the whole document; `undefined` outside of any. */
export function selectionAt(file: ManifestFile, position: Position): Range[] | undefined {
  const at = pathAt(file, position);
  if (!at) return undefined;
  const { document, path, onKey } = at;
  const ranges: Range[] = [];
  for (let length = path.length; length > 0; length--) {
    const { key, value } = placeOf(document, path.slice(0, length)) ?? {};
    const isInner = length === path.length;
    for (const node of isInner && onKey ? [key] : [value])
      if (node?.range) ranges.push(trimmed(document, node.range[0], node.range[1]));
    if (key?.range && value?.range) ranges.push(trimmed(document, key.range[0], value.range[1]));
  }
  ranges.push(trimmed(document, 0, document.text.length));
  return ranges.filter((range, index) => JSON.stringify(range) !== JSON.stringify(ranges[index - 1]));
}

const trimmed = (document: ManifestDocument, start: number, end: number): Range =>
  rangeOf(document, start, Math.max(start, start + document.text.slice(start, end).trimEnd().length));
