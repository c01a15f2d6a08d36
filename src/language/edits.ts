/** Changes of the text that keep comments and layout. */
import type { Node } from 'yaml';
import { isMap, isSeq } from 'yaml';
import type { ManifestDocument, Path, Place, Range } from './manifest.ts';
import { placeOf, rangeOf } from './manifest.ts';

export interface Edit {
  range: Range;
  newText: string;
}

export interface Fix {
  title: string;
  edits: Edit[];
}

/** A fix with what it changes in other files. */
export interface PlacedFix extends Fix {
  elsewhere?: { uri: string; edits: Edit[] }[];
}

/** `undefined` wherever the text is not laid out so that a safe edit is known (flow style, aliases). */
export type MaybeEdit = Edit | undefined;

export const fix = (title: string, ...edits: MaybeEdit[]): Fix[] =>
  edits.every(edit => edit !== undefined) ? [{ title, edits }] : [];

/** The place, unless it came by an alias or a merge key: what is written there belongs to others as well. */
function ownPlace(document: ManifestDocument, path: Path): Place | undefined {
  for (let length = 1; length <= path.length; length++) {
    const outer = placeOf(document, path.slice(0, length - 1))?.value?.range;
    const inner = placeOf(document, path.slice(0, length));
    const range = inner?.key?.range ?? inner?.value?.range;
    if (!outer || !range || range[0] < outer[0] || range[1] > outer[2]) return undefined;
  }
  return placeOf(document, path);
}

export function setValue(document: ManifestDocument, path: Path, text: string): MaybeEdit {
  const node = ownPlace(document, path)?.value;
  return node?.range ? { range: rangeOf(document, node.range[0], node.range[1]), newText: text } : undefined;
}

export function renameKey(document: ManifestDocument, path: Path, text: string): MaybeEdit {
  if (placeOf(document, [...path.slice(0, -1), text])) return undefined;
  const node = ownPlace(document, path)?.key;
  return node?.range ? { range: rangeOf(document, node.range[0], node.range[1]), newText: text } : undefined;
}

/** The whole lines of a key with everything below it. */
export function removeKey(document: ManifestDocument, path: Path): MaybeEdit {
  const parent = placeOf(document, path.slice(0, -1))?.value;
  const place = ownPlace(document, path);
  if (!isMap(parent) || parent.flow || !place?.key?.range) return undefined;
  const start = lineStart(document.text, place.key.range[0]);
  // In `- key: value` the dash must stay.
  if (/\S/.test(document.text.slice(start, place.key.range[0])) || parent.items.length === 1) return undefined;
  return { range: rangeOf(document, start, blockEnd(document.text, start)), newText: '' };
}

/** As `removeKey`, with the mappings around it that have nothing else in them. */
export function removeBranch(document: ManifestDocument, path: Path): MaybeEdit {
  if (path.length < 2) return undefined;
  const parent = placeOf(document, path.slice(0, -1))?.value;
  if (!isMap(parent)) return undefined;
  return parent.items.length === 1 ? removeBranch(document, path.slice(0, -1)) : removeKey(document, path);
}

/** A new key at the end of a block mapping. @param value the text after `key:`, later lines indented relative to the key */
export function addKey(document: ManifestDocument, parent: Path, key: string, value: string): MaybeEdit {
  const map = placeOf(document, parent)?.value;
  if (!isMap(map) || map.flow || placeOf(document, [...parent, key])) return undefined;
  const first = map.items[0]?.key as { range?: [number, number, number] } | undefined;
  if (!first?.range) return undefined;
  const indent = first.range[0] - lineStart(document.text, first.range[0]);
  const end = mappingEnd(document.text, first.range[0], indent);
  const lines = `${key}:${value.startsWith('\n') ? '' : ' '}${value}`.split('\n');
  const text = lines.map(line => `${' '.repeat(indent)}${line}\n`).join('');
  const before = end > 0 && document.text[end - 1] !== '\n' ? '\n' : '';
  return { range: rangeOf(document, end, end), newText: before + text };
}

