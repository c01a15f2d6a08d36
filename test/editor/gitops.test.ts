/**
 * A switchover of Clusters that are applied from Git, in real VS Code: the manifests of the workspace are edited, the test applies
 * them as a tool would, and the run follows. Screenshots are in test-results/gitops/.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import type { Cluster } from '../../src/model/cluster.ts';
import type { Client } from '../../src/simulator/operator/client.ts';
import { resources } from '../../src/simulator/operator/client.ts';
import { loseSide } from '../../src/simulator/playground-faults.ts';
import { sideClients } from '../support/playground.ts';
import { askedToFailOver } from './fail-over.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Workbench } from './workbench.ts';
import { poll } from './workbench.ts';

let stage: Stage;
let w: Workbench;
let tool: Record<string, Client>;
const ending = new AbortController();

before(async () => {
  stage = await openStage('gitops', () => ({ settings: { 'cnpg.places': { eu: 'eu', us: 'us' } } }));
  tool = sideClients(stage.playground, ending.signal);
  w = stage.workbench;
  await w.activity('CloudNativePG');
  await w.connectBoth();
});

after(async () => {
  ending.abort();
  await stage?.close();
});

const fileOf = (side: string): string => path.join(stage.workspace, side, `cluster-${side}.yaml`);

function replicaIn(side: string): NonNullable<Cluster['spec']['replica']> {
  const documents = fs.readFileSync(fileOf(side), 'utf8').split(/^---$/m);
  const cluster = documents.map(text => parse(text) as Cluster | null).find(each => each?.kind === 'Cluster');
  assert.ok(cluster?.spec.replica);
  return cluster.spec.replica;
}

/** As Argo CD or Flux would: what is in the file, and nothing else. */
async function applied(
  side: string,
  accept: (replica: NonNullable<Cluster['spec']['replica']>) => boolean,
): Promise<void> {
  await poll(async () => accept(replicaIn(side)) || undefined, `the edited manifest of ${side}`, 60_000);
  const replica = { promotionToken: null, ...replicaIn(side) };
  await tool[side]?.mergePatch(resources.clusters, 'default', `cluster-${side}`, { spec: { replica } });
}

async function write(words: RegExp, shot: string): Promise<void> {
  const toast = await w.notification(words, 60_000);
  await w.shot(shot);
  await toast.getByRole('button', { name: 'Write', exact: true }).click();
}

