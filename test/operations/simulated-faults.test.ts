/**
 * What can go wrong in a switchover, each against simulated operators: never two writers, never a lost token, never a wrong
 * "completed", and whatever is left can be taken up again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster.ts';
import { judge } from '../../src/model/alarms.ts';
import { isReplicaCluster } from '../../src/model/cluster.ts';
import { momentOf } from '../../src/model/moment.ts';
import { clockWords } from '../../src/model/snapshot.ts';
import { encodeToken } from '../../src/model/token.ts';
import { findTopologies } from '../../src/model/topology.ts';
import { archiving } from '../../src/operations/preflight-archives.ts';
import type { PromotionStepName } from '../../src/operations/promotion.ts';
import type { PromotionOutcome } from '../../src/operations/run.ts';
import { readSide, runPromotion } from '../../src/operations/run.ts';
import type { Client } from '../../src/simulator/operator/client.ts';
import { resources } from '../../src/simulator/operator/client.ts';
import { demotionToken, switchover } from '../support/clusters.ts';
import type { ConnectedPlayground } from '../support/connected-playground.ts';
import { connectPlayground } from '../support/connected-playground.ts';
import { sideClients, writersOf } from '../support/playground.ts';

interface Stage extends ConnectedPlayground {
  /** Somebody else, with kubectl. */
  other: Record<string, Client>;
  /** As the records of the workspace keep it. */
  saved: string | undefined;
}

type Confirmed = readonly ('demote' | 'promote')[];
const both: Confirmed = ['demote', 'promote'];

/** @param at is told of each step when it is seen first, before anything is written for it */
async function follow(
  stage: Stage,
  confirmed: Confirmed,
  at: (step: PromotionStepName | 'done', close: () => void) => void = () => undefined,
  stepLimit = 20_000,
): Promise<PromotionOutcome | 'closed' | Error> {
  const window = new AbortController();
  const told = new Set<string>();
  try {
    return await runPromotion(
      switchover,
      stage.at,
      {
        onStep(step) {
          const name = 'step' in step ? step.step : 'done';
          if (told.has(name)) return;
          told.add(name);
          at(name, () => window.abort());
        },
        onSides: () => undefined,
        onToken: token => (stage.saved = token),
        onTrouble: () => undefined,
      },
      { interval: 5, stepLimit, savedToken: stage.saved, confirmed },
      AbortSignal.any([window.signal, stage.signal]),
    );
  } catch (error) {
    return window.signal.aborted ? 'closed' : (error as Error);
  }
}

const writers = ({ playground }: ConnectedPlayground): string[] => writersOf(playground);

const cluster = (stage: Stage, side: 'from' | 'to'): Promise<Cluster> =>
  stage.at(switchover[side]).get('Cluster', 'default', switchover[side].name, stage.signal);

async function onStage(run: (stage: Stage) => Promise<void>, clockAhead = 0): Promise<void> {
  const connected = await connectPlayground('faults', { speed: 60, clockAhead });
  const stage: Stage = {
    ...connected,
    other: sideClients(connected.playground, connected.signal),
    saved: undefined,
  };
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, writers(stage).length)), 3);
  try {
    await run(stage);
    assert.ok(most <= 1, 'two writers');
  } finally {
    clearInterval(watch);
    await stage.stop();
  }
}

/** Somebody takes it up again from what the Clusters say. */
async function completes(stage: Stage, confirmed: Confirmed): Promise<void> {
  const outcome = await follow(stage, confirmed);
  assert.ok(
    typeof outcome === 'object' && 'kind' in outcome && outcome.kind === 'completed',
    outcome instanceof Error ? outcome.message : JSON.stringify(outcome),
  );
  assert.deepEqual(writers(stage), ['cluster-us']);
  const { world } = stage.playground;
  const former = world.databases.get('eu/default/cluster-eu');
  assert.ok(former && world.follows(former, former.leader), 'the former primary does not follow');
}

