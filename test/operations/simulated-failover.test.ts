/** A failover through the product's own connections against simulated operators: refused while the primary lives, carried to its end when not. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listArchive, newestWal, openFolder, readText } from '../../src/archive/index.ts';
import type { Connection } from '../../src/kubernetes/contract.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { isReplicaCluster } from '../../src/model/cluster.ts';
import { positionOf } from '../../src/model/instances.ts';
import { blocking } from '../../src/operations/checks.ts';
import { failOver } from '../../src/operations/failover.ts';
import { fence } from '../../src/operations/fencing.ts';
import { newestArchived } from '../../src/operations/list-archive.ts';
import type { Operation } from '../../src/operations/operation.ts';
import { createRebuilt, deleteFormer, repointArchive } from '../../src/operations/rebuild.ts';
import { rebuiltManifest } from '../../src/operations/rebuilt-manifest.ts';
import { readOtherSide } from '../../src/operations/other-side.ts';
import type { OperationOutcome } from '../../src/operations/run-operation.ts';
import { prepareOperation, runOperation, throwIfBlocked } from '../../src/operations/run-operation.ts';
import type { ConnectedPlayground } from '../support/connected-playground.ts';
import { connectPlayground } from '../support/connected-playground.ts';
import { at } from '../support/observed.ts';
import { loseSide } from '../../src/simulator/playground-faults.ts';

let p: ConnectedPlayground;
const [eu, us] = [at('cluster-eu'), at('cluster-us')];
const connectionTo = (context: string): Connection => p.at({ context });

before(async () => {
  p = await connectPlayground('failover', { loadBytesPerSecond: 2_000_000 });
});

after(() => p?.stop());

/** @param silence milliseconds that the archive is said to be silent for longer than it is */
const failover = (silence = 0): Operation =>
  failOver(us, (_cluster, now) =>
    readOtherSide(
      {
        name: 'cluster-eu',
        address: eu,
        positions,
        connect: async context => connectionTo(context),
        async newestArchived(until) {
          const room = { openFolder, listArchive, newestWal, readText };
          const newest = await newestArchived(connectionTo('us'), us, 'source', async () => room, until);
          return newest && { ...newest, storedAt: newest.storedAt - silence };
        },
      },
      now,
    ),
  );
let positions: { at: number; lsn: bigint }[] = [];

async function refusals(operation: Operation): Promise<string> {
  const { checks } = await prepareOperation(operation, connectionTo('us'), p.signal);
  return blocking(checks)
    .map(({ evidence }) => evidence)
    .join('; ');
}

async function carryOut(operation: Operation): Promise<OperationOutcome> {
  const api = connectionTo(operation.target.context);
  const prepared = await prepareOperation(operation, api, p.signal);
  throwIfBlocked(operation.title, prepared.checks);
  const events = { onWritten: () => undefined, onProgress: () => undefined, onTrouble: () => undefined };
  return runOperation(operation, api, prepared, events, { interval: 20, limit: 60_000, writeLimit: 5000 }, p.signal);
}

const clusterOf = ({ context, namespace, name }: typeof us): Promise<Cluster> =>
  connectionTo(context).get<Cluster>('Cluster', namespace, name, p.signal);

test('refused while the primary lives, in four ways', async () => {
  const lsn = positionOf(await connectionTo('eu').instanceStatus('default', 'cluster-eu-1', p.signal));
  positions = [{ at: Date.now(), lsn: lsn ?? 0n }];
  let said = '';
  // Until the first segment of the playground's own load is archived.
  while (!/was stored .* ago/.test(said)) said = await refusals(failover());
  assert.match(said, /cluster-eu-1 says that it is a primary/);
  assert.match(said, /nothing keeps its operator/);
  assert.match(said, /cluster-us-1 streams/);
  assert.equal(isReplicaCluster(await clusterOf(us)), true);
});

let comeBack: () => Promise<void>;

