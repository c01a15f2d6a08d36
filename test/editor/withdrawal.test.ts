/**
 * Promoted with a wrong token by kubectl, in real VS Code: the alarm and the picture lead to the withdrawal, and that to the right token.
 * Screenshots are in test-results/withdrawal/.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeToken, encodeToken } from '../../src/model/token.ts';
import type { Client } from '../../src/simulator/operator/client.ts';
import { resources } from '../../src/simulator/operator/client.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { sideClients } from '../support/playground.ts';
import type { Stage } from './stage.ts';
import { openStage } from './stage.ts';
import type { Workbench } from './workbench.ts';

let stage: Stage;
let w: Workbench;
let kubectl: Record<string, Client>;
const over = new AbortController();

before(async () => {
  stage = await openStage('withdrawal');
  w = stage.workbench;
  kubectl = sideClients(stage.playground, over.signal);
  await w.activity('CloudNativePG');
  await w.connectBoth();
});

after(() => {
  over.abort();
  return stage?.close();
});

const change = (context: 'eu' | 'us', replica: object) =>
  kubectl[context]?.mergePatch(resources.clusters, 'default', `cluster-${context}`, { spec: { replica } });

test('a token of another system is refused: the alarm and the picture lead to the way out', async () => {
  await change('eu', { primary: 'cluster-us', source: 'cluster-us', promotionToken: null });
  await w.row(/^Switchover under way.*its token is there/).waitFor({ timeout: 60_000 });
  const eu = await kubectl['eu']?.get<Cluster>(resources.clusters, 'default', 'cluster-eu');
  const token = decodeToken(eu?.status?.demotionToken ?? '');
  assert.ok(typeof token === 'object');
  const promotionToken = encodeToken({ ...token, databaseSystemIdentifier: '7000000000000000001' });
  await change('us', { primary: 'cluster-us', promotionToken });
  const alarm = await w.notification(/None of cluster-eu and cluster-us accepts writes/, 60_000);
  await alarm.getByRole('button', { name: 'Withdraw Promotion…' }).waitFor();
  await w.choose(await w.contextMenu(w.row(/^cluster-eu ⇄ cluster-us/)), 'Show Topology');
  await w
    .webview()
    .getByRole('button', { name: /^Withdraw Promotion of cluster-us/ })
    .waitFor();
  await w.shot('refused');
  await alarm.getByRole('button', { name: 'Withdraw Promotion…' }).click();
});

test('shown, confirmed, and the Cluster follows again', async () => {
  const withdraw = w.modal.getByRole('button', { name: 'Withdraw', exact: true });
  await withdraw.waitFor({ timeout: 60_000 });
  await w.editorShows('Withdraw the promotion of cluster-us');
  await w.shot('asked');
  await withdraw.click();
  const next = await w.notification(/Nobody accepts writes. cluster-eu is demoted/, 60_000);
  await next.getByRole('button', { name: 'Return to the Old Primary…' }).waitFor();
  await w.row(/^cluster-us(?!-).*replica cluster/).waitFor();
  await w.shot('withdrawn');
  await next.getByRole('button', { name: 'Promote with Its Token…' }).click();
});

test('the right token promotes it, and the history tells of both', async () => {
  await w.modal.getByRole('button', { name: 'Go On' }).click({ timeout: 60_000 });
  await w.notification(/Promotion of cluster-us completed/, 180_000);
  await w.command('CNPG: Show Promotion History');
  await w.editorShows(/UTC: withdrawn promotion to cluster-us/);
  await w.shot('history');
});

test('the page asked for no other host', () => assert.deepEqual(w.outside, []));
