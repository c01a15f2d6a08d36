/** All diagnostics of a file. */
import { isScalar } from 'yaml';
import { admit } from './admission/admit.ts';
import type { ManifestDiagnostic } from './diagnostic.ts';
import { diagnostic, severities } from './diagnostic.ts';
import { fix, setValue } from './edits.ts';
import type { ManifestDocument, ManifestFile, Range, TextError } from './manifest.ts';
import {
  hasSubstitutions,
  isOurs,
  isRecord,
  keyRange,
  pathText,
  placeOf,
  positionAt,
  rangeOf,
  shiftedRange,
  valueRange,
} from './manifest.ts';
import { nearest } from './nearest.ts';
import type { Scope } from './rules/index.ts';
import type { Live } from './rules/live.ts';
import { ruleDiagnostics, rules } from './rules/index.ts';
import type { KindSchema, Schemas } from './schemas.ts';
import { structuralDiagnostics } from './structural.ts';
import { syntaxFaults } from './syntax.ts';
import { webhookDiagnostics } from './webhook/index.ts';
import { clusterOf } from './sound.ts';
import type { Entry, Workspace } from './workspace.ts';
import { createWorkspace } from './workspace.ts';

export interface CheckOptions {
  schemas: Schemas;
  /** CNPG version in force: `1.30`. */
  version: string;
  /** The file and those that it is looked at together with. Without one it is alone. */
  workspace?: Workspace;
  scope?: Scope;
  /** What is known of the live Clusters, where nothing is compared `against` them. */
  liveOf?: (entry: Entry) => Live | undefined;
  /** The objects as they are now: manifests that have one here are judged as updates of it. */
  against?: ManifestFile;
  /** The file is a patch (Kustomize): what it does not say, another says. */
  isPatch?: boolean;
}

/** Findings that depend on a document alone, kept while its text and the options stay; lines count from its start. */
const kept = new WeakMap<ManifestDocument, Kept>();

interface Kept {
  options: CheckOptions;
  /** Lines count from the document's start. */
  found: ManifestDiagnostic[];
  shown: { startLine: number; found: ManifestDiagnostic[] };
}

const isSame = (a: CheckOptions, b: CheckOptions): boolean =>
  a.version === b.version && a.schemas === b.schemas && a.against === b.against && a.isPatch === b.isPatch;

export function check(file: ManifestFile, options: CheckOptions): ManifestDiagnostic[] {
  const { scope = 'alone' } = options;
  const workspace = options.workspace ?? alone(file);
  return file.documents.filter(isWorthChecking).flatMap(document => {
    const ownFindings = ofDocument(document, options);
    if (document.template || document.errors.length > 0 || options.isPatch) return ownFindings;
    const byRules = ruleDiagnostics(document, { workspace, scope, live: liveFor(document, workspace, options) });
    return [...ownFindings.filter(found => !byRules.some(better => replaces(better, found))), ...byRules];
  });
}

/** Of the objects that are compared with. */
const liveFacts = new WeakMap<ManifestFile, Omit<Live, 'own'>>();

function liveFor(document: ManifestDocument, workspace: Workspace, options: CheckOptions): Live | undefined {
  const { against, liveOf } = options;
  if (!against) {
    const entry = liveOf && workspace.entryOf(document);
    return entry && liveOf(entry);
  }
  const facts = liveFacts.get(against) ?? factsOf(against);
  liveFacts.set(against, facts);
  const before = beforeUpdate(document, options);
  return { own: before && clusterOf(before), ...facts };
}

const factsOf = ({ documents }: ManifestFile): Omit<Live, 'own'> => ({
  all: documents.flatMap(each => clusterOf(each) ?? []),
  stores: documents
    .filter(({ kind }) => kind === 'ObjectStore')
    .flatMap(({ name, namespace }) => (name === undefined ? [] : [{ name, namespace, context: undefined }])),
});

function alone(file: ManifestFile): Workspace {
  const workspace = createWorkspace();
  if (file.documents.some(isCluster)) workspace.set({ uri: '', file });
  return workspace;
}

const replaces = (better: ManifestDiagnostic, found: ManifestDiagnostic): boolean =>
  better.data.path === found.data.path && rules.find(({ code }) => code === better.code)?.replaces === found.code;

