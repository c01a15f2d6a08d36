import type { Context } from '@kubernetes/client-node';
import { Failure, messageOf } from '../errors.ts';
import type { InstanceStatus, StatusReading } from '../model/instance-status.ts';
import type { EventObject, KubernetesObject, Pod } from '../model/kubernetes.ts';
import type { ContextSnapshot, WatchedKind } from '../model/snapshot.ts';
import { emptySnapshot, watchedKinds } from '../model/snapshot.ts';
import type { Client } from './client.ts';
import { createClient } from './client.ts';
import type { Access, ConnectOptions, Connection, MergePatch, ObjectKind, PolledClusters } from './contract.ts';
import type { ApiFailure } from './failures.ts';
import { garbage } from './failures.ts';
import { loadKubeconfig, runsCommand } from './kubeconfig.ts';
import { logs, portForward } from './pod-streams.ts';
import { publishedSchemas } from './published-schemas.ts';
import { collectionPath, objectPath } from './resources.ts';
import type { Sink, WatchTimes } from './watch.ts';
import { follow, usualTimes } from './watch.ts';

/** Milliseconds: between two announcements, between two rounds of instance status, for one instance's answer. */
const announceEvery = 100;
const pollEvery = 5000;
const statusLimit = 5000;
const statusInFlight = 4;

/**
 * Opens a kubeconfig context. Resolves as soon as the kubeconfig was read; lists and watches run from then on.
 * Rejects with a `Failure` when the context is not in the files or needs an exec plugin that is not allowed.
 * @param signal closes the connection
 */
export async function connect(
  options: ConnectOptions,
  signal: AbortSignal,
  times: WatchTimes = usualTimes,
): Promise<Connection> {
  const { config, server, namespace } = selectContext(options);
  return openConnection(options, createClient(config, server), namespace, times, signal);
}

function selectContext({ context, files, allowExecPlugins }: ConnectOptions) {
  const { config, problems } = loadKubeconfig(files);
  const found = config.getContextObject(context);
  const cluster = found && config.getCluster(found.cluster);
  const user = found && config.getUser(found.user);
  if (!found || !cluster || (found.user && !user))
    throw new Failure('no-context', {
      what: `Context "${context}" cannot be opened`,
      why: [...problems, missingPart(found, cluster, files)].join(' '),
      remedy: 'Check cnpg.kubeconfig or KUBECONFIG.',
    });
  if (runsCommand(user) && !allowExecPlugins)
    throw new Failure('exec-plugin', {
      what: `Context "${context}" cannot be opened`,
      why: 'Its user logs in by a command (exec plugin), and this workspace is not trusted.',
      remedy: 'Trust the workspace, or use a context with a token or certificate.',
    });
  config.setCurrentContext(context);
  return { config, server: cluster.server, namespace: found.namespace ?? 'default' };
}

function missingPart(found: Context | null, cluster: unknown, files: readonly string[]): string {
  const where = files.join(', ');
  if (!found) return `It is not in ${where}.`;
  return cluster
    ? `It names user "${found.user}", which is not in ${where}.`
    : `It names cluster "${found.cluster}", which is not in ${where}.`;
}

