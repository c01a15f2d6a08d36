/**
 * Which Cluster was demoted last. A demotion token stays in the status until its Cluster is primary again, so that after a switchover
 * there and half-way back both sides have one.
 */
import type { Cluster } from './cluster.ts';
import { demotionInProgress, isReplicaCluster } from './cluster.ts';
import { decodeToken, tokenLsn } from './token.ts';

/** Is this token of a later demotion than the other one? One that cannot be read is of none. */
export function isLater(text: string, other: string): boolean {
  const [token, before] = [decodeToken(text), decodeToken(other)];
  if (typeof token === 'string' || typeof before === 'string') return typeof token !== 'string';
  const [timeline, timelineBefore] = [token, before].map(each => Number(each.latestCheckpointTimelineID));
  if (timeline !== timelineBefore) return (timeline ?? 0) > (timelineBefore ?? 0);
  return (tokenLsn(token) ?? 0n) > (tokenLsn(before) ?? 0n);
}

/** @returns `undefined` when none is demoted */
export function demotedLast<T extends { cluster: Cluster }>(sides: readonly T[]): T | undefined {
  const demoted = sides.filter(({ cluster }) => isReplicaCluster(cluster));
  const running = demoted.find(({ cluster }) => demotionInProgress(cluster));
  if (running) return running;
  return demoted
    .filter(({ cluster }) => cluster.status?.demotionToken)
    .reduce<T | undefined>(
      (last, side) =>
        last && !isLater(side.cluster.status?.demotionToken ?? '', last.cluster.status?.demotionToken ?? '')
          ? last
          : side,
      undefined,
    );
}
