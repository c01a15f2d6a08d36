import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { withinLimit } from '../../src/operations/questions.ts';

const never = new AbortController().signal;
const forever = new Promise<never>(() => undefined);

test('answers come through', async () =>
  assert.equal(await withinLimit('Promote', 1000, never, (_signal, ask) => ask('who', Promise.resolve(7))), 7));

test('when the limit is over, who did not answer is named, and not who did', async () => {
  const run = withinLimit('Promote', 20, never, async (_signal, ask) => {
    await ask('how is cluster-eu', Promise.resolve());
    await Promise.all([
      ask('end of the archive', forever),
      ask('dry run', Promise.resolve()),
      ask('passwords', forever),
    ]);
  });
  await assert.rejects(run, error => {
    assert.ok(isFailure(error));
    assert.equal(error.why, 'The checks were not over within 0.02 s. No answer to: end of the archive; passwords.');
    assert.match(error.message, /^Promote: nothing was written: .* then run the command again\.$/);
    return true;
  });
});

test('who listens to the signal is named as well', async () => {
  const run = withinLimit('Promote', 20, never, (signal, ask) =>
    ask('archive', new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))),
  );
  await assert.rejects(run, /No answer to: archive\./);
});

test('a fault is a fault, and a cancellation a cancellation', async () => {
  await assert.rejects(
    withinLimit('Promote', 1000, never, () => Promise.reject(new Error('403'))),
    /^Error: 403$/,
  );
  const cancelled = new AbortController();
  const run = withinLimit('Promote', 1000, cancelled.signal, () => forever);
  cancelled.abort(new Error('cancelled'));
  await assert.rejects(run, /^Error: cancelled$/);
});
