/**
 * Completion by the layout of the lines around the cursor, so that it works while the text is broken: the keys of a block
 * mapping, the values of an enumeration, the names that a field refers to.
 */
import type { CompletionItem } from 'vscode-languageserver-types';
import type { ManifestFile, Position } from './manifest.ts';
import { isOurs, valueAt } from './manifest.ts';
import type { ManifestDocument, Path } from './manifest.ts';
import type { KindSchema, Schemas, Structure } from './schemas.ts';
import { docAt, docPath, structureAt } from './schemas.ts';
import { facts } from './hover.ts';
import type { KnownNames } from './known-names.ts';
import type { PostgresParameter, PostgresParameters } from './parameters.ts';
import { parameterFacts, parameterPage, settable } from './parameters.ts';
import { hbaWords } from './pg-hba.ts';
import { usualValues } from './usual-values.ts';

/** As in the Language Server Protocol. */
const itemKinds = { property: 10, value: 12, enumMember: 20, reference: 18 } as const;
const plain = 1;
const snippet = 2;
/** The text has its indentation already. */
const asIs = 1;

export function complete(
  file: ManifestFile,
  position: Position,
  schemas: Schemas,
  version: string,
  names: KnownNames = () => [],
): CompletionItem[] {
  const document = file.documents.findLast(({ startLine }) => startLine <= position.line);
  if (!document || document.template) return [];
  const lines = document.text.split('\n').map(line => line.replace(/\r$/, ''));
  const at = position.line - document.startLine;
  const line = (lines[at] ?? '').slice(0, position.character);
  if (/^\s*#/.test(line)) return [];
  const { apiVersion, kind } = identityOf(document, lines);
  const value = /^(\s*(?:- +)*)([\w./-]+):\s+(\S*)$/.exec(line);
  const schema = schemas.kind(version, apiVersion, kind);
  if (value) {
    const path = [...pathAbove(lines, at, (value[1] ?? '').length), value[2] ?? ''];
    return valueItems({ document, lines, schema, schemas, version, apiVersion, names }, path);
  }
  const text = /^(\s*(?:- +)*- +)["']?([^"'#]*)$/.exec(line);
  if (text && docPath(pathAbove(lines, at, (text[1] ?? '').length)) === 'spec.postgresql.pg_hba[]')
    return hbaItems(text[2] ?? '');
  const key = /^(\s*(?:- +)*)([\w.-]*)$/.exec(line);
  if (!key) return [];
  const indent = (key[1] ?? '').length;
  const path = pathAbove(lines, at, indent);
  if (path.length === 0 && !schema) return topLevelKeys(lines, isOurs({ apiVersion }) || apiVersion === '');
  if (!schema) return [];
  const present = siblings(lines, at, indent);
  const items =
    docPath(path) === parametersPath
      ? parameterItems(schemas.parameters, present)
      : keyItems(schema, path, present, indent);
  // A key that has its value already is only spelt otherwise.
  const hasValue = /^[\w.-]*:(\s|$)/.test((lines[at] ?? '').slice(position.character));
  return hasValue ? items.map(item => ({ ...item, insertText: item.label, insertTextFormat: plain })) : items;
}

const parametersPath = 'spec.postgresql.parameters';

/** Those that the operator keeps to itself are not offered. Values are texts: numbers need quotes. */
const parameterItems = (parameters: PostgresParameters, present: Set<string>): CompletionItem[] =>
  settable(parameters)
    .filter(([name]) => !present.has(name))
    .map(([name, parameter]) => ({
      label: name,
      kind: itemKinds.property,
      detail: parameterFacts(parameter).replaceAll('*', ''),
      documentation: { kind: 'markdown', value: `[PostgreSQL manual](${parameterPage(name, parameter)})` },
      insertText: parameter.type === 'enum' ? `${name}: $0` : `${name}: "$0"`,
      insertTextFormat: snippet,
    }));

function hbaItems(before: string): CompletionItem[] {
  const { field, words } = hbaWords(before);
  return words.map(({ word, meaning }, at) => ({
    label: word,
    kind: itemKinds.value,
    detail: `${field}: ${meaning}`.replaceAll('*', ''),
    sortText: String(at).padStart(2, '0'),
  }));
}

/** Of broken text the parser may have lost them: then the lines say it. */
function identityOf(
  { apiVersion, kind }: ManifestDocument,
  lines: readonly string[],
): { apiVersion: string; kind: string } {
  const find = (key: string): string => {
    const line = lines.find(text => text.startsWith(`${key}:`));
    return (
      line
        ?.slice(key.length + 1)
        .trim()
        .replace(/^["']|["']$/g, '') ?? ''
    );
  };
  return { apiVersion: apiVersion || find('apiVersion'), kind: kind || find('kind') };
}

/** Column at which the content of a line begins, behind its dashes. */
const contentColumn = (line: string): number => (/^\s*(?:- +)*(?:-$)?/.exec(line)?.[0] ?? '').length;

const isText = (line: string): boolean => /\S/.test(line) && !/^\s*#/.test(line) && !line.startsWith('---');

/** Keys and indices of the mapping whose keys stand in this column. */
function pathAbove(lines: readonly string[], from: number, column: number): Path {
  const path: (string | number)[] = [];
  let limit = column;
  // Its own line may begin list items.
  const dashes = dashesBefore(lines[from] ?? '', column);
  for (const dash of dashes) {
    path.unshift(indexOf(lines, from, dash));
    limit = dash;
  }
  let inItem = dashes.length > 0;
  for (let at = from - 1; at >= 0 && limit > 0; at--) {
    const line = lines[at] ?? '';
    if (!isText(line)) continue;
    const found = stepAt(line, limit, inItem);
    if (!found) continue;
    const dashColumns = dashesBefore(line, found.column);
    if (found.key !== undefined) path.unshift(found.key);
    for (const dash of dashColumns) path.unshift(indexOf(lines, at, dash));
    limit = dashColumns.at(-1) ?? found.column;
    inItem = dashColumns.length > 0;
  }
  return path;
}

/** Columns of the dashes in front of a line's content, innermost first. */
const dashesBefore = (line: string, column: number): number[] =>
  Array.from(line.slice(0, column).matchAll(/-/g), match => match.index).reverse();

/** The line that opens the block in which column `limit` is. A list may stand in the column of its key. */
function stepAt(line: string, limit: number, inItem: boolean): { column: number; key?: string } | undefined {
  const column = contentColumn(line);
  const key = /^([\w./-]+|"[^"]*"|'[^']*'):(?:\s+[&!]\S+)?\s*(?:#.*)?$/.exec(line.slice(column));
  const opens = key && (column < limit || (inItem && column === limit && !line.trimStart().startsWith('-')));
  if (opens) return { column, key: (key[1] ?? '').replace(/^["']|["']$/g, '') };
  // `- name: x` above a key of the same item.
  if (column === limit && /^\s*-/.test(line) && !inItem) return { column };
  return undefined;
}

/** How many items of the list stand before this line. */
function indexOf(lines: readonly string[], from: number, dash: number): number {
  let count = 0;
  for (let at = from - 1; at >= 0; at--) {
    const line = lines[at] ?? '';
    if (!isText(line)) continue;
    const indent = line.length - line.trimStart().length;
    if (indent < dash || (indent === dash && line[dash] !== '-')) break;
    if (indent === dash) count++;
  }
  return count;
}

/** Keys of the same mapping, above and below. */
function siblings(lines: readonly string[], from: number, column: number): Set<string> {
  const found = new Set<string>();
  const look = (step: 1 | -1): void => {
    for (let at = from + step; at >= 0 && at < lines.length; at += step) {
      const line = lines[at] ?? '';
      if (!isText(line)) continue;
      const here = contentColumn(line);
      const isItem = here !== line.length - line.trimStart().length;
      if (here < column || (step === 1 && isItem && line.indexOf('-') < column && here <= column)) return;
      const key = here === column && /^([\w./-]+):/.exec(line.slice(column))?.[1];
      if (key) found.add(key);
      if (here === column && isItem) return;
    }
  };
  // A dash on the own line begins the item: nothing above belongs to it.
  if (!(lines[from] ?? '').slice(0, column).includes('-')) look(-1);
  look(1);
  return found;
}

function keyItems(schema: KindSchema, path: Path, present: Set<string>, indent: number): CompletionItem[] {
  const parent = path.length === 0 ? schema.structure : structureAt(schema.structure, path);
  const required = parent?.required ?? [];
  return Object.entries(parent?.properties ?? {})
    .filter(([key]) => !present.has(key) && !(path.length === 0 && key === 'status'))
    .map(([key, field]) => {
      const needed = required.includes(key);
      const doc = docAt(schema, [...path, key]);
      return {
        label: key,
        kind: itemKinds.property,
        detail: facts(field, needed),
        ...(doc && { documentation: { kind: 'markdown', value: doc.text } }),
        // Required ones first.
        sortText: `${needed ? '0' : '1'}${key}`,
        insertText: insertion(key, field, ' '.repeat(indent + 2)),
        insertTextFormat: snippet,
        insertTextMode: asIs,
        ...(doc?.deprecated !== undefined && { tags: [1] as [1] }),
      };
    });
}

/** The key with what must be below it; `$0` is where the cursor goes. */
function insertion(key: string, field: Structure, indent: string): string {
  if (field['x-kubernetes-int-or-string']) return `${key}: $0`;
  if (field.type === 'array') {
    const first = field.items?.required?.[0];
    return `${key}:\n${indent}- ${first === undefined || field.items?.type !== 'object' ? '' : `${first}: `}$0`;
  }
  if (field.type !== 'object') return `${key}: $0`;
  const needed = (field.required ?? []).filter(name => field.properties?.[name]?.default === undefined);
  if (needed.length === 0) return `${key}:\n${indent}$0`;
  return `${key}:${needed.map((name, at) => `\n${indent}${name}: $${at + 1}`).join('')}`;
}

interface ValueContext {
  document: ManifestDocument;
  lines: readonly string[];
  schema: KindSchema | undefined;
  schemas: Schemas;
  version: string;
  apiVersion: string;
  names: KnownNames;
}

function valueItems(
  { document, lines, schema, schemas, version, apiVersion, names }: ValueContext,
  path: Path,
): CompletionItem[] {
  const item = (label: string, kind: CompletionItem['kind'] & number): CompletionItem => ({ label, kind });
  if (path.length === 1 && path[0] === 'apiVersion') return apiVersions.map(value => item(value, itemKinds.value));
  if (path.length === 1 && path[0] === 'kind')
    return schemas.kinds(version, apiVersion).map(value => item(value, itemKinds.value));
  const field = schema && structureAt(schema.structure, path);
  // Of metadata the schemas of kinds say nothing.
  if (!field && !(schema && path[0] === 'metadata')) return [];
  if (isEntryName(path)) return entryNames(document, lines).map(name => item(name, itemKinds.reference));
  const meant = namedBy(path);
  if (meant)
    return names(meant).map(({ name, liveIn }) => ({
      ...item(name, itemKinds.reference),
      ...(liveIn.length > 0 && { labelDetails: { description: `live in ${liveIn.join(', ')}` } }),
    }));
  const key = String(path.at(-1));
  const isParameter = docPath(path.slice(0, -1)) === parametersPath && Object.hasOwn(schemas.parameters, key);
  const parameter = isParameter && schemas.parameters[key];
  if (parameter) return parameterValues(parameter);
  if (field?.enum) return field.enum.map(value => item(String(value), itemKinds.enumMember));
  if (field?.type === 'boolean') return ['true', 'false'].map(value => item(value, itemKinds.value));
  return usualValues(path).map(({ value, meaning }, at) => ({
    ...item(value, itemKinds.value),
    ...(meaning !== undefined && { detail: meaning }),
    sortText: String(at).padStart(2, '0'),
  }));
}

/** YAML 1.1 reads a bare `on` as a boolean, and the field takes texts only. */
const parameterValues = ({ type, values = [] }: PostgresParameter): CompletionItem[] =>
  (type === 'bool' ? ['on', 'off'] : values).map(value => ({
    label: /^(on|off|yes|no|true|false|\d.*)$/.test(value) ? `"${value}"` : value,
    kind: itemKinds.enumMember,
  }));

const named: [RegExp, Parameters<KnownNames>[0]][] = [
  [/\.parameters\.barmanObjectName$/, 'ObjectStore'],
  [/^spec\.externalClusters\[\]\.name$/, 'member'],
  [/^spec\.cluster\.name$/, 'Cluster'],
  [
    /(Secret|[sS]ecretRef|\.secret|CA|sslKey|sslCert|sslRootCert|password|accessKeyId|secretAccessKey|sessionToken|region|connectionString|storageAccount|storageKey|storageSasToken|applicationCredentials)\.name$/,
    'Secret',
  ],
];

const namedBy = (path: Path): Parameters<KnownNames>[0] | undefined =>
  named.find(([shape]) => shape.test(docPath(path)))?.[1];

const apiVersions = ['postgresql.cnpg.io/v1', 'barmancloud.cnpg.io/v1'];

/** Fields that name an entry of `externalClusters`. */
const isEntryName = (path: Path): boolean =>
  /^spec\.(replica\.(source|primary|self)|bootstrap\.(recovery|pg_basebackup|initdb\.import)\.source(\.externalCluster)?)$/.test(
    path.join('.'),
  );

function entryNames({ value }: ManifestDocument, lines: readonly string[]): string[] {
  const entries = valueAt(value, ['spec', 'externalClusters']);
  const named = Array.isArray(entries) ? entries.map(entry => valueAt(entry, ['name'])) : [];
  const found = named.filter(name => typeof name === 'string');
  if (found.length > 0) return found;
  // Broken text: names of the items below the key.
  const start = lines.findIndex(line => /^\s+externalClusters:\s*$/.test(line));
  if (start === -1) return [];
  return lines.slice(start + 1).flatMap(line => /^\s*- name:\s*["']?([^\s"'#]+)/.exec(line)?.[1] ?? []);
}

const topLevelKeys = (lines: readonly string[], ours: boolean): CompletionItem[] =>
  ours
    ? [
        ['apiVersion', 'apiVersion: postgresql.cnpg.io/v1'],
        ['kind', 'kind: Cluster'],
        ['metadata', 'metadata:\n  name: $0'],
        ['spec', 'spec:\n  $0'],
      ]
        .filter(([key = '']) => !lines.some(line => line.startsWith(`${key}:`)))
        .map(([label = '', insertText = '']) => ({
          label,
          kind: itemKinds.property,
          insertText,
          insertTextFormat: snippet,
        }))
    : [];
