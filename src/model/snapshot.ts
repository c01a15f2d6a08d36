import type { Backup, Cluster, ObjectStore, ScheduledBackup } from './cluster.ts';
import { formatDuration } from './duration.ts';
import type { StatusReading } from './instance-status.ts';
import type { Pod, Service } from './kubernetes.ts';
import type { Database, DatabaseRole, PersistentVolumeClaim, Pooler, Publication, Subscription } from './satellites.ts';

/** Kinds that are listed and watched in a connected context. */
export const watchedKinds = [
  'Cluster',
  'Pod',
  'Service',
  'Backup',
  'ScheduledBackup',
  'ObjectStore',
  'Pooler',
  'Database',
  'DatabaseRole',
  'Publication',
  'Subscription',
  'PersistentVolumeClaim',
] as const;
export type WatchedKind = (typeof watchedKinds)[number];

/**
 * - `closed`: not contacted, because nobody opened it;
 * - `connecting`: first lists under way;
 * - `connected`: Clusters are listed and followed;
 * - `failed`: Clusters cannot be read now; `error` says why and the objects are the last ones seen.
 */
export type ContextState = 'closed' | 'connecting' | 'connected' | 'failed';

/** Everything known of one kubeconfig context at one moment. Plain data: the tree, the picture and the operations read it. */
export interface ContextSnapshot {
  context: string;
  /** API server URL, as in the kubeconfig. */
  server: string;
  state: ContextState;
  error?: string;
  /** Milliseconds since the epoch of the last successful contact. */
  seenAt?: number;
  /** Milliseconds by which the API server's clock is ahead of this machine's; absent or `undefined`: by less than {@link clocksDiffer}, or not known. */
  clockAhead?: number | undefined;
  clusters: Cluster[];
  pods: Pod[];
  services: Service[];
  backups: Backup[];
  scheduledBackups: ScheduledBackup[];
  objectStores: ObjectStore[];
  poolers: Pooler[];
  databases: Database[];
  databaseRoles: DatabaseRole[];
  publications: Publication[];
  subscriptions: Subscription[];
  claims: PersistentVolumeClaim[];
  /**
   * What could not be read although the context is connected (403, 5xx), with the API's words. A kind that is not installed
   * is empty, not unread. `InstanceStatus`: the user may not ask instances through `pods/proxy`.
   */
  unread: Partial<Record<WatchedKind | 'InstanceStatus', string>>;
  /** By `namespace/pod`. Absent: never asked. */
  instanceStatus: Record<string, StatusReading>;
}

/** Where a snapshot has the objects of a kind. */
export const lists = {
  Cluster: 'clusters',
  Pod: 'pods',
  Service: 'services',
  Backup: 'backups',
  ScheduledBackup: 'scheduledBackups',
  ObjectStore: 'objectStores',
  Pooler: 'poolers',
  Database: 'databases',
  DatabaseRole: 'databaseRoles',
  Publication: 'publications',
  Subscription: 'subscriptions',
  PersistentVolumeClaim: 'claims',
} as const satisfies Record<WatchedKind, keyof ContextSnapshot>;

/** Milliseconds by which two clocks differ before it counts: answers travel, and say whole seconds. */
export const clocksDiffer = 30_000;

/** A time that objects of this context say, by this machine's clock; NaN when it is none. */
export const timeIn = ({ clockAhead = 0 }: Pick<ContextSnapshot, 'clockAhead'>, text: string | undefined): number =>
  Date.parse(text ?? '') - clockAhead;

/** `5 min ahead of this machine's`; `undefined`: they agree, as far as is known. */
export const clockWords = (ahead: number | undefined): string | undefined =>
  ahead === undefined || Math.abs(ahead) < clocksDiffer
    ? undefined
    : `${formatDuration(Math.abs(ahead) / 1000)} ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`;

export const emptySnapshot = (context: string, server: string): ContextSnapshot => ({
  context,
  server,
  state: 'closed',
  clusters: [],
  pods: [],
  services: [],
  backups: [],
  scheduledBackups: [],
  objectStores: [],
  poolers: [],
  databases: [],
  databaseRoles: [],
  publications: [],
  subscriptions: [],
  claims: [],
  unread: {},
  instanceStatus: {},
});
