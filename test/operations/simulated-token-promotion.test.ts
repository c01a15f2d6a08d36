/**
 * The old side is lost between its demotion and the promotion, against simulated operators: promoted with the saved token nothing
 * is lost, and the former primary follows when it is back. Never two writers by our doing.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listArchive, newestWal, openFolder, readText } from '../../src/archive/index.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import type { Address } from '../../src/model/kubernetes.ts';
import { decodeToken } from '../../src/model/token.ts';
import { blocking } from '../../src/operations/checks.ts';
import { demotionTrace } from '../../src/operations/list-archive.ts';
import type { Operation } from '../../src/operations/operation.ts';
import type { OtherSide } from '../../src/operations/other-side.ts';
import { readOtherSide } from '../../src/operations/other-side.ts';
import { promoteWithToken } from '../../src/operations/promote-with-token.ts';
import { returnToPrimary } from '../../src/operations/return-to-primary.ts';
import type { OperationOutcome } from '../../src/operations/run-operation.ts';
import { prepareOperation, runOperation, throwIfBlocked } from '../../src/operations/run-operation.ts';
import type { PromotionOutcome } from '../../src/operations/run.ts';
import { runPromotion } from '../../src/operations/run.ts';
import { switchover } from '../support/clusters.ts';
import type { ConnectedPlayground } from '../support/connected-playground.ts';
import { connectPlayground } from '../support/connected-playground.ts';
import { loseSide } from '../../src/simulator/playground-faults.ts';
import { writersOf } from '../support/playground.ts';

const { from: eu, to: us } = switchover;

interface Stage extends ConnectedPlayground {
  token: string;
  demotedAt: number;
}

const writers = ({ playground }: ConnectedPlayground): string[] => writersOf(playground);

async function follow(
  stage: ConnectedPlayground,
  confirmed: ('demote' | 'promote')[],
  savedToken?: string,
  silenceLimit?: number,
): Promise<PromotionOutcome & { token: string }> {
  let token = savedToken ?? '';
  const events = {
    onStep: () => undefined,
    onSides: () => undefined,
    onToken: (seen: string) => (token = seen),
    onTrouble: () => undefined,
  };
  const options = { interval: 10, stepLimit: 20_000, confirmed, savedToken, ...(silenceLimit && { silenceLimit }) };
  return { ...(await runPromotion(switchover, stage.at, events, options, stage.signal)), token };
}

/** Demoted, and its token seen. */
async function onStage(run: (stage: Stage) => Promise<void>): Promise<void> {
  const connected = await connectPlayground('token', { speed: 60, loadBytesPerSecond: 2_000_000 });
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, writers(connected).length)), 3);
  try {
    const { kind, token } = await follow(connected, ['demote']);
    assert.equal(kind, 'incomplete');
    assert.notEqual(token, '');
    await run({ ...connected, token, demotedAt: Date.now() });
    assert.ok(most <= 1, 'two writers');
  } finally {
    clearInterval(watch);
    await connected.stop();
  }
}

/** One side as the other one sees it. */
function seenFrom(stage: Stage, reader: Address, other: Address, signal: AbortSignal): Promise<OtherSide> {
  const token = decodeToken(stage.token);
  assert.ok(typeof token !== 'string');
  const room = async () => ({ openFolder, listArchive, newestWal, readText });
  return readOtherSide(
    {
      name: other.name,
      address: other,
      connect: async context => stage.at({ context }),
      demotionTrace: until => demotionTrace(stage.at(reader), reader, 'source', token, room, until),
    },
    signal,
  );
}

const operation = (stage: Stage): Operation =>
  promoteWithToken(us, 'cluster-eu', { text: stage.token, seenAt: stage.demotedAt }, (_cluster, signal) =>
    seenFrom(stage, us, eu, signal),
  );

const back = (stage: Stage): Operation =>
  returnToPrimary(eu, stage.token, (_cluster, signal) => seenFrom(stage, eu, us, signal));

async function carryOut(stage: Stage, made: Operation): Promise<OperationOutcome> {
  const api = stage.at(made.target);
  const prepared = await prepareOperation(made, api, stage.signal);
  throwIfBlocked(made.title, prepared.checks);
  const events = { onWritten: () => undefined, onProgress: () => undefined, onTrouble: () => undefined };
  const times = { interval: 10, limit: 20_000, writeLimit: 5000 };
  return runOperation(made, api, prepared, events, times, stage.signal);
}

