/** The way back between demotion and promotion, against simulated operators; and that it is refused once somebody was promoted. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Cluster } from '../../src/model/cluster.ts';
import { isReplicaCluster } from '../../src/model/cluster.ts';
import { readOtherSide } from '../../src/operations/other-side.ts';
import { returnToPrimary } from '../../src/operations/return-to-primary.ts';
import { prepareOperation, runOperation, throwIfBlocked } from '../../src/operations/run-operation.ts';
import { runPromotion } from '../../src/operations/run.ts';
import { switchover } from '../support/clusters.ts';
import type { ConnectedPlayground } from '../support/connected-playground.ts';
import { connectPlayground } from '../support/connected-playground.ts';

let p: ConnectedPlayground;
before(async () => {
  p = await connectPlayground('return');
});
after(() => p?.stop());

const { from: eu, to: us } = switchover;
const quiet = {
  onStep: () => undefined,
  onSides: () => undefined,
  onToken: () => undefined,
  onTrouble: () => undefined,
};
const way = () =>
  returnToPrimary(eu, undefined, (_cluster, signal) =>
    readOtherSide(
      {
        name: 'cluster-us',
        address: us,
        connect: async context => p.at({ context }),
      },
      signal,
    ),
  );

test('demoted and returned: it writes again, and the other side follows', async () => {
  const run = await runPromotion(
    switchover,
    p.at,
    quiet,
    { interval: 20, stepLimit: 20_000, confirmed: ['demote'] },
    p.signal,
  );
  assert.ok(run.kind === 'incomplete' && run.step === 'promote', JSON.stringify(run));
  const operation = way();
  const prepared = await prepareOperation(operation, p.at(eu), p.signal);
  throwIfBlocked(operation.title, prepared.checks);
  const events = { onWritten: () => undefined, onProgress: () => undefined, onTrouble: () => undefined };
  const outcome = await runOperation(
    operation,
    p.at(eu),
    prepared,
    events,
    { interval: 20, limit: 30_000, writeLimit: 5000 },
    p.signal,
  );
  assert.equal(outcome.kind, 'completed', JSON.stringify(outcome));
  assert.equal(isReplicaCluster(await p.at(eu).get<Cluster>('Cluster', 'default', 'cluster-eu', p.signal)), false);
  const streams = async (): Promise<boolean> =>
    (await p.at(us).instanceStatus('default', 'cluster-us-1', p.signal)).isWalReceiverActive === true;
  // The primary restarts once more for its new role.
  for (let patience = 100; !(await streams()); patience--) {
    assert.ok(patience > 0);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
});

test('promoted meanwhile: refused', async () => {
  const run = await runPromotion(
    switchover,
    p.at,
    quiet,
    { interval: 20, stepLimit: 20_000, confirmed: ['demote', 'promote'] },
    p.signal,
  );
  assert.equal(run.kind, 'completed', JSON.stringify(run));
  const operation = way();
  const { checks } = await prepareOperation(operation, p.at(eu), p.signal);
  assert.throws(() => throwIfBlocked(operation.title, checks), /cluster-us-1 says that it is a primary/);
});
