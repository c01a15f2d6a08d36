/** What a listing of a WAL archive holds. Ranges, not keys, so that its size does not grow with the archive. */

/** Consecutive segments of one timeline, both ends included, as 24-digit WAL file names. */
export interface SegmentRange {
  from: string;
  to: string;
  count: number;
}

export interface TimelineListing {
  timeline: number;
  /** From the timeline's history file; `undefined` for timeline 1 or when the file is absent or unreadable. */
  parent: number | undefined;
  /** LSN at which this timeline left its parent, `X/Y`. */
  switchpoint: string | undefined;
  /** Reason text of the history file's last line. */
  reason: string | undefined;
  historyFile: boolean;
  /** Runs of complete segments, ascending. More than one run means gaps. */
  ranges: SegmentRange[];
  /** What lies between the runs. */
  gaps: SegmentRange[];
  segments: number;
  bytes: number;
  /** Names of `.partial` segments. */
  partial: string[];
  /** Names of backup history files (`.backup`). */
  labels: string[];
  newest: Date | undefined;
}

export interface BaseBackup {
  /** Folder name under `base/`, `YYYYMMDDTHHMMSS`. */
  id: string;
  status: string;
  timeline: number | undefined;
  beginWal: string | undefined;
  endWal: string | undefined;
  beginTime: string | undefined;
  endTime: string | undefined;
  systemId: string | undefined;
  /** Bytes of the stored objects. */
  bytes: number;
  /** Why `backup.info` could not be used. */
  problem: string | undefined;
}

export interface ArchiveListing {
  destinationPath: string;
  serverName: string;
  endpointURL: string | undefined;
  listedAt: Date;
  /** Bytes of a WAL segment; `assumed` when no backup.info told it. */
  segmentSize: number;
  segmentSizeAssumed: boolean;
  timelines: TimelineListing[];
  backups: BaseBackup[];
  objects: number;
  bytes: number;
  requests: number;
  /** Objects whose names are not of this layout. */
  foreign: { count: number; examples: string[] };
}
