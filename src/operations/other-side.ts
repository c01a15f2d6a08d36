/** What can be found out about another member of the topology, whose Kubernetes cluster may be lost. Thin. */
import { isFailure, messageOf } from '../errors.ts';
import type { NewestWal } from '../model/archive.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import type { Sample } from '../model/positions.ts';
import type { DemotionTrace } from './list-archive.ts';
import type { Observed } from './operation.ts';
import { untilAborted } from './pause.ts';
import type { OperationApi } from './run-operation.ts';
import { observe } from './run-operation.ts';

export interface OtherSide {
  /** In the topology. */
  name: string;
  address: Address | undefined;
  api: ApiAttempt;
  /** As seen last in this window, perhaps long ago. */
  lastSeen: Cluster | undefined;
  /** Milliseconds since the epoch of that. */
  lastSeenAt?: number | undefined;
  /** Its demotion token, of a promotion of this side that was not followed to its end. */
  savedToken?: string | undefined;
  /** Further members that are primary, as far as this window sees. */
  otherPrimaries?: readonly string[];
  /** Where its primary was while this window followed it. */
  positions: readonly Sample[];
  /** Its archive, read with the credentials of this side. */
  archive: FromArchive<{ newest: NewestWal | undefined }>;
  /** What the archive says of its demotion. Absent: it was not asked. */
  trace?: FromArchive<DemotionTrace>;
  /** Milliseconds since the epoch. */
  askedAt: number;
}

/**
 * - `answers`: its Cluster was read just now; `absent`: there is no such Cluster;
 * - `refuses`: something answered and did not say; `silent`: nothing answered;
 * - `unasked`: no context leads there.
 */
export type ApiAttempt =
  | { kind: 'answers'; seen: Observed }
  | { kind: 'absent' }
  | { kind: 'refuses'; reason: string }
  | { kind: 'silent'; reason: string }
  | { kind: 'unasked'; reason: string };

/** `none`: no archive of it is known here. */
export type FromArchive<T> = ({ kind: 'read' } & T) | { kind: 'unreadable'; reason: string } | { kind: 'none' };

export interface OtherSideSources {
  name: string;
  address: Address | undefined;
  lastSeen?: Cluster | undefined;
  lastSeenAt?: number | undefined;
  savedToken?: string | undefined;
  positions?: readonly Sample[];
  otherPrimaries?: readonly string[];
  /** Opens the context or takes the open one. */
  connect(context: string): Promise<OperationApi>;
  /** Absent: this side knows no archive of it. */
  newestArchived?: ((signal: AbortSignal) => Promise<NewestWal | undefined>) | undefined;
  /** Absent: nobody wants to know, or this side knows no archive of it. */
  demotionTrace?: ((signal: AbortSignal) => Promise<DemotionTrace>) | undefined;
}

/** Milliseconds for each attempt: who is gone does not answer, and somebody waits. */
const patience = 10_000;
/** Milliseconds for the end of the archive. */
const archivePatience = 30_000;

export async function readOtherSide(sources: OtherSideSources, signal: AbortSignal): Promise<OtherSide> {
  const { name, address, lastSeen, lastSeenAt, savedToken, positions = [], otherPrimaries = [] } = sources;
  const { newestArchived, demotionTrace } = sources;
  const [api, archive, trace] = await Promise.all([
    askApi(sources, signal),
    askArchive(newestArchived && (async until => ({ newest: await newestArchived(until) })), signal),
    askArchive(demotionTrace, signal),
  ]);
  const known = { lastSeen, lastSeenAt, savedToken, positions, otherPrimaries };
  return { name, address, api, ...known, archive, trace, askedAt: Date.now() };
}

async function askApi(sources: OtherSideSources, signal: AbortSignal): Promise<ApiAttempt> {
  const { address, name } = sources;
  if (!address) return { kind: 'unasked', reason: `no context of the kubeconfig is known to have ${name}` };
  const limit = AbortSignal.timeout(patience);
  try {
    const asking = sources
      .connect(address.context)
      .then(api => observe(api, { target: address }, AbortSignal.any([signal, limit])));
    return { kind: 'answers', seen: await untilAborted(asking, limit) };
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return { kind: 'silent', reason: `no answer within ${patience / 1000} s` };
    if (isFailure(error) && error.code === 'not-found') return { kind: 'absent' };
    const silent = isFailure(error) && error.code === 'unreachable';
    return { kind: silent ? 'silent' : 'refuses', reason: messageOf(error) };
  }
}

async function askArchive<T>(
  ask: ((signal: AbortSignal) => Promise<T>) | undefined,
  signal: AbortSignal,
): Promise<FromArchive<T>> {
  if (!ask) return { kind: 'none' };
  try {
    return { kind: 'read', ...(await ask(AbortSignal.any([signal, AbortSignal.timeout(archivePatience)]))) };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'unreadable', reason: messageOf(error) };
  }
}
