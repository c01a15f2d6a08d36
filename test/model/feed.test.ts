import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificatesOf, parseGoTime } from '../../src/model/certificates.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { postgresVersion } from '../../src/model/cluster.ts';
import type { Feed } from '../../src/model/feed.ts';
import { feedOf } from '../../src/model/feed.ts';
import type { InstanceStatus } from '../../src/model/instance-status.ts';
import { momentOf } from '../../src/model/moment.ts';
import type { Positions } from '../../src/model/positions.ts';
import { positionKey } from '../../src/model/positions.ts';
import { mayWrite, sideOf, systemIdOf } from '../../src/model/side.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { membersOf } from '../../src/model/topology.ts';
import { member, primaryStatus, snapshotOf, standbyStatus } from '../support/clusters.ts';

const minute = 60_000;
const sideIn = (snapshot: ContextSnapshot, now: number, positions: Positions) => {
  const [only] = membersOf(snapshot);
  assert.ok(only);
  return sideOf(only, snapshot, momentOf(now, { positions }));
};

interface Given {
  us?: Partial<InstanceStatus>;
  eu?: Partial<InstanceStatus>;
  cluster?: Cluster;
  positions?: Positions;
  lostSource?: boolean;
}

function feed({ us = {}, eu = {}, cluster = member('cluster-us'), positions = new Map(), lostSource }: Given): Feed {
  const source = snapshotOf('eu', member('cluster-eu'), { 1: primaryStatus(eu) });
  const found = feedOf(
    sideIn(snapshotOf('us', cluster, { 1: standbyStatus(us) }), 0, positions),
    sideIn(lostSource ? { ...source, state: 'failed' } : source, 0, positions),
    momentOf(0, { positions }),
  );
  assert.ok(found);
  return found;
}

/** A replica that has only one of the two ways to its source. */
function only(way: 'connectionParameters' | 'plugin'): Cluster {
  const cluster = member('cluster-us');
  cluster.spec.externalClusters = (cluster.spec.externalClusters ?? []).map(entry => ({
    name: entry.name,
    ...(way === 'plugin'
      ? entry.plugin && { plugin: entry.plugin }
      : { connectionParameters: { host: 'eu', port: '5433' } }),
  }));
  return cluster;
}

const moving = (from: string, fromLsn: bigint, toLsn: bigint): [string, { at: number; lsn: bigint }[]] => [
  positionKey(from, 'default', `cluster-${from}-1`),
  [
    { at: -7 * minute, lsn: fromLsn },
    { at: 0, lsn: toLsn },
  ],
];
const dry = { isWalReceiverActive: false };

const table: [string, Given, Partial<Feed>][] = [
  [
    'both ways, streaming',
    {},
    { configured: 'both', works: 'streaming', interrupted: false, bytes: 0n, host: 'cluster-eu-rw.example.org' },
  ],
  [
    'by streaming alone',
    { cluster: only('connectionParameters') },
    { configured: 'streaming', works: 'streaming', host: 'eu:5433' },
  ],
  [
    'by the archive alone, all of it replayed',
    { cluster: only('plugin'), us: dry },
    { configured: 'archive', works: 'archive', interrupted: false, host: undefined },
  ],
  ['by streaming alone, without receiver', { cluster: only('connectionParameters'), us: dry }, { works: 'none' }],
  [
    'segments wait in the archive, too early to say',
    { us: dry, eu: { lastArchivedWAL: '000000030000000000000010' } },
    {
      works: 'unknown',
      archivedAhead: 3n,
      needed: '00000003000000000000000E',
      newestArchived: '000000030000000000000010',
    },
  ],
  [
    'it replays from the archive',
    { us: dry, eu: { lastArchivedWAL: '000000030000000000000010' }, positions: new Map([moving('us', 1n, 2n)]) },
    { works: 'archive' },
  ],
  [
    'it stands while the source goes on',
    {
      us: dry,
      eu: { lastArchivedWAL: '000000030000000000000010' },
      positions: new Map([moving('us', 1n, 1n), moving('eu', 0n, 1n << 30n)]),
    },
    { works: 'none' },
  ],
  [
    'the source cannot be read',
    { lostSource: true },
    { works: 'streaming', bytes: undefined, newestArchived: undefined },
  ],
  ['both ways, without receiver', { us: dry }, { works: 'archive', interrupted: true }],
  ['it is fenced', { us: { ...dry, mightBeUnavailable: true } }, { works: 'unknown', interrupted: false }],
  ['behind by segments', { eu: { currentLsn: '0/110000A0' } }, { bytes: 3n << 24n, segments: 3n }],
  [
    'other timelines',
    { us: { ...dry, timeLineID: 2 } },
    { bytes: undefined, segments: undefined, archivedAhead: undefined },
  ],
  [
    'it follows a later timeline that it does not say yet',
    { us: { timeLineID: 2 } },
    { bytes: 0n, needed: '00000003000000000000000E' },
  ],
];
for (const [name, given, expected] of table)
  test(name, () => {
    const found = feed(given);
    const asked = Object.fromEntries(Object.keys(expected).map(key => [key, found[key as keyof Feed]]));
    assert.deepEqual(asked, expected);
  });

test('a primary is fed by nobody', () => {
  const eu = sideIn(snapshotOf('eu', member('cluster-eu')), 0, new Map());
  assert.equal(feedOf(eu, undefined, momentOf(0)), undefined);
});

test('the system identifier of a demoted Cluster is asked of its instances', () => {
  const demoted = member('cluster-us', { status: { systemID: '' } });
  const side = sideIn(snapshotOf('us', demoted, { 2: standbyStatus({ systemID: '42' }) }), 0, new Map());
  assert.equal(systemIdOf(side, momentOf(0)), '42');
  assert.equal(systemIdOf(side, momentOf(10 * minute)), undefined);
});

test('who may write is not known of a side that cannot be read', () => {
  const eu = snapshotOf('eu', member('cluster-eu'));
  assert.equal(mayWrite(sideIn(eu, 0, new Map())), true);
  assert.equal(mayWrite(sideIn({ ...eu, state: 'failed' }, 0, new Map())), undefined);
});

test('certificates by expiry', () => {
  const cluster = member('cluster-eu', {
    status: {
      certificates: {
        expirations: { b: '2027-02-21 09:43:30 +0000 UTC', a: '2026-02-21 11:43:30 +0200 CEST', c: 'soon' },
      },
    },
  });
  assert.deepEqual(
    certificatesOf(cluster).map(({ secret, expires }) => [secret, expires]),
    [
      ['c', undefined],
      ['a', Date.UTC(2026, 1, 21, 9, 43, 30)],
      ['b', Date.UTC(2027, 1, 21, 9, 43, 30)],
    ],
  );
  assert.equal(parseGoTime('2026-02-30'), undefined);
});

const versions: [string, string | undefined][] = [
  ['ghcr.io/cloudnative-pg/postgresql:18.4', '18.4'],
  ['ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie', '18.4'],
  ['registry:5000/postgresql:16@sha256:00', '16'],
  ['registry:5000/postgresql', undefined],
];
for (const [image, version] of versions)
  test(`PostgreSQL of ${image}`, () =>
    assert.equal(postgresVersion(member('cluster-eu', { status: { image } })), version));