test('the side is lost: refused while its archive is young, and when it comes back meanwhile; then one patch, a new timeline, and an archived segment', async () => {
  comeBack = await loseSide(p.playground, 'eu');
  while ((await connectionTo('us').instanceStatus('default', 'cluster-us-1', p.signal)).isWalReceiverActive)
    await new Promise(resolve => setTimeout(resolve, 50));
  assert.match(await refusals(failover()), /was stored .* ago/);
  const prepared = await prepareOperation(failover(60_000), connectionTo('us'), p.signal);
  await comeBack();
  const quiet = { onWritten: () => undefined, onProgress: () => undefined, onTrouble: () => undefined };
  const times = { interval: 20, limit: 60_000, writeLimit: 5000 };
  const changed = await runOperation(failover(60_000), connectionTo('us'), prepared, quiet, times, p.signal);
  assert.equal(changed.kind, 'changed', 'the primary came back while the sentence was typed');
  assert.equal(isReplicaCluster(await clusterOf(us)), true);
  comeBack = await loseSide(p.playground, 'eu');
  while ((await connectionTo('us').instanceStatus('default', 'cluster-us-1', p.signal)).isWalReceiverActive)
    await new Promise(resolve => setTimeout(resolve, 50));
  const outcome = await carryOut(failover(60_000));
  assert.ok(outcome.kind === 'completed', JSON.stringify(outcome));
  assert.deepEqual(outcome.issues, []);
  assert.match(outcome.evidence, /cluster-us-1 accepts writes on timeline 3; 00000003[0-9A-F]{16} is archived/);
  const { spec, status } = await clusterOf(us);
  assert.deepEqual([spec.replica?.primary, spec.replica?.promotionToken], ['cluster-us', undefined]);
  assert.equal(status?.lastPromotionToken, undefined);
});

test('the old side returns as a second primary; fenced, it writes no more', async () => {
  await comeBack();
  assert.equal(isReplicaCluster(await clusterOf(eu)), false);
  const outcome = await carryOut(fence(eu, '*'));
  assert.equal(outcome.kind, 'completed', JSON.stringify(outcome));
});

test('the former primary is deleted and created anew as a replica that follows, archiving elsewhere', async () => {
  const former = await clusterOf(eu);
  const manifest = rebuiltManifest(former, { primary: 'cluster-us', from: 'streaming', serverName: 'cluster-eu-2' });
  const rebuild = {
    target: eu,
    former,
    manifest,
    text: JSON.stringify(manifest),
    folder: { kind: 'read', newest: undefined } as const,
    look: (_cluster: Cluster, now: AbortSignal) =>
      readOtherSide(
        {
          name: 'cluster-us',
          address: us,
          connect: async context => connectionTo(context),
        },
        now,
      ),
  };
  for (const operation of [
    deleteFormer(rebuild),
    repointArchive(us, 'cluster-eu', 'cluster-eu-2'),
    createRebuilt(rebuild),
  ]) {
    const outcome = await carryOut(operation);
    assert.ok(outcome.kind === 'completed', `${operation.title}: ${JSON.stringify(outcome)}`);
    assert.deepEqual(outcome.issues, []);
  }
  const rebuilt = await clusterOf(eu);
  assert.notEqual(rebuilt.metadata.uid, former.metadata.uid);
  assert.deepEqual(rebuilt.spec.replica, { self: 'cluster-eu', primary: 'cluster-us', source: 'cluster-us' });
  assert.ok(
    [...(p.playground.world.databases.get('eu/default/cluster-eu')?.instances.values() ?? [])].every(i => i.streaming),
  );
  // Carried out again, nothing is deleted and nothing created.
  assert.equal((await carryOut(createRebuilt(rebuild))).kind, 'completed');
  assert.equal((await clusterOf(eu)).metadata.uid, rebuilt.metadata.uid);
});

for (const minutes of [-10, 10])
  test(`all other clocks are ${minutes} min ahead: a young segment stays young, and the difference is said`, async () => {
    const skewed = await connectPlayground('clocks', { loadBytesPerSecond: 20_000_000, clockAhead: minutes * 60_000 });
    try {
      const operation = failOver(us, (_cluster, now) =>
        readOtherSide(
          {
            name: 'cluster-eu',
            address: eu,
            connect: async context => skewed.at({ context }),
            newestArchived: until =>
              newestArchived(
                skewed.at(us),
                us,
                'source',
                async () => ({ openFolder, listArchive, newestWal, readText }),
                until,
              ),
          },
          now,
        ),
      );
      let said = '';
      while (!/was stored/.test(said)) {
        const { checks } = await prepareOperation(operation, skewed.at(us), skewed.signal);
        said = blocking(checks)
          .map(({ evidence }) => evidence)
          .join('; ');
      }
      const words = minutes > 0 ? 'ahead of' : 'behind';
      assert.match(
        said,
        new RegExp(`was stored \\d+ s ago, at .* UTC .the clock of the object store is 10 min ${words} this machine's`),
      );
    } finally {
      await skewed.stop();
    }
  });
