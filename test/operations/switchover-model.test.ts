/**
 * Random schedules of operators, faults and other people over the runner of a switchover. In none are there two writers by our doing,
 * a lost token, or a wrong "completed"; and when nobody else interferes it comes to its end.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, asyncProperty, constantFrom, oneof } from 'fast-check';
import type { Failure } from '../../src/errors.ts';
import { isFailure, messageOf } from '../../src/errors.ts';
import { isReplicaCluster } from '../../src/model/cluster.ts';
import { decodeToken, encodeToken } from '../../src/model/token.ts';
import type { Operation } from '../../src/operations/operation.ts';
import { readOtherSide } from '../../src/operations/other-side.ts';
import { promoteWithToken } from '../../src/operations/promote-with-token.ts';
import { returnToPrimary } from '../../src/operations/return-to-primary.ts';
import type { OperationOutcome } from '../../src/operations/run-operation.ts';
import { prepareOperation, runOperation, throwIfBlocked } from '../../src/operations/run-operation.ts';
import type { PromotionOutcome } from '../../src/operations/run.ts';
import { runPromotion } from '../../src/operations/run.ts';
import { withdrawPromotion } from '../../src/operations/withdraw-promotion.ts';
import { demotionToken, switchover } from '../support/clusters.ts';
import type { ModelEvent } from '../support/switchover-model.ts';
import { callsSoFar, events, foreignEvents, SwitchoverModel } from '../support/switchover-model.ts';

const never = new AbortController().signal;
type Outcome = PromotionOutcome | 'no token';
/** In calls of the API: a look at both sides is four. */
const operationTimes = { interval: 0, limit: 800, writeLimit: 200 };
const stepLimit = 800;
const silenceLimit = 80;
const quiet = { onProgress: () => undefined, onWritten: () => undefined, onTrouble: () => undefined };

/** One window after the other until one sees the end; each is closed, refused, or comes to an end of its own. */
async function throughWindows(model: SwitchoverModel): Promise<Outcome> {
  const { 'cluster-eu': eu } = model.nodes;
  for (let windows = 0; windows < 40; windows++) {
    const window = new AbortController();
    model.close = () => window.abort();
    try {
      if (eu.lost) {
        const outcome = await withoutFormer(model, window.signal);
        if (outcome) return outcome;
        continue;
      }
      const outcome = await runPromotion(
        switchover,
        () => model.api,
        { ...quietRun, onToken: token => (model.saved = token) },
        { interval: 0, stepLimit, silenceLimit, savedToken: model.saved, confirmed: ['demote', 'promote'] },
        window.signal,
      );
      if (eu.lost) continue;
      if (outcome.kind === 'completed' || model.foreign) return outcome;
      assert.fail(`incomplete, though nobody interfered: ${JSON.stringify(outcome)}`);
    } catch (error) {
      if (!window.signal.aborted && !isFailure(error)) throw error;
    }
  }
  return assert.fail('never comes to its end');
}

/** Its token is saved, or nothing can be done without loss. @returns `undefined` when what was confirmed was no longer so */
async function withoutFormer(model: SwitchoverModel, signal: AbortSignal): Promise<Outcome | undefined> {
  const token = model.saved;
  const us = model.nodes['cluster-us'];
  if (token === undefined && isReplicaCluster(us.cluster)) return 'no token';
  const operation = promoteWithToken(switchover.to, 'cluster-eu', { text: token ?? '', seenAt: 0 }, (_cluster, until) =>
    readOtherSide(
      {
        name: 'cluster-eu',
        address: switchover.from,
        connect: async () => model.api,
        demotionTrace: async () => model.trace('cluster-eu', token ?? ''),
      },
      until,
    ),
  );
  const prepared = await prepareOperation(operation, model.api, signal);
  try {
    throwIfBlocked(operation.title, prepared.checks);
  } catch (error) {
    if (model.foreign) return { kind: 'incomplete', step: 'promote', problem: messageOf(error), remedy: '' };
    throw error;
  }
  const outcome = await runOperation(operation, model.api, prepared, quiet, operationTimes, signal);
  if (outcome.kind === 'changed') return undefined;
  return outcome.kind === 'completed' ? outcome : { ...outcome, step: 'writable' };
}

