/** Applying against an API server in memory: what is refused by what would come of it, and what happened meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/errors.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import type { ApplyApi, PlannedApply } from '../../src/operations/apply-manifests.ts';
import { applyPlanned, planApply } from '../../src/operations/apply-manifests.ts';
import type { OtherMembers } from '../../src/model/other-members.ts';
import { noOthers } from '../../src/model/other-members.ts';
import { member } from '../support/clusters.ts';

const never = new AbortController().signal;
const absent = new Failure('not-found', { what: 'Read', why: '404.', remedy: '' });

/** @param after what the API server makes of it */
function server(live: KubernetesObject | undefined, after: KubernetesObject) {
  const state = { live, applied: 0 };
  const api: ApplyApi = {
    raw: async () => {
      if (!state.live) throw absent;
      return { ...state.live };
    },
    apply: async (_object, { dryRun }) => {
      if (!dryRun) state.applied++;
      return { object: after, warnings: [] };
    },
  };
  return { api, state };
}
const plan = (api: ApplyApi, written: KubernetesObject, others: OtherMembers = noOthers) =>
  planApply(
    api,
    [written],
    () => false,
    () => others,
    never,
  );

test('fields of other managers stay: the role is judged by what would come of it', async () => {
  const replica = member('cluster-eu', { replica: { primary: 'cluster-us' } });
  const { api } = server(replica, member('cluster-eu'));
  await assert.rejects(plan(api, replica), /is a replica cluster, and would be promoted/);
});

test('a token that is not used yet is not taken away', async () => {
  const { api } = server(member('cluster-eu', { replica: { promotionToken: 'x' } }), member('cluster-eu'));
  await assert.rejects(plan(api, member('cluster-eu')), /would be a failover/);
});

async function planOne(api: ApplyApi, written: KubernetesObject): Promise<PlannedApply> {
  const [planned] = await plan(api, written);
  assert.ok(planned);
  return planned;
}

test('what was shown as new and is there meanwhile is not changed', async () => {
  const written = member('cluster-eu');
  const { api, state } = server(undefined, written);
  const planned = await planOne(api, written);
  state.live = written;
  await assert.rejects(applyPlanned(api, planned, never), /Somebody created it since it was shown as new/);
  assert.equal(state.applied, 0);
});

test('what is new is created', async () => {
  const written = member('cluster-eu');
  const { api, state } = server(undefined, written);
  await applyPlanned(api, await planOne(api, written), never);
  assert.equal(state.applied, 1);
});

const usWrites: OtherMembers = { writers: ['cluster-us'], unseen: [] };
const usUnseen: OtherMembers = { writers: [], unseen: ['cluster-us'] };
const primary = member('cluster-eu');
const asleep = member('cluster-eu', { annotations: { 'cnpg.io/hibernation': 'on' } });
const fenced = member('cluster-eu', { annotations: { 'cnpg.io/fencedInstances': '["*"]' } });
const replica = member('cluster-eu', { replica: { primary: 'cluster-us' } });

const refused: [string, KubernetesObject | undefined, KubernetesObject, RegExp][] = [
  [
    'created as a second primary',
    undefined,
    primary,
    /cluster-us is primary now, and cluster-eu would be created as a primary/,
  ],
  ['woken as a second primary', asleep, primary, /cluster-us is primary now, and cluster-eu would be started again/],
  ['unfenced as a second primary', fenced, primary, /would be started again as a primary/],
];
for (const [title, live, after, words] of refused)
  test(`refused: ${title}`, () => assert.rejects(plan(server(live, after).api, after, usWrites), words));

const warned: [string, KubernetesObject | undefined, KubernetesObject, OtherMembers, RegExp | undefined][] = [
  ['it is one of two already', primary, primary, usWrites, /cluster-us is primary as well as cluster-eu/],
  [
    'created as a primary, and the other side cannot be seen',
    undefined,
    primary,
    usUnseen,
    /cluster-us cannot be seen/,
  ],
  ['created as a replica', undefined, replica, usWrites, undefined],
  ['created asleep', undefined, asleep, usWrites, undefined],
  ['changed, and the other side cannot be seen', primary, primary, usUnseen, undefined],
  ['alone', undefined, primary, noOthers, undefined],
];
for (const [title, live, after, others, words] of warned)
  test(`said: ${title}`, async () => {
    const [planned] = await plan(server(live, after).api, after, others);
    if (words) assert.match(planned?.warnings.join() ?? '', words);
    else assert.deepEqual(planned?.warnings, []);
  });

test('a kind that nobody here reads is refused by its name, before anything is asked', async () => {
  const catalog = { kind: 'ClusterImageCatalog', metadata: { name: 'images' } };
  const { api } = server(undefined, catalog);
  await assert.rejects(plan(api, catalog), /ClusterImageCatalog images is a kind that is not applied from here/);
});
