/** Both sides as one document, in real VS Code. Screenshots are in test-results/authoring/. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { clusterText } from '../support/pairs.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { poll } from './workbench.ts';
import type { Workbench } from './workbench.ts';

let stage: Stage;
let w: Workbench;
const onDisk = (name: string): string => path.join(stage.workspace, name);

before(async () => {
  stage = await openStage('authoring');
  w = stage.workbench;
});

after(() => stage?.close());

test('a change of the other side on disk shows here, with a link to it', async () => {
  await w.openFile('eu/cluster-eu.yaml');
  const us = onDisk('us/cluster-us.yaml');
  const right = fs.readFileSync(us, 'utf8');
  fs.writeFileSync(us, right.replace('primary: cluster-eu', 'primary: cluster-us'));
  const rows = await w.problems(found => found.some(row => row.includes('RC301')));
  assert.ok(
    rows.some(row => row.includes('both declare themselves primary')),
    rows.join('\n'),
  );
  await w.shot('two-primaries');
  const row = w.page.locator('.markers-panel [role="treeitem"]').filter({ hasText: 'RC301' }).first();
  await row.locator('.monaco-tl-twistie').click();
  await w.page
    .locator('.markers-panel [role="treeitem"]')
    .filter({ hasText: 'primary of cluster-us' })
    .first()
    .dblclick();
  await w.page.getByRole('tab', { name: 'cluster-us.yaml', selected: true }).waitFor();
  await w.shot('the-other-side');
  fs.writeFileSync(us, right);
  await w.problems(found => !found.some(each => each.includes('RC301')));
});

test('symbols of the workspace', async () => {
  const row = w.quick.getByRole('option', { name: /objectstore-us/ }).first();
  await w.quickOpen('#objectstore-us', row);
  await w.page.getByRole('tab', { name: 'objectstores.yaml', selected: true }).waitFor();
});

test('the other side is made from a Cluster', async () => {
  fs.mkdirSync(onDisk('new'));
  fs.writeFileSync(onDisk('new/orders-a.yaml'), clusterText({ name: 'orders-a' }));
  await w.openFile('new/orders-a.yaml');
  await w.command('Refactor...');
  const action = w.page
    .locator('.action-widget')
    .getByText('Make the other side of orders-a: replica cluster orders-b');
  await action.waitFor();
  await w.shot('refactor');
  await action.click();
  const made = await poll(
    () =>
      Promise.resolve(
        fs.existsSync(onDisk('new/orders-b.yaml'))
          ? fs.readFileSync(onDisk('new/orders-b.yaml'), 'utf8') || undefined
          : undefined,
      ),
    'the new file',
  );
  assert.match(made, /name: orders-b/);
  await w.editorShows('host: orders-a-rw.example.com');
  await w.shot('the-primary');
  await w.openFile('new/orders-b.yaml');
  await w.editorShows('primary: orders-a');
  await w.shot('the-new-side');
});

test('what is live counts too: a promotion beside a primary that was not demoted', async () => {
  await w.activity('CloudNativePG');
  await w.connectBoth();
  const us = onDisk('us/cluster-us.yaml');
  const right = fs.readFileSync(us, 'utf8');
  // Lists are virtual: only this file's problems.
  await w.command('View: Close All Editors');
  await w.openFile('us/cluster-us.yaml');
  fs.writeFileSync(us, right.replace('primary: cluster-eu', 'primary: cluster-us'));
  const rows = await w.problems(found => found.some(row => row.includes('RC708')));
  assert.ok(
    rows.some(row => row.includes('Live: cluster-eu is still primary')),
    rows.join('\n'),
  );
  await w.shot('live');
  fs.writeFileSync(us, right);
  await w.problems(found => !found.some(row => row.includes('RC708')));
});

test('hover says what the connected contexts have', async () => {
  const us = onDisk('us/cluster-us.yaml');
  const right = fs.readFileSync(us, 'utf8');
  fs.writeFileSync(us, right.replace('instances: 3', 'instances: 2'));
  await w.command('View: Close All Editors');
  await w.openFile('us/cluster-us.yaml');
  await w.page.keyboard.press('Control+Home');
  await w.editorShows('apiVersion:');
  await w.editorShows('instances: 2');
  for (const [field, words] of [
    ['instances:', /Live in us: 3 \(\d\d:\d\d:\d\d UTC\)/],
    ['storage:', /Live in us: same/],
  ] as const) {
    await w.page.mouse.move(5, 5);
    await w.page.locator('.view-line').getByText(field).first().hover();
    const hover = w.page.locator('.monaco-hover-content').filter({ hasText: words });
    await hover.waitFor();
    await w.shot(`live-value-${field.replace(':', '')}`);
  }
  fs.writeFileSync(us, right);
});

test('completion says which names are live', async () => {
  const pooler = 'apiVersion: postgresql.cnpg.io/v1\nkind: Pooler\nmetadata:\n  name: p\nspec:\n  cluster:\n    name: ';
  fs.writeFileSync(onDisk('new/pooler.yaml'), pooler);
  await w.openFile('new/pooler.yaml');
  await w.page.keyboard.press('Control+End');
  await w.page.keyboard.press('Control+Space');
  const item = w.page.locator('.suggest-widget .monaco-list-row').filter({ hasText: /cluster-us.*live in us/ });
  await item.waitFor();
  await w.shot('live-names');
  await w.page.keyboard.press('Escape');
  fs.rmSync(onDisk('new/pooler.yaml'));
});

test('the page asked for no other host', () => assert.deepEqual(w.outside, []));

test('a new file: snippets are offered while one types, and Enter behind a whole word begins a line', async () => {
  fs.writeFileSync(onDisk('new/pair.yaml'), '');
  await w.command('View: Close All Editors');
  await w.openFile('new/pair.yaml');
  await w.page.locator('.editor-instance .monaco-editor').first().click();
  const list = w.page.locator('.suggest-widget.visible');
  await w.page.keyboard.type('cnpg-pa', { delay: 50 });
  await list.getByText('cnpg-pair').first().waitFor();
  await w.shot('snippets');
  await w.page.keyboard.press('Enter');
  await w.editorShows('# In the Kubernetes cluster of the primary');
  await w.page.keyboard.press('Control+a');
  await w.page.keyboard.press('Delete');
  await w.page.keyboard.type('apiVersion: postgresql.cnpg.io/v1', { delay: 50 });
  await list.getByText('postgresql.cnpg.io/v1').first().waitFor();
  await w.page.keyboard.press('Enter');
  await w.page.keyboard.type('kind: Cluster');
  await w.editorShows(/apiVersion: postgresql\.cnpg\.io\/v1\nkind: Cluster/);
});

test('snippets are offered where a manifest can begin, and in no value', async () => {
  const head = 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n';
  fs.writeFileSync(onDisk('new/value.yaml'), `${head}  instances: 3\n  logLevel: `);
  await w.openFile('new/value.yaml');
  await w.page.locator('.editor-instance .monaco-editor').first().click();
  await w.page.keyboard.press('Control+End');
  await w.page.keyboard.press('Control+Space');
  const list = w.page.locator('.suggest-widget.visible');
  await list.getByText('trace').waitFor();
  await w.shot('no-snippets-in-a-value');
  assert.doesNotMatch(await list.innerText(), /cnpg-/);
  await w.page.keyboard.press('Escape');
  fs.writeFileSync(onDisk('new/behind.yaml'), `${head}  instances: 3\n`);
  await w.openFile('new/behind.yaml');
  await w.page.locator('.editor-instance .monaco-editor').first().click();
  await w.page.keyboard.press('Control+End');
  await w.page.keyboard.type('cnpg-poo', { delay: 50 });
  await list.getByText('cnpg-pooler').first().waitFor();
  await w.page.keyboard.press('Enter');
  await w.editorShows(/instances: 3\n---\napiVersion: postgresql.cnpg.io\/v1\nkind: Pooler/);
  await w.shot('snippet-behind-a-manifest');
});