const quietRun = { onStep: () => undefined, onSides: () => undefined, onTrouble: () => undefined };

/** The token was seen, nobody is promoted, and then the old side is lost. */
async function demotedAndLost(
  lost: 'eu lost' | 'us lost',
  unseen: readonly ModelEvent[],
  schedule: readonly ModelEvent[],
): Promise<SwitchoverModel> {
  const model = new SwitchoverModel(['eu writes', 'eu writes']);
  const options = { interval: 0, stepLimit, confirmed: ['demote'] as const };
  const events = { ...quietRun, onToken: (token: string) => (model.saved = token) };
  await runPromotion(switchover, () => model.api, events, options, never);
  model.goOn([lost, ...unseen], schedule);
  return model;
}

async function holds(model: SwitchoverModel): Promise<void> {
  const outcome = await throughWindows(model);
  assert.deepEqual(model.violations, []);
  if (outcome === 'no token') return;
  const { 'cluster-eu': eu, 'cluster-us': us } = model.nodes;
  if (outcome.kind === 'completed' && eu.lost) {
    assert.ok(us.writes, 'the new primary does not write');
    assert.equal(outcome.issues.length, 1);
    if (model.foreign) return;
    eu.lost = false;
    const end = await throughWindows(model);
    assert.ok(end !== 'no token' && end.kind === 'completed', 'the former primary is back, and does not follow');
    assert.deepEqual(model.violations, []);
  }
  if (outcome.kind === 'completed') assert.equal(model.wronglyCompleted(), undefined);
}

const runs = Number(process.env['CNPG_MODEL_RUNS'] ?? 150);

const faults = array(constantFrom(...events), { maxLength: 60 });
const faultsAndPeople = array(
  oneof({ weight: 5, arbitrary: constantFrom(...events) }, constantFrom(...foreignEvents)),
  {
    maxLength: 60,
  },
);
const fresh = (schedule: readonly ModelEvent[]) => holds(new SwitchoverModel(schedule));
const afterLoss = async (unseen: readonly ModelEvent[], schedule: readonly ModelEvent[]) =>
  holds(await demotedAndLost('eu lost', unseen, schedule));

/** One window after the other until one sees the operation completed, or a failure that ends it. @returns what the last one saw */
async function inWindows(
  model: SwitchoverModel,
  operation: Operation,
  isEnd: (failure: Failure) => boolean,
): Promise<OperationOutcome | undefined> {
  let outcome: OperationOutcome | undefined;
  for (let windows = 0; windows < 40 && outcome?.kind !== 'completed'; windows++) {
    const window = new AbortController();
    model.close = () => window.abort();
    try {
      const prepared = await prepareOperation(operation, model.api, window.signal);
      throwIfBlocked(operation.title, prepared.checks);
      outcome = await runOperation(operation, model.api, prepared, quiet, operationTimes, window.signal);
    } catch (error) {
      if (!window.signal.aborted && !isFailure(error)) throw error;
      if (isFailure(error) && isEnd(error)) break;
    }
  }
  return outcome;
}

/** The side that was to be promoted is lost instead: the demoted one returns, or it is seen that it must not. */
async function returns(unseen: readonly ModelEvent[], schedule: readonly ModelEvent[]): Promise<void> {
  const model = await demotedAndLost('us lost', unseen, schedule);
  const { 'cluster-eu': eu, 'cluster-us': us } = model.nodes;
  const token = model.saved ?? '';
  const operation = returnToPrimary(switchover.from, token, (_cluster, until) =>
    readOtherSide(
      {
        name: 'cluster-us',
        address: switchover.to,
        connect: async () => model.api,
        demotionTrace: async () => model.trace('cluster-us', token),
      },
      until,
    ),
  );
  const outcome = await inWindows(model, operation, () => false);
  assert.deepEqual(model.violations, []);
  if (model.foreign) return;
  assert.equal(outcome?.kind, 'completed');
  assert.ok(eu.writes && !us.writes);
  us.lost = false;
  model.comeToRest();
  assert.ok(model.follows('cluster-us'), 'the other side is back, and does not follow');
}

