/** The same archive in S3, Azure Blob Storage and Google Cloud Storage, each by a server from a package. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { Storage } from '@google-cloud/storage';
import type { Credentials, FolderOptions } from '../../src/archive/contract.ts';
import { listArchive, openFolder } from '../../src/archive/index.ts';
import { isFailure } from '../../src/errors.ts';
import { checkArchive } from '../../src/model/archive-check.ts';
import type { Emulator } from './emulators.ts';
import { certificateFor, secured } from '../support/tls.ts';
import { azureAccount, startAzurite, startGoogle, startMoto } from './emulators.ts';
import { info, segments } from './folders.ts';

const never = new AbortController().signal;
const secret = 'secret-that-nobody-may-see';

/** 1,100 segments with a hole, a switch and a base backup: more than a page of S3. */
const objects: Record<string, string | number> = {
  ...segments(1, 1, 600, '.gz'),
  ...segments(2, 601, 1101, '.gz'),
  'wals/00000002.history': '1\t2/59000148\tno recovery target specified\n',
  'base/20261120T100000/backup.info': info({
    status: 'DONE',
    timeline: 1,
    begin_wal: '000000010000000000000002',
    end_wal: '000000010000000000000003',
    begin_time: '2026-11-20 10:00:00+00:00',
    end_time: '2026-11-20 10:05:00+00:00',
    systemid: '7500000000000000001',
    xlog_segment_size: 16777216,
  }),
};
delete objects['wals/0000000200000003/000000020000000300000010.gz'];

interface Store {
  name: string;
  start: () => Promise<Emulator | string>;
  put: (endpoint: string, objects: [key: string, body: Buffer][]) => Promise<void>;
  where: (endpoint: string, path: string) => FolderOptions['location']['configuration'];
  credentials: Credentials | undefined;
  wrong?: Credentials;
}

const key = { for: 's3', accessKeyId: 'key', secretAccessKey: secret } as const;
const stores: Store[] = [
  {
    name: 'S3',
    start: startMoto,
    async put(endpoint, all) {
      const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: key });
      await client.send(new CreateBucketCommand({ Bucket: 'wal' }));
      await inGroups(all, 16, ([name, body]) =>
        client.send(new PutObjectCommand({ Bucket: 'wal', Key: name, Body: body })),
      );
      client.destroy();
    },
    where: (endpoint, path) => ({ destinationPath: `s3://${path}`, endpointURL: endpoint }),
    credentials: key,
  },
  {
    name: 'Azure Blob Storage',
    start: startAzurite,
    async put(endpoint, all) {
      const { account, key: secretKey } = azureAccount;
      const service = new BlobServiceClient(
        `${endpoint}/${account}`,
        new StorageSharedKeyCredential(account, secretKey),
      );
      const container = service.getContainerClient('wal');
      await container.create();
      await inGroups(all, 16, ([name, body]) => container.getBlockBlobClient(name).upload(body, body.length));
    },
    where: (endpoint, path) => ({ destinationPath: `${endpoint}/${azureAccount.account}/${path}` }),
    credentials: { for: 'azure', ...azureAccount },
    wrong: { for: 'azure', account: azureAccount.account, key: Buffer.from(secret).toString('base64') },
  },
  {
    name: 'Google Cloud Storage',
    start: startGoogle,
    async put(endpoint, all) {
      const bucket = new Storage({ apiEndpoint: endpoint, projectId: 'test' }).bucket('wal');
      await inGroups(all, 1, ([name, body]) => bucket.file(name).save(body, { resumable: false }));
    },
    where: (endpoint, path) => ({ destinationPath: `gs://${path}`, endpointURL: endpoint }),
    credentials: undefined,
  },
];

/** The emulator of Google serves one request at a time. */
async function inGroups<T>(items: readonly T[], size: number, work: (item: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < items.length; at += size) await Promise.all(items.slice(at, at + size).map(work));
}

for (const { name, start, put, where, credentials, wrong } of stores)
  describe(name, () => {
    let emulator: Emulator | string = 'not started';

    const read = async (path: string, by = credentials, secure?: { endpoint: string; ca?: string }) => {
      assert.ok(typeof emulator !== 'string');
      const location = { configuration: where(secure?.endpoint ?? emulator.endpoint, path), serverName: 'pg' };
      const ca = secure?.ca;
      const folder = await openFolder({ location, credentials: by, ...(ca !== undefined && { ca }) });
      try {
        return await listArchive(folder, location, AbortSignal.any([never, AbortSignal.timeout(60_000)]));
      } finally {
        folder.close();
      }
    };

    before(async () => {
      emulator = await start();
      if (typeof emulator === 'string') return;
      const bodies = Object.entries(objects).map(([path, value]): [string, Buffer] => [
        `deep/pg/${path}`,
        Buffer.from(typeof value === 'string' ? value : 'x'),
      ]);
      await put(emulator.endpoint, bodies);
    });
    after(async () => {
      if (typeof emulator !== 'string') await emulator.stop();
    });

    test('with TLS the certificate must be of the CA that the ObjectStore names', async context => {
      if (typeof emulator === 'string') return context.skip(emulator);
      if (name === 'Google Cloud Storage') return context.skip('its SDK knows no CA');
      const certificate = certificateFor(context, 'localhost');
      if (!certificate) return context.skip('openssl is not installed');
      const port = await secured(context, certificate, Number(new URL(emulator.endpoint).port));
      const endpoint = `https://localhost:${port}`;
      const listing = await read('wal/deep', credentials, { endpoint, ca: certificate.cert });
      assert.equal(listing.objects, Object.keys(objects).length);
      await assert.rejects(read('wal/deep', credentials, { endpoint }), /endpointCA/);
    });

    test(`an archive is listed and judged`, async context => {
      if (typeof emulator === 'string') return context.skip(emulator);
      const listing = await read('wal/deep');
      assert.equal(listing.objects, Object.keys(objects).length);
      const check = checkArchive(listing);
      assert.deepEqual(
        check.timelines.map(({ timeline, segments: count, verdict, missing }) => [
          timeline,
          count,
          verdict,
          missing.map(({ from }) => from),
        ]),
        [
          [1, 600, 'continuous', []],
          [2, 500, 'gap', ['000000020000000300000010']],
        ],
      );
      assert.equal(check.backups[0]?.restorableTo, '00000002000000030000000F');
    });

    test(`what does not exist, and what may not be read, is one message`, async context => {
      if (typeof emulator === 'string') return context.skip(emulator);
      const said = async (reading: Promise<unknown>): Promise<string> => {
        const thrown: unknown = await reading.then(
          () => undefined,
          (error: unknown) => error,
        );
        assert.ok(isFailure(thrown), String(thrown));
        assert.ok(!thrown.message.includes(secret) && !thrown.message.includes(Buffer.from(secret).toString('base64')));
        return thrown.code;
      };
      assert.equal(await said(read('nowhere/deep')), 'no-such-bucket');
      if (wrong) assert.match(await said(read('wal/deep', wrong)), /wrong-key|access-denied/);
      assert.equal((await read('wal/elsewhere')).objects, 0);
    });
  });
