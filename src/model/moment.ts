/** What a look at the snapshots takes with it beside them. */
import type { StatusReading, InstanceStatus } from './instance-status.ts';
import type { Positions } from './positions.ts';
import type { ContextSnapshot } from './snapshot.ts';

export interface Moment {
  /** Milliseconds since the epoch. */
  now: number;
  /** Bytes: setting `cnpg.lagLimit`. */
  lagLimit: bigint;
  positions: Positions;
}

export const defaultLagLimit = 1024n * 1024n * 1024n;

export const momentOf = (now: number, over: Partial<Moment> = {}): Moment => ({
  lagLimit: defaultLagLimit,
  positions: new Map(),
  ...over,
  now,
});

/** Milliseconds after which what an instance said is no longer taken for how it is. Readings come every 5 or 30 seconds. */
export const staleAfter = 90_000;

/** The instance's status, unless it was read too long ago or its context cannot be read any more. */
export const freshStatus = (
  reading: StatusReading | undefined,
  snapshot: ContextSnapshot,
  { now }: Moment,
): InstanceStatus | undefined =>
  snapshot.state === 'connected' && reading?.kind === 'read' && now - reading.readAt <= staleAfter
    ? reading.status
    : undefined;
