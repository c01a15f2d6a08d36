/** Which alarms the recorded scenarios of real operators raise, and when: nothing while all goes as planned. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../src/model/alarms.ts';
import { momentOf } from '../../src/model/moment.ts';
import type { Positions } from '../../src/model/positions.ts';
import { addPositions } from '../../src/model/positions.ts';
import { findTopologies } from '../../src/model/topology.ts';
import { recordedMoments } from '../support/recordings.ts';
import { needsReference } from '../support/shared.ts';

/** `severity kind member: from-to` in seconds; `…`: until the end. */
function alarmsIn(scenario: string, lagLimit?: bigint): string[] {
  const open = new Map<string, number>();
  const found: string[] = [];
  let positions: Positions = new Map();
  for (const { t, now, snapshots } of recordedMoments(scenario)) {
    positions = addPositions(positions, snapshots);
    const moment = momentOf(now, { positions, ...(lagLimit !== undefined && { lagLimit }) });
    const { alarms } = judge(findTopologies(snapshots), snapshots, moment);
    const raised = new Set(
      alarms.map(({ severity, kind, addresses, instance }) =>
        [severity, kind, ...addresses.map(a => a.name), ...(instance ? [instance] : [])].join(' '),
      ),
    );
    for (const [alarm, from] of open)
      if (!raised.has(alarm)) {
        found.push(`${alarm}: ${from}-${t}`);
        open.delete(alarm);
      }
    for (const alarm of raised) if (!open.has(alarm)) open.set(alarm, t);
  }
  return [...found, ...[...open].map(([alarm, from]) => `${alarm}: ${from}-…`)].sort();
}

const scenarios: [string, string[]][] = [
  ['01-single-instance', []],
  ['02-three-instances-archive', []],
  ['03-in-cluster-switchover', []],
  ['04-create-replica-cluster', []],
  ['05-controlled-switchover-a-to-b', ['notice no-primary cluster-a cluster-b: 4-9']],
  ['06-controlled-switchover-b-to-a', ['notice no-primary cluster-a cluster-b: 4-9']],
  // The old primary's region comes back after the other one was promoted.
  ['07-emergency-failover', ['error two-primaries cluster-a cluster-b: 90-…']],
  // The designated primary is on an older timeline: how far it is behind cannot be said.
  ['09-lag-and-partition', []],
  ['10-archive-failing', ['error archive-failing cluster-a: 19-72', 'error two-primaries cluster-a cluster-b: 1-…']],
  ['11-in-cluster-failover', []],
  // Demoted after it had written rows of its own, it says "healthy" and cannot follow.
  [
    '12-old-primary-returns',
    ['error diverged cluster-a cluster-a-2: 9-54', 'error two-primaries cluster-a cluster-b: 1-5'],
  ],
];

for (const [scenario, expected] of scenarios)
  test(`alarms of ${scenario}`, needsReference, () => assert.deepEqual(alarmsIn(scenario), expected));

test('standbys of a replica cluster that wait for a timeline are behind', needsReference, () =>
  assert.deepEqual(alarmsIn('09-lag-and-partition', 16n * 1024n * 1024n), [
    'warning lag cluster-b cluster-b-2: 103-…',
    'warning lag cluster-b cluster-b-3: 103-…',
  ]),
);

test('while a region cannot be read, nothing is said of it', needsReference, () => {
  let looked = 0;
  for (const { now, t, snapshots } of recordedMoments('07-emergency-failover', 5)) {
    if (snapshots[0]?.state !== 'failed') continue;
    const topologies = findTopologies(snapshots);
    const { alarms, undecided } = judge(topologies, snapshots, momentOf(now));
    assert.deepEqual(
      alarms.filter(({ addresses }) => addresses.some(({ context }) => context === 'k8s1')),
      [],
      `second ${t}`,
    );
    assert.ok(undecided.has(`two-primaries ${topologies[0]?.id}`), [...undecided].join('\n'));
    looked++;
  }
  assert.ok(looked > 5);
});
