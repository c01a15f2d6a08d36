/**
 * The tree in real VS Code: what an operator sees when all is well, when archiving breaks, when a side is lost; filter,
 * expansion, themes. Screenshots are in test-results/tree/.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { resources } from '../../src/simulator/operator/client.ts';
import { sideClients } from '../support/playground.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Workbench } from './workbench.ts';

let stage: Stage;
let w: Workbench;

before(async () => {
  stage = await openStage('tree');
  w = stage.workbench;
});

after(() => stage?.close());

const statusBar = () => w.page.locator('[id="workbench.parts.statusbar"] .statusbar-item[id*="cnpg.state"]');
const databaseOf = (side: string) => {
  const [, database] = [...stage.playground.world.databases].find(([key]) => key.startsWith(`${side}/`)) ?? [];
  assert.ok(database);
  return database;
};

async function settings(values: Record<string, unknown>): Promise<void> {
  const file = path.join(stage.workspace, '.vscode/settings.json');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const before = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as object) : {};
  fs.writeFileSync(file, JSON.stringify({ ...before, ...values }));
  await new Promise(resolve => setTimeout(resolve, 1500));
}

test('the theme is dark', () => settings({ 'workbench.colorTheme': 'Default Dark Modern' }));

test('before anything is connected the view says what to do', async () => {
  await w.activity('CloudNativePG');
  await w.sidebar.getByText('Nothing is contacted yet', { exact: false }).waitFor();
  await w.shot('closed');
});

test('when all is well both sides fit on one screen', async () => {
  await w.connectBoth();
  await w.row(/^Fed by cluster-eu.*streaming.*lag/).waitFor();
  await w.row(/cluster-us-1.*lag.*designated primary.*streaming/).waitFor();
  await statusBar()
    .filter({ hasText: /cluster-eu → cluster-us/ })
    .waitFor();
  await w.shot('well');
});

test('a standby opens to its position, node and lag, and stays open through refreshes', async () => {
  await w.row(/^cluster-us-2.*lag.*standby.*streaming/).click();
  await w.page.keyboard.press('ArrowRight');
  await w.row(/^Replayed.*timeline/).waitFor();
  await w.row(/^Kubernetes node.*us-node/).waitFor();
  const before = await w.row(/^Replayed/).textContent();
  await w.page.waitForFunction(
    text => ![...document.querySelectorAll('[role="treeitem"]')].some(row => row.textContent === text),
    before,
  );
  await w.row(/^Replayed.*timeline/).waitFor();
  await w.shot('standby');
});

test('a tooltip tells all of a row', async () => {
  const tooltip = w.page.locator('.monaco-hover').filter({ hasText: 'designated primary' });
  // A row that is drawn anew while the pointer rests on it shows none.
  for (let attempt = 0; attempt < 5 && !(await tooltip.first().isVisible()); attempt++) {
    await w.page.mouse.move(1200, 300);
    await w
      .row(/^cluster-us-1/)
      .getByText('cluster-us-1')
      .hover();
    await tooltip
      .first()
      .waitFor({ timeout: 4000 })
      .catch(() => undefined);
  }
  await tooltip.first().waitFor();
  assert.match(
    (await tooltip.first().textContent()) ?? '',
    /Kubernetes node.*us-node-1.*Timeline.*Replayed.*Follows.*cluster-eu-1/s,
  );
  await w.shot('tooltip');
  await w.page.mouse.move(1200, 300);
  await tooltip.first().waitFor({ state: 'hidden' });
});

test('each row says its state to a screen reader', async () => {
  const label = await w.row(/^cluster-us-1/).getAttribute('aria-label');
  assert.match(label ?? '', /^cluster-us-1, lag .* · designated primary · streaming$/);
});

test('a filter leaves what matches, and goes again', async () => {
  await w.command('CNPG: Filter Replication View…');
  const input = w.quick.locator('input.input');
  await input.fill('us standby');
  await w.row(/^cluster-eu-2/).waitFor({ state: 'hidden' });
  await w.row(/^cluster-us-2/).waitFor();
  await input.press('Enter');
  await w.sidebar.getByText('Only what matches "us standby" is shown.').waitFor();
  await w.shot('filtered');
  await w.command('CNPG: Clear Filter of Replication View');
  await w.row(/^cluster-eu-2/).waitFor();
  // What was open is open.
  await w.row(/^Replayed.*timeline/).waitFor();
});

test('archiving that fails is an alarm in tree, badge, status bar and one notification', async () => {
  const { archive } = databaseOf('eu');
  assert.ok(archive);
  archive.writable = false;
  const alarm = w.row(/^Archiving fails.*cluster-eu cannot archive its WAL/);
  await alarm.waitFor({ timeout: 120_000 });
  await statusBar().filter({ hasText: 'Archiving fails: cluster-eu' }).waitFor();
  const toast = await w.notification(/Archiving fails\. cluster-eu cannot archive/);
  await w.page.locator('.activitybar .badge-content').filter({ hasText: '1' }).first().waitFor();
  await w.shot('archive-failing');
  await toast.getByRole('button', { name: 'Show' }).click();
  await w.page
    .locator('[role="treeitem"].focused, [role="treeitem"].selected')
    .filter({ hasText: 'Archiving fails' })
    .waitFor();
  await w.page.waitForTimeout(6000);
  assert.equal(await w.toasts.filter({ hasText: 'Archiving fails' }).count(), 0);
  await alarm.click();
  await w.notification(/object store, its credentials/);
  await w.shot('alarm-told');
  await w.command('Notifications: Clear All Notifications');
});

const themes: [string, string][] = [
  ['light', 'Default Light Modern'],
  ['high-contrast', 'Default High Contrast'],
  ['high-contrast-light', 'Default High Contrast Light'],
];
for (const [name, theme] of themes)
  test(`theme ${name}`, async () => {
    await settings({ 'workbench.colorTheme': theme });
    await w.shot(`alarm-${name}`);
  });

test('narrow', async () => {
  await settings({ 'workbench.colorTheme': 'Default Dark Modern' });
  await w.page.setViewportSize({ width: 820, height: 900 });
  await w.page.waitForTimeout(500);
  await w.shot('narrow');
  await w.page.setViewportSize({ width: 1400, height: 900 });
});

test('the alarm goes when archiving works again', async () => {
  const { archive } = databaseOf('eu');
  assert.ok(archive);
  archive.writable = true;
  await w.row(/^Archiving fails/).waitFor({ state: 'hidden', timeout: 60_000 });
  await statusBar()
    .filter({ hasText: /cluster-eu → cluster-us/ })
    .waitFor();
});

test('a lost side is unknown, not good and not an alarm', async () => {
  await stage.playground.faults['eu']?.unreachable(true);
  await statusBar().filter({ hasText: 'eu cannot be read' }).waitFor({ timeout: 60_000 });
  await w.row(/^cluster-eu.*stale/).waitFor();
  await w.row(/^cluster-eu ⇄ cluster-us.*cluster-eu cannot be read/).waitFor();
  await w.shot('lost-side');
  await stage.playground.faults['eu']?.unreachable(false);
  await statusBar()
    .filter({ hasText: /cluster-eu → cluster-us/ })
    .waitFor({ timeout: 60_000 });
});

test('a member that is not where its name is bound to is missing until it is bound again', async () => {
  await settings({ 'cnpg.members': { 'cluster-us': 'us/elsewhere' } });
  const missing = w.row(/^cluster-us(unclear|not found)/);
  await missing.waitFor();
  await w.shot('missing-member');
  await w.command('CNPG: Bind Member of a Topology…');
  await w.quick
    .getByRole('option', { name: /^cluster-us/ })
    .first()
    .click();
  await w.quick.getByText('Which Cluster is "cluster-us"?').waitFor();
  await w.quick.getByRole('option', { name: /cluster-us.*us · default/ }).click();
  await missing.waitFor({ state: 'hidden' });
  await w.row(/^Fed by cluster-eu.*streaming/).waitFor();
  const written = JSON.parse(fs.readFileSync(path.join(stage.workspace, '.vscode/settings.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  assert.deepEqual(written['cnpg.members'], { 'cluster-us': 'us/default' });
});

test('a Cluster is bound by dropping it on the missing member', async () => {
  await settings({ 'cnpg.members': { 'cluster-us': 'us/elsewhere' } });
  const missing = w.row(/^cluster-us(unclear|not found)/);
  await missing.waitFor();
  await w.row(/^cluster-us.*replica cluster/).dragTo(missing);
  await missing.waitFor({ state: 'hidden' });
});

test('what was opened is open after a reload of the window', async () => {
  await w
    .row(/^Services/)
    .first()
    .click();
  await w.row(/^cluster-eu-rw/).waitFor();
  // VS Code in a browser writes down what extensions remember every few seconds.
  await w.page.waitForTimeout(6000);
  await w.load(stage.server.url(stage.workspace));
  await w.activity('CloudNativePG');
  await w.row(/^eunot connected/).click();
  await w.row(/^usnot connected/).click();
  await w.row(/^Fed by cluster-eu/).waitFor();
  await w.row(/^cluster-eu-rw/).waitFor();
  await w.shot('reloaded');
});

test('among many Clusters one is opened, follows what happens, also while it is closed, and is found by the filter', async () => {
  /** A tooltip would lie over the rows below. */
  const fold = async (row: Locator): Promise<void> => {
    await row.click();
    await w.page.mouse.move(1000, 450);
  };
  const stopping = new AbortController();
  const { eu } = sideClients(stage.playground, stopping.signal);
  assert.ok(eu);
  for (let at = 1; at <= 9; at++)
    await eu.create(resources.clusters, {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      metadata: { name: `crowd-${at}`, namespace: 'default' },
      spec: { instances: 1, storage: { size: '1Gi' } },
    });
  const topology = w.row(/^cluster-eu ⇄ cluster-us/);
  await fold(topology);
  await w.row(/^cluster-eu-1/).waitFor({ state: 'hidden' });
  // It opens by itself when it is first seen with a Cluster that is not ready yet.
  const others = w.row(/^Other Clusters9 without a partner/);
  await others.waitFor();
  if ((await others.getAttribute('aria-expanded')) === 'false') await fold(others);
  const fifth = w.row(/^crowd-5eu · primary cluster · 1\/1 ready/);
  await fifth.waitFor({ timeout: 60_000 });
  const fence = (instances: string): Promise<void> =>
    eu.mergePatch(resources.clusters, 'default', 'crowd-5', {
      metadata: { annotations: { 'cnpg.io/fencedInstances': instances } },
    });
  const instance = w.row(/^crowd-5-1/);
  await fold(fifth);
  await instance.filter({ hasText: 'primary' }).waitFor();
  await fence('["crowd-5-1"]');
  await instance.filter({ hasText: 'fenced' }).waitFor();
  await w.shot('many');
  await fold(w.row(/^crowd-5eu/));
  await instance.waitFor({ state: 'hidden' });
  await fence('[]');
  await w.page.waitForTimeout(3000);
  await fold(fifth);
  await w.row(/^crowd-5-1primary/).waitFor();

  await w.command('CNPG: Filter Replication View…');
  await w.quick.locator('input.input').fill('crowd-7-1');
  await w.row(/^crowd-7-1/).waitFor();
  await w.row(/^crowd-5/).waitFor({ state: 'hidden' });
  await w.quick.locator('input.input').press('Enter');
  await w.shot('found');
  await w.command('CNPG: Clear Filter of Replication View');
  await instance.waitFor();
  await fold(topology);
  await w.row(/^cluster-us.*replica cluster/).waitFor();
  stopping.abort();
});

test('the page asked for no other host', () => assert.deepEqual(w.outside, []));
