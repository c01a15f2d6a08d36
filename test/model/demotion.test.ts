import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster.ts';
import { demotedLast, isLater } from '../../src/model/demotion.ts';
import type { PromotionToken } from '../../src/model/token.ts';
import { encodeToken } from '../../src/model/token.ts';
import { demotionToken, member } from '../support/clusters.ts';

const token = (over: Partial<PromotionToken> = {}): string => encodeToken({ ...demotionToken, ...over });
const later = token({ latestCheckpointTimelineID: '4', latestCheckpointREDOLocation: '0/10000028' });

const compared: [string, boolean, string, string][] = [
  [
    'a later timeline, at a smaller position',
    true,
    token({ latestCheckpointTimelineID: '10', latestCheckpointREDOLocation: '0/28' }),
    token(),
  ],
  ['an earlier timeline', false, token({ latestCheckpointTimelineID: '2' }), token()],
  ['further on the same timeline', true, token({ latestCheckpointREDOLocation: '1/28' }), token()],
  ['the same', false, token(), token()],
  ['garbage', false, 'garbage', token()],
  ['beside garbage', true, token(), 'garbage'],
];
for (const [title, wanted, one, other] of compared)
  test(`later: ${title}`, () => assert.equal(isLater(one, other), wanted));

const eu = (text?: string): Cluster =>
  member('cluster-eu', { replica: { primary: 'cluster-us' }, status: text ? { demotionToken: text } : {} });
const us = (text?: string): Cluster => member('cluster-us', { status: text ? { demotionToken: text } : {} });
const running = member('cluster-us', { status: { switchReplicaClusterStatus: { inProgress: true } } });
const primary = member('cluster-eu', { status: { demotionToken: later } });

const cases: [string, Cluster[], string | undefined][] = [
  ['none', [eu(), us()], undefined],
  ['one', [us(), eu(token())], 'cluster-eu'],
  ['there and half-way back: both have a token', [eu(token()), us(later)], 'cluster-us'],
  ['in whatever order', [us(later), eu(token())], 'cluster-us'],
  ['being demoted for the second time', [eu(later), running], 'cluster-us'],
  ['a primary is not demoted', [primary, us(token())], 'cluster-us'],
];
for (const [title, clusters, wanted] of cases)
  test(`demoted last: ${title}`, () =>
    assert.equal(demotedLast(clusters.map(cluster => ({ cluster })))?.cluster.metadata.name, wanted));
