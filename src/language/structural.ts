/** What the API server's schema says of one document, each finding on the key or value that causes it. */
import type { ManifestDiagnostic, Severity } from './diagnostic.ts';
import { diagnostic } from './diagnostic.ts';
import type { Fix } from './edits.ts';
import { fix, renameKey, setValue } from './edits.ts';
import type { ManifestDocument, Path } from './manifest.ts';
import { isRecord, keyRange, pathText, placeOf, valueAt, valueRange } from './manifest.ts';
import { nearest } from './nearest.ts';
import type { KindSchema, Structure, Violation } from './schemas.ts';
import { structureAt } from './schemas.ts';
import { isScalar } from 'yaml';

export function structuralDiagnostics(document: ManifestDocument, schema: KindSchema): ManifestDiagnostic[] {
  const context = { document, structure: schema.structure };
  const found = schema.violations(document.value).flatMap(violation => explain(context, violation));
  return [...found, ...duplicates(context, schema.structure, document.value, [])];
}

interface Context {
  document: ManifestDocument;
  structure: Structure;
}

interface Finding {
  severity?: Severity;
  code: string;
  path: Path;
  on: 'key' | 'value';
  message: string;
  fixes?: Fix[];
}

const report = ({ document }: Context, finding: Finding): ManifestDiagnostic =>
  diagnostic(
    finding.severity ?? 'error',
    `schema/${finding.code}`,
    finding.on === 'key' ? keyRange(document, finding.path) : valueRange(document, finding.path),
    pathText(finding.path),
    finding.message,
    finding.fixes,
  );

/** ajv's JSON pointer; numbers are indices where the data has a list. */
function pathOf(pointer: string, value: unknown): Path {
  let at = value;
  return pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map(part => {
      const step = Array.isArray(at) ? Number(part) : part;
      at = valueAt(at, [step]);
      return step;
    });
}

const quoted = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value));

const within = (path: Path): string => (path.length === 0 ? 'the document' : pathText(path));

function explain(context: Context, violation: Violation): ManifestDiagnostic[] {
  const path = pathOf(violation.instancePath, context.document.value);
  const explained = explainers[violation.keyword]?.(context, path, violation.params);
  if (explained !== undefined) return explained ? [report(context, explained)] : [];
  // Keywords around others (`anyOf`) say nothing that the inner ones did not.
  return [];
}

type Explainer = (context: Context, path: Path, params: Record<string, unknown>) => Finding | false;

const explainers: Record<string, Explainer> = {
  additionalProperties: (context, path, params) => unknownField(context, path, String(params['additionalProperty'])),
  required: (context, path, params) => missingField(context, path, String(params['missingProperty'])),
  type: wrongType,
  enum: (context, path) => notAllowed(context, path),
  pattern: (context, path, params) => ({
    code: 'pattern',
    path,
    on: 'value',
    message: `${within(path)}: ${quoted(valueAt(context.document.value, path))} has not the form that is wanted${wanted(path, String(params['pattern']))}.`,
  }),
  minLength: (_, path, params) => ({
    code: 'length',
    path,
    on: 'value',
    message: `${within(path)} must have ${String(params['limit'])} or more characters.`,
  }),
  maxLength: (_, path, params) => ({
    code: 'length',
    path,
    on: 'value',
    message: `${within(path)} must have at most ${String(params['limit'])} characters.`,
  }),
  minimum: (context, path, params) => bound(context, path, `${String(params['limit'])} or more`),
  maximum: (context, path, params) => bound(context, path, `at most ${String(params['limit'])}`),
  minItems: (_, path, params) => count(path, `${String(params['limit'])} or more items`),
  maxItems: (_, path, params) => count(path, `at most ${String(params['limit'])} items`),
  minProperties: (_, path, params) => count(path, `${String(params['limit'])} or more keys`),
  maxProperties: (_, path, params) => count(path, `at most ${String(params['limit'])} keys`),
};

function unknownField({ document, structure }: Context, path: Path, field: string): Finding {
  const parent = structureAt(structure, path);
  const guess = nearest(field, Object.keys(parent?.properties ?? {}));
  const at = [...path, field];
  return {
    code: 'unknown-field',
    path: at,
    on: 'key',
    message: `"${field}" is not a field of ${within(path)}; the API server refuses it.${guess === undefined ? '' : ` Did you mean "${guess}"?`}`,
    fixes: guess === undefined ? [] : fix(`Change to "${guess}"`, renameKey(document, at, guess)),
  };
}

/**
 * The operator's mutating webhook fills absent fields of a Cluster with zero values before the schema is looked at, so a
 * missing one is refused only where its zero value is.
 */
function missingField({ document, structure }: Context, path: Path, field: string): Finding | false {
  const missing = structureAt(structure, [...path, field]);
  if (path[0] === 'metadata' && field === 'generateName') return false;
  const filled = document.kind === 'Cluster' && path.length > 0 && path[0] === 'spec' && acceptsZero(missing);
  return {
    severity: filled ? 'warning' : 'error',
    code: 'required',
    path,
    on: 'key',
    message: filled
      ? `${within(path)} lacks "${field}". The operator fills it with an empty value, which is of no use: say what is meant.`
      : `${within(path)} lacks "${field}", which the API server demands.`,
  };
}