test('the demotion is edited, shown as a diff, applied, and followed', async () => {
  const comments = fs.readFileSync(fileOf('eu'), 'utf8').match(/#.*/g);
  await w.command('CNPG: Promote Replica Cluster by Its Manifests…');
  await w.quick.getByRole('option', { name: /^cluster-us/ }).click();
  await w.fillInput('stops accepting writes', 'cluster-eu');
  await write(/Demote the primary cluster: write this into eu\/cluster-eu\.yaml/, 'demotion');
  await applied('eu', ({ primary }) => primary === 'cluster-us');
  assert.deepEqual(fs.readFileSync(fileOf('eu'), 'utf8').match(/#.*/g), comments);
});

test('then the promotion with the token, until the former primary follows', async () => {
  await write(/Promote the replica cluster with the token: write this into us\/cluster-us\.yaml/, 'promotion');
  await applied('us', ({ promotionToken }) => promotionToken !== undefined);
  await w.notification(/Promotion of cluster-us completed/, 120_000);
  await w.row(/cluster-eu ⇄ cluster-us.*primary: cluster-us/).waitFor();
});

test('the used token is taken out of the manifest', async () => {
  await w.command('Notifications: Clear All Notifications');
  await w.choose(await w.contextMenu(w.row(/^cluster-us.*primary cluster/)), 'Write Roles into Manifests…');
  await write(/Roles of cluster-us: write this into us\/cluster-us\.yaml/, 'roles');
  await applied('us', ({ promotionToken, primary }) => promotionToken === undefined && primary === 'cluster-us');
  await w.notification(/2 of 2 manifests have the roles/);
});

test('Argo CD is noticed, and its way is offered; cancelled after the demotion, the old primary comes back', async () => {
  await w.command('Notifications: Clear All Notifications');
  const annotations = { 'argocd.argoproj.io/tracking-id': 'db:postgresql.cnpg.io/Cluster:default/cluster-us' };
  await tool['us']?.mergePatch(resources.clusters, 'default', 'cluster-us', { metadata: { annotations } });
  await w.command('CNPG: Promote Replica Cluster…');
  await w.quick.getByRole('option', { name: /^cluster-eu/ }).click();
  await w.quick.getByRole('option', { name: /Edit the Manifests/ }).waitFor({ timeout: 60_000 });
  await w.shot('owned');
  await w.quick.getByRole('option', { name: /Edit the Manifests/ }).click();
  await w.fillInput('stops accepting writes', 'cluster-us');
  await write(/Demote the primary cluster: write this into us\/cluster-us\.yaml/, 'demotion-back');
  await applied('us', ({ primary }) => primary === 'cluster-eu');
  await w.notification(/Promote the replica cluster with the token: write this/, 60_000);
  const progress = await w.notification(/Promoting cluster-eu/);
  await progress.getByRole('button', { name: 'Cancel' }).click();
  const warning = await w.notification(/neither may accept writes/);
  await w.shot('cancelled');
  await warning.getByRole('button', { name: 'Return to the Old Primary…' }).click();
  await w.quick.getByRole('option', { name: /Edit the Manifests/ }).click();
  await w.modal.getByRole('button', { name: 'Return', exact: true }).click();
  await write(/Return to cluster-us: write this into us\/cluster-us\.yaml/, 'return');
  await applied('us', ({ primary, promotionToken }) => primary === 'cluster-us' && promotionToken !== undefined);
  await w.notification(/Return to cluster-us: completed/, 120_000);
  await w.row(/cluster-eu ⇄ cluster-us.*primary: cluster-us/).waitFor();
  await w.shot('returned');
  // What still waits for its confirmation belongs to a run that is over.
  await w.command('Notifications: Show Notifications');
  const center = w.page.locator('.notifications-center');
  await center.getByRole('button', { name: 'Write', exact: true }).first().click();
  await center
    .getByText(/Nothing was written into eu\/cluster-eu\.yaml/)
    .first()
    .waitFor();
  assert.equal(replicaIn('eu').primary, 'cluster-us');
});

test('where a kustomization sets the roles, its patch is edited, not the manifest', async () => {
  await w.command('Notifications: Clear All Notifications');
  const kustomization = path.join(stage.workspace, 'eu', 'kustomization.yaml');
  const patched = (primary: string): string =>
    `resources: [cluster-eu.yaml]\npatches:\n  - target: {kind: Cluster, name: cluster-eu}\n    patch: |-\n      # who writes\n      - op: add\n        path: /spec/replica/primary\n        value: ${primary} # by hand\n`;
  fs.writeFileSync(kustomization, patched('cluster-eu'));
  const manifest = fs.readFileSync(fileOf('eu'), 'utf8');
  // The language server hears of the file in its own time.
  await w.openFile('eu/kustomization.yaml');
  await w.choose(await w.contextMenu(w.row(/^cluster-eu.*replica cluster/)), 'Write Roles into Manifests…');
  await write(/Roles of cluster-eu: write this into eu\/kustomization\.yaml/, 'kustomization');
  const expected = patched('cluster-us');
  await poll(async () => fs.readFileSync(kustomization, 'utf8').startsWith(expected) || undefined, 'the edited patch');
  assert.equal(fs.readFileSync(fileOf('eu'), 'utf8'), manifest);
});

test('the primary is lost: its replica is failed over to by its manifest', async () => {
  await w.command('Notifications: Clear All Notifications');
  fs.rmSync(path.join(stage.workspace, 'eu', 'kustomization.yaml'));
  await loseSide(stage.playground, 'us');
  await w.row(/^cluster-us.*stale/).waitFor({ timeout: 60_000 });
  const box = await askedToFailOver(w, 'CNPG: Fail Over by Its Manifest…', /cluster-eu/);
  await w.shot('failover-asked');
  await w.fillInput('to confirm', (await box.locator('input.input').getAttribute('placeholder')) ?? '');
  await write(/Fail over to cluster-eu: write this into eu\/cluster-eu\.yaml/, 'failover');
  await applied('eu', ({ primary }) => primary === 'cluster-eu');
  await w.notification(/Fail over to cluster-eu: completed/, 180_000);
  await w.row(/^cluster-eu-1.*primary/).waitFor();
  await w.shot('failed-over');
});

test('the page asked for no other host', () => assert.deepEqual(w.outside, []));
