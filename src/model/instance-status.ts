/**
 * What an instance manager says of its PostgreSQL: the JSON of `GET /pg/status` on port 8000 of an instance pod.
 * On a designated primary `replicationInfo`, slots and `readyWalFiles` are absent although it feeds standbys.
 */
export interface InstanceStatus {
  systemID?: string;
  isPrimary: boolean;
  /** From the control file's last checkpoint: on a standby it lags behind a timeline switch. */
  timeLineID?: number;
  /** Write position of a primary, as `X/Y`. */
  currentLsn?: string;
  currentWAL?: string;
  receivedLsn?: string;
  replayLsn?: string;
  replayPaused?: boolean;
  isWalReceiverActive?: boolean;
  isPgRewindRunning?: boolean;
  pendingRestart?: boolean;
  /** Fenced or deliberately down: the other values may be missing. */
  mightBeUnavailable?: boolean;
  lastArchivedWAL?: string;
  /** RFC 3339, or `-infinity` when nothing was ever archived. */
  lastArchivedWALTime?: string;
  lastFailedWAL?: string;
  lastFailedWALTime?: string;
  isArchivingWAL?: boolean;
  readyWalFiles?: number;
  replicationInfo?: ReplicationInfo[];
  replicationSlotsInfo?: { slotName: string; slotType: 'physical' | 'logical'; active?: boolean; walStatus?: string }[];
  instanceManagerVersion?: string;
}

export interface ReplicationInfo {
  applicationName: string;
  state: string;
  /** Despite its name this is the sent LSN. */
  receivedLsn?: string;
  writeLsn?: string;
  flushLsn?: string;
  replayLsn?: string;
  /** Interval, `HH:MM:SS.ffffff`. */
  replayLag?: string;
  syncState?: string;
}

/** One attempt to read an instance's status; a failed one says why in the API's own words. */
export type StatusReading =
  | { kind: 'read'; status: InstanceStatus; readAt: number }
  | {
      kind: 'failed';
      reason: string;
      readAt: number;
      /** Milliseconds since the epoch of the first of the failures without a success between them. */
      since?: number;
    };

/**
 * The instance manager answered, and said that its PostgreSQL takes no connections: HTTP 500 with the words of its driver, as recorded
 * in restarts. Any other failure may be one of the way there.
 */
export const databaseRefuses = (reading: StatusReading | undefined): boolean =>
  reading?.kind === 'failed' && /failed to connect to `user=\S+ database=/.test(reading.reason);
