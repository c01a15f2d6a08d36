/** What the grammar makes of PostgreSQL inside manifests, by the engine that VS Code uses; YAML and SQL are stood in for. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { before, test } from 'node:test';
import type { IGrammar } from 'vscode-textmate';

const load = createRequire(import.meta.url);
const { Registry, INITIAL, parseRawGrammar } = load('vscode-textmate') as typeof import('vscode-textmate');
const oniguruma = load('vscode-oniguruma') as typeof import('vscode-oniguruma');

const injection = 'cnpg.manifest.injection';
const grammars: Record<string, string> = {
  [injection]: fs.readFileSync(path.join(import.meta.dirname, '../../syntaxes/cnpg-manifest.tmLanguage.json'), 'utf8'),
  'source.yaml': JSON.stringify({
    scopeName: 'source.yaml',
    patterns: [
      { match: '#.*$', name: 'comment.line.number-sign.yaml' },
      { match: '^\\s*(?:- )?([\\w.]+)(:)', captures: { 1: { name: 'entity.name.tag.yaml' } } },
    ],
  }),
  'source.sql': JSON.stringify({
    scopeName: 'source.sql',
    patterns: [{ match: '(?i)\\b(create|table|select|extension|insert|into)\\b', name: 'keyword.sql' }],
  }),
};

let grammar: IGrammar;
before(async () => {
  const wasm = fs.readFileSync(load.resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm);
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: patterns => new oniguruma.OnigScanner(patterns),
      createOnigString: text => new oniguruma.OnigString(text),
    }),
    loadGrammar: async scope => (grammars[scope] ? parseRawGrammar(grammars[scope], `${scope}.json`) : null),
    getInjections: scope => (scope === 'source.yaml' ? [injection] : undefined),
  });
  const loaded = await registry.loadGrammar('source.yaml');
  assert.ok(loaded);
  grammar = loaded;
});

/** `text=scope`, of all tokens but blanks and those that are plain YAML. */
function tokens(text: string): string[] {
  let state = INITIAL;
  return text.split('\n').flatMap(line => {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    return result.tokens.flatMap(({ startIndex, endIndex, scopes }) => {
      const word = line.slice(startIndex, endIndex).trim();
      const scope = scopes.at(-1) ?? '';
      return word === '' || scope === 'source.yaml' ? [] : [`${word}=${scope}`];
    });
  });
}

const cases: [title: string, text: string, wanted: string[], unwanted?: RegExp][] = [
  [
    'statements in a list',
    'spec:\n  postInitSQL:\n    - CREATE TABLE a()\n    - "select 1"\n  instances: 3',
    ['CREATE=keyword.sql', 'TABLE=keyword.sql', 'select=keyword.sql', 'instances=entity.name.tag.yaml'],
  ],
  [
    'a list in the column of its key',
    '  postInitApplicationSQL:\n  - CREATE EXTENSION x\n  instances: 3',
    ['EXTENSION=keyword.sql', 'instances=entity.name.tag.yaml'],
  ],
  [
    'a block of statements',
    '    postInitTemplateSQL:\n      - |\n        CREATE TABLE a();\n        INSERT INTO a\n      - select 2\n    owner: select',
    ['INSERT=keyword.sql', 'INTO=keyword.sql', 'select=keyword.sql', 'owner=entity.name.tag.yaml'],
  ],
  ['SQL elsewhere is text', '  description: CREATE TABLE a', [], /sql/],
  [
    'pg_hba',
    '    pg_hba:\n      - hostssl app all 10.0.0.0/8 scram-sha-256\n      - host all all all trust\n    parameters:',
    [
      'hostssl=keyword.control.hba.cnpg',
      'app=entity.name.type.database.cnpg',
      'all=variable.other.role.cnpg',
      '10.0.0.0/8=constant.numeric.address.cnpg',
      'scram-sha-256=support.function.method.cnpg',
      'trust=invalid.illegal.hba.cnpg',
      'parameters=entity.name.tag.yaml',
    ],
  ],
  [
    'values with units',
    '      shared_buffers: 256MB\n      checkpoint_timeout: "15min"\n      max_connections: "200"',
    [
      '256=constant.numeric.cnpg',
      'MB=keyword.other.unit.cnpg',
      '15=constant.numeric.cnpg',
      'min=keyword.other.unit.cnpg',
    ],
    /200/,
  ],
];
for (const [title, text, wanted, unwanted] of cases)
  test(`tokens: ${title}`, () => {
    const found = tokens(text);
    assert.deepEqual(
      wanted.filter(token => !found.includes(token)),
      [],
      found.join('\n'),
    );
    if (unwanted) assert.ok(!found.some(token => unwanted.test(token)), found.join('\n'));
  });
