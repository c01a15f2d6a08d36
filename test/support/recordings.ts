/** Recordings of real operators as the snapshots that the extension would have had, second by second. */
import fs from 'node:fs';
import path from 'node:path';
import type { InstanceStatus } from '../../src/model/instance-status.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { emptySnapshot } from '../../src/model/snapshot.ts';
import { reference } from './shared.ts';

interface WatchLine {
  t: number;
  res: string;
  ev: string;
  obj?: KubernetesObject;
}

interface StatusLine {
  t: number;
  k8s: string;
  pod: string;
  http: number;
  body: unknown;
}

const lists = {
  clusters: 'clusters',
  pods: 'pods',
  services: 'services',
  backups: 'backups',
  scheduledbackups: 'scheduledBackups',
  persistentvolumeclaims: 'claims',
} as const;

const linesOf = <T>(file: string): T[] =>
  (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as T);

/** The clock at second 0, from the first action. */
function startOf(folder: string): number {
  const [first] = linesOf<{ t: number; wall: string }>(path.join(folder, 'actions.jsonl'));
  return Date.parse(first?.wall ?? '') - (first?.t ?? 0) * 1000;
}

export interface RecordedMoment {
  /** Seconds from the scenario's start, and the clock then in milliseconds since the epoch. */
  t: number;
  now: number;
  snapshots: ContextSnapshot[];
}

/** @param every seconds between two looks */
export function* recordedMoments(scenario: string, every = 1): Generator<RecordedMoment> {
  const folder = path.join(reference, 'transcripts', scenario);
  const start = startOf(folder);
  const sides = ['k8s1', 'k8s2'].map(context => ({
    context,
    watch: linesOf<WatchLine>(path.join(folder, `${context}.watch.jsonl`)).filter(line => line.res in lists),
    objects: new Map<string, Map<string, KubernetesObject>>(),
    failed: false,
    readings: {} as ContextSnapshot['instanceStatus'],
  }));
  const statuses = linesOf<StatusLine>(path.join(folder, 'pg-status.jsonl'));
  const end = Math.max(...sides.map(side => side.watch.at(-1)?.t ?? 0), statuses.at(-1)?.t ?? 0);
  for (let t = every; t <= end + every; t += every) {
    const now = start + t * 1000;
    for (const side of sides) {
      while (side.watch[0] && side.watch[0].t <= t) apply(side, side.watch.shift() as WatchLine);
    }
    while (statuses[0] && statuses[0].t <= t) {
      const { k8s, pod, http, body, t: at } = statuses.shift() as StatusLine;
      const readings = sides.find(side => side.context === k8s)?.readings;
      if (!readings) continue;
      readings[`default/${pod}`] =
        http === 200
          ? { kind: 'read', status: body as InstanceStatus, readAt: start + at * 1000 }
          : { kind: 'failed', reason: String(body), readAt: start + at * 1000 };
    }
    yield { t, now, snapshots: sides.map(side => snapshotOf(side, now)) };
  }
}

interface RecordedSide {
  context: string;
  objects: Map<string, Map<string, KubernetesObject>>;
  failed: boolean;
  readings: ContextSnapshot['instanceStatus'];
}

function apply(side: RecordedSide, { res, ev, obj }: WatchLine): void {
  if (ev === 'CONNECTION') {
    if (res === 'clusters') side.failed = true;
    return;
  }
  if (ev === 'ERROR' || !obj?.metadata.name) return;
  if (res === 'clusters') side.failed = false;
  const objects = side.objects.get(res) ?? new Map<string, KubernetesObject>();
  side.objects.set(res, objects);
  const key = `${obj.metadata.namespace ?? ''}/${obj.metadata.name}`;
  if (ev === 'DELETED') objects.delete(key);
  else objects.set(key, obj);
}

/** Answers were recorded when they changed and asked for each second: an unchanged one is as fresh as the look. */
const asked = (readings: ContextSnapshot['instanceStatus'], now: number): ContextSnapshot['instanceStatus'] =>
  Object.fromEntries(Object.entries(readings).map(([key, reading]) => [key, { ...reading, readAt: now }]));

function snapshotOf({ context, objects, failed, readings }: RecordedSide, now: number): ContextSnapshot {
  const listed = Object.entries(lists).map(([res, field]) => [field, [...(objects.get(res)?.values() ?? [])]]);
  return {
    ...emptySnapshot(context, `https://${context}.example.org`),
    ...(Object.fromEntries(listed) as Partial<ContextSnapshot>),
    state: failed ? 'failed' : 'connected',
    ...(failed && { error: 'the connection was reset' }),
    seenAt: now,
    instanceStatus: asked(readings, now),
  };
}
