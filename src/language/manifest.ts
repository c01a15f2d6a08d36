/**
 * YAML files taken apart: every document of CNPG and its Barman Cloud plugin, with its values as the API server reads them
 * and the place of each key and value in the text.
 */
import type { Document, Node, Pair, Scalar, YAMLMap } from 'yaml';
import { isAlias, isCollection, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { TextError } from './yaml-text.ts';
import { readable } from './yaml-text.ts';
import { isMergeKey, keyName, setOwn, valuesOf } from './yaml-values.ts';

export type { TextError };

/** Keys and list indices from the root of a document. */
export type Path = readonly (string | number)[];

export interface Position {
  line: number;
  character: number;
}

export interface Range {
  start: Position;
  end: Position;
}

export interface ManifestDocument {
  text: string;
  /** Line of the file where the text begins; 0-based. It is the only thing that changes when lines are added above. */
  startLine: number;
  yaml: Document.Parsed;
  /** The node of the object: of the whole document, or of an item of a `List`. */
  root: Node | null;
  lines: LineCounter;
  apiVersion: string;
  kind: string;
  /** `metadata.name`, when it is a string. */
  name: string | undefined;
  namespace: string | undefined;
  /** As the API server decodes it. */
  decoded: Record<string, unknown>;
  /** The same without nulls, which mean as much as nothing. */
  value: Record<string, unknown>;
  errors: TextError[];
  ignored: TextError | undefined;
  /** Go template text, or with variables of Flux: what is applied is known only when it is rendered. */
  template: boolean;
}

export interface ManifestFile {
  text: string;
  documents: ManifestDocument[];
}

/** @param previous the same file before a change: its documents are taken over where the text is the same */
export function parseFile(text: string, previous?: ManifestFile): ManifestFile {
  const known = Map.groupBy(previous?.documents ?? [], document => document.text);
  let startLine = 0;
  const documents = split(text).flatMap(part => {
    const old = known.get(part);
    // The same text twice in a file must not share its line.
    known.delete(part);
    const found = old?.map(document => Object.assign(document, { startLine })) ?? parseOne(part, startLine);
    startLine += newlines(part);
    return found;
  });
  return { text, documents };
}

/** Is it of a group whose kinds are checked here? All other documents are left alone. */
export const isOurs = ({ apiVersion }: Pick<ManifestDocument, 'apiVersion'>): boolean =>
  /^(postgresql|barmancloud)\.cnpg\.io(\/|$)/.test(apiVersion);

/** A `---` at the start of a line ends a document wherever it stands (YAML 1.2.2, 9.1.2). */
function split(text: string): string[] {
  const starts = [...text.matchAll(/^---(?=\s|$)/gm)].map(match => match.index);
  const hasOwnStart = starts[0] === 0 || (starts[0] !== undefined && directives.test(text.slice(0, starts[0])));
  const edges = [0, ...starts.slice(hasOwnStart ? 1 : 0)];
  return edges.map((start, at) => text.slice(start, edges[at + 1] ?? text.length));
}

/** Directives (`%YAML 1.1`) stand before the `---` of their document. */
const directives = /^\uFEFF?(?:[ \t]*(?:#.*)?\r?\n)*%/;

const newlines = (text: string): number => text.split('\n').length - 1;

function parseOne(text: string, startLine: number): ManifestDocument[] {
  const lines = new LineCounter();
  const obstacle = obstacleOf(text);
  const read = readable(text);
  const parsed = obstacle ? '' : read.text;
  const yaml = parseDocument(parsed, {
    // Scalars stay text here: `valuesOf` reads them.
    schema: 'failsafe',
    version: '1.1',
    merge: false,
    lineCounter: lines,
    // The library compares each key of a mapping with all others; `valuesOf` finds duplicates.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  // What is not parsed has lines too.
  for (const { index } of text.slice(parsed.length).matchAll(/\r(?!\n)|\n/g))
    lines.addNewLine(parsed.length + index + 1);
  const { value, errors } = valuesOf(yaml);
  const shared = {
    text,
    startLine,
    yaml,
    lines,
    ignored: read.ignored,
    errors: [
      ...read.errors,
      ...yaml.errors.map(({ code, message, pos: [start, end] }) => ({ code, message, start, end })),
      ...errors,
      ...(obstacle ? [{ ...obstacle, start: 0, end: 1 }] : []),
    ],
    template: isTemplate(text),
  };
  const root = yaml.contents as Node | null;
  const items = shared.errors.length === 0 ? itemsOf(value, root) : undefined;
  return (items ?? [{ value, root }]).map(object => ({ ...shared, root: object.root, ...facts(object.value) }));
}

/** Bytes of a request that the API server takes at most. Source: a real one, "request entity too large: limit is 3145728". */
const mostCharacters = 3 * 1024 * 1024;

/** Why a text is not parsed at all: it would take very long, and nobody would accept it. */
function obstacleOf(text: string): Pick<TextError, 'code' | 'message'> | undefined {
  if (text.length > mostCharacters)
    return {
      code: 'TOO_LARGE',
      message: 'The document has more than 3 MiB, and the API server takes no larger request',
    };
  return nestingOf(text) > deepest ? { code: 'TOO_DEEP', message: 'It is nested too deeply' } : undefined;
}

function facts(
  object: unknown,
): Pick<ManifestDocument, 'decoded' | 'value' | 'apiVersion' | 'kind' | 'name' | 'namespace'> {
  const decoded = isRecord(object) ? object : {};
  const value = withoutNulls(decoded) as Record<string, unknown>;
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
  return {
    decoded,
    value,
    apiVersion: asString(value['apiVersion']) ?? '',
    kind: asString(value['kind']) ?? '',
    name: asString(metadata['name']),
    namespace: asString(metadata['namespace']),
  };
}

/** The objects of a `kind: List`, as `kubectl get -o yaml` writes several. */
function itemsOf(value: unknown, root: Node | null): { value: unknown; root: Node | null }[] | undefined {
  if (!isRecord(value) || value['apiVersion'] !== 'v1' || value['kind'] !== 'List') return undefined;
  const items = isMap(root) ? root.get('items', true) : undefined;
  const values = value['items'];
  if (!isSeq(items) || !Array.isArray(values) || values.length === 0) return undefined;
  return values.map((item, at) => ({ value: item as unknown, root: (items.items[at] as Node | undefined) ?? null }));
}

const isTemplate = (text: string): boolean =>
  (text.includes('{{') && /^[^#\n]*\{\{-?\s*[-.$\w"(/][^\n]*\}\}/m.test(text)) || hasSubstitutions(text);

/**
 * Variables that Flux puts values in place of (`spec.postBuild.substitute` of its Kustomization): `${region}`, `${region:=eu}`. Not what
 * the operator itself replaces: `${podselector:name}` in `pg_hba`, `${image_root}` in the `value` of an extension's variables.
 */
export const hasSubstitutions = (text: string): boolean =>
  text.includes('${') && /^(?!\s*(?:- +)?value:)[^#\n]*(?<!\$)\$\{[A-Za-z_]\w*(?::?[-=?+][^}\n]*)?\}/m.test(text);

/** Brackets in brackets, or `? ` and `- ` in a row, beyond which no manifest goes and a parser takes very long. */
const deepest = 200;
const deepestInLine = /^[ \t]*(?:[?-][ \t]+){50}/m;

function nestingOf(text: string): number {
  if (deepestInLine.test(text)) return deepest + 1;
  let depth = 0;
  let most = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(depth - 1, 0);
    most = Math.max(most, depth);
  }
  return most;
}

export const asString = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutNulls);
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const child = (value as Record<string, unknown>)[key];
    if (child !== null) setOwn(kept, key, withoutNulls(child));
  }
  return kept;
}

export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, key) => {
    if (Array.isArray(at)) return (at as unknown[])[key as number];
    return isRecord(at) && Object.hasOwn(at, key) ? at[key as string] : undefined;
  }, value);

/** Where something stands: the key (absent for list items) and the value of a path. */
export interface Place {
  key: Node | undefined;
  value: Node | undefined;
  pair: Pair | undefined;
}

/** @returns `undefined` when the document has no such path */
export function placeOf({ yaml, root }: ManifestDocument, path: Path): Place | undefined {
  let place: Place = { key: undefined, value: root ?? undefined, pair: undefined };
  for (const step of path) {
    const found = childOf(yaml, place.value, step);
    if (!found) return undefined;
    place = found;
  }
  return place;
}

function childOf(yaml: Document, node: Node | undefined, step: string | number): Place | undefined {
  const collection = isAlias(node) ? node.resolve(yaml) : node;
  if (isSeq(collection)) {
    const item = collection.items[Number(step)] as Node | undefined;
    return item && { key: undefined, value: item, pair: undefined };
  }
  if (!isMap(collection)) return undefined;
  const pair = pairsOf(collection).get(String(step));
  if (pair) return { key: pair.key, value: pair.value ?? undefined, pair };
  const merged = collection.items.filter(({ key }) => isMergeKey(key));
  const sources = merged.flatMap(({ value }) => (isSeq(value) ? value.items : [value]) as (Node | undefined)[]);
  return sources.map(source => childOf(yaml, source, step)).find(Boolean);
}

/** Pairs by key, the first of a name. Kept, since looking through a long mapping for each of its keys takes very long. */
const knownPairs = new WeakMap<YAMLMap, Map<string, Pair<Scalar, Node | null>>>();

function pairsOf(map: YAMLMap): Map<string, Pair<Scalar, Node | null>> {
  let known = knownPairs.get(map);
  if (!known) {
    known = new Map();
    for (const pair of map.items as Pair<Scalar, Node | null>[]) {
      const name = isScalar(pair.key) ? keyName(pair.key) : undefined;
      if (name !== undefined && !known.has(name)) known.set(name, pair);
    }
    knownPairs.set(map, known);
  }
  return known;
}

/** The nearest path upwards that the document has. */
export function nearestPlace(document: ManifestDocument, path: Path): { path: Path; place: Place } {
  for (let length = path.length; length > 0; length--) {
    const place = placeOf(document, path.slice(0, length));
    if (place) return { path: path.slice(0, length), place };
  }
  return { path: [], place: { key: undefined, value: undefined, pair: undefined } };
}

/** Positions in the file. */
export function rangeOf(document: ManifestDocument, start: number, end: number): Range {
  return { start: positionAt(document, start), end: positionAt(document, end) };
}

export function positionAt({ lines, startLine }: ManifestDocument, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: startLine + Math.max(line - 1, 0), character: Math.max(col - 1, 0) };
}

export const shiftedRange = ({ start, end }: Range, lines: number): Range => ({
  start: { line: start.line + lines, character: start.character },
  end: { line: end.line + lines, character: end.character },
});

/** Of a node without what follows it; of a collection its first line only, so that a squiggle stays readable. */
export function nodeRange(document: ManifestDocument, node: Node): Range {
  const [start, end] = node.range ?? [0, 0];
  if (!isCollection(node)) return rangeOf(document, start, Math.max(end, start + 1));
  const line = document.text.indexOf('\n', start);
  return rangeOf(document, start, line === -1 || line > end ? end : line);
}

/** On the key when there is one, else on the value; for the root on `kind`. */
export function keyRange(document: ManifestDocument, path: Path): Range {
  const { path: found, place } = nearestPlace(document, path);
  const node = place.key ?? place.value ?? placeOf(document, ['kind'])?.value;
  if (found.length === 0 || !node) return firstLine(document);
  return nodeRange(document, node);
}

export function valueRange(document: ManifestDocument, path: Path): Range {
  const { place } = nearestPlace(document, path);
  const node = place.value && (isScalar(place.value) || isAlias(place.value)) ? place.value : place.key;
  return node ? nodeRange(document, node) : keyRange(document, path);
}

function firstLine(document: ManifestDocument): Range {
  const place = placeOf(document, ['kind']) ?? placeOf(document, ['apiVersion']);
  const node = place?.value ?? place?.key;
  return node ? nodeRange(document, node) : rangeOf(document, 0, Math.max(document.text.indexOf('\n'), 1));
}

/** `spec.externalClusters[0].name` */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );

