/** What the checks of a switchover need beside the two Clusters: what this window follows, what archives and Secrets say. */
import { isFailure, messageOf } from '../errors.ts';
import type { NewestWal } from '../model/archive.ts';
import { backupsOf, recoveryWindow } from '../model/backups.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import { naming } from '../model/owned.ts';
import type { Sample } from '../model/positions.ts';
import type { ContextSnapshot } from '../model/snapshot.ts';
import { timeIn } from '../model/snapshot.ts';

/** What the window knows of one side. */
export interface Known {
  /** URL of the API server. */
  server: string;
  poolers: string[];
  /** Names of Backups that are being taken. */
  runningBackups: string[];
  /** Milliseconds since the epoch of the last good base backup; `undefined`: none is known. */
  lastBackup: number | undefined;
  /** Where the (designated) primary was. */
  positions: readonly Sample[];
  /** Milliseconds by which the clock of the API server is ahead of this machine's; absent: they agree, as far as is known. */
  clockAhead?: number | undefined;
}

export const unknownSide: Known = {
  server: '',
  poolers: [],
  runningBackups: [],
  lastBackup: undefined,
  positions: [],
};

export function knownOf(cluster: Cluster, snapshot: ContextSnapshot, positions: readonly Sample[]): Known {
  const backups = backupsOf(cluster, snapshot);
  const done = backups.filter(({ status }) => status?.phase === 'completed').map(({ status }) => status?.stoppedAt);
  const times = [...done, recoveryWindow(cluster, snapshot)?.lastSuccessfulBackupTime]
    .map(time => timeIn(snapshot, time))
    .filter(time => !Number.isNaN(time));
  return {
    server: snapshot.server,
    poolers: naming(snapshot.poolers, cluster).map(({ metadata }) => metadata.name),
    runningBackups: backups
      .filter(({ status }) => ['started', 'running', 'finalizing'].includes(status?.phase ?? ''))
      .map(({ metadata }) => metadata.name),
    lastBackup: times.length > 0 ? Math.max(...times) : undefined,
    positions,
    clockAhead: snapshot.clockAhead,
  };
}

export interface Surroundings {
  known(address: Address): Known;
  /** Names of the members of the topology, beside these two, that are primary. */
  otherPrimaries(a: Address, b: Address): string[];
  /** The end of the archive from which this Cluster would restore if it was as given. */
  newestArchived(address: Address, asIf: Cluster, signal: AbortSignal): Promise<NewestWal | undefined>;
  secret(address: Address, name: string, signal: AbortSignal): Promise<Record<string, string>>;
  /** Bytes of lag above which a switchover is refused. */
  lagLimit: bigint;
}

export type ArchiveReading = { kind: 'read'; newest: NewestWal | undefined } | { kind: 'unreadable'; reason: string };

/** Milliseconds for the end of an archive. */
const archivePatience = 20_000;

export async function readArchive(
  { newestArchived }: Pick<Surroundings, 'newestArchived'>,
  address: Address,
  asIf: Cluster,
  signal: AbortSignal,
): Promise<ArchiveReading> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(archivePatience)]);
    return { kind: 'read', newest: await newestArchived(address, asIf, limit) };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'unreadable', reason: messageOf(error) };
  }
}

/** Whether a password is the same on both sides. The passwords themselves are told to nobody. */
export interface SecretComparison {
  /** `application user app`. */
  of: string;
  outcome: 'same' | 'different' | 'unknown';
  evidence: string;
}

interface NamedSecret {
  of: string;
  name: string;
}

/** Secrets with the passwords that the operator sets when the Cluster is primary. */
function secretsOf(cluster: Cluster): NamedSecret[] {
  const { name } = cluster.metadata;
  const { bootstrap, enableSuperuserAccess, superuserSecret, managed } = cluster.spec;
  const [method] = Object.values(bootstrap ?? {});
  const roles = managed?.roles ?? [];
  return [
    { of: 'the application user', name: method?.secret?.name ?? `${name}-app` },
    ...(enableSuperuserAccess ? [{ of: 'postgres', name: superuserSecret?.name ?? `${name}-superuser` }] : []),
    ...roles.flatMap(role => (role.passwordSecret ? [{ of: role.name, name: role.passwordSecret.name }] : [])),
  ];
}

export async function compareSecrets(
  { secret }: Pick<Surroundings, 'secret'>,
  a: { address: Address; cluster: Cluster },
  b: { address: Address; cluster: Cluster },
  signal: AbortSignal,
): Promise<SecretComparison[]> {
  const ofB = new Map(secretsOf(b.cluster).map(each => [each.of, each.name]));
  return Promise.all(
    secretsOf(a.cluster).map(async ({ of, name }) => {
      const other = ofB.get(of);
      if (other === undefined)
        return { of, outcome: 'different' as const, evidence: `${b.cluster.metadata.name} does not declare this role` };
      try {
        const [one, two] = await Promise.all([secret(a.address, name, signal), secret(b.address, other, signal)]);
        const same = one['password'] === two['password'] && one['username'] === two['username'];
        return {
          of,
          outcome: same ? ('same' as const) : ('different' as const),
          evidence: `Secrets ${name} and ${other}`,
        };
      } catch (error) {
        signal.throwIfAborted();
        const missing = isFailure(error) && error.code === 'not-found';
        return { of, outcome: missing ? ('different' as const) : ('unknown' as const), evidence: messageOf(error) };
      }
    }),
  );
}
