/** The runner against one Cluster in memory: what is written and how often, conflicts, refusals, ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/errors.ts';
import type { MergePatch } from '../../src/kubernetes/contract.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { fencedInstances } from '../../src/model/cluster.ts';
import { backUpNow } from '../../src/operations/back-up-now.ts';
import { blocking, check } from '../../src/operations/checks.ts';
import { fence } from '../../src/operations/fencing.ts';
import type { Operation, Progress } from '../../src/operations/operation.ts';
import type { OtherSide } from '../../src/operations/other-side.ts';
import { renderOperation } from '../../src/operations/operation-text.ts';
import type { OperationApi, OperationOutcome } from '../../src/operations/run-operation.ts';
import {
  faultWords,
  forManifests,
  prepareOperation,
  runOperation,
  throwIfBlocked,
} from '../../src/operations/run-operation.ts';
import type { Write } from '../../src/operations/write.ts';
import { member, pod, primaryStatus, standbyStatus } from '../support/clusters.ts';
import { at } from '../support/observed.ts';

const operation = fence(at('cluster-eu'), ['cluster-eu-2']);
const quick = { interval: 1, limit: 1000, writeLimit: 1000 };
const failure = (code: string): Failure => new Failure(code, { what: code, why: 'said so.', remedy: 'Do it.' });

/** A Cluster whose fenced instances are down at once. */
function memory() {
  let cluster: Cluster | undefined = member('cluster-eu');
  const writes: string[] = [];
  const faults: { on: string; error: Failure; after?: boolean; meanwhile?: () => void }[] = [];
  const meet = (on: string, after = false): void => {
    const index = faults.findIndex(fault => fault.on === on && (fault.after ?? false) === after);
    const [fault] = index < 0 ? [] : faults.splice(index, 1);
    fault?.meanwhile?.();
    if (fault) throw fault.error;
  };
  const current = (): Cluster => {
    if (!cluster) throw failure('not-found');
    return cluster;
  };
  const isFenced = (name: string): boolean => fencedInstances(current()).includes(name);
  const api: OperationApi = {
    get: async <T>(kind: string, _namespace: string, name: string) => {
      meet(`get ${kind}`);
      if (kind === 'Cluster') return structuredClone(current()) as T;
      return pod('cluster-eu', Number(name.at(-1)), !isFenced(name)) as T;
    },
    patch: async <T>(write: MergePatch, { dryRun }: { dryRun: boolean }) => {
      meet(dryRun ? 'dry run' : 'patch');
      if (dryRun) return { object: current() as T, warnings: [] };
      if (write.resourceVersion !== current().metadata.resourceVersion) throw failure('conflict');
      writes.push(JSON.stringify(write.patch));
      const { metadata } = write.patch as { metadata: { annotations: Record<string, string> } };
      current().metadata.annotations = metadata.annotations;
      meet('patch', true);
      return { object: current() as T, warnings: [] };
    },
    create: async () => ({ warnings: [] }),
    delete: async () => undefined,
    canI: async () => ({ allowed: !faults.some(({ on }) => on === 'rights'), reason: 'RBAC' }),
    instanceStatus: async (_namespace, name) =>
      isFenced(name)
        ? { isPrimary: false, mightBeUnavailable: true }
        : name.endsWith('-1')
          ? primaryStatus()
          : standbyStatus(),
  };
  return { api, writes, faults, current, remove: () => void (cluster = undefined) };
}

const never = new AbortController().signal;

async function run(
  world: ReturnType<typeof memory>,
  signal = never,
): Promise<{ outcome: OperationOutcome; told: string[] }> {
  const prepared = await prepareOperation(operation, world.api, never);
  throwIfBlocked(operation.title, prepared.checks);
  const told: string[] = [];
  const outcome = await runOperation(
    operation,
    world.api,
    prepared,
    {
      onWritten: () => told.push('written'),
      onProgress: progress => told.push(progress.kind),
      onTrouble: message => told.push(`trouble ${message.split(':')[0]}`),
    },
    quick,
    signal,
  );
  return { outcome, told };
}

