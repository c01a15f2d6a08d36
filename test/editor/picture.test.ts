/** The picture in real VS Code: by manifests alone, live, in all kinds of themes, wide and narrow, by keyboard, over a reload. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { loseSide } from '../../src/simulator/playground-faults.ts';
import type { Stage } from './stage.ts';
import { openStage } from './stage.ts';
import type { Workbench } from './workbench.ts';
import { poll } from './workbench.ts';

let stage: Stage;
let w: Workbench;
before(async () => {
  stage = await openStage('picture');
  w = stage.workbench;
});
after(() => stage?.close());

const item = (name: RegExp) => w.webview().getByRole('button', { name }).first();
const source = () => w.webview().locator('#source');

/** Violations of the accessibility rules in the visible webview. */
async function violations(): Promise<string[]> {
  const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const frame = await w.webviewFrame();
  await frame.evaluate(axe);
  return frame.evaluate(
    `axe.run(document, { rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } } }).then(({ violations }) =>
      violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.html.slice(0, 160) + ' ' + n.failureSummary)))`,
  );
}

test('without any connection the picture is as written', async () => {
  await w.openFile('us/cluster-us.yaml');
  await w.lens('Show Topology', w.page.getByRole('tab', { name: /^Topology of/ }));
  await source().getByText('as written').waitFor();
  await item(/^cluster-eu, primary cluster · not connected/).waitFor();
  await item(/^WAL archive, s3:\/\/archive-eu\/cluster-eu\. as written/).waitFor();
  assert.deepEqual(await violations(), []);
  await w.shot('as-written');
});

test('the palette finds the written topology, and shows the same tab', async () => {
  await w.command('CNPG: Show Topology');
  await item(/^cluster-us-1|^designated primary, cluster-us-1/).waitFor();
  assert.equal(await w.page.getByRole('tab', { name: /^Topology of/ }).count(), 1);
});

test('connected, it is as observed, in the same places', async () => {
  await w.webview().getByRole('button', { name: 'Connect…' }).click();
  await w.quick.getByPlaceholder('Contexts of both Kubernetes clusters').waitFor();
  await w.page.keyboard.press('Escape');
  await w.activity('CloudNativePG');
  for (const context of ['eu', 'us']) await w.row(new RegExp(`^${context}not connected`)).click();
  await source().getByText('as observed').waitFor();
  // A level line has no height, which counts as hidden.
  await item(/^cluster-eu-1 streams to cluster-us-1\. works: streaming/).waitFor({ state: 'attached' });
  await item(/^primary, cluster-eu-1, accepts writes/).waitFor();
  await w.shot('observed-light');
});

test('a click tells the facts and offers what the tree offers; arrow keys go along the lines', async () => {
  await item(/^primary, cluster-eu-1/).click();
  const facts = w.webview().getByRole('complementary', { name: 'Facts' });
  await facts.getByRole('heading', { name: 'cluster-eu-1' }).waitFor();
  await facts.getByText(/Status of the instance manager/).waitFor();
  await facts.getByRole('button', { name: /^Fence/ }).waitFor();
  await w.page.keyboard.press('ArrowRight');
  await facts.getByRole('heading', { name: 'streaming' }).waitFor();
  await w.page.keyboard.press('ArrowRight');
  await facts.getByRole('heading', { name: 'cluster-us-1' }).waitFor();
  await w.shot('facts');
  assert.deepEqual(await violations(), []);
  await w.page.keyboard.press('Escape');
});

