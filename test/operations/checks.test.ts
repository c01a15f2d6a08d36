import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome, Severity } from '../../src/operations/checks.ts';
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
