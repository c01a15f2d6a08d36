/** One WAL archive as Barman Cloud writes it: segments compressed, history and label files too small to matter. */
import { gzipSync } from 'node:zlib';
import type { TimelineSwitch } from '../../model/wal.ts';
import { defaultSegmentSize, formatLsn, formatSegment, segmentAt } from '../../model/wal.ts';
import type { Bucket } from '../object-store/bucket.ts';

export interface BaseBackup {
  id: string;
  systemId: string;
  timeline: number;
  begin: bigint;
  end: bigint;
  beginTime: Date;
  endTime: Date;
}

export interface Archive {
  /** Of the segment that is due next; 0 until the first. */
  next: bigint;
  /** Everything before this position can be restored from here, along `history` up to `timeline`. */
  end: bigint;
  timeline: number;
  history: readonly TimelineSwitch[];
  /** `false`: the object store refuses writes. */
  writable: boolean;
  last: ArchivedFile | undefined;
  lastFailed: ArchivedFile | undefined;
  /** Of complete backups, oldest first. */
  backups: BaseBackup[];
  segment(number: bigint, timeline: number, at: Date): void;
  partial(number: bigint, timeline: number, at: Date): void;
  historyFile(timeline: number, history: readonly TimelineSwitch[], at: Date): void;
  backup(backup: BaseBackup): void;
}

export interface ArchivedFile {
  name: string;
  at: Date;
}

/** A barely filled segment packs to some 16 kB, a busy one to a few MB. */
const packedSize = (number: bigint): number => 3_200_000 + Number((number * 7919n) % 1_700_000n);
const packedPartial = 16_471;

/** @param prefix of the keys, with the server's name, ending with `/` */
export function createArchive(bucket: Bucket, prefix: string): Archive {
  const keyOf = (name: string): string => `${prefix}wals/${name.slice(0, 16)}/${name}`;
  const wrote = (name: string, at: Date): void => void (archive.last = { name, at });

  const archive: Archive = {
    next: 0n,
    end: 0n,
    timeline: 0,
    history: [],
    writable: true,
    last: undefined,
    lastFailed: undefined,
    backups: [],
    segment(number, timeline, at) {
      const name = formatSegment({ timeline, number });
      bucket.put(`${keyOf(name)}.gz`, packedSize(number), at);
      archive.next = number + 1n;
      archive.end = archive.next * BigInt(defaultSegmentSize);
      archive.timeline = timeline;
      wrote(name, at);
    },
    partial(number, timeline, at) {
      const name = `${formatSegment({ timeline, number })}.partial`;
      bucket.put(`${keyOf(name)}.gz`, packedPartial, at);
      wrote(name, at);
    },
    historyFile(timeline, history, at) {
      const name = `${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`;
      const lines = history.map(({ parent, lsn, reason }) => `${parent}\t${formatLsn(lsn)}\t${reason}\n`);
      bucket.put(`${prefix}wals/${name}.gz`, gzipSync(lines.join('\n')), at);
      archive.history = history;
      wrote(name, at);
    },
    backup(backup) {
      const { id, timeline, begin, endTime } = backup;
      bucket.put(`${prefix}base/${id}/data.tar`, 40_949_760, endTime);
      bucket.put(`${prefix}base/${id}/backup.info`, Buffer.from(backupInfo(backup)), endTime);
      const first = segmentAt(begin, timeline);
      const offset = (begin % BigInt(defaultSegmentSize)).toString(16).toUpperCase().padStart(8, '0');
      const label = `${formatSegment(first)}.${offset}.backup`;
      bucket.put(`${keyOf(label)}.gz`, gzipSync(backupLabel(backup)), endTime);
      archive.backups.push(backup);
    },
  };
  return archive;
}

const postgresTime = (date: Date): string => date.toISOString().replace('T', ' ').replace('Z', '000+00:00');

/** The keys that readers of `backup.info` use, as Barman writes them. */
function backupInfo({ id, systemId, timeline, begin, end, beginTime, endTime }: BaseBackup): string {
  const size = BigInt(defaultSegmentSize);
  const lines = {
    backup_name: `backup-${id.replace('T', '')}`,
    begin_offset: begin % size,
    begin_time: postgresTime(beginTime),
    begin_wal: formatSegment(segmentAt(begin, timeline)),
    begin_xlog: formatLsn(begin),
    cluster_size: 38_908_108,
    compression: 'None',
    end_offset: end % size,
    end_time: postgresTime(endTime),
    end_wal: formatSegment(segmentAt(end, timeline)),
    end_xlog: formatLsn(end),
    error: 'None',
    pgdata: '/var/lib/postgresql/data/pgdata',
    server_name: 'cloud',
    size: 'None',
    status: 'DONE',
    systemid: systemId,
    tablespaces: 'None',
    timeline,
    version: 180_004,
    xlog_segment_size: defaultSegmentSize,
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

const backupLabel = ({ id, timeline, begin, end }: BaseBackup): string =>
  [
    `START WAL LOCATION: ${formatLsn(begin)} (file ${formatSegment(segmentAt(begin, timeline))})`,
    `STOP WAL LOCATION: ${formatLsn(end)} (file ${formatSegment(segmentAt(end, timeline))})`,
    'BACKUP METHOD: streamed',
    'BACKUP FROM: standby',
    `LABEL: Barman backup cloud ${id}`,
    `START TIMELINE: ${timeline}`,
    '',
  ].join('\n');
