/** All diagnostics of a file. */
import { isScalar } from 'yaml';
import type { ManifestDiagnostic } from './diagnostic.ts';
import { diagnostic } from './diagnostic.ts';
import { fix, setValue } from './edits.ts';
import type { ManifestDocument, ManifestFile } from './manifest.ts';
import { isOurs, keyRange, placeOf, positionAt, rangeOf, valueRange } from './manifest.ts';
import { nearest } from './nearest.ts';
import { ruleDiagnostics, rules } from './rules/index.ts';
import type { KnownCluster } from './rules/rule.ts';
import type { Schemas } from './schemas.ts';
import { structuralDiagnostics } from './structural.ts';

export interface CheckOptions {
  schemas: Schemas;
  /** CNPG version in force: `1.30`. */
  version: string;
  /** Clusters of other manifests that are known; those of the file itself are added. */
  others?: readonly KnownCluster[];
}

/** Findings that depend on a document alone, kept while its text stays; lines count from its start. */
const kept = new WeakMap<ManifestDocument, { version: string; schemas: Schemas; found: ManifestDiagnostic[] }>();

export function check(file: ManifestFile, options: CheckOptions): ManifestDiagnostic[] {
  const known = [...clustersIn(file), ...(options.others ?? [])];
  return file.documents.filter(isWorthChecking).flatMap(document => {
    const alone = shifted(ofDocument(document, options), document.startLine);
    if (document.template || document.errors.length > 0) return alone;
    const byRules = ruleDiagnostics(document, known);
    return [...alone.filter(found => !byRules.some(better => replaces(better, found))), ...byRules];
  });
}

const replaces = (better: ManifestDiagnostic, found: ManifestDiagnostic): boolean =>
  better.data.path === found.data.path && rules.find(({ code }) => code === better.code)?.replaces === found.code;

/** A document that is broken before its `apiVersion` shows whose it is cannot be ours to judge. */
const isWorthChecking = (document: ManifestDocument): boolean =>
  isOurs(document) || (document.errors.length > 0 && /^apiVersion:\s*\S*cnpg\.io\//m.test(document.text));

export const clustersIn = (file: ManifestFile): KnownCluster[] =>
  file.documents
    .filter(document => document.kind === 'Cluster' && isOurs(document) && !document.template)
    .map(document => ({ document }));

function ofDocument(document: ManifestDocument, { schemas, version }: CheckOptions): ManifestDiagnostic[] {
  const old = kept.get(document);
  if (old?.version === version && old.schemas === schemas) return old.found;
  const at = { ...document, startLine: 0 };
  const found = document.template ? [templateHint(at)] : [...syntax(at), ...structure(at, schemas, version)];
  kept.set(document, { version, schemas, found });
  return found;
}

const templateHint = (document: ManifestDocument): ManifestDiagnostic =>
  diagnostic(
    'hint',
    'template',
    keyRange(document, ['kind']),
    'kind',
    'Go template text: it is not checked. Render it (helm template) and check the result with `cnpg-replica lint -`.',
  );

function syntax(document: ManifestDocument): ManifestDiagnostic[] {
  return document.errors.map(({ code, message, start, end }) => {
    const duplicate = code === 'DUPLICATE_KEY';
    return diagnostic(
      'error',
      duplicate ? 'yaml/duplicate-key' : 'yaml/syntax',
      rangeOf(document, start, Math.max(end, start + 1)),
      '',
      duplicate
        ? 'This key is there twice in one mapping; the API server refuses it.'
        : `${message.replace(/\.$/, '')}. The document cannot be read as YAML from here on.`,
    );
  });
}

function structure(document: ManifestDocument, schemas: Schemas, version: string): ManifestDiagnostic[] {
  // Of text with an unknown anchor nothing could be read.
  if (document.apiVersion === '') return [];
  const schema = schemas.kind(version, document.apiVersion, document.kind);
  const found = schema ? structuralDiagnostics(document, schema) : unknownKind(document, schemas, version);
  const broken = document.errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  if (!broken) return found;
  // Behind a syntax error nothing is what the author meant, and what is missing may stand there.
  const { line } = positionAt(document, broken.start);
  return found.filter(({ range, code }) => range.end.line < line && code !== 'schema/required');
}

function unknownKind(document: ManifestDocument, schemas: Schemas, version: string): ManifestDiagnostic[] {
  const { apiVersion, kind } = document;
  const group = apiVersion.split('/')[0] ?? '';
  const kinds = schemas.kinds(version, apiVersion);
  if (kinds.length === 0)
    return [
      diagnostic(
        'error',
        'schema/api-version',
        valueRange(document, ['apiVersion']),
        'apiVersion',
        `There is no ${apiVersion}: the kinds of CloudNativePG are in ${group}/v1.`,
        fix(`Change to ${group}/v1`, setValue(document, ['apiVersion'], `${group}/v1`)),
      ),
    ];
  const place = placeOf(document, ['kind']);
  const isEmpty = !place?.value || (isScalar(place.value) && place.value.value === null);
  const since = schemas.versions.findLast(known => schemas.kind(known, apiVersion, kind));
  const guess = nearest(kind, kinds);
  const message = isEmpty
    ? `The document lacks "kind". ${apiVersion} has ${kinds.join(', ')}.`
    : since === undefined
      ? `${apiVersion} has no kind "${kind}". It has ${kinds.join(', ')}.`
      : `${kind} exists since CloudNativePG ${since}; this is checked for ${version} (setting cnpg.version).`;
  return [
    diagnostic(
      'error',
      'schema/kind',
      valueRange(document, ['kind']),
      'kind',
      message,
      guess === undefined || since !== undefined ? [] : fix(`Change to ${guess}`, setValue(document, ['kind'], guess)),
    ),
  ];
}

function shifted(found: ManifestDiagnostic[], by: number): ManifestDiagnostic[] {
  if (by === 0) return found;
  const range = ({ start, end }: ManifestDiagnostic['range']): ManifestDiagnostic['range'] => ({
    start: { line: start.line + by, character: start.character },
    end: { line: end.line + by, character: end.character },
  });
  return found.map(entry => ({
    ...entry,
    range: range(entry.range),
    data: {
      ...entry.data,
      fixes: entry.data.fixes.map(({ title, edits }) => ({
        title,
        edits: edits.map(edit => ({ ...edit, range: range(edit.range) })),
      })),
    },
  }));
}
