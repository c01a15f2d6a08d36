/** Tokens on the disk of this machine: two windows at one moment, a window that was closed, the form before files. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { keepTokens } from '../src/kept-tokens.ts';
import type { KeptToken } from '../src/model/kept-tokens.ts';
import type { ContextSnapshot } from '../src/model/snapshot.ts';
import { encodeToken } from '../src/model/token.ts';
import type { Scene } from '../src/views/tree/node.ts';
import { demotionToken, member, snapshotOf } from './support/clusters.ts';
import { at } from './support/observed.ts';

const token = encodeToken(demotionToken);
const [eu, us] = [at('cluster-eu'), at('cluster-us')];
const demoted = (name: 'cluster-eu' | 'cluster-us', to: string): ContextSnapshot =>
  snapshotOf(at(name).context, member(name, { replica: { primary: to }, status: { demotionToken: token } }));

function folderFor(t: TestContext): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-tokens-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'demotion-tokens');
}

/** A window that has these contexts open. */
function windowOn(folder: string, snapshots: ContextSnapshot[], stored: Record<string, unknown> = {}) {
  const faults: unknown[] = [];
  let look = (): void => undefined;
  const memory = {
    get: <T>(key: string) => stored[key] as T | undefined,
    update: async (key: string, value: unknown) => void (stored[key] = value),
  };
  const scenes = {
    current: () => ({ snapshots }) as unknown as Scene,
    onDidChange: (listener: () => unknown) => {
      look = () => void listener();
      return { dispose: () => undefined };
    },
  };
  const kept = keepTokens(folder, memory, scenes as never, fault => faults.push(fault));
  return { kept, look: () => look(), faults };
}

test('two windows at one moment: both tokens are there for both, and for the next window', async t => {
  const folder = folderFor(t);
  const windows = [
    windowOn(folder, [demoted('cluster-eu', 'cluster-us')]),
    windowOn(folder, [demoted('cluster-us', 'cluster-eu')]),
  ];
  for (const { look } of windows) look();
  await Promise.all(windows.map(({ kept }) => kept.of(eu)));
  for (const { kept, faults } of [...windows, windowOn(folder, [])]) {
    assert.deepEqual(
      (await Promise.all([kept.of(eu), kept.of(us)])).map(found => found.map(each => each.token)),
      [[token], [token]],
    );
    assert.deepEqual(faults, []);
  }
});

test('seen again it keeps the time of the first sight; primary again it is forgotten', async t => {
  const folder = folderFor(t);
  const first = windowOn(folder, [demoted('cluster-eu', 'cluster-us')]);
  first.look();
  const [before] = await first.kept.of(eu);
  const second = windowOn(folder, [demoted('cluster-eu', 'cluster-us')]);
  second.look();
  assert.deepEqual(await second.kept.of(eu), [before]);
  const third = windowOn(folder, [snapshotOf('eu', member('cluster-eu', { status: { timelineID: 99 } }))]);
  third.look();
  assert.deepEqual(await third.kept.of(eu), []);
});

test('those of the form before are taken over; a file that was cut off is left out', async t => {
  const folder = folderFor(t);
  const old: KeptToken = { from: eu, primary: 'cluster-us', token, seenAt: 1 };
  const stored: Record<string, unknown> = { 'cnpg.demotionTokens': [old] };
  const { kept, faults } = windowOn(folder, [], stored);
  assert.deepEqual(await kept.of(eu), [old]);
  assert.equal(stored['cnpg.demotionTokens'], undefined);
  fs.writeFileSync(path.join(folder, 'broken.json'), '{"from":');
  assert.deepEqual(await kept.of(eu), [old]);
  assert.deepEqual(faults, []);
});
