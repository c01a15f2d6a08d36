import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { runHistory, runKey } from '../../src/commands/run-history.ts';
import type { RunEntry } from '../../src/model/run-history.ts';
import { recordsIn } from '../../src/records.ts';

const entry = (minute: number): RunEntry => ({
  kind: 'switchover',
  topology: ['cluster-eu', 'cluster-us'],
  from: 'cluster-eu',
  to: 'cluster-us',
  by: 'ada',
  startedAt: new Date(minute * 60_000).toISOString(),
  endedAt: new Date(minute * 60_000 + 1000).toISOString(),
  outcome: 'completed',
  evidence: '',
  issues: [],
  steps: [],
  timelines: { before: 1, after: 2 },
  lsn: undefined,
  loss: 'none',
});

test('runs of two windows in the order of their ends; of more than 500 the oldest is forgotten', t => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-history-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const windows = [1, 2].map(() => runHistory(recordsIn(folder, runKey), 'ada', () => undefined));
  for (let minute = 501; minute > 0; minute--) windows[minute % 2]?.add(entry(minute));
  windows[0]?.add(entry(502));
  const all = windows[1]?.all() ?? [];
  assert.equal(all.length, 500);
  assert.deepEqual([all[0]?.startedAt, all.at(-1)?.startedAt], [entry(3).startedAt, entry(502).startedAt]);
});
