/** Which demotion tokens are worth keeping: the last one of each Cluster, until it is primary again. Pure. */
import { isReplicaCluster } from './cluster.ts';
import type { Address } from './kubernetes.ts';
import { sameAddress } from './kubernetes.ts';
import type { ContextSnapshot } from './snapshot.ts';
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

/** @returns what is to be kept now: `kept` itself when nothing is new */
export function keptTokens(
  kept: readonly KeptToken[],
  snapshots: readonly ContextSnapshot[],
  now: number,
): readonly KeptToken[] {
  let result = kept;
  for (const { cluster, address } of snapshots.filter(({ state }) => state === 'connected').flatMap(membersOf)) {
    const known = result.find(({ from }) => sameAddress(from, address));
    const token = cluster.status?.demotionToken;
    const primary = cluster.spec.replica?.primary ?? '';
    const demoted = isReplicaCluster(cluster);
    if (demoted && (!token || (known?.token === token && known.primary === primary))) continue;
    if (!demoted && !known) continue;
    const others = result.filter(each => each !== known);
    result = demoted && token ? [...others, { from: address, primary, token, seenAt: now }].slice(-limit) : others;
  }
  return result;
}
