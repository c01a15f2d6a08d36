/**
 * Turns CustomResourceDefinition files into `schemas/`: the structure of each kind and nothing else. Descriptions are left
 * out: what hover shows is in `schemas/docs/`, in our own words.
 *
 * Usage: npm run schemas -- [--out FOLDER] DIR...
 * where DIR is named `cloudnative-pg-1.30.0` or `plugin-barman-cloud-0.14.0`
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

interface Crd {
  spec: {
    group: string;
    scope: 'Namespaced' | 'Cluster';
    names: { kind: string };
    versions: {
      name: string;
      served: boolean;
      schema: { openAPIV3Schema: Record<string, unknown> };
      subresources?: { scale?: { specReplicasPath: string } };
    }[];
  };
}

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

function structureOf(schema: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(schema).flatMap(([key, value]) => {
    if (kept.has(key)) return [[key, value]];
    if (key.startsWith('x-kubernetes-')) return [[key, key === 'x-kubernetes-validations' ? rulesOf(value) : value]];
    if (nestedLists.has(key)) return [[key, (value as Record<string, unknown>[]).map(structureOf)]];
    if (nested.has(key)) return [[key, typeof value === 'boolean' ? value : structureOf(value as typeof schema)]];
    if (key === 'properties')
      return [[key, Object.fromEntries(Object.entries(value as object).map(([name, s]) => [name, structureOf(s)]))]];
    return [];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** CEL rules with the message that the API server gives. */
const rulesOf = (rules: unknown): unknown =>
  (rules as Record<string, unknown>[]).map(
    ({ rule, message, messageExpression, reason, fieldPath, optionalOldSelf }) => ({
      rule,
      message,
      messageExpression,
      reason,
      fieldPath,
      optionalOldSelf,
    }),
  );

/** `cloudnative-pg-1.30.0` → `cnpg-1.30`. */
function nameOf(directory: string): string {
  const match = /(cloudnative-pg|plugin-barman-cloud)-(\d+\.\d+)/.exec(path.basename(directory));
  if (!match) throw new Error(`${directory}: the folder's name tells neither product nor version`);
  return `${match[1] === 'cloudnative-pg' ? 'cnpg' : 'barman-cloud'}-${match[2]}`;
}

function convert(directory: string, out: string): void {
  const kinds = fs
    .readdirSync(directory)
    .filter(file => file.endsWith('.yaml'))
    .map(file => parse(fs.readFileSync(path.join(directory, file), 'utf8')) as Crd)
    .flatMap(({ spec: { group, scope, names, versions } }) =>
      versions
        .filter(version => version.served)
        .map(({ name, schema, subresources }) => ({
          kind: names.kind,
          scope,
          apiVersion: `${group}/${name}`,
          replicas: subresources?.scale?.specReplicasPath,
          schema: structureOf(schema.openAPIV3Schema),
        })),
    )
    .sort((a, b) => (a.kind < b.kind ? -1 : 1));
  const target = path.join(out, `${nameOf(directory)}.json`);
  fs.mkdirSync(out, { recursive: true });
  fs.writeFileSync(target, `[\n${kinds.map(kind => JSON.stringify(kind)).join(',\n')}\n]\n`);
  console.log(`${path.basename(target)}: ${kinds.map(({ kind }) => kind).join(', ')}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: path.join(import.meta.dirname, '../schemas') } },
});
if (positionals.length === 0) throw new Error('usage: npm run schemas -- [--out FOLDER] DIR...');
for (const directory of positionals) convert(directory, values.out);