function acceptsZero(structure: Structure | undefined): boolean {
  if (!structure) return true;
  const zero = { string: '', integer: 0, number: 0, boolean: false }[structure.type as string] as unknown;
  if (zero === undefined) return structure.type !== 'array' && !structure.required?.length;
  return (
    (structure.enum === undefined || structure.enum.includes(zero)) &&
    !(typeof zero === 'string' && (structure.minLength ?? 0) > 0) &&
    !(typeof zero === 'string' && structure.pattern !== undefined && !new RegExp(structure.pattern).test(zero)) &&
    !(typeof zero === 'number' && (structure.minimum ?? 0) > 0)
  );
}

const typeNames: Record<string, string> = {
  object: 'a mapping of keys',
  array: 'a list',
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
};

const nameOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'a mapping';
  if (value === null || value === undefined) return 'empty';
  return typeof value === 'boolean' ? `a boolean (${String(value)})` : `a ${typeof value} (${quoted(value)})`;
};

function wrongType({ document }: Context, path: Path, params: Record<string, unknown>): Finding | false {
  const value = valueAt(document.value, path);
  // A null item of a list; the Cluster's webhook makes an empty one of it.
  if (value === null && document.kind === 'Cluster') return false;
  const types = [params['type']].flat().map(String);
  const isText = types.includes('string') && (typeof value === 'number' || typeof value === 'boolean');
  const node = placeOf(document, path)?.value;
  const source = isScalar(node) ? (node.source ?? String(value)) : String(value);
  return {
    code: 'type',
    path,
    on: 'value',
    message: isText
      ? `${within(path)} must be a string, and ${source} is a ${typeof value}: put it in quotes.`
      : `${within(path)} must be ${types.map(type => typeNames[type] ?? type).join(' or ')}, and this is ${nameOf(value)}.`,
    fixes: isText ? fix('Put in quotes', setValue(document, path, `"${source}"`)) : [],
  };
}

function notAllowed({ document, structure }: Context, path: Path): Finding | false {
  const value = valueAt(document.value, path);
  // The webhook's round trip leaves out an empty string, and the default takes its place.
  const isDefaulted = structureAt(structure, path)?.default !== undefined;
  if (document.kind === 'Cluster' && value === '' && isDefaulted) return false;
  const allowed = (structureAt(structure, path)?.enum ?? []).map(String);
  const guess = nearest(String(value), allowed);
  return {
    code: 'enum',
    path,
    on: 'value',
    message: `${within(path)} cannot be ${quoted(value)}. Allowed: ${allowed.map(entry => (entry === '' ? '""' : entry)).join(', ')}.`,
    fixes: guess === undefined ? [] : fix(`Change to ${guess}`, setValue(document, path, guess)),
  };
}

const wanted = (path: Path, pattern: string): string => {
  if (path[0] !== 'metadata') return `: ${pattern}`;
  return path.at(-1) === 'name' || path.at(-1) === 'namespace'
    ? ': lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit'
    : '';
};

const bound = ({ document }: Context, path: Path, limit: string): Finding => ({
  code: 'bound',
  path,
  on: 'value',
  message: `${within(path)} must be ${limit}, and it is ${quoted(valueAt(document.value, path))}.`,
});

const count = (path: Path, limit: string): Finding => ({
  code: 'count',
  path,
  on: 'key',
  message: `${within(path)} must have ${limit}.`,
});

/** Lists whose items are told apart by keys, or by value. */
function duplicates(context: Context, structure: Structure, value: unknown, path: Path): ManifestDiagnostic[] {
  if (Array.isArray(value)) {
    const inner = value.flatMap((item, at) =>
      structure.items ? duplicates(context, structure.items, item, [...path, at]) : [],
    );
    return [...repeated(context, structure, value as unknown[], path), ...inner];
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const part = structureAt(structure, [key]);
    return part ? duplicates(context, part, child, [...path, key]) : [];
  });
}

function repeated(context: Context, structure: Structure, items: unknown[], path: Path): ManifestDiagnostic[] {
  const type = structure['x-kubernetes-list-type'];
  if (type !== 'map' && type !== 'set') return [];
  const keys = structure['x-kubernetes-list-map-keys'] ?? [];
  const seen = new Set<string>();
  return items.flatMap((item, at) => {
    const identity = type === 'set' ? [item] : keys.map(key => keyValue(structure, item, key));
    const text = JSON.stringify(identity);
    if (!seen.has(text)) {
      seen.add(text);
      return [];
    }
    const shown = identity.map(quoted).join(', ');
    const place = type === 'map' && keys[0] !== undefined ? [...path, at, keys[0]] : [...path, at];
    return [
      report(context, {
        code: 'duplicate',
        path: place,
        on: 'value',
        message: `${within(path)} has ${shown} twice; the API server refuses it.`,
      }),
    ];
  });
}

const keyValue = (structure: Structure, item: unknown, key: string): unknown =>
  valueAt(item, [key]) ?? structure.items?.properties?.[key]?.default ?? null;
