import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inlayHints, parseFile } from '../../src/language/index.ts';
import { encodeToken } from '../../src/model/token.ts';
import { demotionToken } from '../support/clusters.ts';

const everything = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };

/** Each line that has a hint, with it. */
function hinted(text: string, within = everything): string[] {
  const lines = text.split('\n');
  return inlayHints(parseFile(text), within).map(({ position, label }) => {
    assert.equal(position.character, (lines[position.line] ?? '').replace(/\s*#.*$/, '').length);
    return `${(lines[position.line] ?? '').trim()} -> ${label as string}`;
  });
}

const manifest = (kind: string, spec: string): string =>
  `apiVersion: postgresql.cnpg.io/v1\nkind: ${kind}\nmetadata:\n  name: pg-us # mine\nspec:\n${spec}`;

const cases: [title: string, text: string, expected: string[]][] = [
  [
    'a replica',
    manifest('Cluster', '  replica: {primary: pg-eu, source: pg-eu}\n'),
    ['name: pg-us # mine -> replica of pg-eu'],
  ],
  ['a primary', manifest('Cluster', '  replica: {primary: pg-us, source: pg-eu}\n'), ['name: pg-us # mine -> primary']],
  ['a Cluster of no topology', manifest('Cluster', '  instances: 3\n'), []],
  ['a stanza without a source', manifest('Cluster', '  replica: {primary: pg-eu}\n'), []],
  ['garbage', manifest('Cluster', '  replica: 3\n'), []],
  [
    'a token',
    manifest(
      'Cluster',
      `  replica:\n    primary: pg-us\n    source: pg-eu\n    promotionToken: ${encodeToken(demotionToken)}\n`,
    ),
    ['name: pg-us # mine -> primary', `promotionToken: ${encodeToken(demotionToken)} -> timeline 3, LSN 0/E000028`],
  ],
  [
    'no token',
    manifest('Cluster', '  replica:\n    source: pg-eu\n    promotionToken: xxx\n'),
    ['name: pg-us # mine -> replica of pg-eu'],
  ],
  [
    'a schedule',
    manifest('ScheduledBackup', '  schedule: "0 0 2 * * *"\n'),
    ['schedule: "0 0 2 * * *" -> every day at 02:00 UTC'],
  ],
  ['no schedule', manifest('ScheduledBackup', '  schedule: x\n'), []],
  ['of others', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n', []],
];
for (const [title, text, expected] of cases)
  test(`inlay hints: ${title}`, () => assert.deepEqual(hinted(text), expected));

test('inlay hints: only of the lines on screen', () => {
  const one = manifest('Cluster', '  replica: {primary: pg-us, source: pg-eu}\n');
  const lines = { start: { line: 7, character: 0 }, end: { line: 20, character: 0 } };
  assert.equal(hinted(`${one}---\n${one}`).length, 2);
  assert.equal(hinted(`${one}---\n${one}`, lines).length, 1);
});
