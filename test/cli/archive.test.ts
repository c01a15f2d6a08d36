/** The built command line against the simulated object store: `node dist/cli.js archive list`. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createBucket } from '../../src/simulator/object-store/bucket.ts';
import type { ObjectStoreServer } from '../../src/simulator/object-store/server.ts';
import { startObjectStore } from '../../src/simulator/object-store/server.ts';
import { createArchive } from '../../src/simulator/postgres/archive.ts';

const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');
const secret = 'secret-that-nobody-may-see';
let store: ObjectStoreServer;
const bucket = createBucket();
/** A gap in what was just stored may yet be filled. */
const justStored = (): void => {
  const archive = createArchive(bucket, 'cluster-eu/');
  for (const number of [1n, 2n, 4n]) archive.segment(number, 1, new Date());
};

before(async () => {
  justStored();
  const old = createBucket();
  for (const number of [1n, 2n, 4n])
    createArchive(old, 'cluster-eu/').segment(number, 1, new Date('2026-11-20T10:00:00Z'));
  const buckets = new Map([
    ['archive-eu', bucket],
    ['archive-old', old],
  ]);
  store = await startObjectStore({ buckets, keys: { key: secret } });
});
after(() => store.stop());

function run(args: string[], env: Record<string, string>): Promise<{ code: number; out: string; error: string }> {
  return new Promise(resolve => {
    execFile(
      process.execPath,
      [cli, 'archive', ...args],
      { env: { PATH: process.env['PATH'] ?? '', ...env } },
      (failed, out, error) => resolve({ code: typeof failed?.code === 'number' ? failed.code : 0, out, error }),
    );
  });
}

const credentials = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: secret };
const list = (destination: string, ...more: string[]): string[] => [
  'list',
  destination,
  '--server',
  'cluster-eu',
  '--endpoint-url',
  store.endpoint,
  ...more,
];

test('lists segments and gaps', async () => {
  const { code, out, error } = await run(list('s3://archive-eu/'), credentials);
  assert.equal(error, '');
  assert.equal(code, 0);
  assert.match(out, /000000010000000000000001/);
  assert.match(out, /000000010000000000000003/);
  const json = await run(list('s3://archive-eu/', '--format', 'json'), credentials);
  assert.equal((JSON.parse(json.out) as { objects: number }).objects, 3);
});

test('checks: JSON with a verdict, exit code 1 when something is missing', async () => {
  justStored();
  const { code, out } = await run(['check', ...list('s3://archive-eu/', '--format', 'json').slice(1)], credentials);
  assert.equal(code, 0);
  const check = JSON.parse(out) as Record<string, unknown>;
  assert.deepEqual(Object.keys(check), [
    'destinationPath',
    'serverName',
    'segmentSize',
    'objects',
    'bytes',
    'requests',
    'truncated',
    'timelines',
    'backups',
    'recoveryWindow',
    'findings',
    'verdict',
  ]);
  assert.equal(check['verdict'], 'warning');
  const old = await run(['check', ...list('s3://archive-old/').slice(1)], credentials);
  assert.equal(old.code, 1);
  assert.match(old.out, /error gap: Timeline 1: 000000010000000000000003 missing/);
});

test('an archive that cannot be read is unreadable, in JSON too', async () => {
  const { code, out, error } = await run(['check', ...list('s3://nowhere/', '--format', 'json').slice(1)], credentials);
  assert.equal(code, 2);
  const { verdict, findings } = JSON.parse(out) as { verdict: string; findings: { code: string }[] };
  assert.deepEqual([verdict, findings[0]?.code], ['unreadable', 'no-such-bucket']);
  assert.match(error, /NoSuchBucket/);
});

test('each fault is one message with the way out, and never the secret', async () => {
  const faults: [args: string[], env: Record<string, string>, wanted: RegExp][] = [
    [list('s3://nowhere/'), credentials, /NoSuchBucket[\s\S]*Create the bucket/],
    [list('s3://archive-eu/'), { ...credentials, AWS_SECRET_ACCESS_KEY: `${secret}x` }, /SignatureDoesNotMatch/],
    [list('s3://archive-eu/'), { ...credentials, AWS_ACCESS_KEY_ID: 'other' }, /InvalidAccessKeyId/],
    [
      ['list', 's3://archive-eu/', '--server', 'x', '--endpoint-url', 'http://127.0.0.1:1'],
      credentials,
      /ECONNREFUSED/,
    ],
    [list('ftp://archive-eu/'), credentials, /s3:\/\/bucket\/path/],
    [['list'], credentials, /usage: cnpg-replica archive list/],
  ];
  for (const [args, env, wanted] of faults) {
    const { code, out, error } = await run(args, env);
    assert.equal(code, 2, args.join(' '));
    assert.equal(out, '');
    assert.match(error, wanted);
    assert.ok(!error.includes(secret) && error.trim().split('\n').length === 1, error);
  }
});
