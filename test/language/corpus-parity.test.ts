/** The verdict while typing against that of a real API server with the real operator's webhooks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parity, readVerdicts } from '../support/parity.ts';
import { needsReference } from '../support/shared.ts';

test('verdicts of a real API server', needsReference, context => {
  const { rows, missed, flagged, warnings, places } = parity(readVerdicts());
  const line = (cells: (string | number)[]): string =>
    cells.map((cell, at) => (at === 0 ? String(cell).padEnd(16) : String(cell).padStart(9))).join('');
  context.diagnostic(line(['', 'rejected', 'caught', 'accepted', 'flagged']));
  for (const { family, rejected, caught, accepted, flagged: wrong } of rows)
    context.diagnostic(line([family, rejected, caught, accepted, wrong]));
  const sum = (field: 'rejected' | 'accepted'): number => rows.reduce((all, row) => all + row[field], 0);
  const percent = (part: number, all: number): string => `${part} of ${all} (${((100 * part) / all).toFixed(2)} %)`;
  context.diagnostic(`rejected manifests caught: ${percent(sum('rejected') - missed.length, sum('rejected'))}`);
  context.diagnostic(`accepted manifests flagged: ${percent(flagged.length, sum('accepted'))}`);
  context.diagnostic(`warnings said: ${percent(warnings.said, warnings.all)}`);
  context.diagnostic(`causes shown in their place: ${percent(places.right, places.all)}`);
  for (const { id, family, mutation, message } of missed)
    context.diagnostic(`missed: ${id} ${family}, ${mutation}: ${message?.slice(0, 120)}`);
  for (const { verdict, messages } of flagged)
    context.diagnostic(`flagged: ${verdict.id} ${verdict.family}, ${verdict.mutation}: ${messages[0]}`);
  for (const text of warnings.unsaid) context.diagnostic(`unsaid: ${text}`);
  if (process.env['CNPG_PLACES']) for (const text of places.elsewhere) context.diagnostic(`elsewhere: ${text}`);
  // A template is not half-checked; the one flagged goes to the endpoint of another kind than it names.
  assert.ok(missed.length / sum('rejected') <= 0.005);
  assert.ok(flagged.length / sum('accepted') <= 0.002);
  assert.ok(warnings.said / warnings.all >= 0.97);
  assert.ok(places.right / places.all >= 0.97);
});
