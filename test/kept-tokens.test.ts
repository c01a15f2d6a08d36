/** Tokens on the disk of this machine: two windows at one moment, a window that was closed. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { keepTokens, keptTokenKey } from '../src/kept-tokens.ts';
import type { ContextSnapshot } from '../src/model/snapshot.ts';
import { recordsIn } from '../src/records.ts';
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
function windowOn(folder: string, snapshots: ContextSnapshot[]) {
  const faults: unknown[] = [];
  let look = (): void => undefined;
  const scenes = {
    current: () => ({ snapshots }) as unknown as Scene,
    onDidChange: (listener: () => unknown) => {
      look = () => void listener();
      return { dispose: () => undefined };
    },
  };
  const kept = keepTokens(recordsIn(folder, keptTokenKey), scenes as never, fault => faults.push(fault));
  return { kept, look: () => look(), faults };
}

test('what two windows see is there for both, and for the next window', t => {
  const folder = folderFor(t);
  const windows = [
    windowOn(folder, [demoted('cluster-eu', 'cluster-us')]),
    windowOn(folder, [demoted('cluster-us', 'cluster-eu')]),
  ];
  for (const { look } of windows) look();
  for (const { kept, faults } of [...windows, windowOn(folder, [])]) {
    assert.deepEqual(
      [kept.of(eu), kept.of(us)].map(found => found.map(each => each.token)),
      [[token], [token]],
    );
    assert.deepEqual(faults, []);
  }
});

test('seen again it keeps the time of the first sight; primary again it is forgotten', t => {
  const folder = folderFor(t);
  const first = windowOn(folder, [demoted('cluster-eu', 'cluster-us')]);
  first.look();
  const [before] = first.kept.of(eu);
  const second = windowOn(folder, [demoted('cluster-eu', 'cluster-us')]);
  second.look();
  assert.deepEqual(second.kept.of(eu), [before]);
  const third = windowOn(folder, [snapshotOf('eu', member('cluster-eu', { status: { timelineID: 99 } }))]);
  third.look();
  assert.deepEqual(third.kept.of(eu), []);
});

test('a disk that takes nothing is told, and stops nothing', t => {
  const folder = folderFor(t);
  fs.writeFileSync(folder, 'a file where the folder should be');
  const { look, faults } = windowOn(folder, [demoted('cluster-eu', 'cluster-us')]);
  look();
  assert.match(String(faults), /ENOTDIR|EEXIST/);
});
