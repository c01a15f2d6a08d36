/** The simulated operators do what real ones were recorded doing, in the same order. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Cluster } from '../../src/model/cluster.ts';
import { annotations, phases } from '../../src/model/cluster.ts';
import { encodeToken } from '../../src/model/token.ts';
import type { Faults } from '../../src/simulator/api/faults.ts';
import type { AnyObject, Client } from '../../src/simulator/operator/client.ts';
import { resources } from '../../src/simulator/operator/client.ts';
import type { Playground } from '../../src/simulator/playground.ts';
import { startPlayground } from '../../src/simulator/playground.ts';
import { needsReference, reference } from '../support/shared.ts';
import { sideClients } from '../support/playground.ts';

/** What a change of an object tells, in words that do not depend on names, times and tokens. */
type Told = string[];

interface Change {
  t: number;
  side: string;
  type: string;
  object: AnyObject;
}

/** Replaces the names of a Cluster by letters: the recording has `cluster-a`, the playground `cluster-eu`. */
const neutral = (text: string): string => text.replaceAll(/cluster-(a|eu)/g, 'A').replaceAll(/cluster-(b|us)/g, 'B');

/** The changes of Clusters and pods that an operator's procedure consists of; what was before `from` is only known. */
function tell(changes: readonly Change[], from = 0): Told {
  const last = new Map<string, Record<string, unknown>>();
  return changes.flatMap(({ side, type, object }, at) => {
    const { name } = object.metadata;
    const key = `${side}/${object.kind as string}/${name}`;
    const old = last.get(key);
    const facts = object.kind === 'Pod' ? { pod: type !== 'DELETED' } : factsOf(object as unknown as Cluster);
    last.set(key, facts);
    if (old === undefined || at < from) return [];
    return Object.entries(facts).flatMap(([fact, value]) =>
      old[fact] === value ? [] : [neutral(`${name} ${fact}: ${String(value)}`)],
    );
  });
}

function factsOf(cluster: Cluster): Record<string, unknown> {
  const { spec, status } = cluster;
  const reported = status?.instancesReportedState?.[status.currentPrimary ?? ''];
  const condition = (type: string): string | undefined => status?.conditions?.find(c => c.type === type)?.status;
  return {
    'spec.replica.primary': spec.replica?.primary,
    fencing: cluster.metadata.annotations?.[annotations.fencedInstances],
    transition: condition('ReplicaClusterDesignatedPrimaryTransition'),
    fenced: condition('ReplicaClusterFencing'),
    switch: condition('ReplicaClusterSwitch'),
    demotionToken: status?.demotionToken === undefined ? 'absent' : 'present',
    lastPromotionToken: status?.lastPromotionToken === undefined ? 'absent' : 'present',
    targetPrimary: status?.targetPrimary,
    currentPrimary: status?.currentPrimary,
    'current primary says isPrimary': reported?.isPrimary,
    timelineID: status?.timelineID === undefined ? 'absent' : 'present',
    phase: `${status?.phase ?? ''} (${status?.phaseReason ?? ''})`,
    readyInstances: status?.readyInstances,
    Ready: condition('Ready'),
  };
}

function recorded(folder: string): Change[] {
  const fileOf = (side: string): string => path.join(reference, 'transcripts', folder, `${side}.watch.jsonl`);
  return ['k8s1', 'k8s2']
    .filter(side => fs.existsSync(fileOf(side)))
    .flatMap(side =>
      fs
        .readFileSync(fileOf(side), 'utf8')
        .split('\n')
        .filter(line => /"res": ?"(clusters|pods)"/.test(line.slice(0, 80)))
        .map(line => JSON.parse(line) as { t: number; ev: string; obj: AnyObject })
        .filter(({ ev }) => ['INITIAL', 'ADDED', 'MODIFIED', 'DELETED'].includes(ev))
        .map(({ t, ev, obj }) => ({ t, side, type: ev === 'INITIAL' ? 'ADDED' : ev, object: obj })),
    )
    .sort((a, b) => a.t - b.t);
}

let playground: Playground;
let clients: Record<string, Client>;
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-recordings-'));
const stopping = new AbortController();
const seen: Change[] = [];

before(async () => {
  playground = await startPlayground({ directory: path.join(directory, 'workspace'), speed: 8 });
  clients = sideClients(playground, stopping.signal);
  for (const [side, client] of Object.entries(clients))
    for (const resource of [resources.clusters, resources.pods])
      client.watch(resource, ({ type, object }) => seen.push({ t: seen.length, side, type, object }));
});

after(async () => {
  stopping.abort();
  await playground.stop();
  fs.rmSync(directory, { recursive: true, force: true });
});

const merge = (side: string, name: string, patch: object): Promise<void> =>
  (clients[side] as Client).mergePatch(resources.clusters, 'default', name, patch);

