/** A promotion with a wrong token against simulated operators: withdrawn it follows again, and the right token promotes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster.ts';
import { phases } from '../../src/model/cluster.ts';
import { decodeToken, encodeToken } from '../../src/model/token.ts';
import type { OperationOutcome } from '../../src/operations/run-operation.ts';
import { prepareOperation, runOperation, throwIfBlocked } from '../../src/operations/run-operation.ts';
import { runPromotion } from '../../src/operations/run.ts';
import { withdrawPromotion } from '../../src/operations/withdraw-promotion.ts';
import { switchover } from '../support/clusters.ts';
import type { ConnectedPlayground } from '../support/connected-playground.ts';
import { connectPlayground } from '../support/connected-playground.ts';
import { writersOf } from '../support/playground.ts';

const { from: eu, to: us } = switchover;
const quiet = { onProgress: () => undefined, onWritten: () => undefined, onTrouble: () => undefined };

const read = (p: ConnectedPlayground, { context, namespace, name }: typeof us): Promise<Cluster> =>
  p.at({ context }).get<Cluster>('Cluster', namespace, name, p.signal);

async function switchOver(p: ConnectedPlayground, confirmed: ('demote' | 'promote')[]): Promise<string> {
  const events = {
    onStep: () => undefined,
    onSides: () => undefined,
    onToken: () => undefined,
    onTrouble: () => undefined,
  };
  return (await runPromotion(switchover, p.at, events, { interval: 10, stepLimit: 20_000, confirmed }, p.signal)).kind;
}

async function promoteWith(p: ConnectedPlayground, token: string, phase: string): Promise<void> {
  const patch = { spec: { replica: { primary: 'cluster-us', promotionToken: token } } };
  await p
    .at(us)
    .patch({ kind: 'Cluster', namespace: 'default', name: 'cluster-us', patch }, { dryRun: false }, p.signal);
  for (let patience = 400; (await read(p, us)).status?.phase !== phase; patience--) {
    assert.ok(patience > 0, `never says: ${phase}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

async function withdraw(p: ConnectedPlayground): Promise<OperationOutcome> {
  const operation = withdrawPromotion(us, [await read(p, eu)], (await read(p, us)).status?.demotionToken);
  const prepared = await prepareOperation(operation, p.at(us), p.signal);
  throwIfBlocked(operation.title, prepared.checks);
  return runOperation(
    operation,
    p.at(us),
    prepared,
    quiet,
    { interval: 10, limit: 20_000, writeLimit: 5000 },
    p.signal,
  );
}

const wrong: [string, Partial<Record<string, string>>, string][] = [
  ['of another system', { databaseSystemIdentifier: '7000000000000000001' }, phases.unrecoverable],
  ['of WAL that never comes', { latestCheckpointREDOLocation: 'FF/FF000028' }, phases.promoting],
];
for (const [title, change, phase] of wrong)
  test(`a token ${title}: withdrawn, then promoted with the right one`, async () => {
    const p = await connectPlayground('withdraw', { speed: 60 });
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, writersOf(p.playground).length)), 3);
    try {
      assert.equal(await switchOver(p, ['demote']), 'incomplete');
      const token = decodeToken((await read(p, eu)).status?.demotionToken ?? '');
      assert.ok(typeof token === 'object');
      await promoteWith(p, encodeToken({ ...token, ...change }), phase);
      const outcome = await withdraw(p);
      assert.equal(outcome.kind, 'completed', JSON.stringify(outcome));
      assert.deepEqual(writersOf(p.playground), []);
      const { replica } = (await read(p, us)).spec;
      assert.deepEqual([replica?.primary, replica?.promotionToken], ['cluster-eu', undefined]);
      assert.equal((await withdraw(p)).kind, 'completed', 'run again it only looks');
      assert.equal(await switchOver(p, ['promote']), 'completed');
      assert.deepEqual([writersOf(p.playground), most], [['cluster-us'], 1]);
      await assert.rejects(withdraw(p), /was promoted with it/);
    } finally {
      clearInterval(watch);
      await p.stop();
    }
  });

test('beside a primary that was never demoted: it follows it again', async () => {
  const p = await connectPlayground('withdraw-beside', { speed: 60 });
  try {
    const token = encodeToken({
      latestCheckpointTimelineID: '1',
      redoWalFile: '000000010000000000000001',
      databaseSystemIdentifier: '7000000000000000001',
      latestCheckpointREDOLocation: '0/1000028',
      timeOfLatestCheckpoint: 'now',
      operatorVersion: '1.30.0',
    });
    await promoteWith(p, token, phases.unrecoverable);
    assert.equal((await withdraw(p)).kind, 'completed');
    assert.deepEqual(writersOf(p.playground), ['cluster-eu']);
    const followed = p.playground.world.databases.get('us/default/cluster-us');
    assert.ok(followed && p.playground.world.follows(followed, followed.leader));
  } finally {
    await p.stop();
  }
});
