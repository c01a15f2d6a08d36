/** What the instances write into their logs, told from how the world changes: one JSON object a line, as CloudNativePG does. */
import { formatLsn } from '../../model/wal.ts';
import type { Instance } from './instance.ts';
import type { Database, World } from './world.ts';

export interface InstanceLog {
  /** All lines that are kept, each with its end. */
  text(): string;
  /** Calls back with what comes from now. @returns ends that */
  follow(write: (text: string) => void): () => void;
}

export interface InstanceLogs {
  /** Looks at what changed since the last time. */
  observe(): void;
  /** @param key site, namespace and name of the pod */
  of(key: string): InstanceLog;
}

/** Lines that are kept of an instance. */
const mostLines = 2000;
/** Milliseconds of the world's time between two checkpoints: shorter than a real server's, so that a newcomer sees some. */
const checkpointEvery = 20_000;

interface Log extends InstanceLog {
  lines: string[];
  add(line: object): void;
}

/** What is compared between two looks. */
interface Seen {
  running: boolean;
  inRecovery: boolean;
  streaming: boolean;
  timeline: number;
  archived: string | undefined;
  failed: number;
  checkpointAt: number;
}

export function createInstanceLogs(world: World): InstanceLogs {
  const logs = new Map<string, Log>();
  const seen = new Map<string, Seen>();

  function of(key: string): Log {
    const known = logs.get(key) ?? createLog();
    logs.set(key, known);
    return known;
  }

  function observeInstance(database: Database, instance: Instance): void {
    const key = `${database.key.split('/').slice(0, 2).join('/')}/${instance.name}`;
    const before = seen.get(key);
    const at = world.now();
    const leads = instance.name === database.leader;
    const { archive } = database;
    const now: Seen = {
      running: instance.running,
      inRecovery: instance.inRecovery,
      streaming: instance.streaming,
      timeline: instance.timeline,
      archived: leads ? archive?.last?.name : undefined,
      failed: leads ? (archive?.lastFailed?.at.getTime() ?? 0) : 0,
      checkpointAt: before?.checkpointAt ?? at.getTime(),
    };
    seen.set(key, now);
    const write = writer(of(key), instance.name, at);
    if (!before) return now.running ? startLines(write, now) : undefined;
    if (before.running !== now.running)
      return now.running ? startLines(write, now) : write.postgres('LOG', 'database system is shut down');
    for (const line of changes(before, now)) write.postgres(...line);
    if (now.archived !== undefined && now.archived !== before.archived && /^[0-9A-F]{24}/.test(now.archived))
      write.manager('wal-archive', 'Archived WAL file', { walName: now.archived });
    if (now.failed !== before.failed)
      write.manager('wal-archive', 'failed to run wal-archive command', {
        level: 'error',
        walName: archive?.lastFailed?.name,
        error: 'unexpected failure invoking barman-cloud-wal-archive: exit status 4',
      });
    if (now.running && at.getTime() - now.checkpointAt >= checkpointEvery) {
      now.checkpointAt = at.getTime();
      write.postgres('LOG', `${now.inRecovery ? 'restartpoint' : 'checkpoint'} starting: time`);
      write.postgres(
        'LOG',
        `${now.inRecovery ? 'restartpoint' : 'checkpoint'} complete: wrote 46 buffers (0.3%); distance=16384 kB; lsn=${formatLsn(instance.replayed)}`,
      );
    }
  }

  return {
    observe() {
      for (const database of world.databases.values())
        for (const instance of database.instances.values()) observeInstance(database, instance);
    },
    of,
  };
}

type Line = readonly [severity: string, message: string];

function* changes(before: Seen, now: Seen): Generator<Line> {
  if (before.inRecovery && !now.inRecovery) {
    yield ['LOG', 'received promote request'];
    yield ['LOG', `selected new timeline ID: ${now.timeline}`];
    yield ['LOG', 'archive recovery complete'];
    yield ['LOG', 'database system is ready to accept connections'];
    return;
  }
  if (!before.inRecovery && now.inRecovery) {
    yield ['LOG', 'received fast shutdown request'];
    yield ['LOG', 'database system is shut down'];
    yield ['LOG', 'entering standby mode'];
    yield ['LOG', 'database system is ready to accept read-only connections'];
  }
  if (before.streaming && !now.streaming && now.inRecovery)
    yield ['FATAL', 'could not receive data from WAL stream: server closed the connection unexpectedly'];
  if (!before.streaming && now.streaming)
    yield ['LOG', `started streaming WAL from primary on timeline ${now.timeline}`];
  else if (now.inRecovery && before.timeline !== now.timeline) yield ['LOG', `new target timeline is ${now.timeline}`];
}

function startLines(write: ReturnType<typeof writer>, { inRecovery, streaming, timeline }: Seen): void {
  write.manager('instance-manager', 'Starting CloudNativePG Instance Manager', { version: '1.30.0' });
  write.postgres('LOG', 'starting PostgreSQL 18.4 on x86_64-pc-linux-gnu, 64-bit');
  if (inRecovery) write.postgres('LOG', 'entering standby mode');
  write.postgres('LOG', `database system is ready to accept ${inRecovery ? 'read-only ' : ''}connections`);
  if (streaming) write.postgres('LOG', `started streaming WAL from primary on timeline ${timeline}`);
}

function writer(log: Log, pod: string, at: Date) {
  const ts = at.toISOString();
  return {
    manager: (logger: string, msg: string, { level = 'info', ...rest }: Record<string, unknown> = {}): void =>
      log.add({ level, ts, logger, msg, ...rest, logging_pod: pod }),
    postgres: (severity: string, message: string): void =>
      log.add({
        level: 'info',
        ts,
        logger: 'postgres',
        msg: 'record',
        record: {
          log_time: `${ts.slice(0, 23).replace('T', ' ')} UTC`,
          process_id: '31',
          session_id: '67a1b2c3.1f',
          error_severity: severity,
          sql_state_code: severity === 'FATAL' ? '08006' : '00000',
          message,
          backend_type: 'not initialized',
          query_id: '0',
        },
        logging_pod: pod,
      }),
  };
}

function createLog(): Log {
  const followers = new Set<(text: string) => void>();
  const log: Log = {
    lines: [],
    text: () => log.lines.join(''),
    follow(write) {
      followers.add(write);
      return () => void followers.delete(write);
    },
    add(line) {
      const text = `${JSON.stringify(line)}\n`;
      log.lines.push(text);
      if (log.lines.length > mostLines * 1.25) log.lines = log.lines.slice(-mostLines);
      for (const write of followers) write(text);
    },
  };
  return log;
}
