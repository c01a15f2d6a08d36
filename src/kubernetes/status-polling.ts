/**
 * Reads `/pg/status` of instances again and again through the API server's pod proxy. Each answer costs PostgreSQL some
 * queries, so that only what is in view is asked, what is watched closely more often, and what fails less and less often.
 * All connections read at the same moments of the clock: lag compares positions of two sides that were read together.
 */
import { messageOf } from '../errors.ts';
import type { InstanceStatus, StatusReading } from '../model/instance-status.ts';
import type { Pod } from '../model/kubernetes.ts';
import type { PolledClusters } from './contract.ts';
import { ApiFailure } from './failures.ts';
import type { Times } from './times.ts';

export interface StatusPoller {
  /** What is in view from now on. */
  want(clusters: PolledClusters): void;
  /** Asks everything in view again at once, whatever happened before. */
  restart(): void;
}

export interface StatusPolling {
  pods: () => readonly Pod[];
  read: (pod: Pod, signal: AbortSignal) => Promise<InstanceStatus>;
  /** By `namespace/pod`, of pods that exist. */
  publish: (readings: Record<string, StatusReading>) => void;
  /** The user may not ask (403); `undefined`: now it is allowed. */
  denied: (failure: ApiFailure | undefined) => void;
  times: Times;
}

/** Requests at a time in one context. */
const mostInFlight = 4;
/** Milliseconds: until pods of a Cluster that has none are looked for again; between two publications of one round. */
const lookAgain = 500;
const publishEvery = 500;

interface Failing {
  failures: number;
  /** Milliseconds since the epoch. */
  since: number;
  until: number;
  /** Once the pod has changed it is asked again. */
  version: string | undefined;
}

const keyOf = ({ metadata }: Pod): string => `${metadata.namespace ?? ''}/${metadata.name}`;
const clusterOf = ({ metadata }: Pod): string =>
  `${metadata.namespace ?? ''}/${metadata.labels?.['cnpg.io/cluster'] ?? ''}`;

export function pollStatus(how: StatusPolling, signal: AbortSignal): StatusPoller {
  const { closely: often, loosely: seldom, longest, denied: deniedFor } = how.times.status;
  const readings = new Map<string, StatusReading>();
  const failing = new Map<string, Failing>();
  let closely = new Set<string>();
  let loosely = new Set<string>();
  let queue: Pod[] = [];
  /** With the signal of the view for which each was asked. */
  const inFlight = new Map<string, AbortSignal>();
  let deniedUntil: number | undefined;
  let round: NodeJS.Timeout | undefined;
  let publication: NodeJS.Timeout | undefined;
  let viewing = new AbortController();

  signal.addEventListener('abort', () => stop(), { once: true });

  function stop(): void {
    clearTimeout(round);
    clearTimeout(publication);
    round = publication = undefined;
    queue = [];
    inFlight.clear();
    viewing.abort();
  }

  /** @param slot whether this is a moment of the clock for those that are only in view, too */
  function begin(slot: boolean): void {
    const now = how.times.now();
    const wanted = how.pods().filter(pod => closely.has(clusterOf(pod)) || loosely.has(clusterOf(pod)));
    const isDue = (pod: Pod): boolean => {
      const key = keyOf(pod);
      if (inFlight.has(key)) return false;
      const trouble = failing.get(key);
      if (trouble && trouble.version === pod.metadata.resourceVersion && now < trouble.until) return false;
      return slot || closely.has(clusterOf(pod)) || !readings.has(key);
    };
    if (deniedUntil === undefined) {
      const due = wanted.filter(isDue);
      queue = [
        ...due.filter(pod => closely.has(clusterOf(pod))),
        // What a slow round has not come to yet stays in line.
        ...new Map(
          [...queue, ...due].filter(pod => !closely.has(clusterOf(pod))).map(pod => [keyOf(pod), pod]),
        ).values(),
      ];
    } else queue = now < deniedUntil ? [] : wanted.slice(0, 1);
    pump();
    schedule(wanted.length === 0);
  }

  function schedule(soon: boolean): void {
    clearTimeout(round);
    const now = how.times.now();
    // A timer may ring a little early: that is no second moment.
    const next = Math.floor((now + often * 1.1) / often) * often;
    round = setTimeout(() => begin(!soon && isSlot(next)), soon ? Math.min(lookAgain, next - now) : next - now);
  }

  const isSlot = (moment: number): boolean => Math.round(moment / often) % Math.round(seldom / often) === 0;

  function pump(): void {
    while (inFlight.size < mostInFlight) {
      const pod = queue.shift();
      if (!pod) break;
      const key = keyOf(pod);
      const { signal: view } = viewing;
      inFlight.set(key, view);
      void ask(pod, key, view).finally(() => {
        if (inFlight.get(key) === view) inFlight.delete(key);
        pump();
      });
    }
    if (publication && queue.length === 0 && inFlight.size === 0) publish();
  }

  async function ask(pod: Pod, key: string, stopping: AbortSignal): Promise<void> {
    try {
      const status = await how.read(pod, stopping);
      if (stopping.aborted) return;
      publication ??= setTimeout(publish, publishEvery);
      readings.set(key, { kind: 'read', status, readAt: how.times.now() });
      failing.delete(key);
      if (deniedUntil !== undefined) {
        deniedUntil = undefined;
        how.denied(undefined);
        begin(true);
      }
    } catch (error) {
      if (stopping.aborted) return;
      publication ??= setTimeout(publish, publishEvery);
      const now = how.times.now();
      const { failures, since } = failing.get(key) ?? { failures: 0, since: now };
      readings.set(key, { kind: 'failed', reason: messageOf(error), readAt: now, since });
      if (error instanceof ApiFailure && error.status === 403) return deny(error);
      const pause = Math.min(longest, (often / 2) * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
      const version = pod.metadata.resourceVersion;
      failing.set(key, { failures: failures + 1, since, until: now + pause, version });
    }
  }

  /** The right is one of the user, not of a pod: what was read of others is not known any more either. */
  function deny(failure: ApiFailure): void {
    if (deniedUntil === undefined) how.denied(failure);
    deniedUntil = how.times.now() + deniedFor;
    queue = [];
    for (const key of readings.keys())
      readings.set(key, { kind: 'failed', reason: failure.message, readAt: how.times.now() });
  }

  function publish(): void {
    clearTimeout(publication);
    publication = undefined;
    const alive = new Set(how.pods().map(keyOf));
    for (const map of [readings, failing]) for (const key of map.keys()) if (!alive.has(key)) map.delete(key);
    how.publish(Object.fromEntries(readings));
  }

  return {
    want(clusters) {
      const known = new Set([...closely, ...loosely]);
      closely = new Set(clusters.closely);
      loosely = new Set(clusters.loosely.filter(key => !closely.has(key)));
      if (closely.size + loosely.size === 0) return stop();
      if (signal.aborted) return;
      if (viewing.signal.aborted) viewing = new AbortController();
      const inView = (pod: Pod): boolean => closely.has(clusterOf(pod)) || loosely.has(clusterOf(pod));
      queue = queue.filter(inView);
      // What was not in view is read at once.
      if (known.size === 0 || [...closely, ...loosely].some(key => !known.has(key))) begin(false);
    },
    restart() {
      failing.clear();
      if (deniedUntil !== undefined) deniedUntil = 0;
      if (closely.size + loosely.size > 0 && !signal.aborted) begin(true);
    },
  };
}
