import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEntry } from '../../src/model/run-history.ts';
import { lastDurations, renderHistory, topologyKey } from '../../src/model/run-history.ts';

const token = 'Wait for the demotion token';
const entry = (over: Partial<RunEntry> = {}): RunEntry => ({
  kind: 'switchover',
  topology: ['cluster-eu', 'cluster-us'],
  from: 'cluster-eu (context eu, namespace default)',
  to: 'cluster-us (context us, namespace default)',
  by: 'dba as admin',
  startedAt: '2026-11-23T14:02:03.000Z',
  endedAt: '2026-11-23T14:02:50.000Z',
  outcome: 'completed',
  evidence: 'cluster-eu is streaming.',
  issues: [],
  steps: [{ title: token, seconds: 1.4 }],
  timelines: { before: 3, after: 4 },
  lsn: '0/E000028',
  loss: 'none',
  ...over,
});

test('a row for each run, newest first, and its steps', () => {
  const text = renderHistory([
    entry(),
    entry({ startedAt: '2026-11-24T03:00:00.000Z', kind: 'failover', loss: '48 kB' }),
  ]);
  const rows = text.split('\n').filter(line => line.startsWith('| 2026'));
  assert.deepEqual(
    rows.map(row => row.split(' | ')[1]),
    ['failover', 'switchover'],
  );
  assert.match(
    text,
    /\| 2026-11-23 14:02:03 UTC \| switchover \| cluster-us .* \| 3 → 4 \| 47 s \| none \| completed \| dba as admin \|/,
  );
  assert.match(text, /- Wait for the demotion token: 1\.4 s/);
  assert.match(text, /last position of the old primary: 0\/E000028/);
});

test('topologies stand apart, whatever the order of their names', () => {
  const text = renderHistory([
    entry(),
    entry({ topology: ['cluster-us', 'cluster-eu'] }),
    entry({ topology: ['a', 'b'] }),
  ]);
  assert.deepEqual(text.match(/^## .*/gm), ['## cluster-eu, cluster-us', '## a, b']);
  assert.equal(topologyKey(['b', 'a', 'b']), 'a, b');
});

test('hostile names stay text', () => {
  const text = renderHistory([entry({ to: 'a | b\n# `<img>`', by: '**x**' })]);
  assert.ok(text.split('\n').every(line => !line.startsWith('# `')));
  assert.match(text, /a \\\| b # \\`\\<img>\\`/);
});

test('without runs it says so', () => assert.match(renderHistory([]), /Nothing was promoted/));

const last: [string, RunEntry[], number | undefined][] = [
  ['none', [], undefined],
  ['of this kind only', [entry({ kind: 'failover' })], undefined],
  ['of these members only', [entry({ topology: ['a', 'b'] })], undefined],
  ['completed ones only', [entry(), entry({ outcome: 'incomplete', steps: [] })], 1.4],
  ['the newest', [entry(), entry({ steps: [{ title: token, seconds: 2 }] })], 2],
  ['followed from its beginning', [entry(), entry({ steps: [{ title: 'Follows', seconds: 1 }] })], 1.4],
];
for (const [title, history, seconds] of last)
  test(`durations of the last run: ${title}`, () => {
    const found = lastDurations(history, 'switchover', ['cluster-us', 'cluster-eu'], token);
    assert.equal(found?.seconds.get(token), seconds);
  });