/** The path of the innermost key or value at a position of the file, with the document it is in. */
export function pathAt(
  file: ManifestFile,
  position: Position,
): { document: ManifestDocument; path: Path; onKey: boolean } | undefined {
  const inFile = file.documents.findLast(({ startLine }) => startLine <= position.line);
  const lineStart = inFile?.lines.lineStarts[position.line - inFile.startLine];
  if (!inFile || lineStart === undefined) return undefined;
  const offset = lineStart + position.character;
  const items = file.documents.filter(({ yaml }) => yaml === inFile.yaml);
  const document = items.find(({ root }) => covers(root, offset)) ?? inFile;
  const found = descend(document.root, offset, []);
  return found && { document, ...found };
}

const covers = (node: Node | null | undefined, offset: number): boolean =>
  !!node?.range && node.range[0] <= offset && offset <= node.range[1];

function descend(node: Node | null, offset: number, path: Path): { path: Path; onKey: boolean } | undefined {
  if (!node || !covers(node, offset)) return undefined;
  const items = isCollection(node) ? node.items : [];
  for (const [at, item] of items.entries()) {
    if (!isPair(item)) {
      const inner = descend(item as Node, offset, [...path, at]);
      if (inner) return inner;
      continue;
    }
    const { key, value } = item as Pair<Node, Node | null>;
    const step = isScalar(key) ? (keyName(key) ?? '') : '';
    if (covers(key, offset)) return { path: [...path, step], onKey: true };
    const inner = descend(value, offset, [...path, step]);
    if (inner) return inner;
  }
  return { path, onKey: false };
}
