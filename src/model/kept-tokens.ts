/** Which demotion tokens are worth keeping: those of each Cluster until it is primary again, or was demoted anew. Pure. */
import { isReplicaCluster } from './cluster.ts';
import { isLater } from './demotion.ts';
import type { Address } from './kubernetes.ts';
import { sameAddress } from './kubernetes.ts';
import type { ContextSnapshot } from './snapshot.ts';
import { decodeToken } from './token.ts';
import type { Member } from './topology.ts';
import { membersOf } from './topology.ts';

export interface KeptToken {
  /** The demoted Cluster. */
  from: Address;
  /** The member in favour of which it was demoted. */
  primary: string;
  token: string;
  /** Milliseconds since the epoch at which it was seen first. */
  seenAt: number;
}

/** More are forgotten, oldest first. */
const limit = 200;

/** What is to be kept beside what is kept, and what is of no use any more. */
export function keptTokens(
  kept: readonly KeptToken[],
  snapshots: readonly ContextSnapshot[],
  now: number,
): { fresh: KeptToken[]; past: KeptToken[] } {
  const members = snapshots.filter(({ state }) => state === 'connected').flatMap(membersOf);
  const fresh = members.flatMap(member => {
    const seen = tokenOf(member, now);
    return seen && !kept.some(each => isSame(each, seen)) ? [seen] : [];
  });
  const isPast = (each: KeptToken): boolean =>
    members.some(member => sameAddress(member.address, each.from) && primarySince(member, each)) ||
    fresh.some(
      ({ from, token }) => sameAddress(from, each.from) && (token === each.token || isLater(token, each.token)),
    );
  const past = kept.filter(isPast);
  const tooMany = kept.filter(each => !past.includes(each)).toSorted((a, b) => b.seenAt - a.seenAt);
  return { fresh, past: [...past, ...tooMany.slice(limit)] };
}

function tokenOf({ cluster, address }: Member, now: number): KeptToken | undefined {
  const token = cluster.status?.demotionToken;
  if (!token || !isReplicaCluster(cluster)) return undefined;
  return { from: address, primary: cluster.spec.replica?.primary ?? '', token, seenAt: now };
}

const isSame = (one: KeptToken, other: KeptToken): boolean =>
  sameAddress(one.from, other.from) && one.primary === other.primary && one.token === other.token;

/**
 * A primary on a later timeline than the token was promoted since. On the same it may be one that this window saw before the demotion, and
 * another window after it.
 */
function primarySince({ cluster }: Member, { token }: KeptToken): boolean {
  const decoded = decodeToken(token);
  if (isReplicaCluster(cluster) || typeof decoded === 'string') return !isReplicaCluster(cluster);
  return (cluster.status?.timelineID ?? 0) > Number(decoded.latestCheckpointTimelineID);
}
