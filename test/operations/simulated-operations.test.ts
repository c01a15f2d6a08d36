/** Operations through the product's own connection against simulated operators, with what can go wrong on the way. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from '../../src/kubernetes/index.ts';
import type { Connection } from '../../src/kubernetes/contract.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { backUpNow } from '../../src/operations/back-up-now.ts';
import { fence, unfence } from '../../src/operations/fencing.ts';
import { hibernate, wake } from '../../src/operations/hibernation.ts';
import type { Operation } from '../../src/operations/operation.ts';
import { reloadCluster } from '../../src/operations/reload.ts';
import { restartCluster, restartInstance } from '../../src/operations/restart.ts';
import type { OperationOutcome } from '../../src/operations/run-operation.ts';
import { observe, prepareOperation, runOperation, throwIfBlocked } from '../../src/operations/run-operation.ts';
import { resumeSchedule, suspendSchedule } from '../../src/operations/schedules.ts';
import { switchPrimary } from '../../src/operations/switch-primary.ts';
import type { Playground } from '../../src/simulator/playground.ts';
import { startPlayground } from '../../src/simulator/playground.ts';
import { at } from '../support/observed.ts';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-operations-'));
const ending = new AbortController();
const { signal } = ending;
let playground: Playground;
const connections: Record<string, Connection> = {};

before(async () => {
  playground = await startPlayground({ directory: path.join(directory, 'workspace'), speed: 20 });
  for (const context of ['eu', 'us'])
    connections[context] = await connect(
      { context, files: [playground.kubeconfig], allowExecPlugins: false, log: () => undefined },
      signal,
    );
});

after(async () => {
  for (const connection of Object.values(connections)) connection.close();
  ending.abort();
  await playground.stop();
  fs.rmSync(directory, { recursive: true, force: true });
});

const eu = at('cluster-eu');
const us = at('cluster-us');
const connectionTo = ({ context }: { context: string }): Connection => {
  const connection = connections[context];
  assert.ok(connection);
  return connection;
};

interface Run {
  outcome: OperationOutcome;
  told: string[];
}

async function run(operation: Operation, onWritten: () => void = () => undefined): Promise<Run> {
  const api = connectionTo(operation.target);
  const prepared = await prepareOperation(operation, api, signal);
  throwIfBlocked(operation.title, prepared.checks);
  const told: string[] = [];
  const outcome = await runOperation(
    operation,
    api,
    prepared,
    {
      onWritten: write => {
        told.push(write.verb);
        onWritten();
      },
      onProgress: progress => told.push(progress.kind),
      onTrouble: message => told.push(`trouble: ${message}`),
    },
    { interval: 20, limit: 20_000, writeLimit: 5000 },
    signal,
  );
  return { outcome, told };
}

async function completes(operation: Operation): Promise<string> {
  const { outcome } = await run(operation);
  assert.equal(outcome.kind, 'completed', JSON.stringify(outcome));
  assert.ok(outcome.kind === 'completed');
  assert.deepEqual(outcome.issues, []);
  return outcome.evidence;
}

const clusterOf = (target: typeof eu): Promise<Cluster> =>
  connectionTo(target).get<Cluster>('Cluster', target.namespace, target.name, signal);

test('a standby is fenced and unfenced', async () => {
  assert.match(await completes(fence(eu, ['cluster-eu-2'])), /PostgreSQL of cluster-eu-2 is shut down/);
  const fenced = await observe(connectionTo(eu), { target: eu }, signal);
  assert.deepEqual(
    fenced.instances.map(({ ready, fenced: is }) => [ready, is]),
    [
      [true, false],
      [false, true],
      [true, false],
    ],
  );
  assert.match(await completes(unfence(eu, ['cluster-eu-2'])), /cluster-eu-2 ready again/);
});

test('the primary is fenced: no failover, and it writes again afterwards', async () => {
  await completes(fence(eu, '*'));
  assert.equal((await clusterOf(eu)).status?.currentPrimary, 'cluster-eu-1');
  await completes(unfence(eu, '*'));
  assert.equal((await connectionTo(eu).instanceStatus('default', 'cluster-eu-1', signal)).isPrimary, true);
});

test('fencing that was requested in an earlier window is found', async () => {
  await completes(fence(us, ['cluster-us-3']));
  const { outcome, told } = await run(fence(us, ['cluster-us-3']));
  assert.equal(outcome.kind, 'completed');
  assert.deepEqual(told, ['done']);
  await completes(unfence(us, ['cluster-us-3']));
});

const limits = { lag: 1024n * 1024n * 1024n };

test('the primary moves and comes back', async () => {
  const evidence = await completes(switchPrimary(eu, 'cluster-eu-2', limits, new Date()));
  assert.match(evidence, /cluster-eu-2 is primary, on timeline 3/);
  await completes(switchPrimary(eu, 'cluster-eu-1', limits, new Date()));
});

test('in a replica cluster the designated primary moves and nothing is promoted', async () => {
  const evidence = await completes(switchPrimary(us, 'cluster-us-2', limits, new Date()));
  assert.match(evidence, /cluster-us-2 is designated primary/);
  assert.equal((await connectionTo(us).instanceStatus('default', 'cluster-us-2', signal)).isPrimary, false);
  await completes(switchPrimary(us, 'cluster-us-1', limits, new Date()));
});

const uidOf = async (name: string): Promise<string | undefined> =>
  (await connectionTo(eu).get('Pod', eu.namespace, name, signal)).metadata.uid;

test('a Cluster is restarted: every pod is another one', async () => {
  const names = [1, 2, 3].map(serial => `cluster-eu-${serial}`);
  const before = await Promise.all(names.map(uidOf));
  assert.match(await completes(restartCluster(eu, new Date())), /3 of 3 instances ready/);
  const after = await Promise.all(names.map(uidOf));
  assert.ok(after.every((uid, index) => uid !== before[index]));
  assert.equal((await clusterOf(eu)).status?.currentPrimary, 'cluster-eu-1');
});

test('a standby is restarted by a new pod, the primary in its own', async () => {
  const standby = await uidOf('cluster-eu-2');
  await completes(restartInstance(eu, 'cluster-eu-2', standby));
  assert.notEqual(await uidOf('cluster-eu-2'), standby);
  const primary = await uidOf('cluster-eu-1');
  await completes(restartInstance(eu, 'cluster-eu-1', primary));
  assert.equal(await uidOf('cluster-eu-1'), primary);
});

test('a Cluster sleeps, and wakes as what it was', async () => {
  await completes(hibernate(us));
  const { instances } = await observe(connectionTo(us), { target: us }, signal);
  assert.deepEqual(
    instances.map(({ name, pod }) => [name, pod]),
    [1, 2, 3].map(serial => [`cluster-us-${serial}`, undefined]),
  );
  assert.match(await completes(wake(us)), /3 of 3 instances ready/);
});

test('a reload is requested', async () => assert.match(await completes(reloadCluster(eu, new Date())), /requested/));

test('a base backup is taken', async () => {
  const evidence = await completes(backUpNow(eu, new Date()));
  assert.match(evidence, /is completed: \d{8}T\d{6}, WAL [0-9A-F]{24} to [0-9A-F]{24}/);
});

test('a schedule is suspended and resumed', async () => {
  const [schedule] = connectionTo(eu).snapshot().scheduledBackups;
  assert.ok(schedule);
  const { name } = schedule.metadata;
  assert.match(await completes(suspendSchedule(eu, name, new Date())), /is suspended/);
  assert.match(await completes(resumeSchedule(eu, name, new Date())), /is active/);
});

test('the API server refuses once with 409: looked at again, written once', async () => {
  const api = connectionTo(eu);
  const operation = fence(eu, ['cluster-eu-3']);
  const prepared = await prepareOperation(operation, api, signal);
  playground.faults['eu']?.answer(409, 1, '/clusters/cluster-eu?fieldManager=');
  const told: string[] = [];
  const outcome = await runOperation(
    operation,
    api,
    prepared,
    {
      onWritten: () => told.push('written'),
      onProgress: () => undefined,
      onTrouble: message => told.push(message),
    },
    { interval: 20, limit: 20_000, writeLimit: 5000 },
    signal,
  );
  assert.equal(outcome.kind, 'completed');
  assert.match(told[0] ?? '', /HTTP 409/);
  assert.deepEqual(told.slice(1), ['written']);
  await completes(unfence(eu, ['cluster-eu-3']));
});

test('the API server goes away after the write and comes back', async () => {
  const faults = playground.faults['eu'];
  let away: Promise<unknown> | undefined;
  const { outcome, told } = await run(fence(eu, ['cluster-eu-3']), () => {
    away = faults?.unreachable(true).then(() => new Promise(resolve => setTimeout(resolve, 300)));
    void away?.then(() => faults?.unreachable(false));
  });
  await away;
  assert.equal(outcome.kind, 'completed', JSON.stringify(outcome));
  assert.ok(told.some(text => text.startsWith('trouble:')));
  await completes(unfence(eu, ['cluster-eu-3']));
});

test('a 403 on the write ends in the words of the API server', async () => {
  const api = connectionTo(eu);
  const operation = fence(eu, ['cluster-eu-3']);
  const prepared = await prepareOperation(operation, api, signal);
  playground.faults['eu']?.answer(403, 1, '/clusters/cluster-eu?fieldManager=');
  const ignore = () => undefined;
  await assert.rejects(
    runOperation(
      operation,
      api,
      prepared,
      { onWritten: ignore, onProgress: ignore, onTrouble: ignore },
      { interval: 20, limit: 1000, writeLimit: 1000 },
      signal,
    ),
    /HTTP 403/,
  );
  assert.equal((await clusterOf(eu)).metadata.annotations?.['cnpg.io/fencedInstances'], undefined);
});
