/** What the API server says of one document by the schema of its kind, each finding on the key or value that causes it. */
import type { Admitted } from './admission/admit.ts';
import type { SchemaCode } from './codes.ts';
import { celFaults } from './admission/cel.ts';
import type { DecodeFault } from './admission/decode.ts';
import { metadataFaults } from './admission/metadata.ts';
import type { ManifestDiagnostic, Severity } from './diagnostic.ts';
import { deprecatedTag, diagnostic } from './diagnostic.ts';
import type { Fix } from './edits.ts';
import { fix, renameKey, setValue } from './edits.ts';
import type { ManifestDocument, Path } from './manifest.ts';
import { isRecord, keyRange, pathText, placeOf, valueAt, valueRange } from './manifest.ts';
import { whenElse } from './history.ts';
import { nearest } from './nearest.ts';
import { missingSpace } from './syntax.ts';
import type { KindSchema, Structure, Violation } from './schemas.ts';
import { structureAt } from './schemas.ts';
import { isScalar } from 'yaml';

/** @param old the object before an update */
export function structuralDiagnostics(
  document: ManifestDocument,
  admitted: Admitted,
  schema: KindSchema,
  old: Admitted | undefined,
): ManifestDiagnostic[] {
  const { structure, scope, replicas } = schema;
  const context = { document, schema, structure, object: admitted.object, filled: admitted.filled };
  const violations = schema.violations(admitted.object).flatMap(violation => explain(context, violation));
  const found: Finding[] = [
    ...firstOf(admitted.faults.map(fault => () => explainFault(context, fault))),
    ...metadataFaults(admitted.metadata, scope, old === undefined).map(
      (fault): Finding => ({ ...fault, code: 'metadata' }),
    ),
    ...violations,
    ...duplicates(structure, admitted.object, []),
    ...(replicas && !violations.some(({ path }) => isWithin(path, replicas))
      ? scaleFaults(admitted.object, replicas)
      : []),
  ];
  const isSound = found.every(({ severity }) => severity === 'warning');
  const rules = isSound ? celFaults(admitted.object, structure, old?.object) : [];
  return [
    ...found,
    ...zeros(context, found),
    ...rules.map(
      ({ path, message }): Finding => ({ code: 'rule', path, on: 'key', message: `${within(path)}: ${message}.` }),
    ),
  ].map(finding => report(document, finding));
}

/** Faults of one document that are explained; a file with more is something else than a manifest. */
const mostFaults = 1000;

function firstOf(explanations: readonly (() => Finding)[]): Finding[] {
  const more = explanations.length - mostFaults;
  return explanations.slice(0, mostFaults + 1).map((explain, at) => {
    const finding = explain();
    if (at < mostFaults) return finding;
    return { ...finding, message: `Here and below are ${more} more faults, which are not shown.`, fixes: [] };
  });
}

interface Context {
  document: ManifestDocument;
  schema: KindSchema;
  structure: Structure;
  object: Record<string, unknown>;
  filled: readonly Path[];
}

interface Finding {
  severity?: Severity;
  code: SchemaCode;
  path: Path;
  on: 'key' | 'value';
  message: string;
  fixes?: Fix[];
  /** Shown struck through. */
  deprecated?: true;
}

const report = (document: ManifestDocument, finding: Finding): ManifestDiagnostic => ({
  ...diagnostic(
    finding.severity ?? 'error',
    `schema/${finding.code}`,
    finding.on === 'key' ? keyRange(document, finding.path) : valueRange(document, finding.path),
    pathText(finding.path),
    finding.message,
    finding.fixes,
  ),
  ...(finding.deprecated && { tags: [deprecatedTag] }),
});

function explainFault(context: Context, fault: DecodeFault): Finding {
  switch (fault.fault) {
    case 'unknown':
      return unknownField(context, fault.path, fault.structure);
    case 'type':
      return wrongType(context, fault.path, fault.structure, fault.value);
    default:
      return {
        code: 'bound',
        path: fault.path,
        on: 'value',
        message: `${within(fault.path)}: ${fault.value} is beyond what ${fault.limit > 2 ** 32 ? '64' : '32'} bits hold.`,
      };
  }
}

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

