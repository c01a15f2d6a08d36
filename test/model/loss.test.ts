import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LossEvidence } from '../../src/model/loss.ts';
import { estimateLoss, lossSentence, lossWords } from '../../src/model/loss.ts';

const kB = 1024n;
const base = 0xe000000n;
const noon = Date.UTC(2026, 10, 23, 12);
const known: LossEvidence = { replica: base + 100n * kB, timeline: 3, positions: [], newest: undefined };
/** The primary wrote 10 kB a second from `base` on, and was followed for 20 seconds. */
const followed = Array.from({ length: 21 }, (_, at) => ({ at: noon + at * 1000, lsn: base + BigInt(at) * 10n * kB }));
const segment = (name: string, seconds: number) => ({ name, storedAt: noon + seconds * 1000 });

const table: [string, Partial<LossEvidence>, string][] = [
  ['nobody knows where the primary was', {}, 'unknown: where the primary was is not known here'],
  [
    'nor where the replica is',
    { replica: undefined, positions: followed },
    'unknown: where the primary was is not known here',
  ],
  [
    'followed',
    { positions: followed },
    '100 kB of WAL (10 s of writes) as known at 12:00:20 UTC, and all that was written later',
  ],
  [
    'all was received',
    { positions: followed, replica: base + 200n * kB },
    '0 B of WAL as known at 12:00:20 UTC, and all that was written later',
  ],
  [
    'the replica was behind before the primary was followed',
    { positions: followed, replica: base - 100n * kB },
    '300 kB of WAL (more than 20 s of writes) as known at 12:00:20 UTC, and all that was written later',
  ],
  [
    'the archive is ahead of what was seen',
    { positions: followed, newest: segment('00000003000000000000000E', 60) },
    '16 MB of WAL (50 s of writes) as known at 12:01:00 UTC, and all that was written later',
  ],
  [
    'the archive of another timeline says nothing',
    { newest: segment('00000004000000000000000E', 60) },
    'unknown: where the primary was is not known here',
  ],
];

for (const [title, given, words] of table)
  test(title, () => assert.equal(lossWords(estimateLoss({ ...known, ...given }), noon), words));

test('what the archive has comes by waiting', () => {
  const loss = estimateLoss({ ...known, positions: followed, newest: segment('00000003000000000000000D', 10) });
  assert.equal(loss?.archived, 0n);
  const ahead = estimateLoss({ ...known, newest: segment('00000003000000000000000E', 10) });
  assert.equal(ahead?.archived, 16n * 1024n * kB - 100n * kB);
});

test('the sentence has the loss in it', () => {
  const loss = estimateLoss({ ...known, positions: followed });
  assert.equal(
    lossSentence('cluster-us', loss, noon),
    'fail over to cluster-us and lose 100 kB and all since 12:00:20 UTC',
  );
  assert.equal(lossSentence('cluster-us', undefined, noon), 'fail over to cluster-us and lose an unknown amount');
});
