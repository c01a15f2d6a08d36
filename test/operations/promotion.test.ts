import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phases } from '../../src/model/cluster.ts';
import type { InstanceStatus } from '../../src/model/instance-status.ts';
import { encodeToken } from '../../src/model/token.ts';
import type { PromotionStep, Side } from '../../src/operations/promotion.ts';
import { dryRunToken, nextStep } from '../../src/operations/promotion.ts';
import { decodeToken } from '../../src/model/token.ts';
import type { Overrides } from '../support/clusters.ts';
import { demotionToken, member, primaryStatus, standbyStatus, switchover } from '../support/clusters.ts';

const plan = switchover;
const token = encodeToken(demotionToken);

const side = (name: 'cluster-eu' | 'cluster-us', over: Overrides, status?: InstanceStatus): Side => ({
  cluster: member(name, over),
  leader: status && { kind: 'read', status, readAt: 0 },
});
const a = (over: Overrides = {}, status: InstanceStatus | undefined = primaryStatus()): Side =>
  side('cluster-eu', over, status);
const b = (over: Overrides = {}, status: InstanceStatus | undefined = standbyStatus()): Side =>
  side('cluster-us', over, status);

const demoted = { primary: 'cluster-us', source: 'cluster-us' };
const promoted = { primary: 'cluster-us', source: 'cluster-eu', promotionToken: token };
const used = { lastPromotionToken: token };
const following = standbyStatus({ replayLsn: '0/E000FA0' });

const brief = (step: PromotionStep): string =>
  step.kind === 'done' ? `done ${step.issues.length}` : `${step.kind} ${step.step}`;

const cases: [string, string, Side, Side, string?][] = [
  ['nothing was done yet', 'write demote', a(), b()],
  ['demotion sent, operator has not begun', 'wait token', a({ replica: demoted }), b()],
  [
    'demotion runs',
    'wait token',
    a({ replica: demoted, status: { switchReplicaClusterStatus: { inProgress: true } } }),
    b(),
  ],
  [
    'token is there, helper conditions not yet gone',
    'wait token',
    a({ replica: demoted, status: { demotionToken: token, switchReplicaClusterStatus: { inProgress: true } } }),
    b(),
  ],
  ['token is there', 'write promote', a({ replica: demoted, status: { demotionToken: token } }), b()],
  ['token was wiped, but had been seen', 'write promote', a({ replica: demoted }), b(), token],
  ['token is garbage', 'stuck promote', a({ replica: demoted, status: { demotionToken: 'garbage' } }), b()],
  [
    'token of another system',
    'stuck promote',
    a({ replica: demoted, status: { demotionToken: token } }),
    b({ status: { systemID: '1' } }),
  ],
  [
    'replica is on a later timeline',
    'stuck promote',
    a({ replica: demoted, status: { demotionToken: token } }),
    b({}, standbyStatus({ timeLineID: 4 })),
  ],
  [
    'replica has replayed beyond the token: an old one, or diverged',
    'stuck promote',
    a({ replica: demoted, status: { demotionToken: token } }),
    b({}, standbyStatus({ replayLsn: '0/F000000' })),
  ],
  [
    'replica has still to replay: the operator waits',
    'write promote',
    a({ replica: demoted, status: { demotionToken: token } }),
    b({}, standbyStatus({ replayLsn: '0/D000000' })),
  ],
  ['both replicas of a third', 'stuck demote', a({ replica: { primary: 'cluster-ap' } }), b()],
  [
    'promotion runs',
    'wait writable',
    a({ replica: demoted }),
    b({ replica: promoted, status: { phase: phases.promoting } }),
  ],
  [
    'token used, PostgreSQL still in recovery',
    'wait writable',
    a({ replica: demoted }),
    b({ replica: promoted, status: used }),
  ],
  [
    'token refused',
    'stuck writable',
    a({ replica: demoted }),
    b({ replica: promoted, status: { phase: phases.unrecoverable } }),
  ],
  [
    'token refused beside a primary: no second writer',
    'stuck writable',
    a(),
    b({ replica: { ...promoted, promotionToken: 'x' }, status: { phase: phases.unrecoverable } }),
  ],
  [
    'writable, instances restart',
    'wait healthy',
    a({ replica: demoted }),
    b({ replica: promoted, status: { ...used, phase: 'Upgrading cluster' } }, primaryStatus({ timeLineID: 4 })),
  ],
  [
    'healthy, former primary not streaming',
    'wait follows',
    a({ replica: demoted }, standbyStatus({ isWalReceiverActive: false })),
    b({ replica: promoted, status: used }, primaryStatus({ timeLineID: 4 })),
  ],
  [
    'former primary replays the new timeline',
    'done 0',
    a({ replica: demoted }, following),
    b({ replica: promoted, status: used }, primaryStatus({ timeLineID: 4 })),
  ],
  [
    'former primary reports the new timeline',
    'done 0',
    a({ replica: demoted }, standbyStatus({ timeLineID: 4 })),
    b({ replica: promoted, status: used }, primaryStatus({ timeLineID: 4 })),
  ],
  [
    'former primary says healthy but is not ready (diverged)',
    'wait follows',
    a({ replica: demoted, status: { readyInstances: 2 } }, following),
    b({ replica: promoted, status: used }, primaryStatus({ timeLineID: 4 })),
  ],
  ['two primaries', 'stuck demote', a(), b({ replica: { primary: 'cluster-us' } }, primaryStatus())],
];

