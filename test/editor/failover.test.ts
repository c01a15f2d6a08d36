/**
 * A data centre is lost, in real VS Code: refused while the primary lives, proof attempts and loss on the page, the typed sentence,
 * the end, the old side that returns. Screenshots are in test-results/failover/.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { loseSide } from '../../src/simulator/playground-faults.ts';
import { askedToFailOver } from './fail-over.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Workbench } from './workbench.ts';

let stage: Stage;
let w: Workbench;
let comeBack: () => Promise<void>;

before(async () => {
  stage = await openStage('failover');
  w = stage.workbench;
  await w.activity('CloudNativePG');
  await w.connectBoth();
});

after(() => stage?.close());

test('while the primary lives the failover is refused, and the switchover offered', async () => {
  await w.row(/cluster-us-1.*lag.*streaming/).waitFor();
  await w.choose(
    await w.contextMenu(w.row(/^cluster-us3\/3|^cluster-us.*replica cluster/)),
    'Fail Over to Replica Cluster…',
  );
  const toast = await w.notification(/says that it is a primary/, 60_000);
  await toast.getByRole('button', { name: 'Controlled Switchover…' }).waitFor();
  await toast.getByRole('button', { name: 'Fence cluster-eu…' }).waitFor();
  await w.page.getByRole('tab', { name: /Fail over to cluster-us/, selected: true }).waitFor();
  await w.shot('refused');
  await w.command('Notifications: Clear All Notifications');
});

test('the picture offers the failover when the primary cannot be read', async () => {
  comeBack = await loseSide(stage.playground, 'eu');
  await w.row(/^cluster-eu.*stale/).waitFor({ timeout: 60_000 });
  await w.choose(await w.contextMenu(w.row(/^cluster-eu ⇄ cluster-us/)), 'Show Topology');
  await w
    .webview()
    .getByRole('button', { name: /^Fail Over/ })
    .waitFor();
  await w.shot('picture');
});

test('the sentence with the loss is typed, and the replica cluster becomes the primary', async () => {
  const box = await askedToFailOver(w, 'CNPG: Fail Over to Replica Cluster…', /cluster-us/);
  await w.shot('asked');
  const sentence = (await box.locator('input.input').getAttribute('placeholder')) ?? '';
  assert.match(sentence, /^fail over to cluster-us and lose [\d.]+ [kM]?B and all since \d\d:\d\d:\d\d UTC$/);
  await w.fillInput('to confirm', sentence);
  await w.notification(/Fail over to cluster-us: completed/, 180_000);
  await w.row(/^cluster-us-1.*primary/).waitFor();
  await w.editorShows('What is left to do');
  await w.shot('completed');
});

test('the old side returns: two primaries', async () => {
  await comeBack();
  await w.notification(/Two primaries/, 90_000);
  await w.shot('two-primaries');
});

test('the former primary is rebuilt as a replica that follows', async () => {
  await w.command('Notifications: Clear All Notifications');
  await w.choose(await w.contextMenu(w.row(/^cluster-eu.*primary cluster/)), 'Rebuild Former Primary…');
  await w.quick.getByRole('option', { name: /Copy from cluster-us/ }).click();
  await w.fillInput('archives into from now on', 'cluster-eu-2');
  await w.quick.filter({ hasText: 'to confirm' }).waitFor({ timeout: 60_000 });
  await w.shot('rebuild-asked');
  await w.fillInput('to confirm', 'cluster-eu');
  await w.modal.getByRole('button', { name: 'Write', exact: true }).waitFor({ timeout: 90_000 });
  // It is deleted, and its manifest is only in the records of the workspace: the next window goes on.
  await w.load(stage.server.url(stage.workspace));
  const offer = await w.notification(/The rebuild of cluster-eu.*is not known to be at its end/, 60_000);
  await offer.getByRole('button', { name: 'Go On' }).click();
  for (const verb of ['Write', 'Create']) {
    const button = w.modal.getByRole('button', { name: verb, exact: true });
    await button.waitFor({ timeout: 90_000 });
    await w.shot(`rebuild-${verb.toLowerCase()}`);
    await button.click();
  }
  await w.notification(/Create cluster-eu anew as a replica of cluster-us: completed/, 120_000);
  await w.activity('CloudNativePG');
  await w.row(/^cluster-eu-1.*designated primary.*streaming/).waitFor({ timeout: 60_000 });
  await w.shot('rebuilt');
});

test('the history and the log of writes tell what was done', async () => {
  await w.command('CNPG: Show Promotion History');
  const history = await w.editorShows(/UTC: rebuild to cluster-eu/);
  assert.match(history, /UTC: failover to cluster-us/);
  await w.shot('history');
  await w.command('CNPG: Show Action Log');
  const log = await w.editorShows('DELETE Cluster default/cluster-eu');
  assert.match(log, /CREATE Cluster default\/cluster-eu/);
  await w.shot('action-log');
});

test('the page asked for no other host', () => assert.deepEqual(w.outside, []));
