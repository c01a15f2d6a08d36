/** The cases of `test/kubernetes/connection-cases.ts` against a real API server with RBAC. */
import https from 'node:https';
import { after, before, test } from 'node:test';
import type { Client } from '../../src/simulator/operator/client.ts';
import { createClient } from '../../src/simulator/operator/client.ts';
import type { Right, StoredObject } from '../kubernetes/connection-cases.ts';
import { cases } from '../kubernetes/connection-cases.ts';
import type { ControlPlane } from './control-plane.ts';
import { findBinaries, startControlPlane } from './control-plane.ts';
import { installKinds } from './objects.ts';
import { openRelay } from './relay.ts';

const binaries = findBinaries();
const needsBinaries = { skip: typeof binaries === 'string' ? `no API server: ${binaries}` : false, timeout: 60_000 };
const stopping = new AbortController();
let plane: ControlPlane;
let client: Client;

before(
  async () => {
    if (typeof binaries === 'string') return;
    plane = await startControlPlane(binaries.folder);
    client = createClient(plane.admin, stopping.signal);
    await installKinds(client);
  },
  { timeout: 300_000 },
);

after(async () => {
  stopping.abort();
  await (plane as ControlPlane | undefined)?.stop();
});

const rbac = 'rbac.authorization.k8s.io';
let given = 0;
let bindings: { plural: string; namespace: string | undefined; name: string }[] = [];

/** A role and its binding for each right; the bindings of before are taken away. */
async function allow(rights: readonly Right[]): Promise<void> {
  for (const { plural, namespace, name } of bindings)
    if (namespace === undefined) await removeEverywhere(`apis/${rbac}/v1/${plural}/${name}`);
    else await client.remove({ api: `apis/${rbac}/v1`, plural }, namespace, name);
  bindings = [];
  for (const { group, resources, verbs, namespace } of rights) {
    const name = `right-${given++}`;
    const [role, plural] = namespace === undefined ? ['ClusterRole', 'clusterroles'] : ['Role', 'roles'];
    const metadata = { name, ...(namespace !== undefined && { namespace }) };
    await client.create(
      { api: `apis/${rbac}/v1`, plural },
      { apiVersion: `${rbac}/v1`, kind: role, metadata, rules: [{ apiGroups: [group], resources, verbs }] },
    );
    const binding = plural.replace('roles', 'rolebindings');
    await client.create(
      { api: `apis/${rbac}/v1`, plural: binding },
      {
        apiVersion: `${rbac}/v1`,
        kind: `${role}Binding`,
        metadata,
        subjects: [{ kind: 'User', name: 'viewer', apiGroup: rbac }],
        roleRef: { kind: role, name, apiGroup: rbac },
      },
    );
    bindings.push({ plural: binding, namespace, name });
  }
}

/** Of a kind without namespaces. */
function removeEverywhere(at: string): Promise<void> {
  const { url, ca, cert, key } = plane.admin;
  return new Promise((resolve, reject) => {
    const request = https.request(`${url}/${at}`, { method: 'DELETE', ca, cert, key }, response => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`${at} was not removed: HTTP ${response.statusCode}`));
    });
    request.once('error', reject).end();
  });
}

const resourceOf = ({ apiVersion, kind }: StoredObject): { api: string; plural: string } => ({
  api: apiVersion === 'v1' ? 'api/v1' : `apis/${apiVersion}`,
  plural: `${kind.toLowerCase()}s`,
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

for (const [title, run] of Object.entries(cases))
  test(`real API server: ${title}`, needsBinaries, async t => {
    const relay = await openRelay(plane.admin.url);
    t.after(() => relay.cut());
    const userOf = ({ cert, key }: ControlPlane['admin']): object => ({
      'client-certificate-data': base64(cert),
      'client-key-data': base64(key),
    });
    await run(t, {
      relay,
      cluster: { 'certificate-authority-data': base64(plane.admin.ca) },
      users: { admin: userOf(plane.admin), viewer: userOf(plane.viewer) },
      allow,
      create: object => client.create(resourceOf(object), object as never),
      remove: async object => {
        await client.remove(resourceOf(object), object.metadata.namespace, object.metadata.name);
      },
    });
  });
