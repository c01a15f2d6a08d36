/**
 * Where instances were and when: what turns a distance in bytes into one in time, and tells whether a replay moves. Kept for
 * the (designated) primary of each Cluster. It cannot be looked up anywhere, so it begins when a context is opened.
 */
import { addressKey } from './kubernetes.ts';
import { isCut, positionOf, statusOf } from './instances.ts';
import type { ContextSnapshot } from './snapshot.ts';

export interface Sample {
  /** Milliseconds since the epoch. */
  at: number;
  lsn: bigint;
  /** It had no WAL receiver. */
  cut?: true;
}

/** By {@link positionKey}; oldest sample first. */
export type Positions = ReadonlyMap<string, readonly Sample[]>;

export const positionKey = (context: string, namespace: string, pod: string): string =>
  addressKey({ context, namespace, name: pod });

/** At one sample in five seconds the older half is thinned out after 15 minutes. */
const limit = 180;

/** Adds what the snapshots say now. Instances that are gone are forgotten. */
export function addPositions(before: Positions, snapshots: readonly ContextSnapshot[]): Positions {
  const after = new Map<string, readonly Sample[]>();
  for (const snapshot of snapshots)
    for (const { metadata, status } of snapshot.clusters) {
      const namespace = metadata.namespace ?? 'default';
      const pod = status?.currentPrimary ?? '';
      const reading = snapshot.instanceStatus[`${namespace}/${pod}`];
      const key = positionKey(snapshot.context, namespace, pod);
      const samples = before.get(key) ?? [];
      const said = statusOf(reading);
      const lsn = positionOf(said);
      if (reading && lsn !== undefined && reading.readAt > (samples.at(-1)?.at ?? -1))
        after.set(key, thinned([...samples, { at: reading.readAt, lsn, ...(isCut(said) && { cut: true }) }]));
      else if (samples.length > 0) after.set(key, samples);
    }
  return after;
}

function thinned(samples: Sample[]): Sample[] {
  if (samples.length <= limit) return samples;
  const half = samples.length / 2;
  return samples.filter((_, index) => index === 0 || index > half || index % 2 === 1);
}

/** Seconds: "more than" fewer says nothing but that one has just begun to look. */
const worthSaying = 10;

/** Seconds since the upstream was where the downstream is now. `atLeast`: it was there before the first sample. */
export interface Behind {
  seconds: number;
  atLeast: boolean;
}

/** @param now of the downstream's position, in milliseconds since the epoch */
export function secondsBehind(upstream: readonly Sample[] | undefined, lsn: bigint, now: number): Behind | undefined {
  const newest = upstream?.at(-1);
  const oldest = upstream?.[0];
  if (!upstream || !newest || !oldest) return undefined;
  if (lsn >= newest.lsn) return { seconds: 0, atLeast: false };
  if (lsn < oldest.lsn) {
    const seconds = (now - oldest.at) / 1000;
    return seconds < worthSaying ? undefined : { seconds, atLeast: true };
  }
  const next = upstream.findIndex(sample => sample.lsn > lsn);
  const [a, b] = [upstream[next - 1] ?? oldest, upstream[next] ?? newest];
  // Between two samples the WAL is taken to have grown evenly.
  const share = Number(lsn - a.lsn) / Number(b.lsn - a.lsn);
  return { seconds: Math.max(0, (now - (a.at + share * (b.at - a.at))) / 1000), atLeast: false };
}

/** Bytes by which the position grew within the last `seconds`; `undefined` when it was not followed for that long. */
export function movedWithin(samples: readonly Sample[] | undefined, seconds: number, now: number): bigint | undefined {
  const newest = samples?.at(-1);
  const before = samples?.findLast(sample => sample.at <= now - seconds * 1000);
  return newest && before && newest.lsn - before.lsn;
}

/**
 * Has an instance been without a WAL receiver for `seconds`? `undefined`: sometimes it was and sometimes not, or it was not followed for that long.
 * @param cut whether it has none now
 */
export function cutWithin(
  samples: readonly Sample[] | undefined,
  seconds: number,
  now: number,
  cut: boolean,
): boolean | undefined {
  const since = now - seconds * 1000;
  // The last one before counts too: it is how things were when that time began.
  const first = samples?.findLastIndex(sample => sample.at <= since) ?? -1;
  const all = samples?.slice(Math.max(0, first)) ?? [];
  if (all.some(sample => (sample.cut ?? false) !== cut)) return undefined;
  return first < 0 && cut ? undefined : cut;
}
