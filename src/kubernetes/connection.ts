import { messageOf } from '../errors.ts';
import type { InstanceStatus } from '../model/instance-status.ts';
import type { EventObject, KubernetesObject, Pod } from '../model/kubernetes.ts';
import type { ContextSnapshot, WatchedKind } from '../model/snapshot.ts';
import { clocksDiffer, emptySnapshot, lists, watchedKinds } from '../model/snapshot.ts';
import { authenticationOf } from './authentication.ts';
import type { Client } from './client.ts';
import { createClient } from './client.ts';
import type { Access, ConnectOptions, Connection, MergePatch, ObjectKind } from './contract.ts';
import type { ApiFailure } from './failures.ts';
import { garbage } from './failures.ts';
import { logs, portForward } from './pod-streams.ts';
import { publishedSchemas } from './published-schemas.ts';
import { collectionPath, objectPath } from './resources.ts';
import { podBehind } from './service-endpoints.ts';
import { slim } from './slim.ts';
import { pollStatus } from './status-polling.ts';
import type { Times } from './times.ts';
import { usualTimes } from './times.ts';
import type { Sink } from './watch.ts';
import { follow, gateFor } from './watch.ts';

/** Milliseconds: between two announcements; for one instance's answer. */
const announceEvery = 100;
const statusLimit = 5000;
/** Lists at a time in one context. */
const mostLists = 3;

/**
 * Opens a kubeconfig context. Resolves as soon as the kubeconfig was read; lists and watches run from then on.
 * Rejects with a `Failure` when the context is not in the files or needs an exec plugin that is not allowed.
 * @param signal closes the connection
 */
export async function connect(
  options: ConnectOptions,
  signal: AbortSignal,
  times: Times = usualTimes,
): Promise<Connection> {
  const authentication = authenticationOf(options, times);
  return openConnection(options, createClient(authentication), authentication.namespace, times, signal);
}