/** Waits for a moment in what the watches tell. */
async function until(what: string, holds: (clusters: Map<string, Cluster>) => boolean): Promise<void> {
  const limit = Date.now() + 30_000;
  for (;;) {
    const clusters = new Map(
      seen
        .filter(({ object }) => object.kind === 'Cluster')
        .map(({ object }) => [object.metadata.name, object as unknown as Cluster]),
    );
    if (holds(clusters)) return;
    assert.ok(Date.now() < limit, `timed out: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** And nothing more to come: the reason of the phase is taken away last. */
const healthy = (cluster: Cluster | undefined): boolean =>
  cluster?.status?.phase === phases.healthy && !cluster.status.phaseReason && cluster.status.readyInstances === 3;

/** What happened on a side, in the film of the recording or since the `from`th change seen. */
const onSide = (changes: readonly Change[], side: string, from = 0): Told =>
  tell(
    changes.filter(change => change.side === side),
    changes.slice(0, from).filter(change => change.side === side).length,
  );

/** Without the reference data, that a procedure comes to its end is all that is tested. */
function sameAs(folder: string, side: string, told: Told): void {
  if (needsReference.skip === false) assert.deepEqual(told, onSide(recorded(folder), side));
}

const latest = (name: string): Cluster =>
  seen.findLast(({ object }) => object.kind === 'Cluster' && object.metadata.name === name)
    ?.object as unknown as Cluster;

async function switchRoles(old: string, next: string): Promise<void> {
  const [a, b] = [`cluster-${old}`, `cluster-${next}`];
  await merge(old, a, { spec: { replica: { primary: b, source: b, promotionToken: null } } });
  await until('token', () => latest(a).status?.demotionToken !== undefined && healthy(latest(a)));
  const promotionToken = latest(a).status?.demotionToken;
  await merge(next, b, { spec: { replica: { primary: b, promotionToken } } });
  await until('promoted', () => healthy(latest(b)) && latest(b).status?.lastPromotionToken === promotionToken);
}

test('05: a controlled switchover', async () => {
  await until('start', clusters => healthy(clusters.get('cluster-eu')) && healthy(clusters.get('cluster-us')));
  await switchRoles('eu', 'us');
  const folder = '05-controlled-switchover-a-to-b';
  sameAs(folder, 'k8s1', onSide(seen, 'eu'));
  sameAs(folder, 'k8s2', onSide(seen, 'us'));
});

test('06: and back', async () => {
  const from = seen.length;
  await switchRoles('us', 'eu');
  const folder = '06-controlled-switchover-b-to-a';
  sameAs(folder, 'k8s2', onSide(seen, 'us', from));
  sameAs(folder, 'k8s1', onSide(seen, 'eu', from));
});

test('03: a switchover inside a Cluster', async () => {
  const from = seen.length;
  for (const target of ['cluster-eu-2', 'cluster-eu-1']) {
    const conditions = latest('cluster-eu').status?.conditions?.map(c =>
      c.type === 'Ready' ? { ...c, status: 'False' } : c,
    );
    await (clients['eu'] as Client).statusPatch(resources.clusters, 'default', 'cluster-eu', {
      targetPrimary: target,
      phase: phases.switchover,
      phaseReason: `Switching over to ${target}`,
      conditions,
    });
    await until(target, () => latest('cluster-eu').status?.currentPrimary === target && healthy(latest('cluster-eu')));
  }
  sameAs('03-in-cluster-switchover', 'k8s1', onSide(seen, 'eu', from));
});

test('11: the primary is lost', async () => {
  const from = seen.length;
  await (clients['eu'] as Client).remove(resources.pods, 'default', 'cluster-eu-1');
  await until(
    'failover',
    () => latest('cluster-eu').status?.currentPrimary !== 'cluster-eu-1' && healthy(latest('cluster-eu')),
  );
  sameAs('11-in-cluster-failover', 'k8s1', onSide(seen, 'eu', from));
});

test('08: a token of another system promotes nothing', async () => {
  const from = seen.length;
  const foreign = encodeToken({
    latestCheckpointTimelineID: '4',
    redoWalFile: '000000040000000000000010',
    databaseSystemIdentifier: '7000000000000000001',
    latestCheckpointREDOLocation: '0/10000028',
    timeOfLatestCheckpoint: 'Mon Nov 23 10:00:00 2026',
    operatorVersion: '1.30.0',
  });
  await merge('us', 'cluster-us', { spec: { replica: { primary: 'cluster-us', promotionToken: foreign } } });
  await until('refusal', () => latest('cluster-us').status?.phase === phases.unrecoverable);
  await merge('us', 'cluster-us', { spec: { replica: { primary: 'cluster-eu', promotionToken: null } } });
  await until('healed', () => healthy(latest('cluster-us')));
  assert.ok(!onSide(seen, 'us', from).some(change => change.includes('isPrimary')));
});

test('07: without a token, the primary cluster being lost', async () => {
  const from = seen.length;
  await (playground.faults['eu'] as Faults).unreachable(true);
  await merge('us', 'cluster-us', { spec: { replica: { primary: 'cluster-us', promotionToken: null } } });
  const reported = () => latest('cluster-us').status?.instancesReportedState?.['cluster-us-1'];
  await until('promoted', () => healthy(latest('cluster-us')) && reported()?.isPrimary === true);
  await (playground.faults['eu'] as Faults).unreachable(false);
  sameAs('07-emergency-failover', 'k8s2', onSide(seen, 'us', from));
});
