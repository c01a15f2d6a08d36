/** From a Cluster to its listing, with an object store that has a name only inside the Kubernetes cluster. */
import assert from 'node:assert/strict';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { listArchive, newestWal, openFolder, readText } from '../../src/archive/index.ts';
import type { Connection } from '../../src/kubernetes/contract.ts';
import type { ArchiveListing } from '../../src/model/archive-listing.ts';
import { listClusterArchive, readArchiveFile, walFileIn } from '../../src/operations/list-archive.ts';
import { kindOf } from '../../src/simulator/api/kinds.ts';
import type { ApiServer } from '../../src/simulator/api/server.ts';
import { startApiServer } from '../../src/simulator/api/server.ts';
import { createBucket } from '../../src/simulator/object-store/bucket.ts';
import { startObjectStore } from '../../src/simulator/object-store/server.ts';
import { open } from '../kubernetes/connection-cases.ts';
import { at } from '../support/observed.ts';
import { member } from '../support/clusters.ts';
import type { Certificate } from '../support/tls.ts';
import { certificateFor, secured } from '../support/tls.ts';

const never = new AbortController().signal;
const secret = 'secret-that-nobody-may-see';

interface Given {
  endpoint: string;
  /** Pods behind the Service `minio` in namespace `storage`; `undefined`: there is no such Service. */
  behind?: { pod: string; ready: boolean }[];
  /** It is of type ExternalName. */
  leadsTo?: string;
  denied?: string;
  /** The object store speaks TLS with this certificate. */
  certificate?: Certificate;
  /** PEM of `endpointCA`. */
  ca?: string;
}

interface Stage {
  connection: Connection;
  list: () => Promise<ArchiveListing>;
  read: (key: string) => Promise<string>;
  find: (name: string) => Promise<'whole' | 'partial' | undefined>;
  /** Pods to which streams were opened, with the port. */
  streams: string[];
}

async function stage(t: TestContext, { endpoint, behind, leadsTo, denied, certificate, ca }: Given): Promise<Stage> {
  const bucket = createBucket();
  for (const key of ['00000001000000000000000A', '00000001000000000000000B'])
    bucket.put(`cluster-eu/wals/0000000100000000/${key}`, 16 * 2 ** 20, new Date());
  bucket.put('cluster-eu/wals/0000000100000000/00000001000000000000000C.partial', 1, new Date());
  bucket.put('cluster-eu/wals/00000002.history', Buffer.from('1\t0/B0000A0\tno recovery target\n'), new Date());
  const store = await startObjectStore({ buckets: new Map([['archive', bucket]]), keys: { key: secret } });
  const storePort = Number(new URL(store.endpoint).port);
  const port = certificate ? await secured(t, certificate, storePort) : storePort;
  const streams: string[] = [];
  const portForward = (namespace: string, pod: string, wanted: number): Duplex => {
    streams.push(`${namespace}/${pod}:${wanted}`);
    return net.connect(port, '127.0.0.1');
  };
  const server = await startApiServer({
    tokens: { token: 'admin' },
    portForward,
    allow: ({ resource }) => resource !== denied,
  });
  t.after(async () => {
    await server.stop();
    await store.stop();
  });
  fill(server, endpoint.replace('STORE', store.endpoint), behind, ca, leadsTo);
  const relay = { url: server.url } as never;
  const users = { admin: { token: 'token' }, viewer: {} };
  const { connection } = await open(t, { relay, cluster: { 'insecure-skip-tls-verify': true }, users });
  const room = async () => ({ openFolder, listArchive, newestWal, readText });
  return {
    connection,
    streams,
    list: () => listClusterArchive(connection, at('cluster-eu'), 'own', room, never),
    read: key => readArchiveFile(connection, at('cluster-eu'), 'own', key, room, never),
    find: name => walFileIn(connection, at('cluster-eu'), 'own', name, room, never),
  };
}