function openConnection(
  options: ConnectOptions,
  client: Client,
  namespace: string,
  times: Times,
  outer: AbortSignal,
): Connection {
  const { context, log } = options;
  const own = new AbortController();
  const signal = AbortSignal.any([outer, own.signal]);
  let restarting = new AbortController();
  const listeners = new Set<() => void>();
  const shelves = new Map<WatchedKind, Map<string, KubernetesObject>>();
  /** Kinds whose list in the snapshot is not of now: hundreds of changes may come between two looks at it. */
  const outdated = new Set<WatchedKind>();
  let latest: ContextSnapshot = { ...emptySnapshot(context, client.server), state: 'connecting' };
  let contactAt: number | undefined;
  let announcement: NodeJS.Timeout | undefined;

  function snapshot(): ContextSnapshot {
    if (outdated.size === 0) return latest;
    const lately = [...outdated].map(kind => [lists[kind], [...(shelves.get(kind)?.values() ?? [])]]);
    outdated.clear();
    latest = { ...latest, ...seen(), ...(Object.fromEntries(lately) as Partial<ContextSnapshot>) };
    return latest;
  }

  const seen = (): Pick<ContextSnapshot, 'seenAt' | 'clockAhead'> => ({
    ...(contactAt !== undefined && { seenAt: contactAt }),
    clockAhead: Math.abs(client.clockAhead ?? 0) < clocksDiffer ? undefined : client.clockAhead,
  });

  function announce(): void {
    if (signal.aborted) return;
    announcement ??= setTimeout(() => {
      announcement = undefined;
      for (const listener of listeners) listener();
    }, announceEvery);
  }

  function update(change: Partial<ContextSnapshot>): void {
    if (signal.aborted) return;
    latest = { ...latest, server: client.server, ...seen(), ...change };
    announce();
  }

  /** What the log says already: attempts go on for hours. */
  const said = new Map<WatchedKind | 'InstanceStatus', string>();
  const gate = gateFor(mostLists);
  for (const kind of watchedKinds) {
    // Without the right to list all namespaces the context's own is followed.
    const scopes = [undefined, namespace];
    const how = { client, context, kind, times, gate, scopes, restart: () => restarting.signal };
    follow(how, sinkFor(kind), signal).catch((error: unknown) =>
      log(`${context}: watching ${kind} ended: ${messageOf(error)}`),
    );
  }

  function sinkFor(kind: WatchedKind): Sink<KubernetesObject> {
    const objects = new Map<string, KubernetesObject>();
    shelves.set(kind, objects);
    let absent = false;
    const keyOf = ({ metadata }: KubernetesObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
    const readable = (): void => {
      absent = false;
      said.delete(kind);
      contactAt = times.now();
      if (kind === 'Cluster' && (latest.state !== 'connected' || latest.server !== client.server)) {
        const { error: _, ...rest } = latest;
        latest = { ...rest, state: 'connected', server: client.server };
      }
      if (latest.unread[kind] !== undefined) update({ unread: without(latest.unread, kind) });
      else announce();
    };
    const changed = (): void => {
      outdated.add(kind);
      announce();
    };
    return {
      keep: object => slim(object, kind),
      replace(all) {
        objects.clear();
        for (const object of all) objects.set(keyOf(object), object);
        outdated.add(kind);
        readable();
      },
      put(object) {
        objects.set(keyOf(object), slim(object, kind));
        changed();
      },
      remove(object) {
        objects.delete(keyOf(object));
        changed();
      },
      contact: () => void (contactAt = times.now()),
      recovered: readable,
      absent(failure) {
        contactAt = times.now();
        objects.clear();
        outdated.add(kind);
        if (kind === 'Cluster') return unreadable(kind, failure);
        if (!absent) log(`${context}: it has no ${kind}`);
        absent = true;
        update({ unread: without(latest.unread, kind) });
      },
      failed(failure) {
        absent = false;
        unreadable(kind, failure);
      },
    };
  }

  function unreadable(kind: WatchedKind | 'InstanceStatus', failure: ApiFailure): void {
    if (said.get(kind) !== failure.message) log(`${context}: ${failure.message}`);
    said.set(kind, failure.message);
    // All the rest would only say the same once more.
    if (kind === 'Cluster') update({ state: 'failed', error: clusterFailure(context, failure), unread: {} });
    else if (latest.state !== 'failed') update({ unread: { ...latest.unread, [kind]: failure.message } });
  }

  const poller = pollStatus(
    {
      pods: () => snapshot().pods,
      read: (pod, stop) => statusOfPod(client, context, pod, stop),
      publish: readings => update({ instanceStatus: readings }),
      denied: failure =>
        failure ? unreadable('InstanceStatus', failure) : update({ unread: without(latest.unread, 'InstanceStatus') }),
      times,
    },
    signal,
  );

  /** What is open may be dead without knowing it: after a sleep, or when the user says so. */
  function restart(): void {
    if (signal.aborted) return;
    client.reconnect();
    const before = restarting;
    restarting = new AbortController();
    before.abort();
    poller.restart();
  }

  let looked = times.now();
  const clock = setInterval(() => {
    const now = times.now();
    const jumped = now - looked - times.clock.look > times.clock.jump;
    looked = now;
    if (!jumped) return;
    log(`${context}: the clock has jumped, as after a sleep: everything is followed anew`);
    restart();
  }, times.clock.look);
  clock.unref();
  signal.addEventListener('abort', () => clearInterval(clock), { once: true });

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
    get server() {
      return client.server;
    },
    snapshot,
    onDidChange(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    get: read,
    raw: read,
    events: (ns, name, stop) => events(client, context, ns, name, stop),
    logs: (ns, pod, which, stop) => logs(client, context, ns, pod, which, stop),
    portForward: (ns, pod, port, stop) => portForward(client, context, ns, pod, port, stop),
    podBehind: (ns, service, port, stop) => podBehind(client, context, ns, service, port, stop),
    patch: (write, { dryRun }, stop) => patch(client, context, write, dryRun, stop),
    apply: (object, how, stop) => apply(client, context, object, how, stop),
    create: (kind, object, { dryRun }, stop) => create(client, context, kind, object, dryRun, stop),
    delete: (kind, ns, name, how, stop) => remove(client, context, kind, ns, name, how, stop),
    publishedSchemas: stop => publishedSchemas(client, context, stop),
    canI: (access, stop) => canI(client, context, access, stop),
    instanceStatus: (ns, name, stop) => {
      const known = snapshot().pods.find(({ metadata }) => metadata.name === name && metadata.namespace === ns);
      return statusOfPod(client, context, known ?? { metadata: { namespace: ns, name } }, stop);
    },
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
    pollInstanceStatus: wanted => poller.want(wanted),
    retry: restart,
    close() {
      own.abort();
      clearTimeout(announcement);
      listeners.clear();
      client.close();
    },
  };
}

function without<T extends object>(record: T, key: keyof T): T {
  const { [key]: _, ...rest } = record;
  return rest as T;
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
      query: { ...(dryRun && { dryRun: 'All' }), fieldManager: 'cnpg-replica-clusters', fieldValidation: 'Strict' },
      body: resourceVersion === undefined ? write.patch : withVersion(write.patch, resourceVersion),
    },
    signal,
  );
  return { object: body, warnings };
}

