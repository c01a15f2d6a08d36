/** Listings of WAL archives as documents in real VS Code. Screenshots are in test-results/archive/. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { resources } from '../../src/simulator/operator/client.ts';
import { sideClients } from '../support/playground.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Workbench } from './workbench.ts';
import { poll } from './workbench.ts';

let stage: Stage;
let w: Workbench;
/** An LSN in a run of segments, and the segment that holds it. */
let position = '';
let segment = '';

before(async () => {
  stage = await openStage('archive');
  w = stage.workbench;
  await w.activity('CloudNativePG');
  await w.connectBoth();
  // From then on rows stay where they are.
  await w.row(/cluster-eu ⇄ cluster-us.*primary: cluster-eu/).waitFor();
  await w.row(/cluster-us-1.*lag.*designated primary.*streaming/).waitFor();
});

after(() => stage?.close());

/** Does it again when nothing came of it: what was under the pointer may have been drawn anew in that moment. */
async function until(shown: Locator, act: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 5 && !(await shown.isVisible()); attempt++) {
    await act();
    await shown.waitFor({ timeout: 4000 }).catch(() => undefined);
  }
  await shown.waitFor();
}

test('a listing has an outline', async () => {
  await w.row(/^WAL archive.*cluster-eu/).click();
  const text = await w.editorShows(/^## Base backups$/m);
  // Of the first timeline: where a later one begins, the position may be in the segment of the one before.
  const run = /(00000001[0-9A-F]{16}) \.\. [0-9A-F]{24} {2}\d+ segments? {2}\(LSN ([0-9A-F]+\/[0-9A-F]+)/.exec(text);
  assert.ok(run, text);
  [, segment = '', position = ''] = run;
  await w.command('Go to Symbol in Editor...');
  await w.quick
    .getByRole('option', { name: /Base backups/ })
    .first()
    .waitFor();
  await w.quick
    .getByRole('option', { name: /Timeline 1/ })
    .first()
    .waitFor();
  await w.shot('outline');
  await w.page.keyboard.press('Escape');
});

test('hovering a segment says what it is to the archive', async () => {
  await w.page.locator('.view-line').getByText(segment).first().hover();
  const hover = w.page.locator('.monaco-hover-content').filter({ hasText: `Segment ${segment}` });
  await hover.waitFor();
  await hover.getByText('In the archive').waitFor();
  await w.shot('hover');
});

test('a position leads to its segment', async () => {
  await w.command('CNPG: Go to in WAL Archive…');
  await w.fillInput('A segment (24 digits)', position);
  await w.notification(new RegExp(`${position} is in ${segment}.*In the archive: yes`));
  await w.shot('went');
});

test('a base backup leads to its backup.info', async () => {
  const link = w.page.locator('.view-line .detected-link', { hasText: /^\d{8}T\d{6}$/ }).first();
  await link.waitFor();
  const tab = w.page.getByRole('tab', { name: 'backup.info', selected: true });
  await until(tab, () => link.click({ modifiers: ['ControlOrMeta'] }));
  await w.editorShows(/begin_wal=/);
  await w.shot('backup-info');
  await w.page.keyboard.press('Control+w');
});

test('the judgement is copied as JSON', async () => {
  await w.page.getByRole('tab', { name: 'cluster-eu.wal' }).click();
  await w.command('CNPG: Copy WAL Archive as JSON');
  const text = await poll(
    async () => (await w.page.evaluate(() => navigator.clipboard.readText())) || undefined,
    'clipboard',
  );
  const copied = JSON.parse(text) as { verdict: string };
  assert.match(copied.verdict, /^(ok|warning|failure)$/);
});

test('a later listing is compared with the earlier one', async () => {
  await w.command('CNPG: Refresh WAL Archive Listing');
  await w.command('CNPG: Compare WAL Archive with Earlier Listing');
  await w.page.getByRole('tab', { name: /earlier ↔ now/, selected: true }).waitFor();
  await w.page.locator('.diff-editor, .monaco-diff-editor').first().waitFor();
  await w.shot('compared');
});

test('what a replica cluster reads and writes is beside each other', async () => {
  await w.choose(await w.contextMenu(w.row(/^cluster-us(?!-)/)), 'Open Both WAL Archives');
  await w.page.getByRole('tab', { name: 'cluster-us (source).wal' }).waitFor();
  await w.page.getByRole('tab', { name: /^cluster-us\.wal/ }).waitFor();
  await w.page.locator('.editor-instance').nth(1).waitFor();
  await w.shot('both');
});

test('the names in an archive are a branch of the tree', async () => {
  const open = async (row: RegExp): Promise<void> => {
    await w.row(row).locator('.monaco-tl-twistie').click();
  };
  await open(/^WAL archive.*archive-us/);
  await open(/^wals\//);
  await open(/^0000000200000000\//);
  await w.row(/^0000000200000000[0-9A-F]{8}/).waitFor();
  await w.shot('branch');
  const asked = w.quick.filter({ hasText: 'Only names that begin with this' });
  await until(asked, async () =>
    w.choose(await w.contextMenu(w.row(/^0000000200000000\//)), 'Filter Names by Beginning…'),
  );
  await w.fillInput('Only names that begin with this', '00000002000000000000001F');
  await w.row(/^0000000200000000\/.*names that begin with/).waitFor();
  await w.row(/^00000002000000000000001F.*\.backup/).click();
  await w.editorShows(/START WAL LOCATION/);
  await w.shot('label');
});

test('an endpoint that only pods can reach is reached through the API server', async () => {
  const client = sideClients(stage.playground, new AbortController().signal)['us'];
  await client?.mergePatch(resources.objectStores, 'default', 'objectstore-us', {
    spec: { configuration: { endpointURL: 'http://object-store.storage.svc:9000' } },
  });
  await w.page.getByRole('tab', { name: /^cluster-us\.wal/ }).click();
  await w.command('CNPG: Refresh WAL Archive Listing');
  await w.editorShows('http://object-store.storage.svc:9000');
  await w.editorShows(/^## Base backups$/m);
  await w.shot('inside');
});

test('the page asked for no other host', () => assert.deepEqual(w.outside, []));