/** A document that is broken before its `apiVersion` shows whose it is cannot be ours to judge. */
const isWorthChecking = (document: ManifestDocument): boolean =>
  isOurs(document) ||
  isNameless(document) ||
  (document.errors.length > 0 && /apiVersion["']?:\s*["']?\S*cnpg\.io\//.test(document.text));

/**
 * Whether a text has to be parsed at all: a test that costs next to nothing, for the many files of others. It may say yes to what
 * turns out to be theirs, never no to what would get a diagnostic.
 */
export const mayBeOurs = (text: string): boolean =>
  text.includes('cnpg.io') || (text.includes('kind') && ownKindWord.test(text)) || escaped.test(text);

/** In quotes and with escapes, or in base64, a group or a kind may be spelt so that nobody recognises it. */
const escaped = /\\[xuU\r\n]|!!?binary|![<]/;

export const clustersIn = (file: ManifestFile): ManifestDocument[] => file.documents.filter(isCluster);

const isCluster = (document: ManifestDocument): boolean =>
  document.kind === 'Cluster' && isOurs(document) && !document.template;

/** The object that a manifest is an update of. */
const beforeUpdate = (document: ManifestDocument, { against }: CheckOptions): ManifestDocument | undefined =>
  against?.documents.find(
    old =>
      old.kind === document.kind &&
      old.name !== undefined &&
      old.name === document.name &&
      (old.namespace ?? document.namespace) === (document.namespace ?? old.namespace) &&
      isOurs(old),
  );

function ofDocument(document: ManifestDocument, options: CheckOptions): ManifestDiagnostic[] {
  const { startLine } = document;
  const before = kept.get(document);
  if (before && isSame(before.options, options)) {
    if (before.shown.startLine !== startLine) before.shown = { startLine, found: shifted(before.found, startLine) };
    return before.shown.found;
  }
  const at = { ...document, startLine: 0 };
  const found = document.template ? [templateHint(at)] : [...syntax(at), ...structure(at, options)];
  const shown = { startLine, found: shifted(found, startLine) };
  kept.set(document, { options, found, shown });
  return shown.found;
}

const templateHint = (document: ManifestDocument): ManifestDiagnostic =>
  diagnostic(
    'hint',
    'template',
    keyRange(document, ['kind']),
    'kind',
    hasSubstitutions(document.text)
      ? 'Variables of Flux stand here: it is not checked. Put the values in their place (flux envsubst) and check the result with `cnpg-replica lint -`.'
      : 'Go template text: it is not checked. Render it (helm template) and check the result with `cnpg-replica lint -`.',
  );

function syntax(document: ManifestDocument): ManifestDiagnostic[] {
  const { errors, ignored } = document;
  const place = ({ start, end }: TextError): Range => rangeOf(document, start, Math.max(end, start + 1));
  return [
    ...syntaxFaults(document, errors.filter(isFatal)).map(({ range, message, fixes }) =>
      diagnostic('error', 'yaml/syntax', range, '', message, fixes),
    ),
    ...errors
      .filter(error => !isFatal(error))
      .map(error => {
        const message = 'This key is there twice in one mapping; the API server refuses it.';
        return diagnostic('error', 'yaml/duplicate-key', place(error), '', message);
      }),
    ...(ignored ? [diagnostic('warning', 'yaml/ignored', place(ignored), '', `${ignored.message}.`)] : []),
  ];
}

function structure(document: ManifestDocument, options: CheckOptions): ManifestDiagnostic[] {
  if (document.apiVersion === '') return isNameless(document) ? [withoutApiVersion(document)] : [];
  const schema = options.schemas.kind(options.version, document.apiVersion, document.kind);
  const found = schema ? verdict(document, schema, options) : unknownKind(document, options);
  const broken = document.errors.filter(isFatal);
  if (broken.length === 0) return found;
  // Behind a syntax error nothing is what the author meant, and what is missing may stand there.
  const shown = syntaxFaults(document, broken).map(({ range }) => range.start.line);
  const line = Math.min(...shown, ...broken.map(({ start }) => positionAt(document, start).line));
  return found.filter(({ range, code, data }) => range.end.line < line && !isLack(code, data.path));
}

const isLack = (code: string, path: string): boolean =>
  code === 'schema/required' || (code === 'schema/metadata' && path === 'metadata');

const isFatal = ({ code }: TextError): boolean => code !== 'DUPLICATE_KEY';

function verdict(document: ManifestDocument, schema: KindSchema, options: CheckOptions): ManifestDiagnostic[] {
  const admitted = admit(document, schema.structure);
  const before = beforeUpdate(document, options);
  const old = before && admit(before, schema.structure);
  const found = structuralDiagnostics(document, admitted, schema, old);
  if (options.isPatch)
    return [...found, ...webhookDiagnostics(document, admitted, schema.version, undefined, 'values')].filter(isOfPatch);
  // What could not be read counts as absent, and what is wrong already need not be said twice.
  const wrong = [
    ...admitted.faults.map(({ path }) => pathText(path)),
    ...found.filter(isError).map(({ data }) => data.path),
    // That it is not there at all is said of the document.
    ...(isRecord(document.decoded['spec']) ? [] : ['spec']),
  ];
  const byWebhook = document.errors.some(isFatal)
    ? []
    : webhookDiagnostics(document, admitted, schema.version, old, 'all');
  return [...found, ...byWebhook.filter(({ data }) => !wrong.some(path => isWithin(data.path, path)))];
}

const isError = ({ severity, data }: ManifestDiagnostic): boolean => severity === severities.error && data.path !== '';

const isWithin = (path: string, outer: string): boolean =>
  path.startsWith(outer) && /^(?:[.[]|$)/.test(path.slice(outer.length));

/** A patch is not complete, has directives (`$patch: delete`), and is merged before rules are asked. */
const isOfPatch = ({ code, data: { path } }: ManifestDiagnostic): boolean =>
  !isLack(code, path) && !['schema/rule', 'schema/count'].includes(code) && !directive.test(path);

/** `$patch`, `$retainKeys`, `$deleteFromPrimitiveList/args`, and what stands below them. */
const directive = /(^|\.)\$(patch|retainKeys|deleteFromPrimitiveList\/|setElementOrder\/)/;

/** May it be a patch? What it lacks would be an error in a whole object. */
export const isIncomplete = (found: readonly ManifestDiagnostic[]): boolean =>
  found.some(({ code }) => code === 'schema/required' || code === 'webhook/storage-size');

export const ownKinds = new Set([
  'Backup',
  'Cluster',
  'ClusterImageCatalog',
  'Database',
  'DatabaseRole',
  'ImageCatalog',
  'ObjectStore',
  'Pooler',
  'Publication',
  'ScheduledBackup',
  'Subscription',
]);

const ownKindWord = new RegExp(`\\b(?:${[...ownKinds].join('|')})\\b`);

/** It has a kind of ours and the form of an object, but no `apiVersion`. */
const isNameless = ({ apiVersion, kind, value, errors }: ManifestDocument): boolean =>
  apiVersion === '' &&
  errors.length === 0 &&
  ownKinds.has(kind) &&
  isRecord(value['metadata']) &&
  isRecord(value['spec']);

function withoutApiVersion(document: ManifestDocument): ManifestDiagnostic {
  const apiVersion = `${document.kind === 'ObjectStore' ? 'barmancloud' : 'postgresql'}.cnpg.io/v1`;
  const { range } = placeOf(document, ['kind'])?.key ?? {};
  const start = range && rangeOf(document, range[0], range[0]);
  return diagnostic(
    'error',
    'schema/api-version',
    keyRange(document, ['kind']),
    'apiVersion',
    `The document lacks "apiVersion". For a ${document.kind} of CloudNativePG it is ${apiVersion}.`,
    start && start.start.character === 0
      ? fix(`Add apiVersion: ${apiVersion}`, { range: start, newText: `apiVersion: ${apiVersion}\n` })
      : [],
  );
}

function unknownKind(document: ManifestDocument, { schemas, version }: CheckOptions): ManifestDiagnostic[] {
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
  const isEmpty = !place?.value || (isScalar(place.value) && !place.value.source);
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
  return found.map(entry => ({
    ...entry,
    range: shiftedRange(entry.range, by),
    data: {
      ...entry.data,
      fixes: entry.data.fixes.map(({ title, edits }) => ({
        title,
        edits: edits.map(edit => ({ ...edit, range: shiftedRange(edit.range, by) })),
      })),
    },
  }));
}
