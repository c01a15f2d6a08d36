/** The peer of `lint`: kubeconform (Go), which validates manifests against JSON schemas made of the CRDs. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** The release that is built when none is installed. */
const release = 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0';

/** `KUBECONFORM`, else of the PATH, else built with Go into the cache. @returns `undefined` where there is none of these */
export function findKubeconform(root: string): string | undefined {
  const named = process.env['KUBECONFORM'];
  if (named !== undefined && fs.existsSync(named)) return named;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const installed = folders.map(folder => path.join(folder, 'kubeconform')).find(file => fs.existsSync(file));
  return installed ?? build(path.join(root, '.cache/bin'));
}

function build(folder: string): string | undefined {
  const binary = path.join(folder, 'kubeconform');
  try {
    if (!fs.existsSync(binary))
      execFileSync('go', ['install', release], { env: { ...process.env, GOBIN: folder }, stdio: 'ignore' });
    return binary;
  } catch {
    return undefined;
  }
}

interface Crd {
  spec: {
    group: string;
    names: { kind: string };
    versions: { name: string; schema: { openAPIV3Schema: JsonSchema } }[];
  };
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
  [keyword: string]: unknown;
}

/**
 * Writes a JSON schema for each kind of the CRD files, as kubeconform's own converter does.
 *
 * @returns arguments of kubeconform
 */
export function kubeconformSchemas(crdFolders: readonly string[], out: string): string[] {
  fs.mkdirSync(out, { recursive: true });
  const files = crdFolders.flatMap(folder =>
    fs.globSync('*.yaml', { cwd: folder }).map(name => path.join(folder, name)),
  );
  for (const file of files) {
    const { spec } = parse(fs.readFileSync(file, 'utf8')) as Crd;
    for (const { name, schema } of spec.versions) {
      const target = `${spec.names.kind.toLowerCase()}_${name}.json`;
      fs.writeFileSync(path.join(out, target), JSON.stringify(strict(schema.openAPIV3Schema, true)));
    }
  }
  return ['-strict', '-schema-location', path.join(out, '{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json')];
}

/** Nothing beside the known fields, save at the root; what may be an integer or a string is said in JSON schema's words. */
function strict(schema: JsonSchema, isRoot = false): JsonSchema {
  if (schema['x-kubernetes-int-or-string']) return { oneOf: [{ type: 'string' }, { type: 'integer' }] };
  const { properties, items, additionalProperties } = schema;
  const isOpen =
    isRoot || additionalProperties !== undefined || schema['x-kubernetes-preserve-unknown-fields'] === true;
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, strict(value)])),
      ...(!isOpen && { additionalProperties: false }),
    }),
    ...(items && { items: strict(items) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: strict(additionalProperties) }),
  };
}