async function apply(
  client: Client,
  context: string,
  object: KubernetesObject,
  { dryRun, force, resourceVersion }: { dryRun: boolean; force: boolean; resourceVersion?: string },
  signal: AbortSignal,
): Promise<{ object: KubernetesObject; warnings: string[] }> {
  const { namespace = 'default', name } = object.metadata;
  const kind = object.kind as ObjectKind;
  const { body, warnings } = await client.json<KubernetesObject>(
    {
      what: `${dryRun ? 'Dry run of applying' : 'Applying'} ${kind} ${namespace}/${name} in context ${context}`,
      path: objectPath(kind, namespace, name),
      method: 'PATCH',
      // JSON is YAML.
      contentType: 'application/apply-patch+yaml',
      query: {
        ...(dryRun && { dryRun: 'All' }),
        ...(force && { force: 'true' }),
        fieldManager: 'cnpg-replica-clusters',
        fieldValidation: 'Strict',
      },
      body: resourceVersion === undefined ? object : withVersion(object, resourceVersion),
    },
    signal,
  );
  return { object: body, warnings };
}

async function create(
  client: Client,
  context: string,
  kind: ObjectKind,
  object: KubernetesObject,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<{ warnings: string[] }> {
  const { namespace = 'default', name } = object.metadata;
  const { warnings } = await client.json(
    {
      what: `${dryRun ? 'Dry run of the creation' : 'Creation'} of ${kind} ${namespace}/${name} in context ${context}`,
      path: collectionPath(kind, namespace),
      method: 'POST',
      query: { ...(dryRun && { dryRun: 'All' }), fieldManager: 'cnpg-replica-clusters', fieldValidation: 'Strict' },
      body: object,
    },
    signal,
  );
  return { warnings };
}

async function remove(
  client: Client,
  context: string,
  kind: ObjectKind,
  namespace: string,
  name: string,
  { dryRun, uid }: { dryRun: boolean; uid?: string },
  signal: AbortSignal,
): Promise<void> {
  await client.json(
    {
      what: `${dryRun ? 'Dry run of the deletion' : 'Deletion'} of ${kind} ${namespace}/${name} in context ${context}`,
      path: objectPath(kind, namespace, name),
      method: 'DELETE',
      ...(dryRun && { query: { dryRun: 'All' } }),
      body: {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...(dryRun && { dryRun: ['All'] }),
        ...(uid !== undefined && { preconditions: { uid } }),
      },
    },
    signal,
  );
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
function schemeOf({ spec }: Pod): 'https' | 'http' {
  const command = spec?.containers?.find(container => container.name === 'postgres')?.command;
  return command && !command.includes('--status-port-tls') ? 'http' : 'https';
}

async function statusOfPod(client: Client, context: string, pod: Pod, signal: AbortSignal): Promise<InstanceStatus> {
  const { namespace = '', name } = pod.metadata;
  const what = `Read the status of instance ${namespace}/${name} in context ${context}`;
  const path = `${collectionPath('Pod', namespace)}/${schemeOf(pod)}:${encodeURIComponent(name)}:8000/proxy/pg/status`;
  return (await client.json<InstanceStatus>({ what, path, limit: statusLimit }, signal)).body;
}
