/**
 * A data centre is lost between the demotion and the promotion, in real VS Code: the alarm leads to the token, which outlives the window;
 * the typed sentence, the end with an issue, the old side that returns and follows. Screenshots are in test-results/saved-token/.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { resources } from '../../src/simulator/operator/client.ts';
import { loseSide } from '../../src/simulator/playground-faults.ts';
import { sideClients } from '../support/playground.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Workbench } from './workbench.ts';

let stage: Stage;
let w: Workbench;
let comeBack: () => Promise<void>;
const over = new AbortController();

before(async () => {
  stage = await openStage('saved-token');
  w = stage.workbench;
  await w.activity('CloudNativePG');
  await w.connectBoth();
});

after(() => {
  over.abort();
  return stage?.close();
});

test('demoted with kubectl, then lost: the alarm and the picture lead to the token', async () => {
  const kubectl = sideClients(stage.playground, over.signal)['eu'];
  const replica = { primary: 'cluster-us', source: 'cluster-us', promotionToken: null };
  await kubectl?.mergePatch(resources.clusters, 'default', 'cluster-eu', { spec: { replica } });
  await w.row(/^Switchover under way.*its token is there/).waitFor({ timeout: 60_000 });
  comeBack = await loseSide(stage.playground, 'eu');
  const alarm = await w.notification(/cluster-eu cannot be read, and was demoted when last seen at .* UTC/, 60_000);
  await alarm.getByRole('button', { name: 'Promote with a Saved Token…' }).waitFor();
  await w.choose(await w.contextMenu(w.row(/^cluster-eu ⇄ cluster-us/)), 'Show Topology');
  await w
    .webview()
    .getByRole('button', { name: /^Promote cluster-us with a Saved Token/ })
    .waitFor();
  await w.shot('lost');
});

test('resumed with one side, it goes on with the token; the switchover leads there as well', async () => {
  const box = w.quick.filter({ hasText: 'to confirm' });
  await w.command('CNPG: Resume Promotion');
  await box.waitFor({ timeout: 60_000 });
  await w.editorShows('Promote cluster-us with a saved token');
  await w.page.keyboard.press('Escape');
  await box.waitFor({ state: 'hidden' });
  await w.command('Notifications: Clear All Notifications');
  await w.choose(await w.contextMenu(w.row(/^cluster-us(?!-).*replica cluster/)), 'Promote Replica Cluster…');
  const silent = await w.notification(/in context eu/, 60_000);
  await silent.getByRole('button', { name: 'cluster-eu Is Lost…' }).click();
  await w.modal.getByRole('button', { name: 'Promote with the Token…' }).waitFor();
  await w.modal.getByRole('button', { name: 'Cancel' }).click();
});

test('in another window the failover offers the token first', async () => {
  await w.load(stage.server.url(stage.workspace));
  await w.activity('CloudNativePG');
  await w.row(/^usnot connected/).click();
  await w.choose(await w.contextMenu(w.row(/^cluster-us.*replica cluster/)), 'Fail Over to Replica Cluster…');
  await w.quick.getByRole('option', { name: /^eu/ }).click();
  const token = w.modal.getByRole('button', { name: 'Promote with the Token…' });
  await token.waitFor({ timeout: 60_000 });
  await w.shot('offered');
  await token.click();
});

test('the sentence with the last knowledge is typed, and the replica cluster becomes the primary', async () => {
  await w.quick.getByRole('option', { name: /^Timeline \d+, LSN/ }).click({ timeout: 60_000 });
  const box = w.quick.filter({ hasText: 'to confirm' });
  await box.waitFor({ timeout: 60_000 });
  await w.shot('asked');
  const sentence = (await box.locator('input.input').getAttribute('placeholder')) ?? '';
  assert.match(sentence, /^promote cluster-us, cluster-eu last known demoted at \d\d:\d\d:\d\d UTC$/);
  await w.fillInput('to confirm', sentence);
  await w.notification(/completed with issues: cluster-eu is not known to follow/, 180_000);
  await w.row(/^cluster-us-1.*primary/).waitFor();
  await w.editorShows('What is left to do');
  await w.shot('completed');
});

test('the old side returns: the promotion is taken up, and it follows', async () => {
  await w.command('Notifications: Clear All Notifications');
  await comeBack();
  await w.command('CNPG: Resume Promotion');
  await w.notification(/Promotion of cluster-us completed/, 120_000);
  await w.row(/^cluster-eu-1.*designated primary.*streaming/).waitFor({ timeout: 60_000 });
  await w.shot('follows');
});

test('the side that was to be promoted is lost: the alarm says so, and the demoted one is primary again', async () => {
  await w.command('Notifications: Clear All Notifications');
  const kubectl = sideClients(stage.playground, over.signal)['us'];
  const replica = { primary: 'cluster-eu', source: 'cluster-eu', promotionToken: null };
  await kubectl?.mergePatch(resources.clusters, 'default', 'cluster-us', { spec: { replica } });
  await w.row(/^Switchover under way.*its token is there/).waitFor({ timeout: 60_000 });
  comeBack = await loseSide(stage.playground, 'eu');
  await w.notification(/cluster-us is demoted, and cluster-eu, .* cannot be read/, 60_000);
  await w.choose(await w.contextMenu(w.row(/^cluster-us(?!-).*replica cluster/)), 'Return to the Old Primary…');
  const box = w.quick.filter({ hasText: 'to confirm' });
  await box.waitFor({ timeout: 60_000 });
  await w.shot('return-asked');
  const sentence = (await box.locator('input.input').getAttribute('placeholder')) ?? '';
  assert.match(sentence, /^return to cluster-us, cluster-eu last known as a replica cluster at \d\d:\d\d:\d\d UTC$/);
  await w.fillInput('to confirm', sentence);
  await w.notification(/Return to cluster-us: completed/, 180_000);
  await comeBack();
  await w.row(/^cluster-eu-1.*designated primary.*streaming/).waitFor({ timeout: 90_000 });
  await w.shot('returned');
});

test('the history tells of both', async () => {
  await w.command('CNPG: Show Promotion History');
  const history = await w.editorShows(/UTC: promotion with token to cluster-us/);
  assert.match(history, /UTC: return to cluster-us/);
  await w.shot('history');
});

test('the page asked for no other host', () => assert.deepEqual(w.outside, []));
