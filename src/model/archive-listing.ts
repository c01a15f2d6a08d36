/** What a listing of a WAL archive holds. Ranges, not keys, so that its size does not grow with the archive. */

/** Consecutive segments of one timeline, both ends included, as 24-digit WAL file names. */
export interface SegmentRange {
  from: string;
  to: string;
  count: number;
}

/** One line of a history file. */
export interface HistoryEntry {
  parent: number;
  /** LSN at which the parent was left, `X/Y`. */
  switchpoint: string;
  reason: string;
}

/** Something counted, with the names of the first few. */
export interface Examples {
  count: number;
  examples: string[];
}

export interface TimelineListing {
  timeline: number;
  /** From the timeline's history file; `undefined` for timeline 1 or when the file is absent or unreadable. */
  parent: number | undefined;
  /** LSN at which this timeline left its parent, `X/Y`. */
  switchpoint: string | undefined;
  /** Reason text of the history file's last line. */
  reason: string | undefined;
  /** Key of its history file, relative to the archive's folder. */
  historyKey: string | undefined;
  /** All lines of the history file, oldest ancestor first. */
  history: HistoryEntry[];
  /** Runs of complete segments, ascending. More than one run means gaps. */
  ranges: SegmentRange[];
  /** What lies between the runs. */
  gaps: SegmentRange[];
  segments: number;
  bytes: number;
  /** Names of `.partial` segments. */
  partial: string[];
  /** Those of them whose complete segment is there as well. */
  partialBesideFull: string[];
  /** Names of backup history files (`.backup`). */
  labels: string[];
  /** Segments that are there in more than one compression. */
  duplicates: Examples;
  /** Uncompressed segments that have not the size of a segment. */
  oddSizes: Examples;
  newest: Date | undefined;
  /** When the newest segment of the last run was stored. */
  lastStored: Date | undefined;
}

const none = (): Examples => ({ count: 0, examples: [] });

/** A timeline of which nothing was seen yet. */
export const emptyTimeline = (timeline: number): TimelineListing => ({
  timeline,
  parent: undefined,
  switchpoint: undefined,
  reason: undefined,
  historyKey: undefined,
  history: [],
  ranges: [],
  gaps: [],
  segments: 0,
  bytes: 0,
  partial: [],
  partialBesideFull: [],
  labels: [],
  duplicates: none(),
  oddSizes: none(),
  newest: undefined,
  lastStored: undefined,
});

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
  /** Bytes of a WAL segment when it was made. */
  segmentSize: number | undefined;
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
  /** Not everything was listed: it was stopped, or there is too much to keep. */
  truncated: boolean;
  /** Objects whose names are not of this layout. */
  foreign: Examples;
}
