/** The text of a manifest with other values: comments, order and layout stay wherever a value stays. */
import { stringify } from 'yaml';
import type { Edit, MaybeEdit } from './edits.ts';
import { addKey, appendItem, removeItem, removeKey, replaceBlock, setFlow, setValue } from './edits.ts';
import { liveValues } from './live-values.ts';
import type { ManifestDocument, ManifestFile, Path } from './manifest.ts';
import { isRecord, rangeOf } from './manifest.ts';
import type { Structure } from './schemas.ts';

/**
 * The file as it would be if its document said what the API server has, for a comparison with the file itself.
 *
 * @param live the object as the API server has it
 */
export function withLiveValues(
  file: ManifestFile,
  document: ManifestDocument,
  live: Record<string, unknown>,
  structure: Structure,
): string {
  const values = liveValues(document, live, structure);
  const edits = changes(document, [], document.value, values) ?? [wholeDocument(document, values)];
  return applied(file.text, edits);
}

/** @returns `undefined` when the layout gives no safe way: then what is around it is written anew */
function changes(document: ManifestDocument, path: Path, said: unknown, wanted: unknown): Edit[] | undefined {
  if (JSON.stringify(said) === JSON.stringify(wanted)) return [];
  const inside =
    isRecord(said) && isRecord(wanted)
      ? mappingChanges(document, path, said, wanted)
      : Array.isArray(said) && Array.isArray(wanted)
        ? listChanges(document, path, said, wanted)
        : undefined;
  return inside ?? all([replacement(document, path, wanted)]);
}

function mappingChanges(
  document: ManifestDocument,
  path: Path,
  said: Record<string, unknown>,
  wanted: Record<string, unknown>,
): Edit[] | undefined {
  const kept = Object.keys(said).filter(key => Object.hasOwn(wanted, key));
  if (kept.length === 0) return undefined;
  const below = Object.keys(said).map(key =>
    Object.hasOwn(wanted, key)
      ? changes(document, [...path, key], said[key], wanted[key])
      : all([removeKey(document, [...path, key])]),
  );
  const added = Object.keys(wanted).filter(key => !Object.hasOwn(said, key));
  return flat([...below, all(added.map(key => addKey(document, path, key, textOf(wanted[key]))))]);
}

/** Items that stay are before those that came: see `liveValues`. */
function listChanges(
  document: ManifestDocument,
  path: Path,
  said: readonly unknown[],
  wanted: readonly unknown[],
): Edit[] | undefined {
  const places = placesOf(said, wanted);
  if (!places || !places.some(place => place !== undefined)) return undefined;
  const below = said.map((value, at) => {
    const place = places[at];
    return place === undefined
      ? all([removeItem(document, [...path, at])])
      : changes(document, [...path, at], value, wanted[place]);
  });
  const added = wanted.slice(places.filter(place => place !== undefined).length);
  return flat([...below, all(added.map(value => appendItem(document, path, linesOf(value))))]);
}

/** Of each item its place among the wanted ones; `undefined` altogether when those that stay are in another order. */
function placesOf(said: readonly unknown[], wanted: readonly unknown[]): (number | undefined)[] | undefined {
  const name = (value: unknown): unknown => (isRecord(value) ? value['name'] : undefined);
  if (![...said, ...wanted].every(value => typeof name(value) === 'string'))
    return said.map((_, at) => (at < wanted.length ? at : undefined));
  const places = said.map(value => {
    const at = wanted.findIndex(other => name(other) === name(value));
    return at === -1 ? undefined : at;
  });
  return places.filter(place => place !== undefined).every((place, at) => place === at) ? places : undefined;
}

function replacement(document: ManifestDocument, path: Path, wanted: unknown): MaybeEdit {
  if (path.length === 0) return undefined;
  if (typeof wanted !== 'object' || wanted === null)
    return setScalar(document, path, wanted) ?? replaceBlock(document, path, linesOf(wanted), textOf(wanted));
  return (
    setFlow(document, path, JSON.stringify(wanted)) ?? replaceBlock(document, path, linesOf(wanted), textOf(wanted))
  );
}

const setScalar = (document: ManifestDocument, path: Path, wanted: unknown): MaybeEdit => {
  const text = written(wanted);
  return text.includes('\n') ? undefined : setValue(document, path, text);
};

const wholeDocument = (document: ManifestDocument, values: unknown): Edit => {
  const [start, , end] = document.root?.range ?? [0, 0, 0];
  return { range: rangeOf(document, start, end), newText: `${written(values)}\n` };
};

const written = (value: unknown): string =>
  stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();

const linesOf = (value: unknown): string[] => written(value).split('\n');

/** What follows `key:`; `addKey` indents later lines as the key. */
function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    const [first = '', ...rest] = linesOf(value);
    return [first, ...rest.map(line => `  ${line}`)].join('\n');
  }
  return `\n${linesOf(value)
    .map(line => `  ${line}`)
    .join('\n')}`;
}

const all = (edits: readonly MaybeEdit[]): Edit[] | undefined =>
  edits.every(edit => edit !== undefined) ? [...edits] : undefined;

const flat = (edits: readonly (Edit[] | undefined)[]): Edit[] | undefined =>
  edits.every(edit => edit !== undefined) ? edits.flat() : undefined;

/** Edits do not overlap; of those at one place the first comes first. */
function applied(text: string, edits: readonly Edit[]): string {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const offset = ({ line, character }: Edit['range']['start']): number => (starts[line] ?? text.length) + character;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return edits
    .map(({ range, newText }, order) => ({ start: offset(range.start), end: offset(range.end), newText, order }))
    .sort((a, b) => b.start - a.start || b.order - a.order)
    .reduce(
      (result, { start, end, newText }) =>
        result.slice(0, start) + newText.replaceAll('\n', newline) + result.slice(end),
      text,
    );
}
