/**
 * Random schedules of operators, faults and other people over the runner of a switchover. In none are there two writers by our doing,
 * a lost token, or a wrong "completed"; and when nobody else interferes it comes to its end.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, asyncProperty, constantFrom, oneof } from 'fast-check';
import { isFailure } from '../../src/errors.ts';
import type { PromotionOutcome } from '../../src/operations/run.ts';
import { runPromotion } from '../../src/operations/run.ts';
import { switchover } from '../support/clusters.ts';
import type { ModelEvent } from '../support/switchover-model.ts';
import { events, foreignEvents, SwitchoverModel } from '../support/switchover-model.ts';

/** One window after the other until one sees the end; each is closed, refused, or comes to an end of its own. */
async function throughWindows(model: SwitchoverModel): Promise<PromotionOutcome> {
  for (let windows = 0; windows < 12; windows++) {
    const window = new AbortController();
    model.close = () => window.abort();
    try {
      const outcome = await runPromotion(
        switchover,
        () => model.api,
        {
          onStep: () => undefined,
          onSides: () => undefined,
          onToken: token => (model.saved = token),
          onTrouble: () => undefined,
        },
        { interval: 0, stepLimit: 200, savedToken: model.saved, confirmed: ['demote', 'promote'] },
        window.signal,
      );
      if (outcome.kind === 'completed' || model.foreign) return outcome;
      assert.fail(`incomplete, though nobody interfered: ${JSON.stringify(outcome)}`);
    } catch (error) {
      if (!window.signal.aborted && !isFailure(error)) throw error;
    }
  }
  return assert.fail('never comes to its end');
}

async function holds(schedule: readonly ModelEvent[]): Promise<void> {
  const model = new SwitchoverModel(schedule);
  const outcome = await throughWindows(model);
  assert.deepEqual(model.violations, []);
  if (outcome.kind === 'completed') assert.equal(model.wronglyCompleted(), undefined);
}

const runs = Number(process.env['CNPG_MODEL_RUNS'] ?? 150);

test('faults only: it always completes, nothing is lost, nobody writes beside another', () =>
  check(asyncProperty(array(constantFrom(...events), { maxLength: 60 }), holds), { numRuns: runs }));

test('other people interfere: no second writer by our doing, no wrong "completed"', () =>
  check(
    asyncProperty(
      array(oneof({ weight: 5, arbitrary: constantFrom(...events) }, constantFrom(...foreignEvents)), {
        maxLength: 60,
      }),
      holds,
    ),
    { numRuns: runs },
  ));

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