const patch = '{"metadata":{"annotations":{"cnpg.io/fencedInstances":"[\\"cluster-eu-2\\"]"}}}';

test('writes once and follows to the end', async () => {
  const world = memory();
  const { outcome, told } = await run(world);
  assert.equal(outcome.kind, 'completed');
  assert.deepEqual(world.writes, [patch]);
  assert.deepEqual(told, ['written', 'done']);
});

test('the preparation asks for the right and the dry run, and stores nothing', async () => {
  const world = memory();
  const { checks } = await prepareOperation(operation, world.api, never);
  assert.deepEqual(blocking(checks), []);
  assert.deepEqual(
    checks.slice(-2).map(({ evidence }) => evidence),
    ['patch clusters: allowed', 'accepted, nothing stored'],
  );
  assert.deepEqual(world.writes, []);
});

test('no right, or a refusal of the webhook: blocked in their words', async () => {
  const world = memory();
  world.faults.push({ on: 'rights', error: failure('never') });
  await assert.rejects(run(world), /patch clusters: denied \(RBAC\)/);
  const other = memory();
  other.faults.push({ on: 'dry run', error: failure('refused') });
  await assert.rejects(run(other), /refused: said so/);
  assert.deepEqual([...world.writes, ...other.writes], []);
});

test('a conflict that changes nothing for the user is read again and written with the new version', async () => {
  const world = memory();
  world.faults.push({
    on: 'patch',
    error: failure('conflict'),
    meanwhile: () => (world.current().metadata.resourceVersion = '2'),
  });
  const { outcome, told } = await run(world);
  assert.equal(outcome.kind, 'completed');
  assert.deepEqual(world.writes, [patch]);
  assert.deepEqual(told, ['trouble conflict', 'written', 'done']);
});

test('a conflict that changes what was confirmed writes nothing and has to be confirmed anew', async () => {
  const world = memory();
  const change = (): void => {
    const { metadata } = world.current();
    metadata.annotations = { 'cnpg.io/fencedInstances': '["cluster-eu-3"]' };
  };
  world.faults.push({ on: 'patch', error: failure('conflict'), meanwhile: change });
  const { outcome } = await run(world);
  assert.ok(outcome.kind === 'changed');
  assert.deepEqual(outcome.prepared.write?.changes[0]?.from, '["cluster-eu-3"]');
  assert.deepEqual(world.writes, []);
});

const loss = (bytes: bigint) => ({ bytes, time: undefined, knownAt: 0, archived: 0n });
const losing = (...bytes: (bigint | undefined)[]): Operation => ({
  ...operation,
  plan(seen) {
    const known = bytes.length > 1 ? bytes.shift() : bytes[0];
    return { ...operation.plan(seen), sentence: `lose ${known}`, loss: known === undefined ? undefined : loss(known) };
  },
});
const consents: [string, (bigint | undefined)[], OperationOutcome['kind']][] = [
  ['the replica goes on replaying: less is lost', [9n, 5n], 'completed'],
  ['as much is lost', [9n, 9n], 'completed'],
  ['more is lost', [9n, 10n], 'changed'],
  ['how much is not known any more', [9n, undefined], 'changed'],
  ['how much is known now', [undefined, 9n], 'changed'],
];
for (const [title, bytes, wanted] of consents)
  test(`consent to a loss: ${title}`, async () => {
    const world = memory();
    const made = losing(...bytes);
    const prepared = await prepareOperation(made, world.api, never);
    const events = { onWritten: () => undefined, onProgress: () => undefined, onTrouble: () => undefined };
    const outcome = await runOperation(made, world.api, prepared, events, quick, never);
    assert.equal(outcome.kind, wanted);
    assert.equal(world.writes.length, wanted === 'completed' ? 1 : 0);
  });

test('an answer that was lost is not written twice', async () => {
  const world = memory();
  world.faults.push({ on: 'patch', error: failure('unreachable'), after: true });
  const { outcome, told } = await run(world);
  assert.equal(outcome.kind, 'completed');
  assert.deepEqual(world.writes, [patch]);
  assert.deepEqual(told, ['trouble unreachable', 'written', 'done']);
});

