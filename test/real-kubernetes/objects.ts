/** What a test needs in a fresh API server: the kinds of CNPG, rights, a kubeconfig. */
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import type { AnyObject, ApiEndpoint, Client, Resource } from '../../src/simulator/operator/client.ts';
import { needsReference, reference } from '../support/shared.ts';
import type { ControlPlane } from './control-plane.ts';

const definitions = { api: 'apis/apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' };
const kinds: [group: string, kind: string, plural: string][] = [
  ['postgresql.cnpg.io', 'Cluster', 'clusters'],
  ['postgresql.cnpg.io', 'Backup', 'backups'],
  ['postgresql.cnpg.io', 'ScheduledBackup', 'scheduledbackups'],
  ['barmancloud.cnpg.io', 'ObjectStore', 'objectstores'],
];

/** The real CRDs where the reference data is, else ones that take everything. */
export async function installKinds(client: Client): Promise<void> {
  for (const [group, kind, plural] of kinds) {
    await client.create(
      definitions,
      needsReference.skip ? openDefinition(group, kind, plural) : realDefinition(group, plural),
    );
    await served(client, group, plural);
  }
}

function realDefinition(group: string, plural: string): AnyObject {
  const folder = group.startsWith('barman') ? 'plugin-barman-cloud-0.14.0' : 'cloudnative-pg-1.30.0';
  return parse(fs.readFileSync(path.join(reference, 'crds', folder, `${group}_${plural}.yaml`), 'utf8')) as AnyObject;
}

function openDefinition(group: string, kind: string, plural: string): AnyObject {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } },
        },
      ],
    },
  };
}

export async function served(client: Client, group: string, plural: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const listed = await client.list({ api: `apis/${group}/v1`, plural }).catch(() => undefined);
    if (listed) return;
    await sleep(100);
  }
  throw new Error(`${plural}.${group} is not served`);
}

/** The least that the API server takes. */
export const clusterNamed = (name: string, namespace = 'default'): AnyObject => ({
  apiVersion: 'postgresql.cnpg.io/v1',
  kind: 'Cluster',
  metadata: { name, namespace },
  spec: { instances: 1, storage: { size: '1Gi' } },
});

/** What a watch from this version answers first: the HTTP status when refused, the code of an `ERROR` event, else 200. */
export async function firstOfWatch(endpoint: ApiEndpoint, resource: Resource, version: string): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const code = await watchOnce(endpoint, resource, version);
    // Just started, an API server has not read its storage yet.
    if (code !== 429) return code;
    await sleep(100);
  }
  throw new Error(`watches of ${resource.plural} are not served`);
}

function watchOnce({ url, ca, cert, key }: ApiEndpoint, { api, plural }: Resource, version: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const watch = `${url}/${api}/${plural}?watch=true&timeoutSeconds=5&resourceVersion=${version}`;
    const request = https.get(watch, { ca, cert, key }, response => {
      let text = '';
      const answer = (): void => {
        const event = JSON.parse(text.split('\n')[0] || '{}') as { type?: string; object?: { code?: number } };
        resolve(event.type === 'ERROR' ? (event.object?.code ?? 0) : (response.statusCode ?? 0));
        request.destroy();
      };
      response.on('data', chunk => {
        text += String(chunk);
        if (text.includes('\n')) answer();
      });
      response.once('end', answer);
    });
    request.once('error', reject);
  });
}

/** With client certificates, one context for each entry. */
export function kubeconfigOf(users: Record<string, ControlPlane['admin']>): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const entries = Object.entries(users);
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: entries.map(([name, { url, ca }]) => ({
      name,
      cluster: { server: url, 'certificate-authority-data': base64(ca) },
    })),
    users: entries.map(([name, { cert, key }]) => ({
      name,
      user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) },
    })),
    contexts: entries.map(([name]) => ({ name, context: { cluster: name, user: name, namespace: 'default' } })),
  });
}