const incomplete = (outcome: PromotionOutcome | 'closed' | Error, step: PromotionStepName, words: RegExp): void => {
  assert.ok(typeof outcome === 'object' && 'kind' in outcome && outcome.kind === 'incomplete', JSON.stringify(outcome));
  assert.equal(outcome.step, step);
  assert.match(`${outcome.problem} ${outcome.remedy}`, words);
};

/** Between demotion and promotion the token must be somewhere. */
async function tokenIsKept(stage: Stage): Promise<void> {
  assert.ok((await cluster(stage, 'from')).status?.demotionToken ?? stage.saved);
}

for (const step of ['demote', 'token', 'promote', 'writable', 'healthy', 'follows'] as const)
  test(`the window is closed at "${step}", and another one goes on`, () =>
    onStage(async stage => {
      const first = await follow(stage, both, (at, close) => at === step && close());
      if (first === 'closed') await completes(stage, both);
      else assert.equal((first as PromotionOutcome).kind, 'completed', 'the step was too short to be seen');
    }));

for (const context of ['eu', 'us'] as const)
  for (const step of ['token', 'promote', 'writable'] as const)
    test(`the API server of ${context} goes away at "${step}" and comes back`, () =>
      onStage(async stage => {
        const faults = stage.playground.faults[context];
        const outcome = await follow(stage, both, at => {
          if (at !== step) return;
          void faults?.unreachable(true).then(() => setTimeout(() => void faults.unreachable(false), 300));
        });
        if (outcome instanceof Error) await completes(stage, ['promote']);
        else await completes(stage, []);
      }));

const answers: [string, string, number, number][] = [
  ['409 on the demotion', 'eu', 409, 2],
  ['409 on the promotion', 'us', 409, 2],
  ['429 on the promotion', 'us', 429, 2],
  ['the operator is down: its webhook cannot be called', 'us', 500, 3],
];
for (const [title, context, status, count] of answers)
  test(`${title}, then it passes`, () =>
    onStage(async stage => {
      stage.playground.faults[context]?.answer(status, count, `/clusters/cluster-${context}?fieldManager=`);
      await completes(stage, both);
    }));

for (const [status, words] of [
  [403, /HTTP 403/],
  [422, /HTTP 422/],
] as const)
  test(`${status} on the promotion: it ends in the API server's words, and can be taken up`, () =>
    onStage(async stage => {
      stage.playground.faults['us']?.answer(status, 1, '/clusters/cluster-us?fieldManager=');
      const outcome = await follow(stage, both);
      assert.ok(outcome instanceof Error);
      assert.match(outcome.message, words);
      assert.deepEqual(writers(stage), []);
      await tokenIsKept(stage);
      await completes(stage, ['promote']);
    }));

for (const minutes of [-20, 20])
  test(`all other clocks are ${minutes} min ahead: it is carried out as ever, and said`, () =>
    onStage(async stage => {
      await completes(stage, both);
      const snapshots = [switchover.from, switchover.to].map(address => stage.at(address).snapshot());
      const words = `20 min ${minutes > 0 ? 'ahead of' : 'behind'} this machine's`;
      assert.deepEqual(
        snapshots.map(({ clockAhead }) => clockWords(clockAhead)),
        [words, words],
      );
      const { alarms } = judge(findTopologies(snapshots), snapshots, momentOf(Date.now()));
      assert.deepEqual(
        alarms.filter(({ kind }) => kind === 'no-primary'),
        [],
      );
    }, minutes * 60_000));

for (const minutes of [-40, 40])
  test(`the clock of this machine is set ${minutes} min ahead while it runs: no limit is over, and none never`, context =>
    onStage(async stage => {
      const real = Date.now.bind(Date);
      let set = 0;
      context.mock.method(Date, 'now', () => real() + set);
      const outcome = await follow(stage, ['demote'], at => at === 'token' && (set = minutes * 60_000));
      incomplete(outcome, 'promote', /not confirmed/);
      await completes(stage, ['promote']);
    }));

test('slow API servers', () =>
  onStage(async stage => {
    for (const faults of Object.values(stage.playground.faults)) faults.latency(80);
    await completes(stage, both);
  }));

