/**
 * The whole story in real VS Code: a wrong manifest gets its diagnostics, the tree shows both sides, an archive opens,
 * the replica cluster is promoted, the former primary follows, and a reload in the middle of a promotion loses nothing.
 * Screenshots are in test-results/story/.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Workbench } from './workbench.ts';
import { poll } from './workbench.ts';

let stage: Stage;
let w: Workbench;

before(async () => {
  stage = await openStage('story');
  w = stage.workbench;
});

after(() => stage?.close());

test('a wrong manifest gets its diagnostics', async () => {
  await w.openFile('mistakes/orders-us.yaml');
  const rows = await w.problems(found => found.some(row => row.includes('RC101')));
  assert.ok(
    rows.some(row => row.includes('max_connections')),
    rows.join('\n'),
  );
  await w.shot('diagnostics');
});

test('the code of a diagnostic opens its page', async () => {
  const row = w.page.locator('.markers-panel [role="treeitem"]').filter({ hasText: 'RC101' }).first();
  await row.getByText('RC101', { exact: true }).click();
  await w.page.getByRole('tab', { name: /Preview RC101/, selected: true }).waitFor();
  await w
    .webview()
    .getByRole('heading', { name: /^RC101/ })
    .waitFor();
  await w.shot('rule-page');
  await w.command('CNPG: Explain Rule…');
  await w.quick.locator('input.input').fill('promotion-token');
  await w.quick.getByRole('option', { name: /webhook\/promotion-token/ }).click();
  await w
    .webview()
    .getByRole('heading', { name: /^webhook\/promotion-token/ })
    .waitFor();
});

test('contexts are offered and none is contacted before it is opened', async () => {
  await w.activity('CloudNativePG');
  await w.row('not connected').waitFor();
  await w.shot('contexts');
});

test('the tree shows both sides', async () => {
  await w.connectBoth();
  await w.row(/cluster-eu ⇄ cluster-us.*primary: cluster-eu/).waitFor();
  await w.row(/cluster-eu-1.*primary/).waitFor();
  await w.row(/cluster-us-1.*lag.*designated primary.*streaming/).waitFor();
  await w.shot('tree');
});

test('a WAL archive opens from the tree, with its timelines and base backups', async () => {
  await w.row(/^WAL archive.*cluster-eu/).click();
  const text = await w.editorShows('archive-eu/cluster-eu');
  assert.match(text, /timeline/i);
  assert.match(text, /[0-9A-F]{24}/);
  await w.shot('archive');
});

test('a WAL archive opens from the palette', async () => {
  await w.command('CNPG: Open WAL Archive');
  await w.quick.getByRole('option', { name: /^cluster-us/ }).click();
  await w.page.getByRole('tab', { name: 'cluster-us.wal', selected: true }).waitFor();
  await w.editorShows('archive-us');
});

test('code lenses stand above a Cluster', async () => {
  await w.openFile('us/cluster-us.yaml');
  const lens = w.page.locator('.codelens-decoration').filter({ hasText: 'Promote Replica Cluster' });
  await lens.first().waitFor();
  await lens.filter({ hasText: 'Live in us: replica cluster, healthy, 3/3 ready' }).first().waitFor();
  await w.shot('code-lenses');
  await w.lens('Open WAL Archive', w.page.getByRole('tab', { name: 'cluster-us.wal', selected: true }));
});

test('the picture shows the topology', async () => {
  await w.choose(await w.contextMenu(w.row(/^cluster-eu ⇄ cluster-us/)), 'Show Topology');
  await w
    .webview()
    .getByRole('button', { name: /^designated primary, cluster-us-1/ })
    .waitFor();
  await w.shot('picture');
});

test('the replica cluster is promoted and the former primary follows it', async () => {
  await w.command('CNPG: Promote Replica Cluster…');
  await w.quick.getByRole('option', { name: /^cluster-us/ }).click();
  await w.page.getByRole('tab', { name: /Promotion of cluster-us/, selected: true }).waitFor();
  await w.shot('promotion-page');
  await w.fillInput('stops accepting writes', 'cluster-eu');
  await w.notification(/Promotion of cluster-us completed/, 120_000);
  await w.row(/cluster-eu ⇄ cluster-us.*primary: cluster-us/).waitFor();
  await w.row(/cluster-us-1.*primary/).waitFor();
  await w.row(/cluster-eu-1.*designated primary.*streaming/).waitFor();
  await w.shot('promoted');
  await w.page.locator('.editor-instance .monaco-editor .view-line').first().click();
  await w.page.keyboard.press('Control+End');
  // The log is longer than the editor is high.
  await poll(async () => {
    if (/which the token names, is in/.test(await w.editorText())) return true;
    await w.page.keyboard.press('PageUp');
    return undefined;
  }, 'the WAL file of the token');
  await w.shot('promotion-log');
});

test('a promotion survives a reload in its middle', async () => {
  await w.command('CNPG: Promote Replica Cluster…');
  await w.quick.getByRole('option', { name: /^cluster-eu/ }).click();
  await w.fillInput('stops accepting writes', 'cluster-us');
  await w.row(/no primary: switchover from cluster-us under way|primary: cluster-eu/).waitFor({ timeout: 60_000 });
  await w.load(stage.server.url(stage.workspace));
  const offer = await w.notification(/promotion of cluster-eu.*was not followed to its end/i, 60_000);
  await w.shot('resume-offer');
  await offer.getByRole('button', { name: 'Resume' }).click();
  const goOn = w.modal.getByRole('button', { name: 'Go On' });
  const completed = w.toasts.filter({ hasText: /Promotion of cluster-eu completed/ });
  await goOn.or(completed).first().waitFor({ timeout: 60_000 });
  if (await goOn.isVisible()) await goOn.click();
  await w.notification(/Promotion of cluster-eu completed/, 120_000);
  await w.shot('resumed');
});

test('the page asked for no other host', () => assert.deepEqual(w.outside, []));