test('the menu of a thing is that of its row in the tree, by mouse and by keyboard', async () => {
  const menu = w.page.locator('.monaco-menu').first();
  const entries = async (): Promise<string[]> => {
    await menu.getByText('Copy Name', { exact: true }).waitFor();
    return (await menu.getByRole('menuitem').allTextContents()).map(text => text.trim());
  };
  await item(/^us · cluster-us, replica cluster/).click({ button: 'right', position: { x: 40, y: 20 } });
  const ofBox = await entries();
  for (const title of ['Promote Replica Cluster…', 'Fail Over to Replica Cluster…', 'Open Manifest', 'Describe'])
    assert.ok(ofBox.includes(title), `${title} in ${ofBox.join(', ')}`);
  await w.shot('menu');
  await w.page.keyboard.press('Escape');
  await menu.waitFor({ state: 'hidden' });

  await item(/^standby, cluster-eu-2/).click();
  await w.page.keyboard.press('Shift+F10');
  const ofInstance = await entries();
  assert.ok(ofInstance.includes('Switch Primary Instance…') && !ofInstance.includes('Promote Replica Cluster…'));
  await w.choose(menu, 'Copy Name');
  await poll(
    async () => (await w.page.evaluate(() => navigator.clipboard.readText())) === 'cluster-eu-2' || undefined,
    'the name of the instance in the clipboard',
  );
  await w.page.keyboard.press('Escape');
});

test('an archive shows what its last listing found', async () => {
  const archive = item(/^WAL archive, s3:\/\/archive-eu\/cluster-eu/);
  const list = async (): Promise<void> => {
    await archive.click();
    await w
      .webview()
      .getByRole('button', { name: /^Open WAL Archive/ })
      .click();
    await w.editorShows(/^Verdict: /m);
    await w.page.getByRole('tab', { name: /^Topology of/ }).click();
  };
  await item(/^WAL archive, .*, not listed yet\. works/).waitFor();
  await list();
  await item(/^WAL archive, s3:\/\/archive-eu\/cluster-eu, .*, no gaps, listed at .* UTC\. works/).waitFor();
  const bucket = stage.playground.buckets.get('archive-eu');
  const folder = 'cluster-eu/wals/0000000200000000/';
  for (const name of ['B', 'C', 'D']) bucket?.remove(`${folder}00000002000000000000000${name}.gz`);
  await list();
  await item(/^WAL archive, .*, gap: 3 segments missing, listed at .* UTC\. broken/).waitFor();
  await w
    .webview()
    .getByText(/the first is 00000002000000000000000B/)
    .waitFor();
  await w.shot('gap');
  assert.deepEqual(await violations(), []);
  await w.page.keyboard.press('Escape');
});

for (const theme of [
  'Default Dark Modern',
  'Default High Contrast',
  'Default High Contrast Light',
  'Default Light Modern',
])
  test(`theme ${theme}`, async () => {
    const kind = /High Contrast Light/.test(theme)
      ? 'vscode-high-contrast-light'
      : /High Contrast/.test(theme)
        ? 'vscode-high-contrast'
        : /Dark/.test(theme)
          ? 'vscode-dark'
          : 'vscode-light';
    w.useTheme(stage.workspace, theme);
    await w.webview().locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor();
    await w.shot(`theme-${kind}`);
    assert.deepEqual(await violations(), []);
  });

test('the table says the same in words', async () => {
  await w.webview().getByRole('button', { name: 'Table' }).click();
  const row = w.webview().getByRole('row', { name: /cluster-eu-1 streaming cluster-us-1 works: streaming/ });
  await row.waitFor();
  assert.deepEqual(await violations(), []);
  await w.shot('table');
  await w.webview().getByRole('button', { name: 'Table' }).click();
});

test('a manifest that is changed is marked where it differs', async () => {
  const file = path.join(stage.workspace, 'us/cluster-us.yaml');
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.replace(/instances: 3/, 'instances: 5'));
  await item(/Its manifest differs: instances: manifest 5, live 3/).waitFor();
  await w.shot('differs');
  fs.writeFileSync(file, text);
  await item(/Its manifest differs/).waitFor({ state: 'detached' });
});

test('Mermaid is copied', async () => {
  await w.webview().getByRole('button', { name: 'Copy Mermaid' }).click();
  await w.notification(/copied as a Mermaid flowchart/);
  const text = await w.page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, /as observed at[^]*flowchart LR[^]*subgraph/);
  await w.command('Notifications: Clear All Notifications');
});

