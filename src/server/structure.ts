/** The structure of a kind: of an OpenAPI v3 schema, as CRDs hold it and API servers publish it, what a verdict depends on. */
import type { Structure } from '../language/index.ts';

/** A kind as `schemas/` holds it. */
export interface StoredKind {
  kind: string;
  scope: 'Namespaced' | 'Cluster';
  apiVersion: string;
  /** `.spec.instances`: path of the number of replicas, where there is a `scale` subresource. */
  replicas?: string | undefined;
  schema: Structure;
}

type Schema = Record<string, unknown>;

/** Everything of an OpenAPI v3 schema that a verdict or a default depends on. */
const kept = new Set([
  'type',
  'format',
  'enum',
  'pattern',
  'default',
  'nullable',
  'required',
  'multipleOf',
  'uniqueItems',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
]);
const nested = new Set(['items', 'additionalProperties', 'not']);
const nestedLists = new Set(['allOf', 'anyOf', 'oneOf']);

export function structureOf(schema: Schema): Structure {
  const entries = Object.entries(schema).flatMap(([key, value]) => {
    if (kept.has(key)) return [[key, value]];
    if (key.startsWith('x-kubernetes-')) return [[key, key === 'x-kubernetes-validations' ? rulesOf(value) : value]];
    if (nestedLists.has(key)) return [[key, (value as Schema[]).map(structureOf)]];
    if (nested.has(key)) return [[key, typeof value === 'boolean' ? value : structureOf(value as Schema)]];
    if (key === 'properties')
      return [[key, Object.fromEntries(Object.entries(value as object).map(([name, s]) => [name, structureOf(s)]))]];
    return [];
  });
  return Object.fromEntries(entries) as Structure;
}

const ofRules = ['rule', 'message', 'messageExpression', 'reason', 'fieldPath', 'optionalOldSelf'];

/** CEL rules with the message that the API server gives. */
const rulesOf = (rules: unknown): unknown =>
  (rules as Schema[]).map(rule =>
    Object.fromEntries(ofRules.flatMap(name => (rule[name] === undefined ? [] : [[name, rule[name]]]))),
  );