test('the token is wiped after it was seen', () =>
  onStage(async stage => {
    let wiped: Promise<void> | undefined;
    const outcome = await follow(stage, ['demote'], at => {
      if (at === 'promote')
        wiped = stage.other['eu']?.statusPatch(resources.clusters, 'default', 'cluster-eu', { demotionToken: null });
    });
    await wiped;
    incomplete(outcome, 'promote', /not confirmed/);
    await tokenIsKept(stage);
    await completes(stage, ['promote']);
  }));

test('a wrong token: nothing is written to the replica cluster', () =>
  onStage(async stage => {
    incomplete(await follow(stage, ['demote']), 'promote', /not confirmed/);
    const foreign = encodeToken({ ...demotionToken, databaseSystemIdentifier: '1' });
    await stage.other['eu']?.statusPatch(resources.clusters, 'default', 'cluster-eu', { demotionToken: foreign });
    incomplete(await follow(stage, ['promote']), 'promote', /is a copy of system/);
    assert.ok(isReplicaCluster(await cluster(stage, 'to')));
    assert.deepEqual(writers(stage), []);
  }));

test('the archive is broken before the demotion: the check blocks', () =>
  onStage(async stage => {
    const archive = stage.playground.world.databases.get('eu/default/cluster-eu')?.archive;
    assert.ok(archive);
    archive.writable = false;
    const check = async () =>
      archiving(await readSide(stage.at(switchover.from), switchover.from, stage.signal)).outcome;
    for (let patience = 200; (await check()) === 'ok'; patience--) {
      assert.ok(patience > 0);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }));

test('the archive breaks after the demotion: no token, no writer, no promotion; repaired, it goes on', () =>
  onStage(async stage => {
    const archive = stage.playground.world.databases.get('eu/default/cluster-eu')?.archive;
    assert.ok(archive);
    const outcome = await follow(stage, both, at => at === 'demote' && void (archive.writable = false), 500);
    incomplete(outcome, 'token', /cannot be archived/);
    assert.ok(isReplicaCluster(await cluster(stage, 'to')));
    archive.writable = true;
    await completes(stage, ['promote']);
  }));

test('somebody else undoes the demotion: it is not done again', () =>
  onStage(async stage => {
    let undone: Promise<void> | undefined;
    const outcome = await follow(stage, both, at => {
      if (at === 'token')
        undone = stage.other['eu']?.mergePatch(resources.clusters, 'default', 'cluster-eu', {
          spec: { replica: { primary: 'cluster-eu', source: 'cluster-us' } },
        });
    });
    await undone;
    // Either it was seen, or the token was there first and the promotion went its way.
    if (typeof outcome === 'object' && 'kind' in outcome && outcome.kind === 'incomplete')
      assert.match(outcome.problem, /was not confirmed|two writers/);
  }));

test('somebody else has promoted already', () =>
  onStage(async stage => {
    incomplete(await follow(stage, ['demote']), 'promote', /not confirmed/);
    await stage.other['us']?.mergePatch(resources.clusters, 'default', 'cluster-us', {
      spec: { replica: { primary: 'cluster-us', promotionToken: stage.saved } },
    });
    await completes(stage, ['promote']);
  }));

test('the replica cluster is deleted in the middle', () =>
  onStage(async stage => {
    incomplete(await follow(stage, ['demote']), 'promote', /not confirmed/);
    await stage.other['us']?.remove(resources.clusters, 'default', 'cluster-us');
    incomplete(await follow(stage, ['promote']), 'demote', /not there any more/);
    await tokenIsKept(stage);
  }));

test('run again after it was completed: nothing is written', () =>
  onStage(async stage => {
    await completes(stage, both);
    const before = [
      (await cluster(stage, 'from')).metadata.generation,
      (await cluster(stage, 'to')).metadata.generation,
    ];
    await completes(stage, both);
    const now = [(await cluster(stage, 'from')).metadata.generation, (await cluster(stage, 'to')).metadata.generation];
    assert.deepEqual(now, before);
  }));