for (const [title, expected, from, to, saved] of cases)
  test(`next step: ${title}`, () => assert.equal(brief(nextStep(plan, from, to, saved)), expected));

test('what cannot be verified is an issue, not a success', () => {
  const unreadable: Side = {
    ...a({ replica: demoted, status: { demotionToken: token } }),
    leader: { kind: 'failed', reason: 'pods/proxy: forbidden', readAt: 0 },
  };
  const step = nextStep(plan, unreadable, b({ replica: promoted, status: used }, primaryStatus({ timeLineID: 4 })));
  assert.ok(step.kind === 'done');
  assert.match(step.issues[0] ?? '', /forbidden/);
  // Without a token it may still be writing.
  const early: Side = { ...unreadable, cluster: a({ replica: demoted }).cluster };
  assert.equal(
    nextStep(plan, early, b({ replica: promoted, status: used }, primaryStatus({ timeLineID: 4 }))).kind,
    'wait',
  );
});

test('a new primary that does not archive is an issue', () => {
  const failing = { type: 'ContinuousArchiving', status: 'False' as const, message: 'exit status 2' };
  const promotedSide = b(
    { replica: promoted, status: { ...used, conditions: [failing] } },
    primaryStatus({ timeLineID: 4 }),
  );
  const step = nextStep(plan, a({ replica: demoted }, following), promotedSide);
  assert.ok(step.kind === 'done');
  assert.match(step.issues.join(), /^cluster-us does not archive its WAL: exit status 2\./);
});

test('the demotion removes a token left from an earlier promotion in the same update', () => {
  const step = nextStep(plan, a({ replica: { promotionToken: 'old' } }), b());
  assert.ok(step.kind === 'write');
  assert.deepEqual(step.write.patch, {
    spec: { replica: { primary: 'cluster-us', source: 'cluster-us', promotionToken: null } },
  });
  assert.deepEqual(
    step.write.changes.map(change => change.field),
    ['spec.replica.primary', 'spec.replica.promotionToken'],
  );
  assert.equal(step.write.resourceVersion, '1');
});

test('the promotion is one update with primary and token', () => {
  const step = nextStep(plan, a({ replica: demoted, status: { demotionToken: token } }), b());
  assert.ok(step.kind === 'write');
  assert.deepEqual(step.write.patch, { spec: { replica: { primary: 'cluster-us', promotionToken: token } } });
});

test('members are named as the topology knows them, not by metadata.name', () => {
  const from = a();
  const to = b({ replica: { self: 'us-2', primary: 'cluster-eu' } });
  const step = nextStep(plan, from, to);
  assert.ok(step.kind === 'write');
  assert.equal(step.write.patch.spec.replica['primary'], 'us-2');
});

test('the token of dry runs is well-formed and of no real system', () => {
  const decoded = decodeToken(dryRunToken('1.30.0'));
  assert.ok(typeof decoded !== 'string');
  assert.equal(decoded.databaseSystemIdentifier, '0');
});
