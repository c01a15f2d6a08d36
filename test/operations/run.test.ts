/** Runs against two Clusters in memory that answer as the operators would: the order of writes, retries and refusals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/errors.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { phases } from '../../src/model/cluster.ts';
import type { InstanceStatus } from '../../src/model/instance-status.ts';
import type { Address } from '../../src/model/kubernetes.ts';
import type { MergePatch } from '../../src/kubernetes/contract.ts';
import { encodeToken } from '../../src/model/token.ts';
import { blocking } from '../../src/operations/checks.ts';
import type { Api, PromotionOutcome, RunOptions } from '../../src/operations/run.ts';
import { preparePromotion, runPromotion } from '../../src/operations/run.ts';
import { healthySurroundings } from '../support/surroundings.ts';
import { demotionToken, member, primaryStatus, standbyStatus, switchover } from '../support/clusters.ts';

const plan = switchover;
const token = encodeToken(demotionToken);

/** Two sides; `afterPatch` plays the operators. Every write is recorded as `name field=value ...`, dry runs as `(dry) ...`. */
function pair() {
  const of18 = { status: { pgDataImageInfo: { majorVersion: 18 } } };
  const clusters: Record<string, Cluster> = {
    'cluster-eu': member('cluster-eu', of18),
    'cluster-us': member('cluster-us', of18),
  };
  const version = { instanceManagerVersion: '1.30.0' };
  const statuses: Record<string, InstanceStatus> = {
    'cluster-eu': primaryStatus(version),
    'cluster-us': standbyStatus(version),
  };
  const writes: string[] = [];
  const faults: { on: string; error: Failure }[] = [];
  const at = (name: string): Cluster => {
    const cluster = clusters[name];
    assert.ok(cluster);
    return cluster;
  };
  const fail = (on: string): void => {
    const index = faults.findIndex(fault => fault.on === on);
    const [fault] = index < 0 ? [] : faults.splice(index, 1);
    if (fault) throw fault.error;
  };
  function operate(name: string): void {
    const eu = at('cluster-eu');
    const us = at('cluster-us');
    if (name === 'cluster-eu') {
      eu.status = { ...eu.status, demotionToken: token };
      statuses['cluster-eu'] = standbyStatus();
    } else {
      us.status = { ...us.status, phase: phases.healthy, lastPromotionToken: us.spec.replica?.promotionToken ?? '' };
      statuses['cluster-us'] = primaryStatus({ timeLineID: 4 });
      statuses['cluster-eu'] = standbyStatus({ replayLsn: '0/E000FA0' });
    }
  }
  const api: Api = {
    get: async <T>(_kind: string, _namespace: string, name: string) => {
      fail(`get ${name}`);
      return structuredClone(at(name)) as T;
    },
    patch: async <T>(write: MergePatch, { dryRun }: { dryRun: boolean }) => {
      const { replica } = (write.patch as { spec: { replica: Record<string, string | null> } }).spec;
      fail(`${dryRun ? 'dry ' : ''}patch ${write.name}`);
      writes.push(`${dryRun ? '(dry) ' : ''}${write.name} ${Object.keys(replica).join(' ')}`);
      if (!dryRun) {
        const cluster = at(write.name);
        cluster.spec.replica = { ...cluster.spec.replica, ...replica };
        operate(write.name);
      }
      return { object: at(write.name) as T, warnings: [] };
    },
    canI: async () => ({ allowed: true, reason: '' }),
    instanceStatus: async (_namespace, pod) => statuses[pod.replace(/-\d+$/, '')] ?? standbyStatus(),
  };
  return { api: (_address: Address) => api, clusters, statuses, writes, faults, at };
}

const options: RunOptions = { interval: 1, stepLimit: 5000, confirmed: ['demote', 'promote'] };

async function follow(
  world: ReturnType<typeof pair>,
  over: Partial<RunOptions> = {},
  signal = new AbortController().signal,
) {
  const seen: string[] = [];
  const outcome: PromotionOutcome = await runPromotion(
    plan,
    world.api,
    {
      onStep: step => seen.push('step' in step ? step.step : 'done'),
      onSides: () => undefined,
      onToken: () => seen.push('(token)'),
      onTrouble: message => seen.push(`(trouble ${message.split(':')[0]})`),
    },
    { ...options, ...over },
    signal,
  );
  return { outcome, seen };
}

const conflict = (): Failure => new Failure('conflict', { what: '409', why: 'changed.', remedy: '' });
const refused = (): Failure => new Failure('refused', { what: 'webhook', why: 'no.', remedy: '' });

test('demotes, takes the token, promotes, verifies', async () => {
  const world = pair();
  const { outcome, seen } = await follow(world);
  assert.equal(outcome.kind, 'completed');
  assert.deepEqual(world.writes, ['cluster-eu primary source promotionToken', 'cluster-us primary promotionToken']);
  assert.deepEqual(seen, ['demote', '(token)', 'promote', 'done']);
});

test('a conflict is answered by looking again, not by repeating blindly', async () => {
  const world = pair();
  world.faults.push({ on: 'patch cluster-eu', error: conflict() });
  const { outcome, seen } = await follow(world);
  assert.equal(outcome.kind, 'completed');
  assert.ok(seen.includes('(trouble 409)'));
});

