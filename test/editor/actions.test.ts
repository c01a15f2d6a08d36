/**
 * What can be done with a node of the tree, in real VS Code: the live object as YAML, compared with its manifest and in words,
 * its logs, a kubectl line, psql and a forwarded port. Screenshots in dark and light, wide and narrow are in
 * test-results/actions/.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { sideClients } from '../support/playground.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { poll } from './workbench.ts';
import type { Workbench } from './workbench.ts';

let stage: Stage;
let w: Workbench;

before(async () => {
  stage = await openStage('actions', home => {
    const bin = path.join(home, 'bin');
    fs.mkdirSync(bin, { recursive: true });
    // Stands for kubectl: says how it was called and stays.
    fs.writeFileSync(path.join(bin, 'kubectl'), '#!/bin/sh\nprintf "<%s>" "$@"\necho\nexec cat\n', { mode: 0o755 });
    // VS Code takes the PATH of a login shell.
    for (const profile of ['.profile', '.bash_profile', '.bashrc'])
      fs.writeFileSync(path.join(home, profile), `export PATH="${bin}:$PATH"\n`);
    return {
      env: { PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` },
      settings: {
        'window.autoDetectColorScheme': true,
        // Rows as elements, which can be read.
        'terminal.integrated.gpuAcceleration': 'off',
      },
    };
  });
  w = stage.workbench;
  await w.activity('CloudNativePG');
  await w.connectBoth();
});

after(() => stage?.close());

/** Dark and light, wide and narrow. */
async function shoot(name: string): Promise<void> {
  await w.shot(`${name}-dark`);
  await w.page.emulateMedia({ colorScheme: 'light' });
  await w.page.locator('.monaco-workbench.vs').waitFor();
  await w.shot(`${name}-light`);
  await w.page.setViewportSize({ width: 800, height: 700 });
  await w.shot(`${name}-light-narrow`);
  await w.page.emulateMedia({ colorScheme: 'dark' });
  await w.page.locator('.monaco-workbench.vs-dark').waitFor();
  await w.page.setViewportSize({ width: 1400, height: 900 });
}

async function pick(command: string, object: RegExp): Promise<void> {
  await w.command(`CNPG: ${command}`);
  await w.quick.getByRole('option', { name: object }).first().click();
}

const clipboard = (): Promise<string> => w.page.evaluate(() => navigator.clipboard.readText());

/** Text of the terminal in view, its rows without the breaks between them: long lines are wrapped. */
const terminalShows = (text: RegExp): Promise<string> =>
  poll(
    async () => {
      const rows = await w.page.locator('.xterm-rows:visible > div').allInnerTexts();
      const shown = rows.join('').replaceAll('\u00a0', ' ');
      return text.test(shown) ? shown : undefined;
    },
    `terminal text ${String(text)}`,
  );

test('the menu of a node offers what fits it', async () => {
  await w.row(/cluster-eu.*primary cluster/).click({ button: 'right' });
  const menu = w.page.locator('.monaco-menu').first();
  await menu.getByText('Diff with Live').waitFor();
  // It comes up slowly.
  await w.page.waitForTimeout(500);
  await shoot('menu');
  await w.page.keyboard.press('Escape');
});

test('the live object opens as YAML without problems', async () => {
  await pick('Open Live YAML', /^cluster-eu, Cluster/);
  await w.page.getByRole('tab', { name: 'cluster-eu.yaml (eu)', selected: true }).waitFor();
  await w.editorShows('as the API server had it at');
  assert.equal(await w.page.locator('.squiggly-error, .squiggly-warning').count(), 0);
  await shoot('live-yaml');
});

test('a refreshed page has what changed', async () => {
  const clients = sideClients(stage.playground, new AbortController().signal);
  await clients['eu']?.mergePatch({ api: 'apis/postgresql.cnpg.io/v1', plural: 'clusters' }, 'default', 'cluster-eu', {
    metadata: { annotations: { 'example.com/note': 'changed by hand' } },
  });
  await w.command('CNPG: Refresh Document');
  await w.editorShows('changed by hand');
});

test('an object is described in words', async () => {
  await pick('Describe', /^cluster-eu, Cluster/);
  await w.page.getByRole('tab', { name: 'cluster-eu (eu)', selected: true }).waitFor();
  const text = await w.editorShows('Cluster in healthy state');
  assert.match(text, /Facts[\s\S]*Instances[\s\S]*cluster-eu-1 +primary/);
  await shoot('describe');
});

test('the manifest of an object is found', async () => {
  await pick('Open Manifest', /^cluster-us, Cluster/);
  await w.page.getByRole('tab', { name: 'cluster-us.yaml', selected: true }).waitFor();
  await pick('Open Manifest', /^nightly-eu, ScheduledBackup/);
  await w.page.getByRole('tab', { name: 'scheduled-backup.yaml', selected: true }).waitFor();
  await w.editorShows('name: nightly-eu');
});

