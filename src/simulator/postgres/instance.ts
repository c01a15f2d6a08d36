/** One PostgreSQL server with its instance manager, and what the manager says of it. */
import type { InstanceStatus, ReplicationInfo } from '../../model/instance-status.ts';
import type { TimelineSwitch } from '../../model/wal.ts';
import { defaultSegmentSize, formatLsn, formatSegment, segmentAt } from '../../model/wal.ts';
import type { Database } from './world.ts';

export interface Instance {
  name: string;
  systemId: string;
  running: boolean;
  inRecovery: boolean;
  /** That it writes or replays, and how that timeline came about. */
  timeline: number;
  history: readonly TimelineSwitch[];
  /** Of its last checkpoint or restartpoint: this is what it reports. */
  checkpointTimeline: number;
  /** Seconds for which the two have differed. */
  checkpointDue: number;
  /** End of the WAL that it has. */
  position: bigint;
  replayed: bigint;
  replayPaused: boolean;
  streaming: boolean;
  /** Shut down on purpose; its instance manager still answers. */
  fenced: boolean;
}

/** Has its last segment begun? A position on a boundary still belongs to the segment before. */
const currentSegment = (position: bigint, timeline: number): string =>
  formatSegment(segmentAt(position - 1n, timeline));

/** What the instance manager says without its PostgreSQL. */
export const statusOfFenced = ({ inRecovery }: Instance): InstanceStatus => ({
  isPrimary: !inRecovery,
  mightBeUnavailable: true,
});

/** Body of `GET /pg/status`. A designated primary and standbys leave out what only a primary fills. */
export function statusOf(instance: Instance, database: Database): InstanceStatus {
  const { archive } = database;
  const leader = database.leader === instance.name;
  const archived = leader ? archive?.last : undefined;
  const failed = leader ? archive?.lastFailed : undefined;
  const archiving = !failed || (archived !== undefined && archived.at > failed.at);
  const common: InstanceStatus = {
    systemID: instance.systemId,
    isPrimary: !instance.inRecovery,
    timeLineID: instance.checkpointTimeline,
    replayPaused: instance.replayPaused,
    isWalReceiverActive: instance.streaming,
    isPgRewindRunning: false,
    pendingRestart: false,
    mightBeUnavailable: false,
    ...(archiving && { isArchivingWAL: true }),
    ...(archived && { lastArchivedWAL: archived.name }),
    lastArchivedWALTime: archived?.at.toISOString() ?? '-infinity',
    ...(failed && { lastFailedWAL: failed.name }),
    lastFailedWALTime: failed?.at.toISOString() ?? '-infinity',
    instanceManagerVersion: '1.30.0',
  };
  if (instance.inRecovery)
    return { ...common, receivedLsn: formatLsn(instance.position), replayLsn: formatLsn(instance.replayed) };
  const waiting = archive ? instance.position / BigInt(defaultSegmentSize) - archive.next : 0n;
  return {
    ...common,
    currentLsn: formatLsn(instance.position),
    currentWAL: currentSegment(instance.position, instance.timeline),
    ...(waiting > 0n && { readyWalFiles: Number(waiting) }),
    replicationInfo: senders(instance, database),
  };
}

/** Only standbys of the same Cluster: the other side's designated primary is not listed. */
function senders(primary: Instance, { instances }: Database): ReplicationInfo[] {
  return [...instances.values()]
    .filter(standby => standby !== primary && standby.running && standby.streaming)
    .map(standby => ({
      applicationName: standby.name,
      state: 'streaming',
      receivedLsn: formatLsn(primary.position),
      writeLsn: formatLsn(standby.position),
      flushLsn: formatLsn(standby.position),
      replayLsn: formatLsn(standby.replayed),
      writeLag: '00:00:00',
      flushLag: '00:00:00',
      replayLag: '00:00:00',
      syncState: 'async',
      syncPriority: '0',
    }));
}
