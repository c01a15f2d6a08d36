/** Each fault of a playground breaks what it says, and is repaired. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultControl, PlaygroundFault } from '../../src/model/playground-fault.ts';
import { faultControlFile } from '../../src/model/playground-fault.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import type { ConnectedPlayground } from '../support/connected-playground.ts';
import { connectPlayground } from '../support/connected-playground.ts';

let connected: ConnectedPlayground;
let control: FaultControl;

before(async () => {
  connected = await connectPlayground('faults');
  const beside = path.dirname(connected.playground.kubeconfig);
  control = JSON.parse(fs.readFileSync(path.join(beside, faultControlFile), 'utf8')) as FaultControl;
});
after(() => connected?.stop());

const ask = (method: string, id = '', token = control.token): Promise<Response> =>
  fetch(`${control.url}/${encodeURIComponent(id)}`, { method, headers: { authorization: `Bearer ${token}` } });

async function faults(): Promise<PlaygroundFault[]> {
  return (await (await ask('GET')).json()) as PlaygroundFault[];
}

async function turn(title: RegExp): Promise<PlaygroundFault | undefined> {
  const fault = (await faults()).find(each => title.test(each.title));
  assert.ok(fault, String(title));
  const after = (await (await ask('POST', fault.id)).json()) as PlaygroundFault[];
  return after.find(({ id }) => id === fault.id);
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 150; looks++) {
    if (await what()) return;
    await sleep(100);
  }
  assert.fail(String(what));
}

const database = (key: string) => connected.playground.world.databases.get(key) ?? assert.fail(key);
const leader = (key: string) => database(key).instances.get(database(key).leader) ?? assert.fail(key);
const eu = 'eu/default/cluster-eu';
const us = 'us/default/cluster-us';

test('both sides have theirs, and nothing is broken', async () => {
  const all = await faults();
  assert.deepEqual(
    all.filter(({ on }) => on === true),
    [],
  );
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  assert.ok(all.some(({ title }) => /primary cluster-eu-1/.test(title)));
});

test('streaming is cut, and comes back', async () => {
  assert.equal((await turn(/^Cut the streaming to cluster-us/))?.on, true);
  await until(() => !leader(us).streaming);
  assert.equal((await turn(/^Cut the streaming to cluster-us/))?.on, false);
  await until(() => leader(us).streaming);
});

test('the designated primary lags, and catches up', async () => {
  await turn(/^Let cluster-us lag/);
  await until(() => leader(us).position > leader(us).replayed);
  await turn(/^Let cluster-us lag/);
  await until(() => leader(us).position === leader(us).replayed);
});

test('archiving fails, and works again', async () => {
  await turn(/^Refuse what cluster-eu archives/);
  const failed = () => database(eu).archive?.lastFailed?.at.getTime() ?? 0;
  const stored = () => database(eu).archive?.last?.at.getTime() ?? 0;
  await until(() => failed() > stored());
  await turn(/^Refuse what cluster-eu archives/);
  await until(() => stored() > failed());
});

test('a segment is lost', async () => {
  const keys = () => connected.playground.buckets.get('archive-eu')?.keys('', '', 100_000) ?? [];
  const before = keys();
  await turn(/^Lose a WAL segment in the archive of cluster-eu/);
  const [lost, ...others] = before.filter(key => !keys().includes(key));
  assert.match(lost ?? '', /wals\/\w{16}\/\w{24}\.gz$/);
  assert.deepEqual(others, []);
});

test('the right to read instances is gone, and given back', async () => {
  const read = async (): Promise<boolean> =>
    connected
      .at({ context: 'us' })
      .instanceStatus('default', leader(us).name, connected.signal)
      .then(
        () => true,
        () => false,
      );
  assert.ok(await read());
  await turn(/pods\/proxy.* in us/);
  assert.equal(await read(), false);
  await turn(/pods\/proxy.* in us/);
  assert.ok(await read());
});

test('the primary is deleted, and the operator promotes another instance', async () => {
  const before = database(eu).leader;
  assert.equal((await turn(/^Delete the pod of the primary cluster-eu/))?.on, undefined);
  await until(() => database(eu).leader !== before && leader(eu).running && !leader(eu).inRecovery);
});

test('a side is lost, and comes back', async () => {
  const read = () => connected.at({ context: 'eu' }).get<Cluster>('Cluster', 'default', 'cluster-eu', connected.signal);
  await turn(/^Lose eu/);
  assert.ok([...database(eu).instances.values()].every(({ running }) => !running));
  await assert.rejects(read());
  await turn(/^Lose eu/);
  await until(() => leader(eu).running);
  assert.equal((await read()).metadata.name, 'cluster-eu');
});

test('others are refused, and what is no fault too', async () => {
  assert.equal((await ask('GET', '', 'wrong')).status, 401);
  assert.equal((await ask('POST', 'no such fault')).status, 404);
});
