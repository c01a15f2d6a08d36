import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome, Severity } from '../../src/operations/checks.ts';
import { renderChecks } from '../../src/operations/checks-text.ts';
import { check, noWorse } from '../../src/operations/checks.ts';

const made = (title: string, outcome: Outcome, severity: Severity = 'warns', evidence = 'x') =>
  check(severity, title, outcome, evidence, 'y');

const cases: [string, boolean, ReturnType<typeof made>[], ReturnType<typeof made>[]][] = [
  ['the same, at another position', true, [made('lag', 'failed', 'warns', '1 MB')], [made('lag', 'failed')]],
  ['what failed became right', true, [made('lag', 'ok')], [made('lag', 'failed')]],
  ['what was unknown became known, and is right', true, [made('silent', 'ok')], [made('silent', 'unknown')]],
  ['a warning is not made any more', true, [], [made('restored', 'failed')]],
  ['what was right fails', false, [made('lag', 'failed')], [made('lag', 'ok')]],
  ['what was unknown fails', false, [made('silent', 'failed')], [made('silent', 'unknown')]],
  ['what failed cannot be seen any more', false, [made('silent', 'unknown')], [made('silent', 'failed')]],
  ['a warning blocks now', false, [made('lag', 'failed', 'blocks')], [made('lag', 'failed')]],
  ['a new warning', false, [made('lag', 'failed'), made('paused', 'failed')], [made('lag', 'failed')]],
];
for (const [title, wanted, found, agreed] of cases)
  test(`agreed before: ${title}`, () => assert.equal(noWorse(found, agreed), wanted));

test('what is not ok comes first, and is counted', () => {
  const checks = [
    made('a', 'ok'),
    made('b', 'unknown', 'blocks'),
    made('c', 'failed'),
    made('d', 'ok'),
    made('e', 'failed', 'blocks'),
  ];
  const lines = renderChecks(checks, new Date(0)).split('\n');
  assert.equal(lines[2], '5 checks: 1 BLOCKS, 1 WARNS, 1 UNKNOWN, 2 ok');
  assert.deepEqual(
    lines.filter(line => /^\w+ +\w: /.test(line)),
    ['BLOCKS    e: NO, x', 'WARNS     c: NO, x', 'UNKNOWN   b: not known, x', 'ok        a: x', 'ok        d: x'],
  );
  assert.match(renderChecks([made('a', 'ok')], new Date(0)), /\n1 check: all ok\n/);
});