const lists = {
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

function openConnection(
  options: ConnectOptions,
  client: Client,
  namespace: string,
  times: WatchTimes,
  outer: AbortSignal,
): Connection {
  const { context, log } = options;
  const own = new AbortController();
  const signal = AbortSignal.any([outer, own.signal]);
  const awaken = new EventTarget();
  const listeners = new Set<() => void>();
  let snapshot: ContextSnapshot = { ...emptySnapshot(context, client.server), state: 'connecting' };
  let announcement: NodeJS.Timeout | undefined;

  function update(change: Partial<ContextSnapshot>): void {
    if (signal.aborted) return;
    snapshot = { ...snapshot, ...change };
    announcement ??= setTimeout(() => {
      announcement = undefined;
      for (const listener of listeners) listener();
    }, announceEvery);
  }

  for (const kind of watchedKinds) {
    // Without the right to list all namespaces the context's own is followed.
    const how = { client, context, kind, times, awaken, scopes: [undefined, namespace] };
    follow(how, sinkFor(kind), signal).catch((error: unknown) =>
      log(`${context}: watching ${kind} ended: ${messageOf(error)}`),
    );
  }

  function sinkFor(kind: WatchedKind): Sink<KubernetesObject> {
    const objects = new Map<string, KubernetesObject>();
    const keyOf = ({ metadata }: KubernetesObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
    const publish = (): void => {
      const { [kind]: _, ...unread } = snapshot.unread;
      const connected = kind === 'Cluster' ? { state: 'connected' as const } : {};
      const { error: _error, ...rest } = snapshot;
      snapshot = kind === 'Cluster' ? rest : snapshot;
      update({ ...connected, unread, seenAt: Date.now(), [lists[kind]]: [...objects.values()] });
    };
    return {
      replace(all) {
        objects.clear();
        for (const object of all) objects.set(keyOf(object), slim(object));
        publish();
      },
      put(object) {
        objects.set(keyOf(object), slim(object));
        publish();
      },
      remove(object) {
        objects.delete(keyOf(object));
        publish();
      },
      recovered: publish,
      failed: failure => unreadable(kind, failure),
    };
  }

  function unreadable(kind: WatchedKind, failure: ApiFailure): void {
    log(`${context}: ${failure.message}`);
    if (kind === 'Cluster') update({ state: 'failed', error: clusterFailure(context, failure) });
    else if (snapshot.state !== 'failed') update({ unread: { ...snapshot.unread, [kind]: failure.message } });
  }

  let polling = new AbortController();

  async function read<T extends KubernetesObject>(
    kind: ObjectKind,
    ns: string,
    name: string,
    stop: AbortSignal,
  ): Promise<T> {
    const what = `Read ${kind} ${ns}/${name} in context ${context}`;
    return (await client.json<T>({ what, path: objectPath(kind, ns, name) }, stop)).body;
  }

  return {
    context,
    server: client.server,
    snapshot: () => snapshot,
    onDidChange(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    get: read,
    raw: read,
    events: (ns, name, stop) => events(client, context, ns, name, stop),
    logs: (ns, pod, which, stop) => logs(client, context, ns, pod, which, stop),
    portForward: (ns, pod, port, stop) => portForward(client, context, ns, pod, port, stop),
    patch: (write, { dryRun }, stop) => patch(client, context, write, dryRun, stop),
    publishedSchemas: stop => publishedSchemas(client, context, stop),
    canI: (access, stop) => canI(client, context, access, stop),
    instanceStatus: (ns, pod, stop) => instanceStatus(client, context, ns, pod, schemeOf(snapshot, ns, pod), stop),
    async secret(ns, name, stop) {
      const what = `Read Secret ${ns}/${name} in context ${context}`;
      const { body } = await client.json<{ data?: Record<string, string> }>(
        { what, path: objectPath('Secret', ns, name) },
        stop,
      );
      return Object.fromEntries(
        Object.entries(body.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
      );
    },
    pollInstanceStatus({ closely, loosely }: PolledClusters) {
      const clusters = [...closely, ...loosely];
      polling.abort();
      polling = new AbortController();
      if (clusters.length === 0) return;
      const stop = AbortSignal.any([signal, polling.signal]);
      const read = (ns: string, pod: string) =>
        instanceStatus(client, context, ns, pod, schemeOf(snapshot, ns, pod), stop);
      pollStatus(
        clusters,
        () => snapshot.pods,
        read,
        readings => update({ instanceStatus: readings }),
        stop,
      ).catch(
        (error: unknown) => stop.aborted || log(`${context}: reading instance status ended: ${messageOf(error)}`),
      );
    },
    retry: () => void awaken.dispatchEvent(new Event('retry')),
    close() {
      own.abort();
      clearTimeout(announcement);
      listeners.clear();
      client.close();
    },
  };
}

/** The bulky fields that nobody here reads are not kept in memory. */
function slim<T extends KubernetesObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata;
  const {
    'cnpg.io/podSpec': __,
    'kubectl.kubernetes.io/last-applied-configuration': ___,
    ...annotations
  } = metadata.annotations ?? {};
  return { ...object, metadata: { ...metadata, ...(metadata.annotations && { annotations }) } };
}

function clusterFailure(context: string, failure: ApiFailure): string {
  if (failure.code !== 'not-found') return failure.message;
  return `CloudNativePG is not installed in the Kubernetes cluster of context ${context}: it has no clusters.postgresql.cnpg.io. Install the operator, or use another context.`;
}

async function patch<T extends KubernetesObject>(
  client: Client,
  context: string,
  write: MergePatch,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<{ object: T; warnings: string[] }> {
  const { kind, namespace, name, subresource, resourceVersion } = write;
  const { body, warnings } = await client.json<T>(
    {
      what: `${dryRun ? 'Dry run of the change' : 'Change'} of ${kind} ${namespace}/${name} in context ${context}`,
      path: objectPath(kind, namespace, name) + (subresource === undefined ? '' : `/${subresource}`),
      method: 'PATCH',
      contentType: 'application/merge-patch+json',
      query: { fieldManager: 'cnpg-replica-clusters', fieldValidation: 'Strict', ...(dryRun && { dryRun: 'All' }) },
      body: resourceVersion === undefined ? write.patch : withVersion(write.patch, resourceVersion),
    },
    signal,
  );
  return { object: body, warnings };
}

const withVersion = (body: object, resourceVersion: string): object => ({
  ...body,
  metadata: { ...(body as { metadata?: object }).metadata, resourceVersion },
});

/** Events come in the order of their names: they are put in that of the clock. */
async function events(
  client: Client,
  context: string,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<EventObject[]> {
  const what = `List events of ${namespace}/${name} in context ${context}`;
  const query = { fieldSelector: `involvedObject.name=${name}`, limit: '500' };
  const { body } = await client.json<{ items?: EventObject[] }>(
    { what, path: collectionPath('Event', namespace), query },
    signal,
  );
  if (!Array.isArray(body.items)) throw garbage(what, 'The answer is no list.');
  return body.items.sort((a, b) => happenedAt(a) - happenedAt(b));
}

const happenedAt = ({ lastTimestamp, eventTime, firstTimestamp, metadata }: EventObject): number =>
  Date.parse(lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp ?? '') || 0;

async function canI(
  client: Client,
  context: string,
  access: Access,
  signal: AbortSignal,
): Promise<{ allowed: boolean; reason: string }> {
  const { group, resource, subresource, verb, namespace, name } = access;
  const resourceAttributes = {
    group,
    resource,
    verb,
    namespace,
    ...(subresource && { subresource }),
    ...(name && { name }),
  };
  const { body } = await client.json<{ status?: { allowed?: boolean; reason?: string } }>(
    {
      what: `Ask whether you may ${verb} ${resource} in context ${context}`,
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      method: 'POST',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } },
    },
    signal,
  );
  return { allowed: body.status?.allowed === true, reason: body.status?.reason ?? '' };
}

/** Instance managers serve TLS unless they are of an old operator. */
function schemeOf(snapshot: ContextSnapshot, namespace: string, name: string): 'https' | 'http' {
  const pod = snapshot.pods.find(p => p.metadata.name === name && p.metadata.namespace === namespace);
  const command = pod?.spec?.containers?.find(container => container.name === 'postgres')?.command;
  return command && !command.includes('--status-port-tls') ? 'http' : 'https';
}

async function instanceStatus(
  client: Client,
  context: string,
  namespace: string,
  pod: string,
  scheme: 'https' | 'http',
  signal: AbortSignal,
): Promise<InstanceStatus> {
  const what = `Read the status of instance ${namespace}/${pod} in context ${context}`;
  const path = `${collectionPath('Pod', namespace)}/${scheme}:${encodeURIComponent(pod)}:8000/proxy/pg/status`;
  const { body } = await client.json<InstanceStatus>({ what, path, limit: statusLimit }, signal);
  return body;
}

/** All connections poll at the same moments of the clock: lag compares positions of two sides that were read together. */
const untilNextPoll = (): number => pollEvery - (Date.now() % pollEvery);

async function pollStatus(
  clusters: readonly string[],
  pods: () => readonly Pod[],
  read: (namespace: string, pod: string) => Promise<InstanceStatus>,
  publish: (readings: Record<string, StatusReading>) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const wanted = pods().filter(pod =>
      clusters.includes(`${pod.metadata.namespace ?? ''}/${pod.metadata.labels?.['cnpg.io/cluster'] ?? ''}`),
    );
    const readings: Record<string, StatusReading> = {};
    const queue = [...wanted];
    const worker = async (): Promise<void> => {
      for (let pod = queue.shift(); pod && !signal.aborted; pod = queue.shift()) {
        const { namespace = '', name } = pod.metadata;
        readings[`${namespace}/${name}`] = await attempt(() => read(namespace, name));
      }
    };
    await Promise.all(Array.from({ length: statusInFlight }, worker));
    if (signal.aborted) return;
    if (wanted.length > 0) publish(readings);
    await idle(wanted.length > 0 ? untilNextPoll() : announceEvery * 5, signal);
  }
}

async function attempt(read: () => Promise<InstanceStatus>): Promise<StatusReading> {
  try {
    return { kind: 'read', status: await read(), readAt: Date.now() };
  } catch (error) {
    return { kind: 'failed', reason: messageOf(error), readAt: Date.now() };
  }
}

function idle(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
