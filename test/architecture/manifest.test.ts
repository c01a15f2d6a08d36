import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');

interface Manifest {
  contributes: {
    commands: { command: string }[];
    menus: Record<string, { command: string; when?: string; group?: string }[]>;
    configuration: { properties: Record<string, unknown> };
    grammars: { path: string }[];
  };
}
const manifest = JSON.parse(read('package.json')) as Manifest;
const declared = manifest.contributes.commands.map(({ command }) => command).sort();

test('package.json and the table of commands name the same commands', () => {
  const table = [...read('src/commands/index.ts').matchAll(/^ {2}'(cnpg\.\w+)':/gm)].map(match => match[1] ?? '');
  assert.deepEqual(table.sort(), declared);
});

test('menus only name declared commands', () => {
  const used = Object.values(manifest.contributes.menus).flatMap(items => items.map(item => item.command));
  assert.deepEqual(
    used.filter(command => !declared.includes(command)),
    [],
  );
});

test('the menu of a thing in the picture is that of its row in the tree', () => {
  const { menus } = manifest.contributes;
  const inPicture = 'webviewId =~ /^cnpg\\.topology(Panel)?$/ && cnpgRow';
  /** Of rows that are on no picture, and what a picture is not for. */
  const others = ['cnpg.showTopology', 'cnpg.filterArchiveFolder', 'cnpg.refreshArchiveFolder'];
  const expected = (menus['view/item/context'] ?? [])
    .filter(({ group = '', command }) => !group.startsWith('inline') && !others.includes(command))
    .filter(({ when = '' }) => /cluster|instance|service|archive\$/.test(when))
    .map(({ when = '', ...entry }) => ({
      ...entry,
      when: when
        .replace('view == cnpg.replication && viewItem', inPicture)
        .replaceAll('viewItem', 'cnpgRow')
        .replace(' && !listMultiSelection', ''),
    }));
  // Rows of the tree that have these at hand otherwise, and what is only written, which is no row.
  const own = (menus['webview/context'] ?? []).filter(({ when = '' }) => /missing-member|written/.test(when));
  assert.deepEqual(own.map(({ command }) => command).sort(), ['cnpg.bindMember', 'cnpg.connect', 'cnpg.openManifest']);
  const keyed = (entries: typeof expected): string[] =>
    entries.map(({ command, when, group }) => `${command} ${group} ${when}`).sort();
  const shown = (menus['webview/context'] ?? []).map(entry => ({ when: '', ...entry }));
  const inBoth = 'what view/item/context has for Clusters, instances, services and archives is in webview/context too';
  assert.deepEqual(keyed(shown.filter(({ when }) => !/missing-member|written/.test(when))), keyed(expected), inBoth);
});

test('files that the manifest names exist', () => {
  for (const grammar of manifest.contributes.grammars)
    assert.ok(fs.existsSync(path.join(root, grammar.path)), grammar.path);
});

test('every setting is described in the README', () => {
  const readme = read('README.md');
  const missing = Object.keys(manifest.contributes.configuration.properties).filter(
    name => !readme.includes(`\`${name}\``),
  );
  assert.deepEqual(missing, []);
});

test('lock files name no registry', () => {
  for (const file of ['package-lock.json', 'scripts/vscode/package-lock.json'])
    assert.doesNotMatch(read(file), /"resolved"/);
});