test("a refusal ends the run with the API server's words", async () => {
  const world = pair();
  world.faults.push({ on: 'patch cluster-eu', error: refused() });
  await assert.rejects(follow(world), /webhook: no\./);
  assert.deepEqual(world.writes, []);
});

test('a side that does not answer for a while is waited for', async () => {
  const world = pair();
  for (let i = 0; i < 3; i++) world.faults.push({ on: 'get cluster-us', error: conflict() });
  assert.equal((await follow(world)).outcome.kind, 'completed');
});

test('a run that was begun elsewhere goes on from what the Clusters say', async () => {
  const world = pair();
  await world.api(plan.from).patch(
    {
      kind: 'Cluster',
      namespace: 'default',
      name: 'cluster-eu',
      patch: { spec: { replica: { primary: 'cluster-us', source: 'cluster-us' } } },
    },
    { dryRun: false },
    new AbortController().signal,
  );
  const { outcome, seen } = await follow(world, { confirmed: ['promote'] });
  assert.equal(outcome.kind, 'completed');
  assert.deepEqual(seen, ['(token)', 'promote', 'done']);
});

test('what was not confirmed is not written', async () => {
  const world = pair();
  const { outcome } = await follow(world, { confirmed: ['promote'] });
  assert.equal(outcome.kind, 'incomplete');
  assert.deepEqual(world.writes, []);
});

test('handed out: each write once, none is sent, and the run follows as they are applied', async () => {
  const world = pair();
  const handed: string[] = [];
  const { outcome } = await follow(world, {
    handOut: ({ step, write }) => {
      handed.push(step);
      const applying = { kind: 'Cluster', namespace: 'default', name: write.target.name, patch: write.patch } as const;
      // Who applies manifests takes a while.
      setTimeout(() => void world.api(plan.from).patch(applying, { dryRun: false }, AbortSignal.timeout(1000)), 10);
    },
  });
  assert.equal(outcome.kind, 'completed');
  assert.deepEqual(handed, ['demote', 'promote']);
  assert.equal(world.writes.length, 2);
});

test('a side that cannot be read once does not end a run that has waited for its manifest for long', async () => {
  const world = pair();
  const error = new Failure('unreachable', { what: 'Read', why: 'No answer.', remedy: '' });
  const { outcome } = await follow(world, {
    stepLimit: 30,
    handOut: ({ write }) => {
      const applying = { kind: 'Cluster', namespace: 'default', name: write.target.name, patch: write.patch } as const;
      setTimeout(() => world.faults.push({ on: 'get cluster-us', error }), 60);
      setTimeout(() => void world.api(plan.from).patch(applying, { dryRun: false }, AbortSignal.timeout(1000)), 90);
    },
  });
  assert.equal(outcome.kind, 'completed');
});

test('when somebody undoes the demotion, it is not done again', async () => {
  const world = pair();
  world.at('cluster-eu').status = { ...world.at('cluster-eu').status };
  const original = world.api(plan.from).patch;
  let demotions = 0;
  const api: Api = {
    ...world.api(plan.from),
    patch: async (write, how, signal) => {
      const answer = await original<Cluster>(write, how, signal);
      demotions++;
      const cluster = world.at('cluster-eu');
      cluster.spec.replica = { ...cluster.spec.replica, primary: 'cluster-eu' };
      delete cluster.status?.demotionToken;
      return answer as never;
    },
  };
  const { outcome } = await follow({ ...world, api: () => api });
  assert.equal(outcome.kind, 'incomplete');
  assert.equal(demotions, 1);
});

test('a step that makes no progress ends as incomplete and says what to look at', async () => {
  const world = pair();
  world.at('cluster-eu').spec.replica = { ...world.at('cluster-eu').spec.replica, primary: 'cluster-us' };
  const { outcome } = await follow(world, { stepLimit: 20 });
  assert.ok(outcome.kind === 'incomplete');
  assert.equal(outcome.step, 'token');
  assert.match(outcome.remedy, /cannot be archived/);
});

test('aborting stops at once and writes nothing more', async () => {
  const world = pair();
  await assert.rejects(follow(world, {}, AbortSignal.abort(new Error('stopped'))), /stopped/);
  assert.deepEqual(world.writes, []);
});

test('the preparation dry-runs both writes, stores nothing, and all checks pass on a healthy pair', async () => {
  const world = pair();
  const { checks } = await preparePromotion(plan, world.api, healthySurroundings(), new AbortController().signal);
  assert.deepEqual(
    checks.filter(check => check.outcome !== 'ok').map(check => check.title),
    [],
  );
  assert.deepEqual(world.writes, [
    '(dry) cluster-eu primary source promotionToken',
    '(dry) cluster-us primary promotionToken',
  ]);
});

test("a refusal of the dry run blocks, in the API server's words", async () => {
  const world = pair();
  world.faults.push({ on: 'dry patch cluster-us', error: refused() });
  const { checks } = await preparePromotion(plan, world.api, healthySurroundings(), new AbortController().signal);
  assert.match(blocking(checks)[0]?.evidence ?? '', /webhook: no\./);
});
