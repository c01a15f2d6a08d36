/**
 * What a connection does, as functions over an API server: the same ones run against the simulated and against real ones.
 * Between client and server is a relay, so that the way can be cut, stalled, reset and slow.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { Failure } from '../../src/errors.ts';
import { connect } from '../../src/kubernetes/connection.ts';
import type { Connection } from '../../src/kubernetes/contract.ts';
import type { Times } from '../../src/kubernetes/times.ts';
import { usualTimes } from '../../src/kubernetes/times.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { noOthers } from '../../src/model/other-members.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { applyPlanned, planApply } from '../../src/operations/apply-manifests.ts';
import { member, pod } from '../support/clusters.ts';
import type { Relay } from '../real-kubernetes/relay.ts';

export interface Right {
  group: string;
  resources: string[];
  verbs: string[];
  /** Absent: everywhere. */
  namespace?: string;
}

export interface Endpoint {
  relay: Relay;
  /** `certificate-authority-data` and the like. */
  cluster: object;
  /** `users[].user` of a kubeconfig. The viewer has no right but what {@link allow} gives. */
  users: { admin: object; viewer: object };
  /** Replaces the viewer's rights. */
  allow(rights: Right[]): Promise<void>;
  create(object: StoredObject): Promise<void>;
  remove(object: StoredObject): Promise<void>;
}

export interface StoredObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string };
}

const never = new AbortController().signal;
const quick: Times = { ...usualTimes, backOff: { first: 20, longest: 100 }, renewal: 50 };
const cnpg = 'postgresql.cnpg.io';
const read = ['get', 'list', 'watch'];

interface Open {
  connection: Connection;
  file: string;
  log: string[];
  until: (passes: (snapshot: ContextSnapshot) => boolean, what: string) => Promise<ContextSnapshot>;
}

export interface OpenOptions {
  times?: Times;
  user?: object;
}

/** Closed with the test. */
export async function open(
  t: TestContext,
  { relay, cluster, users }: Pick<Endpoint, 'relay' | 'cluster' | 'users'>,
  { times = quick, user = users.admin }: OpenOptions = {},
): Promise<Open> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connection-'));
  const file = path.join(folder, 'config');
  fs.writeFileSync(file, kubeconfig(relay.url, cluster, user));
  const log: string[] = [];
  const options = { context: 'eu', files: [file], allowExecPlugins: true, log: (text: string) => void log.push(text) };
  const connection = await connect(options, never, times);
  t.after(() => {
    connection.close();
    fs.rmSync(folder, { recursive: true });
  });
  return {
    connection,
    file,
    log,
    until: (passes, what) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!passes(connection.snapshot())) return;
          clearTimeout(timer);
          listening.dispose();
          resolve(connection.snapshot());
        };
        const timer = setTimeout(() => {
          const { state, error, unread } = connection.snapshot();
          reject(new Error(`not seen within 20 s: ${what}; ${JSON.stringify({ state, error, unread, log })}`));
        }, 20_000);
        const listening = connection.onDidChange(look);
        look();
      }),
  };
}

export const kubeconfig = (server: string, cluster: object, user: object): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'eu', cluster: { server, ...cluster } }],
    users: [{ name: 'eu', user }],
    contexts: [{ name: 'eu', context: { cluster: 'eu', user: 'eu', namespace: 'default' } }],
  });

const clusterNamed = (name: string, namespace = 'default', more: object = {}): StoredObject => {
  const { spec } = member('cluster-eu');
  const kept = { instances: spec.instances ?? 1, storage: { size: '1Gi' }, ...more };
  return { apiVersion: `${cnpg}/v1`, kind: 'Cluster', metadata: { name, namespace }, spec: kept } as StoredObject;
};