/** A new item at the end of a block list. @param lines of the item without its dash, the first one too */
export function appendItem(document: ManifestDocument, list: Path, lines: readonly string[]): MaybeEdit {
  const sequence = placeOf(document, list)?.value;
  if (!isSeq(sequence) || sequence.flow) return undefined;
  const first = (sequence.items[0] as Node | undefined)?.range?.[0];
  if (first === undefined) return undefined;
  const { text } = document;
  const start = lineStart(text, first);
  if (!/^ *- +$/.test(text.slice(start, first))) return undefined;
  const end = blockEnd(text, start);
  const indent = ' '.repeat(indentAt(text, start));
  const item = lines.map((line, at) => `${indent}${at === 0 ? '- ' : '  '}${line}\n`).join('');
  return { range: rangeOf(document, end, end), newText: (text[end - 1] === '\n' ? '' : '\n') + item };
}

/**
 * The lines of an item of a list, without its dash and without their common indentation.
 *
 * @returns `undefined` when aliases or comments of others are in it
 */
export function itemLines(document: ManifestDocument, item: Path): string[] | undefined {
  const node = ownPlace(document, item)?.value;
  if (!node?.range) return undefined;
  const { text } = document;
  const [start, end] = node.range;
  if ((isMap(node) || isSeq(node)) && node.flow) {
    const flow = text.slice(start, end);
    return flow.includes('\n') || /[&*]/.test(flow) ? undefined : [flow];
  }
  const line = itemStart(document, item);
  if (line === undefined) return undefined;
  const column = start - line;
  const lines = text
    .slice(start, itemEnd(text, line))
    .trimEnd()
    .split(/\r?\n/)
    .map((each, at) => (at === 0 ? each : each.slice(Math.min(column, indentAt(each, 0)))));
  return lines.some(each => /[&*]\w/.test(each)) ? undefined : lines;
}

/** The whole lines of an item of a block list. */
export function removeItem(document: ManifestDocument, item: Path): MaybeEdit {
  const start = itemStart(document, item);
  return start === undefined
    ? undefined
    : { range: rangeOf(document, start, itemEnd(document.text, start)), newText: '' };
}

/**
 * Another value for a key with everything below it, or for an item of a block list.
 *
 * @param lines of the value as an item without its dash
 * @param value as for `addKey`, when the path ends at a key
 */
export function replaceBlock(
  document: ManifestDocument,
  path: Path,
  lines: readonly string[],
  value: string,
): MaybeEdit {
  const { text } = document;
  if (typeof path.at(-1) === 'number') {
    const start = itemStart(document, path);
    if (start === undefined) return undefined;
    const indent = ' '.repeat(indentAt(text, start));
    const item = lines.map((line, at) => `${indent}${at === 0 ? '- ' : '  '}${line}\n`).join('');
    return { range: rangeOf(document, start, itemEnd(text, start)), newText: item };
  }
  const key = ownPlace(document, path)?.key?.range;
  return key ? replaceKey(document, path, text.slice(key[0], key[1]), value) : undefined;
}

/** Another key and value in the place of a key with everything below it. @param value as for `addKey` */
export function replaceKey(document: ManifestDocument, path: Path, key: string, value: string): MaybeEdit {
  const removed = removedLines(document, path);
  if (!removed) return undefined;
  const { start, end, column } = removed;
  const lines = `${key}:${value.startsWith('\n') ? '' : ' '}${value}`.split('\n');
  const newText = lines.map((line, at) => `${at === 0 ? '' : ' '.repeat(column)}${line}\n`).join('');
  return { range: rangeOf(document, start, end), newText };
}

/** From a key of a block mapping, which may stand behind a dash, to the end of all below it. */
function removedLines(
  document: ManifestDocument,
  path: Path,
): { start: number; end: number; column: number } | undefined {
  const { text } = document;
  const parent = placeOf(document, path.slice(0, -1))?.value;
  const key = ownPlace(document, path)?.key?.range;
  if (!isMap(parent) || parent.flow || !key) return undefined;
  const column = key[0] - lineStart(text, key[0]);
  const end = endOfDeeper(text, nextLine(text, key[0]), line => {
    const depth = indentAt(text, line);
    return depth > column || (depth === column && /^-(?=\s|$)/.test(text.slice(line + depth, line + depth + 2)));
  });
  return { start: key[0], end, column };
}

/**
 * The lines below a key of a block mapping, without their common indentation, comments and all.
 *
 * @returns `undefined` for a value in flow style or beside its key, and where anchors or aliases are in it
 */