test('a refusal of the write ends with the words of the API server', async () => {
  for (const code of ['forbidden', 'refused']) {
    const world = memory();
    world.faults.push({ on: 'patch', error: failure(code) });
    await assert.rejects(run(world), new RegExp(`${code}: said so`));
    assert.deepEqual(world.writes, []);
  }
});

test('while the API is away it is waited for', async () => {
  const world = memory();
  const away = failure('unreachable');
  world.faults.push({
    on: 'patch',
    error: away,
    after: true,
    meanwhile: () => void world.faults.push(...Array.from({ length: 3 }, () => ({ on: 'get Cluster', error: away }))),
  });
  const { outcome } = await run(world);
  assert.equal(outcome.kind, 'completed');
});

const ends: [string, (world: ReturnType<typeof memory>) => void, RegExp][] = [
  ['deleted', world => world.remove(), /was deleted meanwhile/],
  [
    'not allowed to look',
    world => world.faults.push({ on: 'get Cluster', error: failure('forbidden') }),
    /may not be read/,
  ],
  [
    'away for too long',
    world =>
      world.faults.push(...Array.from({ length: 9999 }, () => ({ on: 'get Cluster', error: failure('unreachable') }))),
    /could not be read/,
  ],
];
for (const [title, happen, words] of ends)
  test(`after the write: ${title}`, async () => {
    const world = memory();
    const { patch: original } = world.api;
    const api: OperationApi = {
      ...world.api,
      patch: async (write, how, signal) => {
        const answer = await original(write, how, signal);
        if (!how.dryRun) happen(world);
        return answer as never;
      },
    };
    const { outcome } = await run({ ...world, api });
    assert.ok(outcome.kind === 'incomplete');
    assert.match(outcome.problem, words);
    assert.notEqual(outcome.remedy, '');
  });

test('an end that does not come is said to be requested, with what to look at', async () => {
  const world = memory();
  const { instanceStatus, get } = world.api;
  const api: OperationApi = {
    ...world.api,
    instanceStatus: async (namespace, name, signal) => ({
      ...(await instanceStatus(namespace, name, signal)),
      mightBeUnavailable: false,
    }),
    get: async <T>(...given: Parameters<typeof get>) =>
      given[0] === 'Pod' ? (pod('cluster-eu', Number(given[2].at(-1))) as T) : ((await get(...given)) as T),
  };
  const { outcome } = await run({ ...world, api });
  assert.ok(outcome.kind === 'incomplete');
  assert.match(outcome.problem, /Requested, but not at its end/);
  assert.match(outcome.remedy, /stopDelay/);
});

test('the window was closed: run again, it finds the state and writes nothing', async () => {
  const world = memory();
  world.current().metadata.annotations = { 'cnpg.io/fencedInstances': '["cluster-eu-2"]' };
  const { outcome } = await run(world);
  assert.equal(outcome.kind, 'completed');
  assert.deepEqual(world.writes, []);
});

test('a fault says of the write only what is known of it', () => {
  const fault = (code: string) => new Failure(code, { what: 'Patch', why: 'It said so.', remedy: '' });
  assert.match(faultWords(fault('forbidden'), false), /^Nothing was written: Patch: It said so/);
  assert.match(faultWords(fault('unreachable'), false), /^It is not known whether the write arrived/);
  assert.match(faultWords(fault('server'), false), /^It is not known whether the write arrived/);
  assert.match(faultWords(new TypeError('bug'), true), /^Requested, and no longer followed: bug/);
});

test('what copies a whole database is followed for longer than a shutdown takes', () =>
  assert.ok((backUpNow(at('cluster-eu'), new Date()).limit ?? 0) >= 12 * 60 * 60_000));

test('cancelling before the write writes nothing', async () => {
  const world = memory();
  await assert.rejects(run(world, AbortSignal.abort(new Error('stopped'))), /stopped/);
  assert.deepEqual(world.writes, []);
});

