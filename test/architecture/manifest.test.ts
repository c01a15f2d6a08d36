import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');

interface Manifest {
  contributes: {
    commands: { command: string }[];
    menus: Record<string, { command: string }[]>;
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