export function linesBelow(document: ManifestDocument, path: Path): string[] | undefined {
  const lines = shownBelow(document, path);
  return lines?.some(line => /(^|\s)[&*]\w/.test(line)) ? undefined : lines;
}

/** As `linesBelow`, to be read only: anchors and aliases may be in it. */
export function shownBelow(document: ManifestDocument, path: Path): string[] | undefined {
  const value = ownPlace(document, path)?.value;
  const found = removedLines(document, path);
  if (!found || !isMap(value) || value.flow) return undefined;
  const lines = document.text.slice(nextLine(document.text, found.start), found.end).trimEnd().split(/\r?\n/);
  const indent = Math.min(...lines.filter(line => line.trim() !== '').map(line => indentAt(line, 0)));
  return indent <= found.column ? undefined : lines.map(line => line.slice(indent));
}

/** Another document behind this one; `undefined` when this one is an item of a list. */
export function addDocument(document: ManifestDocument, text: string): MaybeEdit {
  if (document.yaml.contents !== document.root) return undefined;
  const end = document.text.length;
  const before = document.text.endsWith('\n') ? '' : '\n';
  return { range: rangeOf(document, end, end), newText: `${before}---\n${text.trimEnd()}\n` };
}

/** The text after edits, as an editor makes them: of several at one place the first comes first. */
export function applied(text: string, edits: readonly Edit[]): string {
  const starts = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), match => match.index + match[0].length)];
  const offset = ({ line, character }: Range['start']): number => (starts[line] ?? text.length) + character;
  return edits
    .map(({ range, newText }, index) => ({ start: offset(range.start), end: offset(range.end), newText, index }))
    .toSorted((a, b) => b.start - a.start || b.index - a.index)
    .reduce((at, { start, end, newText }) => at.slice(0, start) + newText + at.slice(end), text);
}

/** Another value in flow style for one in flow style. */
export function setFlow(document: ManifestDocument, path: Path, text: string): MaybeEdit {
  const node = ownPlace(document, path)?.value;
  return (isMap(node) || isSeq(node)) && node.flow ? setValue(document, path, text) : undefined;
}

/** Where the line of an item of a block list begins; `undefined` when something else stands before its dash. */
function itemStart(document: ManifestDocument, item: Path): number | undefined {
  const list = placeOf(document, item.slice(0, -1))?.value;
  const first = ownPlace(document, item)?.value?.range?.[0];
  if (!isSeq(list) || list.flow || first === undefined) return undefined;
  const start = lineStart(document.text, first);
  return /^ *- +$/.test(document.text.slice(start, first)) ? start : undefined;
}

/** A string as a YAML scalar: in quotes unless it is a name that nothing else could be meant by. */
export const plainText = (text: string): string =>
  /^[A-Za-z][\w./-]*$/.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text) ? text : JSON.stringify(text);

const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

const nextLine = (text: string, offset: number): number => {
  const at = text.indexOf('\n', offset);
  return at === -1 ? text.length : at + 1;
};

const indentAt = (text: string, start: number): number =>
  (/^ */.exec(text.slice(start, start + 200)) ?? [''])[0].length;

const isBlankOrComment = (text: string, start: number): boolean =>
  /^[ \t]*(#.*)?(\r?\n|$)/.test(text.slice(start, nextLine(text, start)));

/** End of the lines that belong to the key whose line starts here: deeper ones, and list items at its own depth. */
function blockEnd(text: string, start: number): number {
  const indent = indentAt(text, start);
  return endOfDeeper(text, nextLine(text, start), line => {
    const depth = indentAt(text, line);
    return depth > indent || (depth === indent && text[line + depth] === '-');
  });
}

function itemEnd(text: string, start: number): number {
  const indent = indentAt(text, start);
  return endOfDeeper(text, nextLine(text, start), line => indentAt(text, line) > indent);
}

function mappingEnd(text: string, first: number, indent: number): number {
  return endOfDeeper(text, nextLine(text, first), line => indentAt(text, line) >= indent);
}

/** Blank lines and comments belong to what follows them. */
function endOfDeeper(text: string, from: number, belongs: (line: number) => boolean): number {
  let end = from;
  for (let line = from; line < text.length; line = nextLine(text, line)) {
    if (isBlankOrComment(text, line)) continue;
    if (!belongs(line)) break;
    end = nextLine(text, line);
  }
  return end;
}