test('the page has checks, the write, and only then words of an end', async () => {
  const world = memory();
  const prepared = await prepareOperation(operation, world.api, never);
  const page = { operation, prepared, log: [] };
  const before = renderOperation(page);
  assert.match(before, /What will be written\n\nPATCH Cluster default\/cluster-eu in context eu/);
  assert.match(before, /- \(absent\)\n {3}\+ \["cluster-eu-2"\]/);
  assert.match(before, /dry run\): accepted, nothing stored/);
  assert.doesNotMatch(before, /Completed|Requested/);
  const { outcome } = await run(world);
  assert.match(renderOperation({ ...page, written: new Date(), outcome }), /## Completed[\s\S]*What was written/);
});

/** As {@link run}, with the manifest edited by `handOut` instead of a write. */
async function runByManifests(
  world: ReturnType<typeof memory>,
  handOut: (write: Write) => void,
  { limit = 200, recheck = 20, own = operation } = {},
): Promise<{ outcome: OperationOutcome; told: string[] }> {
  const prepared = forManifests(await prepareOperation(own, world.api, never));
  throwIfBlocked(own.title, prepared.checks);
  const told: string[] = [];
  const events = {
    onWritten: () => told.push('written'),
    onProgress: (progress: Progress) => told.push(progress.kind),
    onTrouble: (message: string) => told.push(`trouble ${message.split(':')[0]}`),
  };
  const options = { ...quick, byManifests: { handOut, limit, recheck } };
  return { outcome: await runOperation(own, world.api, prepared, events, options, never), told };
}

test('by manifests: handed out once, written by nobody here, followed when it is applied; no right is needed', async () => {
  const world = memory();
  world.faults.push({ on: 'rights', error: failure('never') });
  const handed: Write[] = [];
  const { outcome, told } = await runByManifests(world, write => {
    handed.push(write);
    setTimeout(() => (world.current().metadata.annotations = { 'cnpg.io/fencedInstances': '["cluster-eu-2"]' }), 50);
  });
  assert.equal(outcome.kind, 'completed');
  assert.equal(handed.length, 1);
  assert.deepEqual(world.writes, []);
  assert.deepEqual(told, ['written', 'done']);
});

test('by manifests: what comes to stand in the way before it is applied ends the run, and the edit is to be reverted', async () => {
  const world = memory();
  let lost = true;
  const own: Operation = {
    ...operation,
    plan: seen => {
      const plan = operation.plan(seen);
      return {
        ...plan,
        checks: [...plan.checks, check('blocks', 'cluster-us is lost', lost, lost ? 'silent' : 'it answers', '')],
      };
    },
  };
  const { outcome } = await runByManifests(world, () => (lost = false), { own });
  assert.ok(outcome.kind === 'incomplete');
  assert.match(outcome.problem, /no longer as you confirmed it\. cluster-us is lost: NO, it answers/);
  assert.match(outcome.remedy, /Revert the edited manifest/);
  assert.deepEqual(world.writes, []);
});

test('by manifests: a plan that needs the other side is not made without it', async () => {
  const world = memory();
  const own: Operation = {
    ...operation,
    otherSide: () => Promise.resolve({} as OtherSide),
    plan: seen => (seen.otherSide ? operation.plan(seen) : assert.fail('not looked at')),
  };
  const { outcome } = await runByManifests(
    world,
    () =>
      setTimeout(() => (world.current().metadata.annotations = { 'cnpg.io/fencedInstances': '["cluster-eu-2"]' }), 30),
    { own },
  );
  assert.equal(outcome.kind, 'completed');
});

test('by manifests: what nobody applies ends in its time', async () => {
  const world = memory();
  const { outcome, told } = await runByManifests(
    world,
    () => world.faults.push({ on: 'get Cluster', error: failure('server') }),
    { limit: 60 },
  );
  assert.ok(outcome.kind === 'incomplete');
  assert.match(outcome.problem, /was not applied within/);
  assert.deepEqual(told, ['trouble server']);
});
