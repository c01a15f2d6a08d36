/**
 * From a CRD's structural schema to JSON Schema. What it is asked of has been decoded: unknown fields, nulls and wrong types are
 * gone, defaults are there, `metadata` was checked.
 */

import type { Structure } from '../language/index.ts';
import type { StoredKind } from './structure.ts';

export function jsonSchemaOf({ schema }: StoredKind): object {
  const shared = new Map<string, { name: string; schema: object }>();
  const root = convert(schema, shared);
  const properties = { ...(root['properties'] as object), metadata: true, status: true, apiVersion: text, kind: text };
  const $defs = Object.fromEntries([...shared.values()].map(({ name, schema: definition }) => [name, definition]));
  const required = ((root['required'] as string[] | undefined) ?? []).filter(name => name !== 'metadata');
  return { ...root, properties, required, $defs };
}

const text = { type: 'string' };
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
  if (structure.properties) result['properties'] = mapped(structure.properties, shared);
  if (structure.items) result['items'] = reference(structure.items, shared);
  if (structure.required) result['required'] = structure.required;
  for (const keyword of ['anyOf', 'oneOf', 'allOf'] as const)
    if (structure[keyword]) result[keyword] = structure[keyword].map(part => convert(part, shared));
  if (structure.not) result['not'] = convert(structure.not, shared);
  if (typeof structure.additionalProperties === 'object')
    result['additionalProperties'] = reference(structure.additionalProperties, shared);
  return result;
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