const podOf = (cluster: string): StoredObject => {
  const { metadata } = pod(cluster, 1);
  const { name, labels } = metadata;
  const spec = { containers: [{ name: 'postgres', image: 'example.org/postgresql:18' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels }, spec } as StoredObject;
};

const has =
  (name: string) =>
  ({ clusters, state }: ContextSnapshot): boolean =>
    state === 'connected' && clusters.some(({ metadata }) => metadata.name === name);

/** Present while the work is done. */
async function during(endpoint: Endpoint, objects: StoredObject[], work: () => Promise<void>): Promise<void> {
  for (const object of objects) await endpoint.create(object);
  try {
    await work();
  } finally {
    for (const object of objects) await endpoint.remove(object).catch(() => undefined);
  }
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const result = await promise.catch((error: unknown) => error);
  assert.ok(result instanceof Failure, String(result));
  return result.message;
}

type Case = (t: TestContext, endpoint: Endpoint) => Promise<void>;

export const cases: Record<string, Case> = {
  'after resets of all connections the watches go on': async (t, endpoint) => {
    const { until } = await open(t, endpoint);
    await until(({ state }) => state === 'connected', 'connected');
    // Each in another moment of beginning anew.
    for (let round = 0; round < 10; round++) {
      endpoint.relay.reset();
      await new Promise(resolve => setTimeout(resolve, round * 6));
      endpoint.relay.reset();
      await during(endpoint, [clusterNamed('reset')], async () => {
        await until(has('reset'), 'what came after the reset');
      });
      await until(snapshot => !has('reset')(snapshot), 'its deletion');
    }
  },

  'an outage is told in words, keeps what was seen and ends by itself': async (t, endpoint) => {
    const { until } = await open(t, endpoint);
    await during(endpoint, [clusterNamed('before')], async () => {
      await until(has('before'), 'the Cluster');
      await endpoint.relay.cut();
      const away = await until(({ state }) => state === 'failed', 'the outage');
      assert.match(away.error ?? '', /ECONN.*Check the network, the VPN/);
      assert.equal(away.clusters.length, 1);
      assert.deepEqual(away.unread, {}, 'the same is not said once more for each kind');
      await during(endpoint, [clusterNamed('meanwhile')], async () => {
        await endpoint.relay.mend();
        const back = await until(has('meanwhile'), 'what happened meanwhile');
        assert.equal(back.error, undefined);
      });
    });
  },

  'a half-open connection is noticed by its silence': async (t, endpoint) => {
    const { until } = await open(t, endpoint, { times: { ...quick, silence: 700 } });
    await until(({ state }) => state === 'connected', 'connected');
    endpoint.relay.stall();
    await during(endpoint, [clusterNamed('unheard')], async () => {
      await new Promise(resolve => setTimeout(resolve, 300));
      endpoint.relay.flow();
      await until(has('unheard'), 'what was not heard of');
    });
  },

  'a sleep of the machine is noticed by the clock': async (t, endpoint) => {
    let ahead = 0;
    const times = { ...quick, clock: { look: 50, jump: 60_000 }, now: () => Date.now() + ahead };
    const { until, log } = await open(t, endpoint, { times });
    await until(({ state }) => state === 'connected', 'connected');
    endpoint.relay.stall();
    await during(endpoint, [clusterNamed('slept-over')], async () => {
      await new Promise(resolve => setTimeout(resolve, 200));
      endpoint.relay.flow();
      ahead = 3_600_000;
      await until(has('slept-over'), 'what happened during the sleep');
    });
    assert.ok(log.some(text => text.includes('the clock has jumped')));
  },

  'slow answers are waited for': async (t, endpoint) => {
    endpoint.relay.delay(150);
    t.after(() => endpoint.relay.delay(0));
    const { until } = await open(t, endpoint);
    await during(endpoint, [clusterNamed('slow')], async () => {
      await until(has('slow'), 'the Cluster');
    });
  },

  'an object of a megabyte arrives, and what nobody reads of it is not kept': async (t, endpoint) => {
    const { until, connection } = await open(t, endpoint);
    await until(({ state }) => state === 'connected', 'connected');
    const rules = Array.from(
      { length: 12_000 },
      (_, at) => `host all all 10.${at >> 8}.${at & 255}.0/24 scram-sha-256${' '.repeat(40)}`,
    );
    const huge = clusterNamed('huge', 'default', { postgresql: { pg_hba: rules } });
    const annotations = { small: 'kept', large: 'x'.repeat(200_000) };
    await during(endpoint, [{ ...huge, metadata: { ...huge.metadata, annotations } } as StoredObject], async () => {
      const { clusters } = await until(has('huge'), 'the huge Cluster');
      const shown = clusters.find(({ metadata }) => metadata.name === 'huge');
      assert.deepEqual(shown?.metadata.annotations, { small: 'kept' });
      const raw = await connection.raw('Cluster', 'default', 'huge', never);
      assert.equal(raw.metadata.annotations?.['large']?.length, 200_000);
    });
  },

  'credentials that were refused are read again from the kubeconfig': async (t, endpoint) => {
    const { until, connection, file } = await open(t, endpoint, { user: { token: 'outdated' } });
    const refused = await until(({ state }) => state === 'failed', 'the refusal');
    assert.match(refused.error ?? '', /HTTP 401: Unauthorized\. Log in again/);
    fs.writeFileSync(file, kubeconfig(endpoint.relay.url, endpoint.cluster, endpoint.users.admin));
    connection.retry();
    assert.equal((await until(({ state }) => state === 'connected', 'connected')).error, undefined);
  },

  'who may do nothing is told so once': async (t, endpoint) => {
    await endpoint.allow([]);
    const { until, connection } = await open(t, endpoint, { user: endpoint.users.viewer });
    const refused = await until(({ state }) => state === 'failed', 'the refusal');
    assert.match(refused.error ?? '', /cannot list resource "clusters".*Ask for that right/);
    assert.match(await refusal(connection.secret('default', 'nothing', never)), /cannot get resource "secrets"/);
    assert.match(await refusal(connection.events('default', 'nothing', never)), /cannot list resource "events"/);
  },

  'with rights in one namespace that one is shown': async (t, endpoint) => {
    const namespace = 'default';
    await endpoint.allow([
      { group: cnpg, resources: ['*'], verbs: read, namespace },
      { group: '', resources: ['pods', 'services', 'persistentvolumeclaims'], verbs: read, namespace },
    ]);
    const { until } = await open(t, endpoint, { user: endpoint.users.viewer });
    await during(endpoint, [clusterNamed('mine'), clusterNamed('theirs', 'kube-public')], async () => {
      const { clusters, unread } = await until(has('mine'), 'the Cluster');
      assert.deepEqual(
        clusters.map(({ metadata }) => metadata.namespace),
        [namespace],
      );
      assert.deepEqual(
        Object.keys(unread).filter(kind => kind !== 'ObjectStore'),
        [],
      );
    });
  },

  'a satellite kind that is refused is one entry; the right given later ends it': async (t, endpoint) => {
    const most = [
      { group: cnpg, resources: ['*'], verbs: read },
      { group: 'barmancloud.cnpg.io', resources: ['*'], verbs: read },
      { group: '', resources: ['pods', 'persistentvolumeclaims'], verbs: read },
    ];
    await endpoint.allow(most);
    const { until, connection } = await open(t, endpoint, { user: endpoint.users.viewer });
    const { unread } = await until(s => s.state === 'connected' && s.unread.Service !== undefined, 'the refusal');
    assert.match(unread.Service ?? '', /cannot list resource "services"/);
    assert.deepEqual(Object.keys(unread), ['Service']);
    await endpoint.allow([...most, { group: '', resources: ['services'], verbs: read }]);
    await new Promise(resolve => setTimeout(resolve, 200));
    connection.retry();
    await until(s => Object.keys(s.unread).length === 0, 'the end of it');
  },

  'without pods/proxy that is said once for the context': async (t, endpoint) => {
    await endpoint.allow([
      { group: cnpg, resources: ['*'], verbs: read },
      { group: '', resources: ['pods'], verbs: read },
    ]);
    const status = { ...usualTimes.status, closely: 100, loosely: 100 };
    const { until, connection, log } = await open(t, endpoint, {
      user: endpoint.users.viewer,
      times: { ...quick, status },
    });
    const objects = [clusterNamed('proxied'), podOf('proxied'), podOf('proxied-too')];
    await during(endpoint, objects, async () => {
      await until(s => has('proxied')(s) && s.pods.length === 2, 'Cluster and pods');
      connection.pollInstanceStatus({ closely: ['default/proxied', 'default/proxied-too'], loosely: [] });
      const { unread } = await until(s => s.unread.InstanceStatus !== undefined, 'the refusal');
      assert.match(unread.InstanceStatus ?? '', /cannot get resource "pods\/proxy"/);
      await new Promise(resolve => setTimeout(resolve, 500));
      assert.equal(log.filter(text => text.includes('pods/proxy')).length, 1);
    });
  },

  'kinds that are not installed are empty and quiet': async (t, endpoint) => {
    const { until, log } = await open(t, endpoint);
    await until(({ state }) => state === 'connected', 'connected');
    await new Promise(resolve => setTimeout(resolve, 500));
    const { unread, databaseRoles } = await until(() => true, 'a look');
    assert.deepEqual([unread, databaseRoles], [{}, []]);
    assert.equal(log.filter(text => text.includes('DatabaseRole')).length, 1, log.join('\n'));
  },

  'manifests are applied: what a dry run says, conflicts, fields taken over, changes meanwhile': async (
    t,
    endpoint,
  ) => {
    const { connection } = await open(t, endpoint);
    const written = clusterNamed('applied');
    const plan = (object = written, force = false) =>
      planApply(
        connection,
        [object],
        () => force,
        () => noOthers,
        never,
      );
    const code = async (promise: Promise<unknown>): Promise<string> => {
      const error = await promise.catch((thrown: unknown) => thrown);
      return error instanceof Failure ? `${error.code}: ${error.message}` : 'no failure';
    };
    const instances = async (): Promise<unknown> =>
      (await connection.get<Cluster>('Cluster', 'default', 'applied', never)).spec.instances;
    const change = (to: number) =>
      connection.patch(
        { kind: 'Cluster', namespace: 'default', name: 'applied', patch: { spec: { instances: to } } },
        { dryRun: false },
        never,
      );
    try {
      const one = async (...given: Parameters<typeof plan>) => {
        const [planned] = await plan(...given);
        assert.ok(planned);
        return planned;
      };
      const first = await one();
      assert.deepEqual([first.live, first.changes], [undefined, true]);
      assert.match(await code(instances()), /^not-found/, 'a dry run stores nothing');
      await applyPlanned(connection, first, never);
      assert.equal(await instances(), 3);
      assert.equal((await one()).changes, false, 'all is there already');

      await change(5);
      assert.match(await code(plan()), /^conflict: .*spec\.instances/s);
      const forced = await one(written, true);
      assert.equal(forced.changes, true);
      await change(4);
      assert.match(await code(applyPlanned(connection, forced, never)), /^conflict/, 'changed meanwhile');
      await applyPlanned(connection, await one(written, true), never);
      assert.equal(await instances(), 3);

      const replica = clusterNamed('applied', 'default', { replica: { primary: 'other', source: 'other' } });
      assert.match(await code(plan(replica)), /^role-change: .*would be demoted.*Promote Replica Cluster/s);
      assert.match(await code(plan(clusterNamed('applied', 'default', { instnces: 3 }))), /instnces/);
    } finally {
      await endpoint.remove(written).catch(() => undefined);
    }
  },

  'without the right to forward ports the API says so; a pod that is nowhere cannot be reached': async (
    t,
    endpoint,
  ) => {
    await endpoint.allow([{ group: '', resources: ['pods'], verbs: read }]);
    await during(endpoint, [podOf('forwarded')], async () => {
      const viewer = await open(t, endpoint, { user: endpoint.users.viewer });
      const pending = viewer.connection.portForward('default', 'forwarded-1', 5432, never);
      assert.match(
        await refusal(pending),
        /Connect to port 5432 of Pod default\/forwarded-1 .*resource "pods\/portforward"/,
      );
      const admin = await open(t, endpoint);
      assert.match(await refusal(admin.connection.portForward('default', 'nowhere-1', 5432, never)), /nowhere-1/);
    });
  },
};