test('lost, promoted with the token, back: it follows, and nothing is lost', () =>
  onStage(async stage => {
    const { world } = stage.playground;
    const former = world.databases.get('eu/default/cluster-eu');
    const comeBack = await loseSide(stage.playground, 'eu');
    while ((await stage.at(us).instanceStatus('default', 'cluster-us-1', stage.signal)).isWalReceiverActive)
      await new Promise(resolve => setTimeout(resolve, 20));
    const stopped = former?.instances.get(former.leader)?.position;
    const outcome = await carryOut(stage, operation(stage));
    assert.ok(outcome.kind === 'completed', JSON.stringify(outcome));
    assert.match(outcome.issues.join(), /cluster-eu is not known to follow/);
    const { spec, status } = await stage.at(us).get<Cluster>('Cluster', 'default', 'cluster-us', stage.signal);
    assert.deepEqual([spec.replica?.primary, status?.lastPromotionToken], ['cluster-us', stage.token]);
    assert.deepEqual(writers(stage), ['cluster-us']);
    const promoted = world.databases.get('us/default/cluster-us');
    const position = promoted?.instances.get(promoted.leader)?.position;
    assert.ok(
      position !== undefined && stopped !== undefined && position >= stopped,
      'WAL of the former primary is missing',
    );
    // Run again it only looks.
    assert.equal((await carryOut(stage, operation(stage))).kind, 'completed');
    await comeBack();
    const end = await follow(stage, [], stage.token);
    assert.ok(end.kind === 'completed', JSON.stringify(end));
    assert.deepEqual(end.issues, []);
    assert.ok(former && world.follows(former, former.leader));
  }));

test('a run whose demoted side goes silent ends soon, and says how it goes on', () =>
  onStage(async stage => {
    const comeBack = await loseSide(stage.playground, 'eu');
    const outcome = await follow(stage, ['promote'], stage.token, 200);
    assert.ok(outcome.kind === 'incomplete', JSON.stringify(outcome));
    assert.match(outcome.problem, /cluster-eu has not answered for .*; its demotion token is saved/);
    await comeBack();
    assert.equal((await follow(stage, ['promote'], stage.token, 200)).kind, 'completed');
  }));

test('somebody makes the old side primary again where it cannot be seen: its archive tells', () =>
  onStage(async stage => {
    assert.equal((await carryOut(stage, back(stage))).kind, 'completed');
    await stage.playground.faults['eu']?.unreachable(true);
    const { checks } = await prepareOperation(operation(stage), stage.at(us), stage.signal);
    const [said] = blocking(checks).filter(({ title }) => /No timeline after/.test(title));
    assert.equal(said?.evidence, 'there is one');
    await assert.rejects(carryOut(stage, operation(stage)), /there is one/);
    assert.deepEqual(writers(stage), ['cluster-eu']);
  }));

test('the other side is lost instead: the run ends soon, the old primary returns, and the other follows when it is back', () =>
  onStage(async stage => {
    const comeBack = await loseSide(stage.playground, 'us');
    const run = await follow(stage, ['promote'], stage.token, 200);
    assert.ok(run.kind === 'incomplete', JSON.stringify(run));
    assert.match(`${run.problem} ${run.remedy}`, /cluster-us has not answered for .*Return to the Old Primary/);
    const outcome = await carryOut(stage, back(stage));
    assert.ok(outcome.kind === 'completed', JSON.stringify(outcome));
    assert.deepEqual(writers(stage), ['cluster-eu']);
    await comeBack();
    const { world } = stage.playground;
    const other = world.databases.get('us/default/cluster-us');
    assert.ok(other);
    for (let patience = 200; !world.follows(other, other.leader); patience--) {
      assert.ok(patience > 0, 'it does not follow');
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }));

test('the other side was promoted where it cannot be seen: its archive tells', () =>
  onStage(async stage => {
    assert.equal((await follow(stage, ['promote'], stage.token)).kind, 'completed');
    await stage.playground.faults['us']?.unreachable(true);
    await assert.rejects(carryOut(stage, back(stage)), /there is one|on timeline|has replayed to/);
    assert.deepEqual(writers(stage), ['cluster-us']);
  }));

test('the side is back while the sentence is typed: asked anew', () =>
  onStage(async stage => {
    const comeBack = await loseSide(stage.playground, 'eu');
    const made = operation(stage);
    const prepared = await prepareOperation(made, stage.at(us), stage.signal);
    assert.match(prepared.sentence ?? '', /^promote cluster-us, cluster-eu last known demoted at \d\d:\d\d:\d\d UTC$/);
    await comeBack();
    const events = { onWritten: () => undefined, onProgress: () => undefined, onTrouble: () => undefined };
    const times = { interval: 10, limit: 20_000, writeLimit: 5000 };
    const outcome = await runOperation(made, stage.at(us), prepared, events, times, stage.signal);
    assert.equal(outcome.kind, 'changed');
    assert.deepEqual(writers(stage), []);
  }));
