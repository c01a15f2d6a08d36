/** Broken text: where it is marked, what is said, and what the fix makes of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, parseFile } from '../../src/language/index.ts';
import { apply } from '../support/edits.ts';
import { newest, schemas } from '../support/schemas.ts';

const head = 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n';
const errors = (text: string) =>
  check(parseFile(text), { schemas, version: newest }).filter(
    ({ severity, code }) => severity === 1 && code !== 'schema/required',
  );

/** The place counts from the line behind `spec:`. */
const cases: [name: string, spec: string, place: string, message: RegExp, fixed?: string][] = [
  [
    'no space behind a colon',
    '  instances:3\n  storage:\n    size: 1Gi\n',
    '0:2',
    /A space is missing/,
    '  instances: 3\n  storage:\n    size: 1Gi\n',
  ],
  [
    'no space behind the last colon',
    '  storage:\n    size: 1Gi\n  instances:3\n',
    '2:2',
    /A space is missing/,
    '  storage:\n    size: 1Gi\n  instances: 3\n',
  ],
  [
    'no space in a mapping of one key',
    '  storage:\n    size:1Gi\n',
    '1:4',
    /must be a mapping of keys.*A space is missing/,
    '  storage:\n    size: 1Gi\n',
  ],
  ['no colon', '  instances 3\n  storage:\n    size: 1Gi\n', '0:2', /no ": "/],
  ['a tab', '  storage:\n\tsize: 1Gi\n', '1:0', /Tabs/],
  ['too little indentation', '  storage:\n    size: 1Gi\n   instances: 3\n', '2:3', /nothing above it/],
  ['too much indentation', '  instances: 3\n    storage:\n      size: 1Gi\n', '1:4', /indented deeper/],
  ['a quote that is not closed', '  imageName: "abc\n  instances: 3\n', '0:13', /not closed/],
  ['an apostrophe that is not closed', "  imageName: 'abc\n  instances: 3\n", '0:13', /not closed/],
  ['a brace that is not closed', '  storage: {size: 1Gi\n  instances: 3\n', '0:11', /\{ is not closed/],
  ['a bracket that is not closed', '  env: [a, b\n  instances: 3\n', '0:7', /\[ is not closed/],
  [
    'a colon in a value',
    '  imageName: foo: bar # why\n  storage:\n    size: 1Gi\n',
    '0:13',
    /must be in quotes/,
    '  imageName: "foo: bar" # why\n  storage:\n    size: 1Gi\n',
  ],
  ['a reserved character', '  imageName: @foo\n', '0:13', /reserved character @/],
  ['an alias without anchor', '  storage: *none\n', '0:11', /no anchor "none"/],
  ['a control character', '  imageName: a\u0007b\n', '0:14', /control character U\+0007/],
  [
    'a Windows file with old line ends',
    '  instances: three\r  storage:\r    size: 1Gi\r',
    '0:13',
    /must be an integer/,
  ],
];
for (const [name, spec, place, message, fixed] of cases)
  test(name, () => {
    const text = head + spec;
    const found = errors(text);
    const [first] = found;
    assert.ok(first, 'nothing is said');
    assert.equal(`${first.range.start.line - 5}:${first.range.start.character}`, place, JSON.stringify(found));
    assert.match(first.message, message);
    const [fix] = first.data.fixes;
    assert.equal(fix && apply(text, fix.edits).slice(head.length), fixed);
    if (fixed !== undefined)
      assert.deepEqual(
        errors(head + fixed).filter(({ code }) => code === 'yaml/syntax'),
        [],
      );
  });

test('YAML 1.2 is refused, YAML 1.1 is not', () => {
  const body = `${head}  storage:\n    size: 1Gi\n`;
  assert.match(errors(`%YAML 1.2\n---\n${body}`)[0]?.message ?? '', /YAML 1\.1 only/);
  assert.deepEqual(errors(`%YAML 1.1\n---\n${body}`), []);
  assert.deepEqual(errors(`\uFEFF${body}`), []);
});

test('a broken text ends with three faults at most', () => {
  const lines = Array.from({ length: 50 }, (_, at) => `  key${at}:x\n`).join('');
  assert.ok(errors(head + lines).length <= 3);
});
