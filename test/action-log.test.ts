import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createActionLog, recorded } from '../src/action-log.ts';
import type { Action } from '../src/model/actions.ts';
import { renderActions } from '../src/model/actions.ts';
import { Failure } from '../src/errors.ts';
import type { Connection } from '../src/kubernetes/contract.ts';

const never = new AbortController().signal;
const write = { kind: 'Cluster', namespace: 'default', name: 'cluster-us', patch: { spec: {} } } as const;

function connection(refuse?: Error): { connection: Connection; told: Action[] } {
  const told: Action[] = [];
  const answer = async () => {
    if (refuse) throw refuse;
    return { object: {}, warnings: [] };
  };
  const plain = { context: 'us', server: 'https://us', patch: answer, create: answer, delete: answer };
  return { connection: recorded(plain as never, 'dba as admin', action => told.push(action)), told };
}

test('each write is told with its answer, dry runs are not', async () => {
  const { connection: api, told } = connection();
  await api.patch(write, { dryRun: true }, never);
  await api.patch({ ...write, subresource: 'status' }, { dryRun: false }, never);
  await api.create('Backup', { metadata: { name: 'b', namespace: 'default' } }, { dryRun: false }, never);
  await api.delete('Cluster', 'default', 'cluster-us', { dryRun: false }, never);
  assert.deepEqual(
    told.map(({ request, answer, by, context }) => `${request}: ${answer}, ${by}, ${context}`),
    [
      'PATCH Cluster default/cluster-us, status: accepted, dba as admin, us',
      'CREATE Backup default/b: accepted, dba as admin, us',
      'DELETE Cluster default/cluster-us: accepted, dba as admin, us',
    ],
  );
  assert.deepEqual(told[0]?.body, write.patch);
});

test('what may be a password is not told', async () => {
  const { connection: api, told } = connection();
  const spec = {
    env: [{ name: 'AWS_SECRET_ACCESS_KEY', value: 'hush' }],
    externalClusters: [
      { connectionParameters: { host: 'eu-rw', password: 'hush' }, password: { name: 'secret-eu', key: 'password' } },
    ],
    bootstrap: { initdb: { postInitSQL: ["CREATE ROLE app PASSWORD 'hush'", 'CREATE EXTENSION hstore'] } },
  };
  await api.create('Cluster', { metadata: { name: 'c' }, spec } as never, { dryRun: false }, never);
  const text = JSON.stringify(told[0]?.body);
  assert.doesNotMatch(text, /hush/);
  assert.match(text, /eu-rw.*"name":"secret-eu","key":"password"/);
  assert.match(text, /CREATE EXTENSION hstore/);
});

test('a refusal is told and goes on to who asked', async () => {
  const { connection: api, told } = connection(
    new Failure('forbidden', { what: 'Change', why: '403.', remedy: 'Ask.' }),
  );
  await assert.rejects(api.patch(write, { dryRun: false }, never), /403/);
  assert.equal(told[0]?.answer, 'Change: 403. Ask.');
});

const action = (at: number): Action => ({
  at: new Date(at).toISOString(),
  by: 'dba',
  context: 'us',
  request: 'PATCH Cluster default/cluster-us',
  body: { spec: { replica: { primary: 'cluster-us' } } },
  answer: 'accepted',
});

test('the file keeps them over windows, newest first, whatever a crash has left', t => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-actions-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const log = createActionLog(path.join(folder, 'new'), assert.fail);
  log.append(action(0));
  fs.appendFileSync(log.file, '{"at":"cut off\n');
  log.append(action(1000));
  const again = createActionLog(path.join(folder, 'new'), assert.fail);
  assert.deepEqual(again.latest(10), [action(1000), action(0)]);
  assert.deepEqual(again.latest(1), [action(1000)]);
});

test('a file that cannot be written holds nothing back', () => {
  const said: string[] = [];
  createActionLog('/dev/null/x', message => said.push(message)).append(action(0));
  assert.match(said.join(), /could not be written/);
});

test('the page has request, body and answer', () => {
  const text = renderActions([action(0)], '/x/actions.jsonl');
  assert.match(
    text,
    /1970-01-01 00:00:00 UTC {2}PATCH Cluster default\/cluster-us in context us, by dba\n {4}\{"spec".*\n {4}accepted/,
  );
  assert.match(renderActions([], '/x'), /Nothing was written yet/);
});