test('of an object without manifest the live one is offered', async () => {
  await pick('Open Manifest', /^cluster-eu-rw, Service/);
  const offer = await w.notification(/No manifest of Service cluster-eu-rw/);
  await offer.getByRole('button', { name: 'Open Live YAML' }).click();
  await w.page.getByRole('tab', { name: 'cluster-eu-rw.yaml (eu)', selected: true }).waitFor();
});

test('what the active editor defines is offered first for a comparison', async () => {
  await w.openFile('us/cluster-us.yaml');
  await w.command('CNPG: Diff with Live');
  await w.quick.getByRole('option').first().filter({ hasText: 'cluster-us' }).waitFor();
  await shoot('diff-choice');
  await w.page.keyboard.press('Enter');
  await w.page.getByRole('tab', { name: /cluster-us: manifest ↔ live in us/, selected: true }).waitFor();
});

test('manifest and live object differ in what was changed by hand alone', async () => {
  await pick('Diff with Live', /^nightly-eu, ScheduledBackup/);
  await w.page.getByRole('tab', { name: /nightly-eu: manifest ↔ live in eu: no difference/, selected: true }).waitFor();
  await pick('Diff with Live', /^cluster-eu, Cluster/);
  await w.page.getByRole('tab', { name: /cluster-eu: manifest ↔ live in eu(?!:)/, selected: true }).waitFor();
  await w.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
  const inserted = await w.page.locator('.monaco-diff-editor .modified .view-overlays .line-insert').count();
  assert.ok(inserted > 0 && inserted <= 2, `${inserted} inserted lines`);
  await shoot('diff');
});

test('the logs of a Cluster are followed as one', async () => {
  await pick('Show Logs', /^cluster-eu, Cluster/);
  await terminalShows(/cluster-eu-1 info +\w/);
  await terminalShows(/cluster-eu-2 info +postgres: LOG: restartpoint complete/);
  await shoot('logs');
  await w.page.keyboard.press('/');
  await w.fillInput('Lines that contain it', 'ready to accept');
  await terminalShows(/Only "ready to accept"\..*cluster-eu-1 info +postgres: LOG: database system is ready to accept/);
  await w.shot('logs-filtered');
  await w.page.keyboard.press('d');
  await w.page.getByRole('tab', { name: 'cluster-eu (eu).log', selected: true }).waitFor();
  await w.editorShows(/lines: "ready to accept"/);
  await shoot('logs-document');
});

test('the kubectl line of an object is copied', async () => {
  await pick('Copy kubectl Command', /^cluster-eu, Cluster/);
  await poll(
    async () =>
      (await clipboard()).startsWith(
        'kubectl --context eu --namespace default get clusters.postgresql.cnpg.io/cluster-eu --output yaml\n',
      ) || undefined,
    'clipboard',
  );
  assert.match(await clipboard(), /\nkubectl cnpg status cluster-eu --context eu --namespace default$/);
});

test('of several selected nodes a line each is copied', async () => {
  await w.row(/^cluster-eu-2/).click();
  await w.row(/^cluster-us-3/).click({ modifiers: ['Control'] });
  const menu = await w.contextMenu(w.row(/^cluster-us-3/));
  assert.equal(await menu.getByText('Open psql').count(), 0);
  await w.choose(menu, 'Copy kubectl Command');
  await poll(async () => (await clipboard()).includes('pod/cluster-us-3') || undefined, 'clipboard');
  assert.deepEqual((await clipboard()).split('\n'), [
    'kubectl --context eu --namespace default get pod/cluster-eu-2 --output yaml',
    'kubectl --context us --namespace default get pod/cluster-us-3 --output yaml',
  ]);
});

test('psql runs in the pod of the primary', async () => {
  await pick('Open psql', /^cluster-eu, Cluster/);
  const shown = await terminalShows(/<psql>/);
  assert.match(shown, /<exec><--stdin><--tty><cluster-eu-1><--container><postgres><--><psql>/);
  await shoot('psql');
});

test('a forwarded port stands in the status bar', async () => {
  await pick('Port Forward…', /^cluster-eu-rw, Service/);
  await w.fillInput('Port of this machine', '0');
  const item = w.page.locator('.statusbar-item').filter({ hasText: 'cluster-eu-rw → 127.0.0.1:' });
  await item.waitFor();
  await shoot('port-forward');
  await item.click();
  await w.quick.getByRole('option', { name: /Stop/ }).click();
  await item.waitFor({ state: 'hidden' });
});

test('the page asked for no other host', () => assert.deepEqual(w.outside, []));
