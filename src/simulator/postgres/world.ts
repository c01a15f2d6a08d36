/**
 * PostgreSQL as a model: database systems whose WAL grows, standbys that stream or restore it, archives that fill. It knows
 * nothing of Kubernetes; operators start, stop and promote its instances. Time passes by `tick`.
 */
import type { InstanceStatus } from '../../model/instance-status.ts';
import type { PromotionToken } from '../../model/token.ts';
import type { TimelineSwitch } from '../../model/wal.ts';
import { defaultSegmentSize, formatLsn, formatSegment, segmentAt } from '../../model/wal.ts';
import type { Archive, BaseBackup } from './archive.ts';
import type { Instance } from './instance.ts';
import { statusOf, statusOfFenced } from './instance.ts';

/** The instances of one Cluster. */
export interface Database {
  /** Site (Kubernetes cluster), namespace and name: what tells it from the others. */
  key: string;
  /** By which other Clusters name it. */
  topologyName: string;
  instances: Map<string, Instance>;
  /** Name of the primary or designated primary; standbys of the Cluster follow it. */
  leader: string;
  /** Topology name of the Cluster that a designated primary follows. */
  source: string | undefined;
  archive: Archive | undefined;
  /** Cut: nothing streams from its source. */
  linkCut: boolean;
  /** Bytes since the last segment switch are flushed when this reaches the archive timeout, in seconds. */
  sinceSwitch: number;
}

export interface WorldOptions {
  loadBytesPerSecond?: number;
  /** As `archive_timeout`; CNPG's default is 300. */
  archiveTimeoutSeconds?: number;
  now?: () => Date;
}

export interface World {
  databases: Map<string, Database>;
  now(): Date;
  tick(seconds: number): void;
  /** A new database system with a past: one timeline switch, an archive and a base backup. */
  initialise(database: Database, instances: readonly string[]): void;
  /** Copies of the source's system. @throws Error when no Cluster of that name runs */
  copy(database: Database, instances: readonly string[]): void;
  /** Adds or brings back an instance as a standby; what diverged from the leader is rewound (pg_rewind). */
  start(database: Database, name: string): void;
  /** Stops; `clean` lets followers receive everything first. */
  stop(database: Database, name: string, clean: boolean): void;
  /** Shuts the primary down for a role change and starts it in recovery. @returns the facts of its last checkpoint */
  demote(database: Database, operatorVersion: string): PromotionToken;
  /** Ends recovery of the leader on a new timeline. */
  promote(database: Database): void;
  /** Has the leader replayed exactly up to the token? */
  reached(database: Database, token: PromotionToken): 'yes' | 'not yet' | 'never';
  backup(database: Database): BaseBackup | undefined;
  /** Does it stream, or could it restore: would its readiness probe succeed? */
  follows(database: Database, name: string): boolean;
  status(database: Database, name: string): InstanceStatus | undefined;
}

const segmentSize = BigInt(defaultSegmentSize);
const wal = (megabytes16: number, offset = 0n): bigint => BigInt(megabytes16) * segmentSize + offset;
/** A shutdown checkpoint at a segment's start: record at 0x28, end at 0xA0. */
const [checkpointStart, checkpointEnd] = [0x28n, 0xa0n];
const switchReason = 'no recovery target specified';
/** Seconds until a standby's restartpoint shows the timeline that it replays: soon in the Cluster, later across. */
const restartpoint = { local: 12, remote: 60 };