/** Somebody has promoted the other side with this token of his: withdrawn, or promoted before that, the switchover comes to its end. */
async function withdrawn(change: Partial<typeof demotionToken>, schedule: readonly ModelEvent[]): Promise<void> {
  const model = new SwitchoverModel(['eu writes', 'eu writes']);
  const options = { interval: 0, stepLimit, confirmed: ['demote'] as const };
  const seen = { ...quietRun, onToken: (token: string) => (model.saved = token) };
  await runPromotion(switchover, () => model.api, seen, options, never);
  const token = decodeToken(model.saved ?? '');
  assert.ok(typeof token === 'object');
  model.promoteWith(encodeToken({ ...token, ...change }));
  model.goOn([], schedule);
  const { 'cluster-eu': eu, 'cluster-us': us } = model.nodes;
  const operation = withdrawPromotion(switchover.to, [eu.cluster], us.cluster.status?.demotionToken);
  await inWindows(model, operation, ({ code }) => code === 'blocked');
  if (Object.keys(change).length > 0) {
    assert.ok(isReplicaCluster(us.cluster) && !us.writes, 'it was not withdrawn');
    assert.equal(us.cluster.spec.replica?.promotionToken, undefined);
  }
  await holds(model);
}

const wrongTokens = constantFrom<Partial<typeof demotionToken>>(
  {},
  { latestCheckpointTimelineID: '2' },
  { latestCheckpointREDOLocation: '0/100000' },
  { latestCheckpointREDOLocation: 'FF/0' },
);

/** The clock of the runner is that of the model. */
const holdsFor = (title: string, property: () => Promise<void>): void =>
  void test(title, t => {
    t.mock.method(performance, 'now', callsSoFar);
    return property();
  });

holdsFor('a wrong token is withdrawn, and the right one promotes: no promotion without a token, nothing is lost', () =>
  check(asyncProperty(wrongTokens, faults, withdrawn), { numRuns: runs }),
);

holdsFor('faults only: it always completes, nothing is lost, nobody writes beside another', () =>
  check(asyncProperty(faults, fresh), { numRuns: runs }),
);

holdsFor('other people interfere: no second writer by our doing, no wrong "completed"', () =>
  check(asyncProperty(faultsAndPeople, fresh), { numRuns: runs }),
);

holdsFor(
  'the old side is lost after its demotion: promoted with the saved token nothing is lost, and it follows when it is back',
  () => check(asyncProperty(faults, faults, afterLoss), { numRuns: runs }),
);

holdsFor('the old side is lost, and other people interfere: what its archive tells of them is seen', () =>
  check(asyncProperty(faultsAndPeople, faultsAndPeople, afterLoss), { numRuns: runs }),
);

holdsFor(
  'the other side is lost after the demotion: the old primary returns, and the other follows when it is back',
  () => check(asyncProperty(faults, faults, returns), { numRuns: runs }),
);

holdsFor('the other side is lost, and other people interfere: what its archive tells of them is seen', () =>
  check(asyncProperty(faultsAndPeople, faultsAndPeople, returns), { numRuns: runs }),
);

test('the model can tell: a promotion beside a primary is a violation', async () => {
  const model = new SwitchoverModel([]);
  const signal = new AbortController().signal;
  const patch = { spec: { replica: { primary: 'cluster-us' } } };
  const { resourceVersion = '' } = model.nodes['cluster-us'].cluster.metadata;
  await model.api.patch(
    { kind: 'Cluster', namespace: 'default', name: 'cluster-us', resourceVersion, patch },
    { dryRun: false },
    signal,
  );
  for (let looks = 0; looks < 4; looks++) await model.api.get('Cluster', 'default', 'cluster-us', signal);
  assert.deepEqual(
    [...new Set(model.violations)],
    ['promoted beside a primary', 'promoted without a token', 'two writers'],
  );
});
