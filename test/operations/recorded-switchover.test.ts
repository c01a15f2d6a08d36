/** Holds the pure core against a recorded switchover of real operators: at each moment it must know what comes next. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster.ts';
import type { InstanceStatus, StatusReading } from '../../src/model/instance-status.ts';
import type { PromotionPlan } from '../../src/operations/promotion.ts';
import { nextStep } from '../../src/operations/promotion.ts';
import { needsReference, reference } from '../support/shared.ts';

interface Line {
  t: number;
  apply(world: World): void;
}
interface World {
  clusters: Record<string, Cluster>;
  leaders: Record<string, StatusReading>;
}

const lines = <T>(file: string): T[] =>
  fs
    .readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as T);

function film(folder: string): Line[] {
  const watched = ['k8s1', 'k8s2'].flatMap(side =>
    lines<{ t: number; res: string; obj: Cluster }>(path.join(folder, `${side}.watch.jsonl`))
      .filter(line => line.res === 'clusters')
      .map(({ t, obj }): Line => ({ t, apply: world => void (world.clusters[obj.metadata.name] = obj) })),
  );
  const polled = lines<{ t: number; pod: string; http: number; body: unknown }>(path.join(folder, 'pg-status.jsonl'))
    .filter(line => line.pod.endsWith('-1'))
    .map(({ t, pod, http, body }): Line => {
      const reading: StatusReading =
        http === 200
          ? { kind: 'read', status: body as InstanceStatus, readAt: t }
          : { kind: 'failed', reason: String(body), readAt: t };
      return { t, apply: world => void (world.leaders[pod] = reading) };
    });
  return [...watched, ...polled].sort((x, y) => x.t - y.t);
}

function stepsSeen(folder: string, from: string, to: string): string[] {
  const address = (name: string) => ({ context: name, namespace: 'default', name });
  const plan: PromotionPlan = { from: address(from), to: address(to) };
  const world: World = { clusters: {}, leaders: {} };
  const seen: string[] = [];
  for (const line of film(folder)) {
    line.apply(world);
    const [a, b] = [world.clusters[from], world.clusters[to]];
    if (!a || !b) continue;
    const side = (cluster: Cluster) => ({ cluster, leader: world.leaders[cluster.status?.currentPrimary ?? ''] });
    const step = nextStep(plan, side(a), side(b));
    const brief = step.kind === 'done' ? 'done' : `${step.kind} ${step.step}`;
    if (seen.at(-1) !== brief) seen.push(brief);
  }
  return seen;
}

const expected = ['write demote', 'wait token', 'write promote', 'wait writable', 'wait healthy', 'done'];

test('switchover A to B as recorded', needsReference, () => {
  assert.deepEqual(
    stepsSeen(path.join(reference, 'transcripts/05-controlled-switchover-a-to-b'), 'cluster-a', 'cluster-b'),
    expected,
  );
});

test('switchover B to A as recorded, with a token left over from the first', needsReference, () => {
  assert.deepEqual(
    stepsSeen(path.join(reference, 'transcripts/06-controlled-switchover-b-to-a'), 'cluster-b', 'cluster-a'),
    expected,
  );
});
