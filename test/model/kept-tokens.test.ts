import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeptToken } from '../../src/model/kept-tokens.ts';
import { keptTokens } from '../../src/model/kept-tokens.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { member, snapshotOf } from '../support/clusters.ts';
import { at } from '../support/observed.ts';

const seen = (token: string | undefined, primary = 'cluster-us'): ContextSnapshot =>
  snapshotOf('eu', member('cluster-eu', { replica: { primary }, status: token ? { demotionToken: token } : {} }));
const kept: KeptToken = { from: at('cluster-eu'), primary: 'cluster-us', token: 'one', seenAt: 1 };

const cases: [string, KeptToken[], ContextSnapshot[], KeptToken[] | 'the same'][] = [
  ['a first token', [], [seen('one')], [{ ...kept, seenAt: 9 }]],
  ['seen again', [kept], [seen('one')], 'the same'],
  ['of a later demotion', [kept], [seen('two')], [{ ...kept, token: 'two', seenAt: 9 }]],
  ['in favour of another member', [kept], [seen('one', 'cluster-ap')], [{ ...kept, primary: 'cluster-ap', seenAt: 9 }]],
  ['wiped by an operator: kept', [kept], [seen(undefined)], 'the same'],
  ['primary again: of no use any more', [kept], [seen(undefined, 'cluster-eu')], []],
  ['a replica that never was primary', [], [seen(undefined)], 'the same'],
  ['its side is lost: kept', [kept], [{ ...seen('one'), state: 'failed' }], 'the same'],
  ['as it was seen last, perhaps long ago', [], [{ ...seen('one'), state: 'failed' }], 'the same'],
];
for (const [title, before, snapshots, wanted] of cases)
  test(`tokens kept: ${title}`, () => {
    const after = keptTokens(before, snapshots, 9);
    if (wanted === 'the same') assert.equal(after, before);
    else assert.deepEqual(after, wanted);
  });
