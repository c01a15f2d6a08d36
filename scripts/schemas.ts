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
import { structureOf } from '../src/server/structure.ts';
import type { StoredKind } from '../src/server/structure.ts';

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

/** `cloudnative-pg-1.30.0` → `cnpg-1.30`. */
function nameOf(directory: string): string {
  const match = /(cloudnative-pg|plugin-barman-cloud)-(\d+\.\d+)/.exec(path.basename(directory));
  if (!match) throw new Error(`${directory}: the folder's name tells neither product nor version`);
  return `${match[1] === 'cloudnative-pg' ? 'cnpg' : 'barman-cloud'}-${match[2]}`;
}

function convert(directory: string, out: string): void {
  const target = path.join(out, `${nameOf(directory)}.json`);
  const kinds = fs
    .readdirSync(directory)
    .filter(file => file.endsWith('.yaml'))
    .map(file => parse(fs.readFileSync(path.join(directory, file), 'utf8')) as Crd)
    .flatMap(({ spec: { group, scope, names, versions } }) =>
      versions
        .filter(version => version.served)
        .map(
          ({ name, schema, subresources }): StoredKind => ({
            kind: names.kind,
            scope,
            apiVersion: `${group}/${name}`,
            replicas: subresources?.scale?.specReplicasPath,
            schema: structureOf(schema.openAPIV3Schema),
          }),
        ),
    )
    .sort((a, b) => (a.kind < b.kind ? -1 : 1));
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
