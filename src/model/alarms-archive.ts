/** Whether a Cluster archives its WAL. */
import type { Verdict } from './alarm.ts';
import { ownArchive } from './archive.ts';
import { condition, isReplicaCluster, skipsArchiving } from './cluster.ts';
import { addressKey } from './kubernetes.ts';
import type { Moment } from './moment.ts';
import type { Side } from './side.ts';
import { timeIn } from './snapshot.ts';

/**
 * Milliseconds for which archiving may fail: at each promotion it does for some seconds over the new history file, and is
 * refused until the instances have restarted (up to 26 s in recordings).
 */
const archivePatience = { usual: 15_000, switchover: 120_000 };

/** What stops WAL from being archived. The condition alone can be hidden by standbys of a replica cluster, which skip with success. */
export function judgeArchive(side: Side, topologyId: string | undefined, moment: Moment, verdict: Verdict): void {
  const { cluster, status, member } = side;
  const id = `archive-failing ${addressKey(member.address)}`;
  if (!ownArchive(cluster) || skipsArchiving(cluster)) return;
  const health = archiveHealth(side, moment);
  if (health.state === 'unknown') verdict.undecided(id);
  if (health.state !== 'fails') return;
  verdict.raise({
    id,
    kind: 'archive-failing',
    severity: 'error',
    title: 'Archiving fails',
    sentence: `${member.name} cannot archive its WAL: ${health.why}.${status?.readyWalFiles ? ` ${status.readyWalFiles} segments wait.` : ''}`,
    lookAt: `WAL piles up in pg_wal until the volume is full, and nothing newer can be restored. Look at the object store, its credentials and the log of ${cluster.status?.currentPrimary ?? 'the primary'}.`,
    addresses: [member.address],
    topologyId,
  });
}

/** Whether archiving works, with the evidence when it does not. */
export type ArchiveHealth = { state: 'works' | 'unknown' } | { state: 'fails'; why: string };

export function archiveHealth(side: Side, moment: Moment): ArchiveHealth {
  const { cluster, status } = side;
  if (!side.readable) return { state: 'unknown' };
  const archiving = condition(cluster, 'ContinuousArchiving');
  const since = timeIn(side.snapshot, archiving?.lastTransitionTime);
  const patience = /switchover in progress/.test(archiving?.message ?? '')
    ? archivePatience.switchover
    : archivePatience.usual;
  const lasting = Number.isNaN(since) || moment.now - since > patience;
  const message = archiving?.message ? `: ${archiving.message}` : '';
  const failing = archiving?.status === 'False';
  // A demoted or fenced instance has nothing to say of its archiver.
  const said = status?.mightBeUnavailable ? undefined : status;
  if (failing && !lasting) return { state: 'unknown' };
  if (said?.lastFailedWAL && said.isArchivingWAL !== true) {
    // A primary's condition follows within moments; a failure that is over by then is none.
    const justNow = moment.now - timeIn(side.snapshot, said.lastFailedWALTime) < archivePatience.usual;
    if (!failing && justNow && !isReplicaCluster(cluster)) return { state: 'unknown' };
    return {
      state: 'fails',
      why: `${said.lastFailedWAL} failed${said.lastFailedWALTime ? ` at ${said.lastFailedWALTime}` : ''}, last archived was ${said.lastArchivedWAL || 'nothing'}${failing ? message : ''}`,
    };
  }
  if (failing) return { state: 'fails', why: `condition ContinuousArchiving is False${message}` };
  // Of a primary that is not there the condition is from before.
  const holds = archiving?.status === 'True' && !isReplicaCluster(cluster) && side.leader?.ready === true;
  const works = said !== undefined || holds;
  return { state: works ? 'works' : 'unknown' };
}