const within = (path: Path): string => (path.length === 0 ? 'The document' : pathText(path));

function explain(context: Context, violation: Violation): Finding[] {
  const path = pathOf(violation.instancePath, context.object);
  // What the operator filled in is wrong because nobody said anything.
  const missing = context.filled.find(filled => isWithin(path, filled));
  if (missing) return [missingField(missing.slice(0, -1), String(missing.at(-1)))];
  const explained = explainers[violation.keyword]?.(context, path, violation.params);
  // Keywords around others (`anyOf`) say nothing that the inner ones did not.
  return explained ? [explained] : [];
}

const isWithin = (path: Path, outer: Path): boolean =>
  outer.length <= path.length && outer.every((step, at) => path[at] === step);

type Explainer = (context: Context, path: Path, params: Record<string, unknown>) => Finding;

const explainers: Record<string, Explainer> = {
  required: (_, path, params) => missingField(path, String(params['missingProperty'])),
  type: (context, path) =>
    wrongType(context, path, structureAt(context.structure, path) ?? {}, valueAt(context.object, path)),
  enum: (context, path) => notAllowed(context, path),
  pattern: (context, path, params) => ({
    code: 'pattern',
    path,
    on: 'value',
    message: `${within(path)}: ${quoted(valueAt(context.object, path))} has not the form that is wanted: ${String(params['pattern'])}.`,
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

function unknownField({ document, schema }: Context, at: Path, { properties = {} }: Structure): Finding {
  const field = String(at.at(-1));
  const refused = `"${field}" is not a field of ${at.length === 1 ? 'the document' : within(at.slice(0, -1))}; the API server refuses it.`;
  const elsewhere = whenElse(schema, structure => structureAt(structure, at) !== undefined);
  if (elsewhere !== undefined)
    return {
      code: 'version',
      path: at,
      on: 'key',
      message: `${refused} ${elsewhere.text}`,
      ...(elsewhere.removed && { deprecated: true }),
    };
  const guess = nearest(field, Object.keys(properties));
  return {
    code: 'unknown-field',
    path: at,
    on: 'key',
    message: guess === undefined ? refused : `${refused} Did you mean "${guess}"?`,
    fixes: guess === undefined ? [] : fix(`Change to "${guess}"`, renameKey(document, at, guess)),
  };
}

const missingField = (path: Path, field: string): Finding => ({
  code: 'required',
  path,
  on: 'key',
  message: `${within(path)} lacks "${field}", which the API server demands.`,
});

/** Fields that are demanded and that the operator fills in nevertheless, where nobody else complains. */
function zeros({ document, filled }: Context, found: readonly Finding[]): Finding[] {
  return (
    filled
      .map(path => ({ path: path.slice(0, -1), field: String(path.at(-1)) }))
      // That it has no name is said already.
      .filter(({ path, field }) => path.length > 0 || field !== 'metadata')
      .filter(({ path, field }) => {
        const missing = missingField(path, field).message;
        return isRecord(valueAt(document.value, path)) && !found.some(({ message }) => message === missing);
      })
      .map(({ path, field }) => ({
        severity: 'warning',
        code: 'required',
        path,
        on: 'key',
        message: `${within(path)} lacks "${field}". The operator fills it with an empty value, which is of no use: say what is meant.`,
      }))
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

/** A mapping may have a key `toString`, which no text is made with. */
const textOf = (value: unknown): string => (isRecord(value) || Array.isArray(value) ? '' : String(value));

function wrongType({ document }: Context, path: Path, structure: Structure, value: unknown): Finding {
  const types = structure['x-kubernetes-int-or-string'] ? ['integer', 'string'] : [structure.type ?? 'object'];
  const isText = types.includes('string') && (typeof value === 'number' || typeof value === 'boolean');
  const node = placeOf(document, path)?.value;
  const source = (isScalar(node) ? node.source : undefined) ?? textOf(value);
  const isGlued = types.includes('object') && typeof value === 'string' && missingSpace.test(source);
  const wanted =
    structure.format === 'date-time'
      ? 'a point in time such as 2026-01-31T12:00:00Z'
      : types.map(type => typeNames[type] ?? type).join(' or ');
  return {
    code: 'type',
    path,
    on: 'value',
    message: isText
      ? `${within(path)} must be a string, and ${source} is a ${typeof value}: put it in quotes.`
      : `${within(path)} must be ${wanted}, and this is ${nameOf(value)}.${isGlued ? ' A space is missing behind ":".' : ''}`,
    fixes: isText
      ? fix('Put in quotes', setValue(document, path, JSON.stringify(source)))
      : isGlued
        ? fix('Add the space', setValue(document, path, source.replace(missingSpace, '$1: ')))
        : [],
  };
}

function notAllowed({ document, schema, structure, object }: Context, path: Path): Finding {
  const value = valueAt(object, path);
  const allowed = (structureAt(structure, path)?.enum ?? []).map(String);
  const guess = nearest(textOf(value), allowed);
  const elsewhere = whenElse(schema, other => structureAt(other, path)?.enum?.includes(value) ?? false);
  return {
    code: 'enum',
    path,
    on: 'value',
    message: `${within(path)} cannot be ${quoted(value)}. Allowed: ${allowed.map(entry => (entry === '' ? '""' : entry)).join(', ')}.${elsewhere === undefined ? '' : ` ${elsewhere.text}`}`,
    fixes: guess === undefined ? [] : fix(`Change to ${guess}`, setValue(document, path, guess)),
  };
}

const bound = ({ object }: Context, path: Path, limit: string): Finding => ({
  code: 'bound',
  path,
  on: 'value',
  message: `${within(path)} must be ${limit}, and it is ${quoted(valueAt(object, path))}.`,
});

const count = (path: Path, limit: string): Finding => ({
  code: 'count',
  path,
  on: 'key',
  message: `${within(path)} must have ${limit}.`,
});

/** What can be scaled has a number of replicas that 32 bits hold. Source: the API server's `scale` subresource. */
function scaleFaults(object: Record<string, unknown>, path: Path): Finding[] {
  const count = valueAt(object, path);
  if (typeof count !== 'number' || (count >= 0 && count < 2 ** 31)) return [];
  const limit = count < 0 ? '0 or more' : `at most ${2 ** 31 - 1}`;
  return [{ code: 'bound', path, on: 'value', message: `${within(path)} must be ${limit}, and it is ${count}.` }];
}

/** Lists whose items are told apart by keys, or by value. */
function duplicates(structure: Structure, value: unknown, path: Path): Finding[] {
  if (Array.isArray(value)) {
    const { items } = structure;
    const inner = items ? value.flatMap((item, at) => duplicates(items, item, [...path, at])) : [];
    return [...repeated(structure, value as unknown[], path), ...inner];
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const part = typeof child === 'object' ? structureAt(structure, [key]) : undefined;
    return part ? duplicates(part, child, [...path, key]) : [];
  });
}

function repeated(structure: Structure, items: unknown[], path: Path): Finding[] {
  const type = structure['x-kubernetes-list-type'];
  if (type !== 'map' && type !== 'set') return [];
  const keys = structure['x-kubernetes-list-map-keys'] ?? [];
  const seen = new Set<string>();
  return items.flatMap((item, at): Finding[] => {
    const identity = type === 'set' ? [item] : keys.map(key => valueAt(item, [key]) ?? null);
    const text = JSON.stringify(identity);
    if (!seen.has(text)) {
      seen.add(text);
      return [];
    }
    const shown = identity.map(quoted).join(', ');
    return [
      {
        code: 'duplicate',
        path: type === 'map' && keys[0] !== undefined ? [...path, at, keys[0]] : [...path, at],
        on: 'value',
        message: `${within(path)} has ${shown} twice; the API server refuses it.`,
      },
    ];
  });
}
