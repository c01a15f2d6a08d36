/**
 * Operations inside a Cluster in real VS Code: what is shown, how it is confirmed, what the tree says afterwards. Screenshots are
 * in test-results/operations/.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Workbench } from './workbench.ts';

let stage: Stage;
let w: Workbench;

before(async () => {
  stage = await openStage('operations');
  w = stage.workbench;
  await w.activity('CloudNativePG');
  await w.connectBoth();
});

after(() => stage?.close());

test('nothing is written when the confirmation is left', async () => {
  await w.choose(await w.contextMenu(w.row(/^cluster-eu-2/)), 'Fence Instance…');
  await w.modal.getByText('PostgreSQL of cluster-eu-2 is shut down', { exact: false }).waitFor();
  await w.shot('fence-asked');
  await w.modal.getByRole('button', { name: 'Cancel' }).click();
  await w.page.getByRole('tab', { name: /Fence cluster-eu-2/, selected: true }).waitFor();
  await w.shot('fence-page');
  await w.row(/^cluster-eu-2.*streaming/).waitFor();
});

test('a standby is fenced', async () => {
  await w.choose(await w.contextMenu(w.row(/^cluster-eu-2/)), 'Fence Instance…');
  await w.modal.getByRole('button', { name: 'Fence', exact: true }).click();
  await w.notification(/Fence cluster-eu-2.*completed/, 60_000);
  await w.row(/^cluster-eu-2.*fenced/).waitFor();
  await w.shot('fenced');
});

test('a fenced instance is unfenced', async () => {
  await w.choose(await w.contextMenu(w.row(/^cluster-eu-2.*fenced/)), 'Unfence Instance…');
  await w.modal.getByRole('button', { name: 'Unfence', exact: true }).click();
  await w.notification(/Unfence cluster-eu-2.*completed/, 60_000);
  await w.row(/^cluster-eu-2.*streaming/).waitFor();
});

test('another instance becomes the primary when the name of the Cluster is typed', async () => {
  await w.choose(await w.contextMenu(w.row(/^cluster-eu-3/)), 'Switch Primary Instance…');
  await w.quick.filter({ hasText: 'to confirm' }).waitFor();
  await w.shot('switch-asked');
  await w.fillInput('to confirm', 'cluster-eu');
  await w.notification(/cluster-eu-3.*completed/, 90_000);
  await w.row(/^cluster-eu-3.*primary/).waitFor();
  await w.shot('switched');
});

test('a schedule is suspended, and the tree says so', async () => {
  await w.row(/^Backups/).click();
  await w.page.keyboard.press('ArrowRight');
  await w.choose(await w.contextMenu(w.row(/^nightly-eu/)), 'Suspend Schedule…');
  await w.modal.getByText('No more base backups of cluster-eu are taken', { exact: false }).waitFor();
  await w.modal.getByRole('button', { name: 'Suspend', exact: true }).click();
  await w.row(/^nightly-eu.*suspended/).waitFor();
  await w.shot('suspended');
});

test('a base backup is taken now', async () => {
  await w.choose(await w.contextMenu(w.row(/^Backups/)), 'Back Up Now…');
  await w.modal.getByText('barman-cloud.cloudnative-pg.io', { exact: false }).waitFor();
  await w.shot('backup-asked');
  await w.modal.getByRole('button', { name: 'Back Up', exact: true }).click();
  await w.notification(/Back up cluster-eu.*completed/, 60_000);
});

test('a Cluster sleeps when its name is typed, and wakes', async () => {
  await w.choose(await w.contextMenu(w.row(/^cluster-us(?!-)/)), 'Hibernate Cluster…');
  await w.quick.filter({ hasText: 'to confirm' }).waitFor();
  await w.shot('hibernate-asked');
  await w.fillInput('to confirm', 'cluster-us');
  await w.notification(/Hibernate cluster-us.*completed/, 60_000);
  await w.row(/^cluster-us(?!-).*hibernated/).waitFor();
  await w.shot('hibernated');
  await w.choose(await w.contextMenu(w.row(/^cluster-us(?!-).*hibernated/)), 'Wake Cluster…');
  await w.modal.getByRole('button', { name: 'Wake', exact: true }).click();
  await w.notification(/Wake cluster-us.*completed/, 90_000);
  await w.row(/^cluster-us-2.*streaming/).waitFor();
});

test('a standby is restarted by a new pod', async () => {
  await w.choose(await w.contextMenu(w.row(/^cluster-us-2/)), 'Restart Instance…');
  await w.modal.getByText('The pod of cluster-us-2 is deleted', { exact: false }).waitFor();
  await w.modal.getByRole('button', { name: 'Restart', exact: true }).click();
  await w.notification(/Restart cluster-us-2.*completed/, 90_000);
  await w.row(/^cluster-us-2.*streaming/).waitFor();
});

test('a manifest is applied: differences, confirmation, what is live afterwards', async () => {
  await w.openFile('us/scheduled-backup.yaml');
  await w.page.locator('.editor-instance .monaco-editor .view-line').filter({ hasText: 'schedule:' }).click();
  await w.page.keyboard.press('End');
  await w.page.keyboard.press('Enter');
  await w.page.keyboard.type('suspend: true');
  await w.command('CNPG: Apply Manifest…');
  await w.quick.getByRole('option', { name: /^us/ }).click();
  await w.modal.getByText('Change ScheduledBackup default/nightly-us', { exact: false }).waitFor();
  await w.shot('apply-asked');
  await w.modal.getByRole('button', { name: 'Apply', exact: true }).click();
  await w.notification(/Applied: ScheduledBackup default\/nightly-us in us/);
  await w.shot('applied');
});

test('both sides are applied in one go, the primary before its replica', async () => {
  await w.command('Notifications: Clear All Notifications');
  for (const side of ['eu', 'us']) {
    const file = path.join(stage.workspace, side, `cluster-${side}.yaml`);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('max_connections: "200"', 'max_connections: "210"'));
  }
  await w.openFile('us/cluster-us.yaml');
  await w.command('CNPG: Apply Both Sides…');
  for (const side of ['eu', 'us']) {
    await w.quick.getByPlaceholder(new RegExp(`apply ${side}/cluster-${side}\\.yaml`)).waitFor();
    await w.quick.getByRole('option', { name: new RegExp(`^${side}`) }).click();
  }
  // Who created the Clusters owns their fields.
  await w.modal.getByText('Cluster default/cluster-eu in context eu: HTTP 409').waitFor();
  await w.shot('both-sides-conflict');
  await w.modal.getByRole('button', { name: 'Show What Taking Over Would Change' }).click();
  const [one, other] = ['Change Cluster default/cluster-eu in eu', 'Change Cluster default/cluster-us in us'];
  const detail = (await w.modal.getByText(one, { exact: false }).textContent()) ?? '';
  assert.ok(detail.indexOf(one) < detail.indexOf(other), detail);
  await w.shot('both-sides-asked');
  await w.modal.getByRole('button', { name: 'Apply', exact: true }).click();
  await w.notification(/Applied: Cluster default\/cluster-eu in eu, Cluster default\/cluster-us in us/);
  await w.shot('both-sides');
  await w.command('CNPG: Apply Both Sides…');
  for (const side of ['eu', 'us']) {
    await w.quick.getByPlaceholder(new RegExp(`apply ${side}/`)).waitFor();
    await w.quick.getByRole('option', { name: new RegExp(`^${side}`) }).click();
  }
  await w.notification(/Nothing to apply: eu and us has it all already/);
});

test('a manifest that would change roles is not applied', async () => {
  const file = path.join(stage.workspace, 'us/cluster-us.yaml');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('primary: cluster-eu', 'primary: cluster-us'));
  await w.openFile('us/cluster-us.yaml');
  await w.command('CNPG: Apply Manifest…');
  await w.quick.getByRole('option', { name: /^us/ }).click();
  await w.notification(/Nothing was applied.*would be promoted/);
  await w.shot('role-change-refused');
});

test('the page asked for no other host', () => assert.deepEqual(w.outside, []));