export function createWorld(options: WorldOptions = {}): World {
  const { loadBytesPerSecond = 400_000, archiveTimeoutSeconds = 300, now = () => new Date() } = options;
  const databases = new Map<string, Database>();

  const leaderOf = (database: Database): Instance | undefined => database.instances.get(database.leader);

  /** Where an instance gets its WAL from. */
  function upstreamOf(database: Database, instance: Instance): Instance | undefined {
    if (instance.name !== database.leader) return leaderOf(database);
    if (database.source === undefined || database.linkCut) return undefined;
    const source = databaseNamed(database.source, instance.systemId);
    return source && leaderOf(source);
  }

  const databaseNamed = (name: string, systemId?: string): Database | undefined =>
    [...databases.values()].find(
      d => d.topologyName === name && (systemId === undefined || leaderOf(d)?.systemId === systemId),
    );

  function follow(database: Database, instance: Instance): void {
    const upstream = upstreamOf(database, instance);
    instance.streaming = upstream !== undefined && upstream.running && canFollow(instance, upstream);
    if (upstream && instance.streaming) receive(instance, upstream.position, upstream.timeline, upstream.history);
    else restore(database, instance);
    if (!instance.replayPaused) instance.replayed = instance.position;
  }

  /** Without streaming the leader restores from its source's archive, the others from their own. */
  function restore(database: Database, instance: Instance): void {
    const from =
      instance.name === database.leader && database.source !== undefined ? databaseNamed(database.source) : database;
    const archive = from?.archive;
    if (!archive || archive.end <= instance.position) return;
    if (canFollow(instance, { ...archive, systemId: instance.systemId, position: archive.end }))
      receive(instance, archive.end, archive.timeline, archive.history);
  }

  function write(database: Database, primary: Instance, seconds: number): void {
    const before = primary.position / segmentSize;
    primary.position += BigInt(Math.round(loadBytesPerSecond * seconds));
    database.sinceSwitch += seconds;
    if (primary.position / segmentSize !== before) database.sinceSwitch = 0;
    if (database.sinceSwitch >= archiveTimeoutSeconds) {
      primary.position = (primary.position / segmentSize + 1n) * segmentSize;
      database.sinceSwitch = 0;
    }
    primary.replayed = primary.position;
  }

  /** The (designated) primary archives each segment when it is complete. */
  function archiveSegments(database: Database): void {
    const leader = leaderOf(database);
    const { archive } = database;
    if (!leader?.running || !archive) return;
    while (archive.next < leader.position / segmentSize) {
      if (!archive.writable) {
        const name = formatSegment({ timeline: leader.timeline, number: archive.next });
        archive.lastFailed = { name, at: now() };
        return;
      }
      if (archive.timeline !== leader.timeline) archive.historyFile(leader.timeline, leader.history, now());
      archive.segment(archive.next, leader.timeline, now());
    }
  }

  function followAll(): void {
    for (const database of databases.values())
      for (const instance of database.instances.values())
        if (instance.running && instance.inRecovery) follow(database, instance);
  }

  const world: World = {
    databases,
    now,
    tick(seconds) {
      followAll();
      for (const database of databases.values()) {
        const leader = leaderOf(database);
        if (leader?.running && !leader.inRecovery) write(database, leader, seconds);
        archiveSegments(database);
        for (const instance of database.instances.values()) checkpoint(database, instance, seconds);
      }
    },

    initialise(database, instances) {
      const switchpoint = wal(9, checkpointEnd);
      const primary: Omit<Instance, 'name'> = {
        systemId: newSystemId(),
        running: true,
        inRecovery: false,
        timeline: 2,
        history: [{ parent: 1, lsn: switchpoint, reason: switchReason }],
        checkpointTimeline: 2,
        checkpointDue: 0,
        position: wal(42, 0x4c1d20n),
        replayed: wal(42, 0x4c1d20n),
        replayPaused: false,
        streaming: false,
        fenced: false,
      };
      place(database, instances, primary);
      if (database.archive) fillPast(database.archive, primary, 1, now());
    },

    copy(database, instances) {
      const source = database.source === undefined ? undefined : databaseNamed(database.source);
      const model = source && leaderOf(source);
      if (!model) throw new Error(`no running Cluster is named "${database.source ?? ''}"`);
      place(database, instances, { ...model, inRecovery: true, running: true, streaming: true, fenced: false });
      // It re-archives what came after the base backup from which it was made.
      if (database.archive) fillPast(database.archive, model, Number(model.position / segmentSize) - 12, now());
    },

    start(database, name) {
      const leader = leaderOf(database);
      const known = database.instances.get(name);
      const model = known ?? leader;
      if (!model) throw new Error(`${database.key} has no instance that ${name} could be made from`);
      const instance = { ...model, name, running: true, streaming: false, fenced: false };
      if (leader && leader.name !== name) {
        instance.inRecovery = true;
        instance.systemId = leader.systemId;
        if (!canFollow(instance, leader)) rewind(instance, leader);
      }
      instance.checkpointTimeline = instance.timeline;
      database.instances.set(name, instance);
    },

    stop(database, name, clean) {
      const instance = database.instances.get(name);
      if (!instance) return;
      // A clean shutdown waits for its WAL senders; a chain of two followers has then been served.
      if (clean) for (let hop = 0; hop < 2; hop++) followAll();
      instance.running = false;
      instance.streaming = false;
    },

    demote(database, operatorVersion) {
      const primary = leaderOf(database);
      if (!primary) throw new Error(`${database.key} has no primary`);
      // Asked again after an interruption it says the same.
      const number = primary.position / segmentSize + (primary.inRecovery ? 0n : 1n);
      primary.position = number * segmentSize + checkpointEnd;
      primary.replayed = primary.position;
      archiveSegments(database);
      database.archive?.partial(number, primary.timeline, now());
      if (database.archive) database.archive.end = primary.position;
      for (let hop = 0; hop < 3; hop++) followAll();
      primary.inRecovery = true;
      return {
        latestCheckpointTimelineID: String(primary.timeline),
        redoWalFile: formatSegment({ timeline: primary.timeline, number }),
        databaseSystemIdentifier: primary.systemId,
        latestCheckpointREDOLocation: formatLsn(number * segmentSize + checkpointStart),
        timeOfLatestCheckpoint: controlDataTime(now()),
        operatorVersion,
      };
    },

    promote(database) {
      const leader = leaderOf(database);
      if (!leader) throw new Error(`${database.key} has no leader`);
      const { timeline, position } = leader;
      leader.history = [...leader.history, { parent: timeline, lsn: position, reason: switchReason }];
      leader.timeline = timeline + 1;
      leader.checkpointTimeline = leader.timeline;
      leader.inRecovery = false;
      leader.streaming = false;
      database.sinceSwitch = 0;
      const { archive } = database;
      if (!archive) return;
      archiveSegments(database);
      archive.partial(position / segmentSize, timeline, now());
      archive.historyFile(leader.timeline, leader.history, now());
      archive.timeline = leader.timeline;
      // The segment with the switchpoint is written again under the new timeline.
      archive.next = position / segmentSize;
    },

    reached(database, token) {
      const leader = leaderOf(database);
      if (!leader || leader.systemId !== token.databaseSystemIdentifier) return 'never';
      if (leader.timeline !== Number(token.latestCheckpointTimelineID)) return 'never';
      const [high = '0', low = '0'] = token.latestCheckpointREDOLocation.split('/');
      const target = (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
      const end = target - checkpointStart + checkpointEnd;
      if (leader.replayed === end) return 'yes';
      return leader.replayed < end ? 'not yet' : 'never';
    },

    backup(database) {
      const leader = leaderOf(database);
      const { archive } = database;
      if (!leader || !archive?.writable) return undefined;
      const at = now();
      const backup: BaseBackup = {
        id: backupId(at),
        systemId: leader.systemId,
        timeline: leader.timeline,
        begin: leader.position - (leader.position % segmentSize) + checkpointStart,
        end: leader.position,
        beginTime: at,
        endTime: at,
      };
      archive.backup(backup);
      return backup;
    },

    follows(database, name) {
      const instance = database.instances.get(name);
      if (!instance?.running) return false;
      const upstream = upstreamOf(database, instance);
      return !instance.inRecovery || !upstream || canFollow(instance, upstream);
    },

    status(database, name) {
      const instance = database.instances.get(name);
      if (instance?.running) return statusOf(instance, database);
      return instance?.fenced ? statusOfFenced(instance) : undefined;
    },
  };
  return world;
}

function receive(instance: Instance, position: bigint, timeline: number, history: readonly TimelineSwitch[]): void {
  if (position > instance.position) instance.position = position;
  instance.timeline = timeline;
  instance.history = history;
}

/** Is what the instance has a beginning of what the upstream has? */
function canFollow(
  instance: Instance,
  upstream: Pick<Instance, 'systemId' | 'timeline' | 'history' | 'position'>,
): boolean {
  if (instance.systemId !== upstream.systemId) return false;
  if (instance.timeline === upstream.timeline) return sameHistory(instance.history, upstream.history);
  const left = upstream.history.find(({ parent }) => parent === instance.timeline);
  return left !== undefined && instance.position <= left.lsn;
}

const sameHistory = (a: readonly TimelineSwitch[], b: readonly TimelineSwitch[]): boolean =>
  a.length === b.length && a.every((entry, at) => entry.lsn === b[at]?.lsn);

/** pg_rewind: back to where it left the leader's history. */
function rewind(instance: Instance, leader: Instance): void {
  instance.timeline = leader.timeline;
  instance.history = leader.history;
  instance.position = leader.position;
  instance.replayed = leader.position;
}

function checkpoint(database: Database, instance: Instance, seconds: number): void {
  if (!instance.running || instance.checkpointTimeline === instance.timeline) {
    instance.checkpointDue = 0;
    return;
  }
  instance.checkpointDue += seconds;
  const remote = instance.name === database.leader;
  if (instance.checkpointDue >= (remote ? restartpoint.remote : restartpoint.local))
    instance.checkpointTimeline = instance.timeline;
}

function place(database: Database, names: readonly string[], model: Omit<Instance, 'name'>): void {
  database.leader = names[0] ?? '';
  for (const name of names) {
    const leads = name === database.leader;
    database.instances.set(name, {
      ...model,
      name,
      inRecovery: model.inRecovery || !leads,
      streaming: model.inRecovery || !leads,
    });
  }
}

/** Segments five minutes apart up to now, with the history file and a base backup near the beginning. */
function fillPast(archive: Archive, model: Omit<Instance, 'name'>, first: number, now: Date): void {
  const current = Number(model.position / segmentSize);
  const timeOf = (number: number): Date => new Date(now.getTime() - (current - number) * 300_000 - 60_000);
  const switches = model.history.map(({ parent, lsn }) => ({ parent, number: Number(lsn / segmentSize) }));
  for (let number = Math.max(first, 1); number < current; number++) {
    const timeline = switches.find(s => number < s.number)?.parent ?? model.timeline;
    const left = switches.find(s => s.number === number);
    if (left) {
      archive.partial(BigInt(number), left.parent, timeOf(number));
      archive.historyFile(left.parent + 1, model.history.slice(0, left.parent), timeOf(number));
    }
    archive.segment(BigInt(number), timeline, timeOf(number));
  }
  archive.history = model.history;
  const missing = model.timeline > 1 && !switches.some(s => s.number >= first);
  if (missing) archive.historyFile(model.timeline, model.history, timeOf(first));
  const start = Math.max(first, 1) + 1;
  const beginTime = timeOf(start);
  archive.backup({
    id: backupId(beginTime),
    systemId: model.systemId,
    timeline: switches.find(s => start < s.number)?.parent ?? model.timeline,
    begin: wal(start, checkpointStart),
    end: wal(start, 0x138n),
    beginTime,
    endTime: new Date(beginTime.getTime() + 40_000),
  });
  archive.last = { name: formatSegment(segmentAt(archive.end - 1n, model.timeline)), at: timeOf(current - 1) };
}

const backupId = (at: Date): string => at.toISOString().replace(/[-:]/g, '').slice(0, 15);

/** About 19 digits, as PostgreSQL makes it from the time and its process id. */
const newSystemId = (): string =>
  String((BigInt(Math.floor(Date.now() / 1000)) << 32n) | BigInt(Math.floor(Math.random() * 2 ** 31)));

/** As `pg_controldata` prints times in the C locale. */
const controlDataTime = (at: Date): string => {
  const [day = '', date, month, year, time] = at.toUTCString().split(' ');
  return `${day.replace(',', '')} ${month} ${date} ${time} ${year}`;
};
