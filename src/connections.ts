/**
 * The kubeconfig contexts of this window and which of them are open. A context is contacted when `open` is called for
 * it, never before. Everything that shows or changes clusters takes its snapshots and connections from here.
 */
import type { ConnectOptions, Connection, Kubeconfig, PolledClusters } from './kubernetes/contract.ts';
import { messageOf } from './errors.ts';
import type { Address } from './model/kubernetes.ts';
import type { Cluster } from './model/cluster.ts';
import type { ContextSnapshot } from './model/snapshot.ts';
import { emptySnapshot } from './model/snapshot.ts';

/** The room that talks to Kubernetes, loaded on first use. */
export interface KubernetesRoom {
  readKubeconfig(files: readonly string[]): Kubeconfig;
  connect(options: ConnectOptions, signal: AbortSignal): Promise<Connection>;
}

export interface Connections {
  /** One per context of the kubeconfig, in its order; unopened ones are `closed`. */
  snapshots(): ContextSnapshot[];
  /** What was wrong with the kubeconfig files. */
  problems(): string[];
  files(): string[];
  /** Reads the kubeconfig again. Open contexts stay open. */
  reload(): Promise<void>;
  /** Opens the context or returns the open connection. Rejects with a `Failure`. */
  open(context: string): Promise<Connection>;
  get(context: string): Connection | undefined;
  /** User of the context, as the kubeconfig names it. */
  userOf(context: string): string | undefined;
  close(context: string): void;
  onDidChange(listener: () => void): { dispose(): void };
  /**
   * Says what a viewer shows now; instance status is read while at least one viewer wants it. `undefined`: it shows nothing.
   */
  pollInstances(viewer: string, wanted: InstancesInView | undefined): void;
  dispose(): void;
}

export interface InstancesInView {
  /** Every Cluster of the open contexts, at a gentle pace. */
  all: boolean;
  /** Clusters whose instances can be seen, at the pace of somebody who watches them; `all` means every one. */
  closely: readonly Address[] | 'all';
}

export interface ConnectionsOptions {
  room: () => Promise<KubernetesRoom>;
  files: () => readonly string[];
  /** Contexts to offer; empty means all. */
  wanted: () => readonly string[];
  allowExecPlugins: () => boolean;
  log: (message: string) => void;
  /** Of every connection that is opened; for the log of what is written. */
  recorded?: (connection: Connection, user: string | undefined) => Connection;
}

export function createConnections(options: ConnectionsOptions): Connections {
  let kubeconfig: Kubeconfig | undefined;
  const open = new Map<string, Connection>();
  const opening = new Map<string, Promise<Connection>>();
  const failed = new Map<string, string>();
  const listeners = new Set<() => void>();
  const lifetime = new AbortController();
  const viewers = new Map<string, InstancesInView>();
  const polled = new Map<string, string>();
  let pending: NodeJS.Timeout | undefined;
  let restUntil = 0;
  const changed = (): void => {
    clearTimeout(pending);
    pending = undefined;
    const began = performance.now();
    poll();
    for (const listener of listeners) listener();
    const ended = performance.now();
    restUntil = ended + Math.min(longestRest, (ended - began) * restPerWork);
  };
  /** For changes in the clusters, of which there may be hundreds a second: views that take long are asked less often. */
  const changedSoon = (): void => {
    pending ??= setTimeout(changed, Math.max(0, restUntil - performance.now()));
  };

  function poll(): void {
    for (const [context, connection] of open) {
      const wanted = polledClusters(connection.snapshot(), [...viewers.values()]);
      const key = JSON.stringify(wanted);
      if (polled.get(context) === key) continue;
      polled.set(context, key);
      connection.pollInstanceStatus(wanted);
    }
  }

  async function start(context: string): Promise<Connection> {
    const room = await options.room();
    const { files, log } = options;
    // Without it there would be no snapshot of an open context: a promotion can be resumed before the tree was looked at.
    kubeconfig ??= room.readKubeconfig(files());
    try {
      const plain = await room.connect(
        { context, files: files(), allowExecPlugins: options.allowExecPlugins(), log },
        lifetime.signal,
      );
      const user = kubeconfig.contexts.find(({ name }) => name === context)?.user;
      const connection = options.recorded?.(plain, user) ?? plain;
      failed.delete(context);
      open.set(context, connection);
      connection.onDidChange(changedSoon);
      return connection;
    } catch (error) {
      failed.set(context, messageOf(error));
      throw error;
    } finally {
      opening.delete(context);
      changed();
    }
  }

  return {
    snapshots() {
      const wanted = options.wanted();
      const contexts = (kubeconfig?.contexts ?? []).filter(c => wanted.length === 0 || wanted.includes(c.name));
      return contexts.map(({ name, server }) => {
        const error = failed.get(name);
        const unopened = emptySnapshot(name, server);
        return open.get(name)?.snapshot() ?? (error === undefined ? unopened : { ...unopened, state: 'failed', error });
      });
    },
    problems: () => kubeconfig?.problems ?? [],
    files: () => kubeconfig?.files ?? [...options.files()],
    async reload() {
      const room = await options.room();
      kubeconfig = room.readKubeconfig(options.files());
      changed();
    },
    open(context) {
      const known = open.get(context);
      if (known) return Promise.resolve(known);
      const pending = opening.get(context) ?? start(context);
      opening.set(context, pending);
      return pending;
    },
    get: context => open.get(context),
    userOf: context => kubeconfig?.contexts.find(({ name }) => name === context)?.user,
    close(context) {
      open.get(context)?.close();
      open.delete(context);
      polled.delete(context);
      failed.delete(context);
      changed();
    },
    onDidChange(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    pollInstances(viewer, wanted) {
      if (wanted) viewers.set(viewer, wanted);
      else viewers.delete(viewer);
      poll();
    },
    dispose() {
      clearTimeout(pending);
      lifetime.abort();
      for (const connection of open.values()) connection.close();
      open.clear();
      listeners.clear();
    },
  };
}

/** Listeners get about a fiftieth of the time, and never wait longer than this, in milliseconds. */
const restPerWork = 50;
const longestRest = 3000;

function polledClusters({ context, clusters }: ContextSnapshot, viewers: readonly InstancesInView[]): PolledClusters {
  const keys = clusters.map(clusterKey).sort();
  const seen = new Set(
    viewers.flatMap(({ closely }) =>
      closely === 'all'
        ? keys
        : closely.filter(address => address.context === context).map(({ namespace, name }) => `${namespace}/${name}`),
    ),
  );
  const all = viewers.some(viewer => viewer.all);
  return { closely: keys.filter(key => seen.has(key)), loosely: all ? keys.filter(key => !seen.has(key)) : [] };
}

const clusterKey = (cluster: Cluster): string => `${cluster.metadata.namespace ?? 'default'}/${cluster.metadata.name}`;
