/** Each snippet, left as it comes, is a manifest without a mistake. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { check, createWorkspace, parseFile } from '../../src/language/index.ts';
import { newest, schemas } from '../support/schemas.ts';

const file = path.join(import.meta.dirname, '../../media/snippets.json');
const snippets = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<
  string,
  { prefix: string; description: string; body: string[] }
>;

/** As VS Code inserts it: the default of each placeholder, in each of its places. */
function expanded(body: readonly string[]): string {
  const text = body.join('\n');
  const defaults = new Map(
    [...text.matchAll(/\$\{(\d+)(?::([^}]*)|\|([^,|]*)[^|]*\|)\}/g)].map(([, number = '', plain, first]) => [
      number,
      plain ?? first ?? '',
    ]),
  );
  return `${text.replaceAll(/\$(?:\{(\d+)[^}]*\}|(\d+))/g, (_, a?: string, b?: string) => defaults.get(a ?? b ?? '') ?? '?')}\n`;
}

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
