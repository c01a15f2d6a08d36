/** Custom resource definitions made of the project's own `schemas/`, so that a real API server can be asked about them. */
import fs from 'node:fs';
import path from 'node:path';
import type { Structure } from '../../src/language/schemas.ts';
import { createClient } from '../../src/simulator/operator/client.ts';
import type { ControlPlane } from './control-plane.ts';
import { served } from './objects.ts';

export interface KindDefinition {
  kind: string;
  plural: string;
  scope: 'Namespaced' | 'Cluster';
  apiVersion: string;
  replicas?: string;
  schema: Structure;
}

/** All kinds of the newest CNPG and of the Barman Cloud plugin. @param root folder of the project */
export function kindsOf(root: string): KindDefinition[] {
  const folder = path.join(root, 'schemas');
  const newest = fs
    .readdirSync(folder)
    .filter(name => name.startsWith('cnpg-'))
    .toSorted((a, b) => a.localeCompare(b, undefined, { numeric: true }))
    .at(-1);
  return [newest ?? '', 'barman-cloud-0.14.json']
    .flatMap(name => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as Omit<KindDefinition, 'plural'>[])
    .map(found => ({ ...found, plural: `${found.kind.toLowerCase()}s` }));
}

export async function installDefinitions(plane: ControlPlane, root: string): Promise<void> {
  const client = createClient(plane.admin, new AbortController().signal);
  for (const { kind, plural, scope, apiVersion, replicas, schema } of kindsOf(root)) {
    const [group = '', version = ''] = apiVersion.split('/');
    const scale = replicas !== undefined && {
      scale: { specReplicasPath: replicas, statusReplicasPath: '.status.instances' },
    };
    await client.create(
      { api: 'apis/apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' },
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `${plural}.${group}` },
        spec: {
          group,
          scope,
          names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
          versions: [
            {
              name: version,
              served: true,
              storage: true,
              subresources: { status: {}, ...scale },
              schema: { openAPIV3Schema: schema },
            },
          ],
        },
      },
    );
    await served(client, group, plural);
  }
}
