/** Which files of a workspace are read, and that changes are seen. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createWorkspace, parseFile } from '../../src/language/index.ts';
import { createExcludes } from '../../src/server/excludes.ts';
import { createKustomizations } from '../../src/server/kustomizations.ts';
import { createWorkspaceFiles } from '../../src/server/workspace-files.ts';
import { clusterText } from '../support/pairs.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-workspace-'));
after(() => fs.rmSync(root, { recursive: true }));
const at = (name: string): string => path.join(root, name);
const uri = (name: string): string => pathToFileURL(at(name)).href;
function write(name: string, text: string): void {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), text);
}

const workspace = createWorkspace();
const excludes = createExcludes(() => [root]);
const files = createWorkspaceFiles({
  workspace,
  kustomizations: createKustomizations(),
  contextOf: of => (of.startsWith(uri('eu/')) ? 'context-eu' : undefined),
  membersOf: () => ({ bound: 'context-bound' }),
  isExcluded: excludes.isExcluded,
  warn: assert.fail,
});
const named = (name: string): string[] =>
  workspace.named('Cluster', name).map(entry => path.relative(root, new URL(entry.uri).pathname));
const cluster = (name: string): string => clusterText({ name });

before(async () => {
  write('eu/a.yaml', cluster('a'));
  write('with space/b.yml', `${cluster('b')}---\n${cluster('b2')}`);
  write('bound.yaml', cluster('bound'));
  write('node_modules/c.yaml', cluster('c'));
  write('out/d.yaml', cluster('d'));
  write('.cnpglintignore', 'ignored/\n');
  write('ignored/e.yaml', cluster('e'));
  write('large.yaml', `${cluster('f')}# ${'x'.repeat(1024 * 1024)}\n`);
  write('notes.txt', cluster('g'));
  write('chart/templates/h.yaml', cluster('{{ .name }}'));
  write('k/kustomization.yaml', 'resources: [whole.yaml]\nnamespace: pg\npatches: [{path: patch.yaml}]\n');
  write('k/whole.yaml', cluster('whole'));
  write('k/patch.yaml', 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: patch}\n');
  write('k/neither.yaml', cluster('neither'));
  write('secret.yaml', 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n');
  excludes.set([{ exclude: { '**/out': true, '**/in': false } }, null]);
  assert.ok(await files.readAll([root], new AbortController().signal));
});

test('what is read, and where it will be applied', () => {
  assert.deepEqual(named('a'), ['eu/a.yaml']);
  assert.equal(workspace.named('Cluster', 'a')[0]?.context, 'context-eu');
  assert.equal(workspace.named('Cluster', 'bound')[0]?.context, 'context-bound');
  assert.equal(named('b').length + named('b2').length, 2);
  for (const name of 'cdefgh') assert.deepEqual(named(name), [], name);
  assert.deepEqual(
    workspace.neighbours('Secret').map(({ name }) => name),
    ['s'],
  );
});

test('files with nothing to check are known too: patches and templates', () => {
  const known = files.unopened().map(({ uri: found }) => found);
  for (const name of ['chart/templates/h.yaml', 'k/patch.yaml', 'eu/a.yaml'])
    assert.ok(known.includes(uri(name)), name);
  assert.ok(!known.includes(uri('ignored/e.yaml')));
});

test('Kustomize: patches are no objects, what is patched is not what is applied, and others may be patches', () => {
  assert.deepEqual(named('patch'), []);
  const [whole] = workspace.named('Cluster', 'whole');
  assert.deepEqual([whole?.rewritten, whole?.namespace], [true, 'pg']);
  assert.equal(workspace.named('Cluster', 'neither')[0]?.rewritten, true);
});

test('changes on disk are seen, unless the file is open', async () => {
  write('eu/new.yaml', cluster('new'));
  await files.changed(uri('eu/new.yaml'));
  assert.deepEqual(named('new'), ['eu/new.yaml']);
  files.opened(uri('eu/new.yaml'), parseFile(cluster('open')));
  assert.deepEqual([named('new'), named('open')], [[], ['eu/new.yaml']]);
  await files.changed(uri('eu/new.yaml'));
  assert.deepEqual(named('open'), ['eu/new.yaml']);
  await files.closed(uri('eu/new.yaml'));
  assert.deepEqual([named('new'), named('open')], [['eu/new.yaml'], []]);
  fs.rmSync(at('eu/new.yaml'));
  await files.changed(uri('eu/new.yaml'));
  assert.deepEqual(named('new'), []);
  await files.changed(uri('out/d.yaml'));
  assert.deepEqual(named('d'), []);
});

test('a changed kustomization changes what its files become', async () => {
  write('k/kustomization.yaml', 'resources: [whole.yaml, neither.yaml]\n');
  await files.changed(uri('k/kustomization.yaml'));
  for (const name of ['whole', 'neither']) assert.equal(workspace.named('Cluster', name)[0]?.rewritten, false, name);
});

test('an untitled document has no place; a document outside the folders goes when it is closed', async () => {
  files.opened('untitled:1', parseFile(cluster('untitled')));
  assert.equal(workspace.named('Cluster', 'untitled').length, 1);
  await files.closed('untitled:1');
  const outside = pathToFileURL(path.join(os.tmpdir(), 'elsewhere.yaml')).href;
  files.opened(outside, parseFile(cluster('outside')));
  assert.equal(workspace.named('Cluster', 'outside').length, 1);
  await files.closed(outside);
  assert.equal(workspace.named('Cluster', 'untitled').length + workspace.named('Cluster', 'outside').length, 0);
});

test('a reading can be ended', async () => {
  await assert.rejects(files.readAll([root], AbortSignal.abort()), { name: 'AbortError' });
});
