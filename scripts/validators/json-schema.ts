/**
 * From a CRD's structural schema to JSON Schema, so that what the API server refuses is an error: unknown fields (strict field
 * validation), int-or-string, metadata. Nulls are taken out of the data before (they are pruned by the API server).
 */

import type { Structure } from '../../src/language/schemas.ts';

export interface KindStructure {
  kind: string;
  apiVersion: string;
  schema: Structure;
}

export function jsonSchemaOf({ schema }: KindStructure): object {
  const shared = new Map<string, { name: string; schema: object }>();
  const root = convert(schema, shared);
  const properties = { ...(root['properties'] as object), metadata, apiVersion: text, kind: text };
  const required = [...new Set([...((root['required'] as string[]) ?? []), 'metadata'])];
  const $defs = Object.fromEntries([...shared.values()].map(({ name, schema: definition }) => [name, definition]));
  return { ...root, properties, required, $defs };
}

const text = { type: 'string' };
const strings = { type: 'object', additionalProperties: text };
const qualifiedName =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$';

/** Kubernetes API reference, "ObjectMeta"; names by RFC 1123, "Object Names and IDs" in the Kubernetes manual. */
const metadata = {
  type: 'object',
  additionalProperties: false,
  anyOf: [{ required: ['name'] }, { required: ['generateName'] }],
  properties: {
    name: {
      type: 'string',
      maxLength: 253,
      pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
    },
    generateName: text,
    namespace: { type: 'string', maxLength: 63, pattern: '^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$' },
    labels: {
      type: 'object',
      propertyNames: { pattern: qualifiedName },
      additionalProperties: { type: 'string', maxLength: 63, pattern: '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$' },
    },
    annotations: strings,
    finalizers: { type: 'array', items: text },
    ownerReferences: { type: 'array', items: { type: 'object' } },
    managedFields: { type: 'array' },
    uid: text,
    resourceVersion: text,
    selfLink: text,
    generation: { type: 'integer' },
    creationTimestamp: text,
    deletionTimestamp: text,
    deletionGracePeriodSeconds: { type: 'integer' },
  },
};

const copied = [
  'enum',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'uniqueItems',
];

/** Parts larger than this that recur (pod templates, selectors) are compiled once. */
const sharedFrom = 600;

function convert(structure: Structure, shared: Map<string, { name: string; schema: object }>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const keyword of copied) if (structure[keyword] !== undefined) result[keyword] = structure[keyword];
  if (structure['x-kubernetes-int-or-string']) return { ...result, type: ['integer', 'string'] };
  if (structure.type !== undefined) result['type'] = structure.type;
  if (structure.type === 'integer') {
    const limit = structure.format === 'int32' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
    result['maximum'] ??= limit;
    result['minimum'] ??= -limit;
  }
  if (structure.properties) result['properties'] = mapped(structure.properties, shared);
  if (structure.items) result['items'] = reference(structure.items, shared);
  // A missing field that has a default is filled in before it is looked for.
  const required = structure.required?.filter(name => structure.properties?.[name]?.default === undefined);
  if (required && required.length > 0) result['required'] = required;
  for (const keyword of ['anyOf', 'oneOf', 'allOf'] as const)
    if (structure[keyword]) result[keyword] = structure[keyword].map(part => convert(part, shared));
  if (structure.not) result['not'] = convert(structure.not, shared);
  return { ...result, ...additional(structure, shared) };
}

function additional(structure: Structure, shared: Map<string, { name: string; schema: object }>): object {
  const { additionalProperties } = structure;
  if (typeof additionalProperties === 'object')
    return { additionalProperties: reference(additionalProperties, shared) };
  const open = structure['x-kubernetes-preserve-unknown-fields'] || additionalProperties === true;
  // Kubernetes objects embedded as bare `type: object` are pruned to nothing as well.
  return structure.type === 'object' && structure.properties && !open ? { additionalProperties: false } : {};
}

const mapped = (
  properties: Record<string, Structure>,
  shared: Map<string, { name: string; schema: object }>,
): Record<string, object> =>
  Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, reference(part, shared)]));

function reference(structure: Structure, shared: Map<string, { name: string; schema: object }>): object {
  const key = JSON.stringify(structure);
  if (key.length < sharedFrom) return convert(structure, shared);
  let known = shared.get(key);
  if (!known) {
    known = { name: `d${shared.size}`, schema: {} };
    shared.set(key, known);
    known.schema = convert(structure, shared);
  }
  return { $ref: `#/$defs/${known.name}` };
}
