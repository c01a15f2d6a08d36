/**
 * Compiles `schemas/` into validators, one module per kind, shared by versions in which the kind is the same. The server
 * loads one on first sight of its kind.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import standaloneModule from 'ajv/dist/standalone/index.js';
import * as esbuild from 'esbuild';
import { ajvOptions } from '../src/server/compile.ts';
import { jsonSchemaOf } from '../src/server/json-schema.ts';
import type { StoredKind } from '../src/server/structure.ts';

// A CommonJS module whose default export Node.js nests once more.
const standaloneCode = standaloneModule.default;

/** Writes `<hash>.js` modules and `index.json`: `{ "cnpg-1.30": { "Cluster": "<hash>.js" } }`. */
export async function buildValidators(schemas: string, target: string): Promise<void> {
  const index: Record<string, Record<string, string>> = {};
  const modules = new Map<string, string>();
  for (const file of fs.readdirSync(schemas).filter(name => /^(cnpg|barman-cloud)-.*\.json$/.test(name))) {
    const kinds = JSON.parse(fs.readFileSync(path.join(schemas, file), 'utf8')) as StoredKind[];
    const version = path.basename(file, '.json');
    index[version] = Object.fromEntries(
      kinds.map(structure => {
        const schema = jsonSchemaOf(structure);
        const name = createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 12);
        if (!modules.has(name)) modules.set(name, compile(schema));
        return [structure.kind, `${name}.js`];
      }),
    );
  }
  fs.mkdirSync(target, { recursive: true });
  fs.writeFileSync(path.join(target, 'index.json'), `${JSON.stringify(index, undefined, 1)}\n`);
  await Promise.all([...modules].map(([name, code]) => bundle(code, path.join(target, `${name}.js`))));
}

function compile(schema: object): string {
  const ajv = new Ajv({ ...ajvOptions, code: { source: true, optimize: 1 } });
  return standaloneCode(ajv, ajv.compile(schema));
}

/** Brings ajv's few run-time helpers into the module. */
async function bundle(code: string, outfile: string): Promise<void> {
  await esbuild.build({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outfile,
    logLevel: 'warning',
  });
}
