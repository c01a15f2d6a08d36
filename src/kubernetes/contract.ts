/** What this room offers, as types only: views, operations and commands import these and never the library behind them. */
import type { Duplex } from 'node:stream';
import type { InstanceStatus } from '../model/instance-status.ts';
import type { EventObject, KubernetesObject } from '../model/kubernetes.ts';
import type { ContextSnapshot } from '../model/snapshot.ts';

/** A kubeconfig as read from disk: nothing was contacted and no exec plugin was run. */
export interface Kubeconfig {
  /** In file order. */
  contexts: { name: string; server: string; namespace: string; user: string; runsExecPlugin: boolean }[];
  current: string | undefined;
  /** One text per file or entry that could not be read; the rest is still usable. */
  problems: string[];
  /** The files that were asked for, in order. */
  files: string[];
}

export type ObjectKind =
  | 'Cluster'
  | 'Backup'
  | 'ScheduledBackup'
  | 'ObjectStore'
  | 'Pooler'
  | 'Database'
  | 'DatabaseRole'
  | 'Publication'
  | 'Subscription'
  | 'PersistentVolumeClaim'
  | 'Pod'
  | 'Service'
  | 'Secret'
  | 'Event'
  | 'Lease'
  | 'EndpointSlice';

/** One write: a JSON merge patch (RFC 7386) of one object. `resourceVersion` makes the API refuse it (409) when the object changed. */
export interface MergePatch {
  kind: ObjectKind;
  namespace: string;
  name: string;
  subresource?: 'status';
  resourceVersion?: string;
  patch: object;
}

export interface Access {
  verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'update' | 'delete';
  group: string;
  /** Plural, for example `clusters`. */
  resource: string;
  subresource?: string;
  namespace: string;
  name?: string;
}

export interface PublishedSchema {
  /** `postgresql.cnpg.io/v1`. */
  groupVersion: string;
  /** Changes with the content. */
  hash: string;
  /** The document as JSON, some hundred KB. Rejects with a `Failure`. */
  read: (signal: AbortSignal) => Promise<string>;
}

export interface LogOptions {
  /** Absent: the pod's default container, `postgres` in an instance. */
  container?: string;
  /** Stays open and goes on with what is written from now. */
  follow: boolean;
  /** Lines from the end to begin with. */
  tailLines?: number;
  sinceSeconds?: number;
  /** Of the container before its last restart. */
  previous?: boolean;
}

/** Clusters as `namespace/name`; the rest is not asked. */
export interface PolledClusters {
  /** Looked at closely: their instances are asked every 5 s. */
  closely: readonly string[];
  /** In view: every 30 s. */
  loosely: readonly string[];
}

/** An open kubeconfig context. Every call rejects with a `Failure` that names the context and object. */
export interface Connection {
  readonly context: string;
  readonly server: string;
  /** The latest state; the same object until something changes. */
  snapshot(): ContextSnapshot;
  /** Called after changes, at most every 100 ms. */
  onDidChange(listener: () => void): { dispose(): void };
  get<T extends KubernetesObject>(kind: ObjectKind, namespace: string, name: string, signal: AbortSignal): Promise<T>;
  /** Sends the patch with strict field validation. `dryRun` runs admission but stores nothing. */
  patch<T extends KubernetesObject>(
    write: MergePatch,
    options: { dryRun: boolean },
    signal: AbortSignal,
  ): Promise<{ object: T; warnings: string[] }>;
  /**
   * Server-side apply with strict field validation. A `conflict` means that another manager owns a field with another value, which
   * `force` takes over, or that the object is not of that `resourceVersion` any more. `dryRun` as in `patch`.
   */
  apply(
    object: KubernetesObject,
    options: { dryRun: boolean; force: boolean; resourceVersion?: string },
    signal: AbortSignal,
  ): Promise<{ object: KubernetesObject; warnings: string[] }>;
  /** Creates with strict field validation; a `conflict` means that there is one of that name. `dryRun` as in `patch`. */
  create(
    kind: ObjectKind,
    object: KubernetesObject,
    options: { dryRun: boolean },
    signal: AbortSignal,
  ): Promise<{ warnings: string[] }>;
  /** Deletes with the object's own grace period. With `uid` only that very object, else a `conflict`. */
  delete(
    kind: ObjectKind,
    namespace: string,
    name: string,
    options: { dryRun: boolean; uid?: string },
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * The schemas of our kinds as the API server publishes them (OpenAPI v3, readable by every authenticated user); groups that
   * are not installed are left out.
   */
  publishedSchemas(signal: AbortSignal): Promise<PublishedSchema[]>;
  /** SelfSubjectAccessReview. */
  canI(access: Access, signal: AbortSignal): Promise<{ allowed: boolean; reason: string }>;
  /** `GET /pg/status` of an instance through the API server's pod proxy. */
  instanceStatus(namespace: string, pod: string, signal: AbortSignal): Promise<InstanceStatus>;
  /** Decoded values of a Secret. Only for the action that needs them; never stored, never logged. */
  secret(namespace: string, name: string, signal: AbortSignal): Promise<Record<string, string>>;
  /** What is kept of events of the objects of that name in the namespace, of any kind; newest last. */
  events(namespace: string, name: string, signal: AbortSignal): Promise<EventObject[]>;
  /** The log of a container as it arrives; the time limit (30 s) is for its beginning only. */
  logs(namespace: string, pod: string, options: LogOptions, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** The whole object as the API server gives it, `managedFields` included. */
  raw(
    kind: Exclude<ObjectKind, 'Secret'>,
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<KubernetesObject & Record<string, unknown>>;
  /**
   * One TCP stream to a port of the pod through the API server; no local port is opened. It is destroyed with the signal,
   * and with a `Failure` when the other side says so.
   */
  portForward(namespace: string, pod: string, port: number, signal: AbortSignal): Promise<Duplex>;
  /**
   * A ready pod behind a port of a Service, and the pod's own port; `undefined`: there is no such Service. Rejects with a
   * `Failure` when no pod is ready, or what may not be read.
   */
  podBehind(
    namespace: string,
    service: string,
    port: number,
    signal: AbortSignal,
  ): Promise<{ pod: string; port: number } | undefined>;
  /**
   * Polls the status of the instances of these Clusters until the next call; two empty lists stop it. Results arrive in
   * the snapshot.
   */
  pollInstanceStatus(wanted: PolledClusters): void;
  /** Drops all watches at once and starts again, without waiting for the back-off. */
  retry(): void;
  close(): void;
}

export interface ConnectOptions {
  context: string;
  /** Kubeconfig files in order of precedence (`KUBECONFIG` semantics: first one wins for each entry). */
  files: readonly string[];
  /** Exec plugins run commands from the kubeconfig: only in trusted workspaces. */
  allowExecPlugins: boolean;
  log: (message: string) => void;
}