test('SVG and PNG are saved, with the state and the time on them', async () => {
  for (const format of ['svg', 'png'] as const) {
    const save = w.webview().getByRole('button', { name: `Save ${format.toUpperCase()}` });
    const input = w.quick.locator('input.input');
    const file = path.join(stage.workspace, `picture.${format}`);
    // The dialog completes what is typed, and may be at it when Enter comes: then it saves elsewhere, or closes.
    const bytes = await poll(
      async () => {
        if (!(await input.isVisible())) await save.click();
        await input.waitFor();
        await input.fill(file);
        await w.page.waitForTimeout(500);
        await w.page.keyboard.press('Enter');
        for (let attempt = 0; attempt < 20; attempt++) {
          if (fs.existsSync(file) && fs.statSync(file).size > 0) return fs.readFileSync(file);
          await w.page.waitForTimeout(200);
        }
        await w.page.keyboard.press('Escape');
        return undefined;
      },
      `picture.${format}`,
      60_000,
    );
    fs.copyFileSync(file, path.join(import.meta.dirname, '../../test-results/picture', `saved.${format}`));
    if (format === 'png') assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
    else assert.match(bytes.toString(), /^<svg [^]*as observed at 20\d\d-[^]*Primary: cluster-eu-1/);
    await w.page.getByRole('tab', { name: /^Topology of/ }).click();
  }
});

test('the archive of a side that is lost is listed through the other side', async () => {
  const bringBack = await loseSide(stage.playground, 'eu');
  await item(/^eu · cluster-eu, .*cannot be read/).waitFor({ timeout: 60_000 });
  await item(/^WAL archive, s3:\/\/archive-eu\/cluster-eu/).click();
  await w.webview().getByText('cluster-us, which reads it').waitFor();
  await w.shot('lost');
  await w
    .webview()
    .getByRole('button', { name: /^Open WAL Archive/ })
    .click();
  await w.page.getByRole('tab', { name: 'cluster-us (source).wal', selected: true }).waitFor();
  await w.editorShows(/^Archive: +s3:\/\/archive-eu\/cluster-eu/m);
  await bringBack();
  await w.page.getByRole('tab', { name: /^Topology of/ }).click();
  await item(/^primary, cluster-eu-1, accepts writes/).waitFor({ timeout: 60_000 });
});

test('narrow, the members stand one below the other', async () => {
  await w.command('View: Split Editor Right').catch(() => undefined);
  await w.openFile('eu/cluster-eu.yaml');
  await w.page.setViewportSize({ width: 900, height: 900 });
  await w.page
    .getByRole('tab', { name: /^Topology of/ })
    .first()
    .click();
  await item(/^primary, cluster-eu-1/).waitFor();
  await w.shot('narrow');
  assert.deepEqual(await violations(), []);
  await w.page.setViewportSize({ width: 1400, height: 900 });
});

test('after a reload it is there again, and nothing is contacted', async () => {
  await w.load(stage.server.url(stage.workspace));
  await w.page
    .getByRole('tab', { name: /^Topology of/ })
    .first()
    .click();
  await source().getByText('as written').waitFor({ timeout: 60_000 });
  await w.shot('restored');
});

test('in the panel, where it is there again after a reload', async () => {
  await w.command('View: Close All Editors');
  await w.command('CNPG: Show Topology in Panel');
  await source().getByText('as written').waitFor();
  await item(/^cluster-eu, primary cluster/).waitFor();
  await w.shot('panel');
  assert.deepEqual(await violations(), []);
  // VS Code in a browser writes down what is open every few seconds.
  await w.page.waitForTimeout(9000);
  await w.load(stage.server.url(stage.workspace));
  await source().getByText('as written').waitFor({ timeout: 60_000 });
  await item(/^cluster-eu, primary cluster/).waitFor();
});

test('the page asked for no other host', () => assert.deepEqual(w.outside, []));
