/** Archives that a real PostgreSQL wrote with the real Barman tools, through a timeline switch; Barman's own list is the oracle. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { listArchive, openFolder } from '../../src/archive/index.ts';
import { checkArchive } from '../../src/model/archive-check.ts';
import type { Emulator } from './emulators.ts';
import { findBarman, startMoto } from './emulators.ts';
import type { Postgres } from './postgres.ts';
import { createPostgres, findPostgres } from './postgres.ts';

const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
const location = (endpointURL: string) => ({
  configuration: { destinationPath: 's3://wal/deep', endpointURL },
  serverName: 'pg',
});

let why: string | undefined;
let emulator: Emulator;
let postgres: Postgres;
let client: S3Client;

before(async () => {
  const [found, barman] = [findPostgres(), findBarman()];
  if (typeof found === 'string') why = found;
  else if (typeof barman === 'string') why = barman;
  else {
    const started = await startMoto();
    if (typeof started === 'string') why = started;
    else {
      emulator = started;
      client = new S3Client({ endpoint: emulator.endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
      await client.send(new CreateBucketCommand({ Bucket: 'wal' }));
      const options = ['--cloud-provider', 'aws-s3', '--endpoint-url', emulator.endpoint];
      const environment = {
        ...barman,
        AWS_ACCESS_KEY_ID: 'key',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_DEFAULT_REGION: 'us-east-1',
      };
      postgres = createPostgres(found.bin, environment, { options, destination: 's3://wal/deep', server: 'pg' }, 1);
    }
  }
});
after(async () => {
  await postgres?.stop().catch(() => undefined);
  postgres?.remove();
  client?.destroy();
  await emulator?.stop();
});

/** Fills some segments, and waits until the last complete one was archived. */
async function write(segments: number): Promise<string> {
  for (let at = 0; at < segments; at++)
    await postgres.sql(`INSERT INTO load SELECT generate_series(1, 1000); SELECT pg_switch_wal()`);
  const last = await postgres.sql('SELECT pg_walfile_name(pg_switch_wal())');
  for (let attempt = 0; attempt < 300; attempt++) {
    const archived = await postgres.sql('SELECT last_archived_wal FROM pg_stat_archiver');
    if (archived.slice(0, 24) >= last) return last;
    await sleep(200);
  }
  throw new Error(`${last} was not archived: ${await postgres.sql('SELECT last_failed_wal FROM pg_stat_archiver')}`);
}

const check = async () => {
  const where = location(emulator.endpoint);
  const folder = await openFolder({ location: where, credentials: { for: 's3', ...credentials } });
  try {
    return checkArchive(await listArchive(folder, where, AbortSignal.timeout(60_000)), {
      systemId: postgres.systemId(),
    });
  } finally {
    folder.close();
  }
};

interface BarmanBackup {
  backup_id: string;
  begin_wal: string;
  end_wal: string;
  timeline: number;
  systemid: string;
  status: string;
}

test('an archive of real Barman tools, with segments of 1 MiB, through a promotion', {
  timeout: 300_000,
}, async context => {
  if (why !== undefined) return context.skip(why);
  await postgres.start();
  await postgres.sql('CREATE TABLE load (i int)');
  await write(3);
  await postgres.barman('cloud_backup', '-z', '--immediate-checkpoint', 's3://wal/deep', 'pg');
  const beforeSwitch = await write(4);
  await postgres.promote();
  const last = await write(4);
  assert.equal(last.slice(0, 8), '00000002');

  const found = await check();
  assert.deepEqual(
    found.findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.equal(found.segmentSize, 1024 * 1024);
  assert.deepEqual(
    found.timelines.map(({ timeline, parent, verdict }) => [timeline, parent, verdict]),
    [
      [1, null, 'continuous'],
      [2, 1, 'continuous'],
    ],
  );
  assert.ok(found.timelines[0]?.last && found.timelines[0].last >= beforeSwitch);
  assert.equal(found.timelines[1]?.last, last);

  const list = JSON.parse(await postgres.barman('cloud_backup_list', '--format', 'json', 's3://wal/deep', 'pg')) as {
    backups_list: BarmanBackup[];
  };
  assert.deepEqual(
    found.backups.map(({ id, beginWal, endWal, timeline, systemId, status }) => [
      id,
      beginWal,
      endWal,
      timeline,
      systemId,
      status,
    ]),
    list.backups_list.map(each => [
      each.backup_id,
      each.begin_wal,
      each.end_wal,
      each.timeline,
      each.systemid,
      each.status,
    ]),
  );
  assert.deepEqual(
    [found.backups[0]?.verdict, found.backups[0]?.restorableTo, found.backups[0]?.firstMissing],
    ['restorable', last, null],
  );
  assert.ok(found.recoveryWindow && found.recoveryWindow.from < found.recoveryWindow.to);
});

test('a segment that is lost is named, and the base backup ends before it', { timeout: 60_000 }, async context => {
  if (why !== undefined) return context.skip(why);
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'wal', Prefix: 'deep/pg/wals/' }));
  const names = Contents.flatMap(({ Key = '' }) => /\/(00000002[0-9A-F]{16})\.gz$/.exec(Key)?.[1] ?? []).sort();
  const lost = names.at(-2) ?? '';
  await client.send(new DeleteObjectCommand({ Bucket: 'wal', Key: `deep/pg/wals/${lost.slice(0, 16)}/${lost}.gz` }));
  const found = await check();
  assert.equal(found.backups[0]?.firstMissing, lost);
  assert.equal(found.backups[0].restorableTo, names.at(-3));
  // It is at the end and young: it could be on its way.
  assert.ok(found.findings.some(({ code, message }) => code === 'tail-pending' && message.includes(lost)));
});