function fill(
  { store }: ApiServer,
  endpointURL: string,
  behind: Given['behind'],
  ca?: string,
  externalName?: string,
): void {
  const create = (object: { apiVersion: string; kind: string }): unknown =>
    store.create(kindOf(object), object as never);
  create({ ...member('cluster-eu'), apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster' });
  const selector = (key: string) => ({ name: 'keys', key });
  create({
    apiVersion: 'barmancloud.cnpg.io/v1',
    kind: 'ObjectStore',
    metadata: { name: 'cluster-eu', namespace: 'default' },
    spec: {
      configuration: {
        destinationPath: 's3://archive/',
        endpointURL,
        ...(ca !== undefined && { endpointCA: selector('ca') }),
        s3Credentials: { accessKeyId: selector('id'), secretAccessKey: selector('secret') },
      },
    },
  } as never);
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'keys', namespace: 'default' },
    data: { id: base64('key'), secret: base64(secret), ca: base64(ca ?? '') },
  } as never);
  if (!behind) return;
  create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'minio', namespace: 'storage' },
    spec: externalName === undefined ? { ports: [{ name: 'api', port: 80 }] } : { type: 'ExternalName', externalName },
  } as never);
  create({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'minio-x7', namespace: 'storage', labels: { 'kubernetes.io/service-name': 'minio' } },
    ports: [
      { name: 'console', port: 9001 },
      { name: 'api', port: 9000 },
    ],
    endpoints: behind.map(({ pod, ready }) => ({ conditions: { ready }, targetRef: { kind: 'Pod', name: pod } })),
  } as never);
  for (const { pod: name } of behind)
    create({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'storage' } } as never);
}

const pods = [
  { pod: 'minio-0', ready: false },
  { pod: 'minio-1', ready: true },
];

for (const endpoint of ['http://minio.storage.svc', 'http://minio.storage.svc.cluster.local', 'http://minio.storage'])
  test(`${endpoint} is reached through the API server`, async t => {
    const { list, streams } = await stage(t, { endpoint, behind: pods });
    const listing = await list();
    assert.equal(listing.timelines[0]?.segments, 2);
    assert.equal(listing.endpointURL, endpoint);
    assert.deepEqual([...new Set(streams)], ['storage/minio-1:9000']);
  });

test('a small file of the archive is read the same way', async t => {
  const { read, list } = await stage(t, { endpoint: 'http://minio.storage.svc', behind: pods });
  const key = (await list()).timelines.at(-1)?.historyKey ?? '';
  assert.equal(key, 'wals/00000002.history');
  assert.match(await read(key), /^1\t0\/B0000A0/);
  await assert.rejects(read('base/20261125T010203/backup.info'), /NoSuchKey/);
});

test('a WAL file is found whole, partial, or not at all', async t => {
  const { find } = await stage(t, { endpoint: 'STORE' });
  assert.equal(await find('00000001000000000000000A'), 'whole');
  assert.equal(await find('00000001000000000000000C'), 'partial');
  assert.equal(await find('00000001000000000000000D'), undefined);
});

test('an endpoint of the outside is reached as ever', async t => {
  const { list, streams } = await stage(t, { endpoint: 'STORE', behind: pods });
  assert.equal((await list()).timelines[0]?.segments, 2);
  assert.deepEqual(streams, []);
});

test('with TLS the certificate must be of the CA that the ObjectStore names, and for that name', async t => {
  const certificate = certificateFor(t, 'minio.storage.svc');
  if (!certificate) return t.skip('openssl is not installed');
  const endpoint = 'https://minio.storage.svc:80';
  const good = await stage(t, { endpoint, behind: pods, certificate, ca: certificate.cert });
  assert.equal((await good.list()).timelines[0]?.segments, 2);
  const unknown = await stage(t, { endpoint, behind: pods, certificate });
  await assert.rejects(unknown.list(), /Name the CA in endpointCA/);
  const other = await stage(t, {
    endpoint: 'https://minio.storage.svc.x:80',
    behind: pods,
    certificate,
    ca: certificate.cert,
  });
  await assert.rejects(other.list(), /certificate is for another name/);
});

const failures: [string, Given, RegExp][] = [
  ['no Service', { endpoint: 'http://minio.storage.svc' }, /There is no Service "minio" in namespace "storage"/],
  [
    'another name for a host outside',
    { endpoint: 'http://minio.storage.svc', behind: [], leadsTo: 's3.example.net' },
    /It is only another name for s3\.example\.net.*Use s3\.example\.net/,
  ],
  ['another port', { endpoint: 'http://minio.storage.svc:9', behind: pods }, /It has no port 9/],
  [
    'no pod is ready',
    { endpoint: 'http://minio.storage.svc', behind: [{ pod: 'minio-0', ready: false }] },
    /No pod that is ready is behind it/,
  ],
  [
    'endpoints may not be listed',
    { endpoint: 'http://minio.storage.svc', behind: pods, denied: 'endpointslices' },
    /HTTP 403.*endpointslices/,
  ],
];
for (const [title, given, said] of failures)
  test(`an endpoint inside the Kubernetes cluster: ${title}`, async t => {
    const { list } = await stage(t, given);
    await assert.rejects(list(), (error: Error) => {
      assert.match(error.message, said);
      assert.ok(!error.message.includes(secret));
      return true;
    });
  });
