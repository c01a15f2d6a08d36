/** A real PostgreSQL server that archives with the real Barman tools, on a Unix socket. Debian's package `postgresql` is enough. */
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @returns the folder with `initdb`, or why there is none */
export function findPostgres(): { bin: string } | string {
  const folders = [...fs.globSync('/usr/lib/postgresql/*/bin'), ...(process.env['PATH'] ?? '').split(path.delimiter)];
  const bin = folders.find(folder => fs.existsSync(path.join(folder, 'initdb')));
  return bin === undefined ? 'no PostgreSQL server is installed (Debian: postgresql)' : { bin };
}

/** PostgreSQL refuses to run as root: then as the user that Debian's package makes. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entry = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(line => line.startsWith('postgres:'));
  const [, , uid, gid] = (entry ?? '').split(':');
  if (uid === undefined || gid === undefined) throw new Error('run as root, and there is no user "postgres"');
  return { uid: Number(uid), gid: Number(gid) };
}

export interface Postgres {
  sql(statement: string): Promise<string>;
  /** Runs one of Barman's tools as the server would, by its module: `cloud_backup`. */
  barman(module: string, ...args: string[]): Promise<string>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops, starts as a standby that restores from its own archive, and promotes: a new timeline. */
  promote(): Promise<void>;
  systemId(): string;
  remove(): void;
}

/**
 * @param store arguments of the Barman tools for the object store; `%s` in the archive command is the WAL file
 * @param segmentSize MiB
 */
export function createPostgres(
  bin: string,
  environment: Record<string, string>,
  store: { options: string[]; destination: string; server: string },
  segmentSize: number,
): Postgres {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-postgres-'));
  const data = path.join(folder, 'data');
  const user = owner();
  if (user) fs.chownSync(folder, user.uid, user.gid);
  const options = {
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, PGHOST: folder, PGUSER: 'postgres', ...environment },
    cwd: folder,
    ...user,
  };
  const tool = (name: string): string => path.join(bin, name);
  const barmanTool = (module: string): string => `python3 -m barman.clients.${module} ${store.options.join(' ')}`;
  const { destination, server } = store;

  execFileSync(
    tool('initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', `--wal-segsize=${segmentSize}`, '--no-sync'],
    { ...options, stdio: 'ignore' },
  );
  fs.appendFileSync(
    path.join(data, 'postgresql.conf'),
    [
      "listen_addresses = ''",
      `unix_socket_directories = '${folder}'`,
      'fsync = off',
      'wal_level = replica',
      'archive_mode = on',
      `archive_command = '${barmanTool('cloud_walarchive')} -z ${destination} ${server} %p'`,
      `restore_command = '${barmanTool('cloud_walrestore')} ${destination} ${server} %f %p'`,
      'max_wal_size = 64MB',
      'min_wal_size = 32MB',
      '',
    ].join('\n'),
  );

  const postgres: Postgres = {
    async sql(statement) {
      const { stdout } = await run(tool('psql'), ['-d', 'postgres', '-Atqc', statement], options);
      return stdout.trim();
    },
    async barman(module, ...args) {
      const { stdout } = await run('python3', ['-m', `barman.clients.${module}`, ...store.options, ...args], {
        ...options,
        timeout: 120_000,
      });
      return stdout;
    },
    start: async () =>
      void (await run(tool('pg_ctl'), ['-D', data, '-w', '-l', path.join(folder, 'log'), 'start'], options)),
    stop: async () => void (await run(tool('pg_ctl'), ['-D', data, '-w', '-m', 'fast', 'stop'], options)),
    async promote() {
      await postgres.stop();
      fs.writeFileSync(path.join(data, 'standby.signal'), '');
      await postgres.start();
      await run(tool('pg_ctl'), ['-D', data, '-w', 'promote'], options);
    },
    systemId() {
      const text = execFileSync(tool('pg_controldata'), ['-D', data], { ...options, encoding: 'utf8' });
      return /system identifier:\s+(\d+)/.exec(text)?.[1] ?? '';
    },
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
  return postgres;
}
