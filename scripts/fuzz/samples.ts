/** Manifests made of a kind's structure: mostly right, sometimes not, since not all that a structure demands can be sampled. */
import * as fc from 'fast-check';
import type { Structure } from '../../src/language/schemas.ts';

/** Levels of a structure below which only what is required is given. */
const deepest = 5;
/** Optional fields of one object that are given at most. */
const mostOptional = 4;

export interface SampledKind {
  kind: string;
  apiVersion: string;
  schema: Structure;
}

/** An object that could be sent to the API server; its name is `sample`. */
export function manifestOf({ kind, apiVersion, schema }: SampledKind): fc.Arbitrary<Record<string, unknown>> {
  const { spec } = schema.properties ?? {};
  const body = valueOf(spec ?? { type: 'object' }, 0);
  return fc.record({ apiVersion: fc.constant(apiVersion), kind: fc.constant(kind), metadata, spec: body });
}

const label = fc.constantFrom('app', 'example.org/tier', 'a.b_c-d');
const metadata = fc.record(
  {
    name: fc.constant('sample'),
    namespace: fc.constant('default'),
    labels: fc.dictionary(label, fc.constantFrom('x', '', 'A1', 'true'), { maxKeys: 2 }),
    annotations: fc.dictionary(label, fc.constantFrom('x', '', '{"a": 1}', 'on'), { maxKeys: 2 }),
  },
  { requiredKeys: ['name'] },
);

function valueOf(structure: Structure, depth: number): fc.Arbitrary<unknown> {
  if (structure['x-kubernetes-int-or-string']) return fc.constantFrom<unknown>(0, 5, 8080, '1Gi', '100m', '0.5', '25%');
  if (structure.enum) return fc.constantFrom(...structure.enum);
  switch (structure.type) {
    case 'object':
      return objectOf(structure, depth);
    case 'array':
      return fc.array(valueOf(structure.items ?? {}, depth + 1), {
        minLength: structure.minItems ?? 0,
        maxLength: Math.max(structure.minItems ?? 0, Math.min(structure.maxItems ?? 2, 2)),
      });
    case 'string':
      return textOf(structure);
    case 'integer':
      return fc.integer({ min: structure.minimum ?? -1, max: Math.min(structure.maximum ?? 10, 100_000) });
    case 'number':
      return fc.constantFrom(0, 1, 0.5);
    case 'boolean':
      return fc.boolean();
    default:
      return fc.constantFrom<unknown>({}, { a: 1 }, 'x');
  }
}

function objectOf(structure: Structure, depth: number): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = structure;
  if (typeof additionalProperties === 'object')
    return fc.dictionary(
      fc.constantFrom('a', 'b.c', 'max_connections', 'shared_buffers', 'cpu'),
      valueOf(additionalProperties, depth + 1),
      {
        maxKeys: 2,
      },
    );
  const optional = depth < deepest ? Object.keys(properties).filter(name => !required.includes(name)) : [];
  return fc.subarray(optional, { maxLength: Math.min(mostOptional, optional.length) }).chain(chosen => {
    const fields = [...required, ...chosen].flatMap(name => {
      const part = properties[name];
      return part ? [[name, valueOf(part, depth + 1)] as const] : [];
    });
    return fc.record(Object.fromEntries(fields));
  });
}

const texts = [
  'app',
  'x',
  'pg-17',
  '10Gi',
  '1h',
  '30d',
  's3://bucket/path',
  'postgres',
  'true',
  '17',
  '0 0 0 * * *',
  'A_b',
  'a/b',
];

function textOf({ format, pattern, minLength = 0, maxLength = 100 }: Structure): fc.Arbitrary<unknown> {
  if (format === 'date-time') return fc.constantFrom('2026-01-31T12:00:00Z', '2026-01-31T12:00:00.5+01:00');
  if (format === 'byte') return fc.constantFrom('', 'YQ==', 'a');
  if (pattern !== undefined) {
    const wanted = new RegExp(pattern, 'u');
    const fitting = texts.filter(text => wanted.test(text));
    return fitting.length > 0 ? fc.constantFrom(...fitting) : fc.stringMatching(wanted);
  }
  return fc.constantFrom(...texts.filter(text => text.length >= minLength && text.length <= maxLength));
}
