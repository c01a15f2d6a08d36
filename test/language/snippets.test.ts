/** Each snippet, left as it comes, is a manifest without a mistake. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { check, createWorkspace, parseFile, snippetsAt, withDefaults } from '../../src/language/index.ts';
import type { Snippet } from '../../src/language/index.ts';
import { newest, schemas } from '../support/schemas.ts';

const file = path.join(import.meta.dirname, '../../media/snippets.json');
const snippets = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, Snippet>;

/** As VS Code inserts it. */
const expanded = (body: readonly string[]): string => `${withDefaults(body.join('\n'))}\n`;

for (const [title, { prefix, description, body }] of Object.entries(snippets))
  test(`snippet: ${title}`, () => {
    assert.match(prefix, /^cnpg-[a-z0-9-]+$/);
    assert.ok(description.length > 5);
    const text = expanded(body);
    assert.doesNotMatch(text, /[$?]/, text);
    const manifest = parseFile(text);
    const workspace = createWorkspace();
    workspace.set({ uri: 'file:///snippet.yaml', file: manifest });
    const found = check(manifest, { schemas, version: newest, workspace });
    assert.deepEqual(
      found.filter(({ severity }) => severity <= 2).map(({ code, message }) => `${code} ${message}`),
      [],
    );
  });

test('the pair lacks nothing: neither a store nor a name in a certificate nor base backups', () => {
  const manifest = parseFile(expanded(snippets['Distributed pair']?.body ?? []));
  const workspace = createWorkspace();
  workspace.set({ uri: 'file:///pair.yaml', file: manifest });
  const found = check(manifest, { schemas, version: newest, workspace, scope: 'workspace' });
  assert.deepEqual(
    found.filter(({ severity }) => severity <= 2).map(({ code, message }) => `${code} ${message}`),
    [],
  );
});

const cluster = 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n  instances: 3\n';
const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: pg\n';
const pooler = 'cnpg-pooler';
const begin = 'apiVersion: postgresql.cnpg.io/v1';

/** The cursor is at `|`. */
for (const [name, text, first] of [
  ['an empty file', '|', begin],
  ['below comments', '# ours\n\ncnpg-po|', begin],
  ['after a separator', `${service}---\ncnpg|\n`, begin],
  ['between two separators', `${service}---\n|\n---\n${cluster}`, begin],
  ['with CR LF', `${cluster}---\n|\n`.replaceAll('\n', '\r\n'), begin],
  ['behind a manifest, with a separator', `${cluster}cnpg-|`, '---'],
  ['behind a manifest of another product', `${service}cnpg-|`],
  ['above a manifest', `|\n${cluster}`],
  ['in a value', `${cluster}  imageName: |`],
  ['in a mapping', `${cluster}  |`],
  ['in a list', `${cluster}  externalClusters:\n  - |`],
  ['in a comment', '# cnpg|'],
  ['in a separator', '--|-'],
  ['in a template', '{{ if .Values.db }}\n|'],
] as const)
  test(`snippets are offered where a manifest can begin: ${name}`, () => {
    const [before = '', after = ''] = text.split('|');
    const lines = before.split('\n');
    const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
    const items = snippetsAt(parseFile(before + after), position, Object.values(snippets));
    assert.equal(items.length, first === undefined ? 0 : Object.keys(snippets).length);
    const edit = items.find(({ label }) => label === pooler)?.textEdit;
    assert.equal(edit?.newText.split('\n')[0], first);
    if (edit) assert.deepEqual('range' in edit && edit.range.start, { line: position.line, character: 0 });
  });
