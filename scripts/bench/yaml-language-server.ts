/** The peer of the language server: yaml-language-server with a JSON schema made of the Cluster's CRD. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { jsonSchemaOf } from '../../src/server/json-schema.ts';
import type { StoredKind } from '../../src/server/structure.ts';

const release = 'yaml-language-server@2.0.0';

export interface Peer {
  /** Its module, for Node. */
  module: string;
  /** Answer to `workspace/configuration`. */
  settings: Record<string, unknown>;
}

/** From the cache, else installed into it from npm. @returns `undefined` when that is not possible */
export function findYamlLanguageServer(root: string): Peer | undefined {
  const folder = path.join(root, '.cache/yaml-language-server');
  const module = path.join(folder, 'node_modules/yaml-language-server/bin/yaml-language-server');
  try {
    if (!fs.existsSync(module))
      execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, release], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const schema = path.join(folder, 'cluster.json');
  const kinds = JSON.parse(fs.readFileSync(path.join(root, 'schemas/cnpg-1.30.json'), 'utf8')) as StoredKind[];
  const cluster = kinds.find(({ kind }) => kind === 'Cluster');
  if (cluster) fs.writeFileSync(schema, JSON.stringify(jsonSchemaOf(cluster)));
  const yaml = {
    validate: true,
    hover: true,
    completion: true,
    schemaStore: { enable: false },
    schemas: { [`file://${schema}`]: '*.yaml' },
  };
  return {
    module,
    settings: { yaml, 'redhat.telemetry': { enabled: false }, http: {}, '[yaml]': {}, editor: {}, files: {} },
  };
}
