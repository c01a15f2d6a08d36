/** An API server over plain HTTP on loopback: the paths, answers and errors that clients of CNPG objects meet. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Cluster } from '../../model/cluster.ts';
import { admitCluster } from './admission.ts';
import type { Faults } from './faults.ts';
import { createFaults } from './faults.ts';
import type { Sent } from './field-validation.ts';
import { checkFields } from './field-validation.ts';
import type { Kind } from './kinds.ts';
import { apiVersionOf, findKind, kinds } from './kinds.ts';
import { openApi } from './openapi.ts';
import { applyPatch, isObject, jsonPatch, mergePatch, noteUpdate } from './patch.ts';
import { joinPort } from './port-forward.ts';
import { ApiError, badRequest, forbidden, notFound, missingSpec, unauthorized, unknownPath } from './status.ts';
import type { Store, StoredObject, WatchEvent } from './store.ts';
import { createStore, seconds } from './store.ts';

export interface Right {
  user: string;
  verb: string;
  group: string;
  resource: string;
  subresource?: string | undefined;
  namespace: string | undefined;
  name?: string | undefined;
}

export interface ApiServerOptions {
  /** 0: the system picks. */
  port?: number;
  /** Bearer token → user. */
  tokens: Record<string, string>;
  allow?: (right: Right) => boolean;
  /** Answers `pods/proxy` requests: stands for the kubelet and the instance manager in the pod. */
  proxy?: (namespace: string, pod: string, path: string) => { code: number; body: string };
  /** Answers `pods/log` requests: stands for the container runtime. To a mere text `follow` adds nothing: the stream stays open. */
  log?: (namespace: string, pod: string, container: string | undefined) => string | PodLog;
  /** Answers `pods/portforward` requests: what listens on the port in the pod; a text says why nothing does. */
  portForward?: (namespace: string, pod: string, port: number) => Duplex | string;
  /** Plurals of kinds that are not installed. */
  absent?: readonly string[];
  /** Milliseconds between two bookmarks. */
  bookmarks?: number;
  /** Its clock. */
  now?: () => Date;
}

export interface PodLog {
  text(): string;
  /** @returns ends that */
  follow(write: (text: string) => void): () => void;
}

export interface ApiServer {
  url: string;
  store: Store;
  faults: Faults;
  stop(): Promise<void>;
}

interface Request {
  method: string;
  path: string[];
  query: URLSearchParams;
  contentType: string;
  user: string;
  body: unknown;
  raw: http.IncomingMessage;
  response: http.ServerResponse;
}

interface Server {
  options: ApiServerOptions;
  store: Store;
  watches: Set<() => void>;
}

export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const state: Server = { options, store: createStore(options.now), watches: new Set() };
  const server = http.createServer((request, response) => {
    if (options.now) response.setHeader('date', options.now().toUTCString());
    answer(state, faults, request, response).catch((error: unknown) => fail(response, error));
  });
  server.on('upgrade', (request, socket: Duplex) => {
    // The HTTP server does not count it among its connections any more.
    const end = (): void => void socket.destroy();
    state.watches.add(end);
    socket.once('close', () => state.watches.delete(end));
    upgrade(state, request, socket).catch((error: unknown) => refuseUpgrade(socket, error));
  });
  server.keepAliveTimeout = 60_000;
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> => {
    for (const end of state.watches) end();
    server.closeAllConnections();
    return new Promise(resolve => server.close(() => resolve()));
  };
  const faults = createFaults({
    close,
    listen: () => listen(port),
    cutWatches: () => state.watches.forEach(end => end()),
  });
  return { url: `http://127.0.0.1:${port}`, store: state.store, faults, stop: close };
}

function fail(response: http.ServerResponse, error: unknown): void {
  const status =
    error instanceof ApiError
      ? error
      : new ApiError(500, 'InternalError', error instanceof Error ? error.message : String(error));
  if (response.headersSent) response.destroy();
  else send(response, status.code, status.toStatus());
}

function send(response: http.ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function answer(
  state: Server,
  faults: Faults,
  raw: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const url = new URL(raw.url ?? '/', 'http://localhost');
  const path = partsOf(url.pathname);
  const body = await readBody(raw);
  await faults.beforeAnswer(`${url.pathname}${url.search}`, response);
  const user = userOf(state, raw);
  const request: Request = {
    method: raw.method ?? 'GET',
    path,
    query: url.searchParams,
    contentType: raw.headers['content-type'] ?? '',
    user,
    body,
    raw,
    response,
  };
  const fixed = request.method === 'GET' && discovery(path, state.options.absent ?? []);
  if (fixed) send(response, 200, fixed);
  else if (path.join('/') === 'apis/authorization.k8s.io/v1/selfsubjectaccessreviews')
    send(response, 201, review(state, request));
  else route(state, request);
}

function partsOf(pathname: string): string[] {
  try {
    return pathname
      .split('/')
      .filter(part => part !== '')
      .map(decodeURIComponent);
  } catch {
    throw badRequest(`the path ${pathname} is not percent-encoded text`);
  }
}

async function readBody(request: http.IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw badRequest(`the request body is not JSON: ${String(error)}`);
  }
}

function discovery(path: readonly string[], absent: readonly string[]): object | undefined {
  const [root, group, version, ...rest] = path;
  if (root === 'version') return { major: '1', minor: '36', gitVersion: 'v1.36.3' };
  if (root === 'readyz' || root === 'livez') return { status: 'ok' };
  if (root === 'openapi') return openApi(path.slice(1));
  if (root === 'api' && group === undefined) return { kind: 'APIVersions', versions: ['v1'] };
  if (root === 'apis' && group === undefined) return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupList() };
  if (root === 'api' && group === 'v1' && version === undefined) return resourceList('', 'v1', absent);
  if (root === 'apis' && group !== undefined && version !== undefined && rest.length === 0)
    return resourceList(group, version, absent);
  return undefined;
}

const groupList = (): object[] =>
  [...new Set(kinds.map(k => k.group))].filter(Boolean).map(name => {
    const preferredVersion = { groupVersion: `${name}/v1`, version: 'v1' };
    return { name, versions: [preferredVersion], preferredVersion };
  });

function resourceList(group: string, version: string, absent: readonly string[]): object | undefined {
  const found = kinds.filter(k => k.group === group && k.version === version && !absent.includes(k.plural));
  if (found.length === 0) return undefined;
  const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: found.flatMap(k => [
      { name: k.plural, singularName: k.kind.toLowerCase(), namespaced: k.namespaced, kind: k.kind, verbs },
      ...(k.status
        ? [{ name: `${k.plural}/status`, namespaced: k.namespaced, kind: k.kind, verbs: ['get', 'patch', 'update'] }]
        : []),
    ]),
  };
}

const allowed = ({ options }: Server, right: Right): boolean => options.allow?.(right) ?? true;

function review(state: Server, { body, user }: Request): object {
  const spec = (body as { spec?: { resourceAttributes?: Record<string, string> } } | undefined)?.spec;
  const { verb = '', group = '', resource = '', subresource, namespace, name } = spec?.resourceAttributes ?? {};
  const ok = allowed(state, { user, verb, group, resource, subresource, namespace, name });
  return { ...(body as object), status: ok ? { allowed: true, reason: 'RBAC: allowed' } : { allowed: false } };
}

/** A path below a group and version, taken apart. */
interface Target {
  kind: Kind;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
  rest: string[];
}

function targetOf(path: readonly string[]): Target {
  const [root, ...parts] = path;
  const group = root === 'apis' ? (parts.shift() ?? '') : root === 'api' ? '' : undefined;
  const version = parts.shift();
  if (group === undefined || version === undefined) throw unknownPath();
  // `/api/v1/namespaces/NAME` is the namespace itself, one part more is something in it.
  const namespace = parts[0] === 'namespaces' && parts.length > 2 ? parts.splice(0, 2)[1] : undefined;
  const [plural = '', name, subresource, ...rest] = parts;
  const kind = findKind(group, version, plural);
  if (!kind) throw unknownPath();
  return { kind, namespace, name, subresource, rest };
}

function route(state: Server, request: Request): void {
  const target = targetOf(request.path);
  const { kind, namespace, name, subresource } = target;
  const verb = verbOf(request, name);
  if (
    !allowed(state, {
      user: request.user,
      verb,
      group: kind.group,
      resource: kind.plural,
      subresource,
      namespace,
      name,
    })
  )
    throw forbidden(kind, request.user, verb, namespace, name, subresource);
  // Rights are asked before existence.
  if (state.options.absent?.includes(kind.plural)) throw unknownPath();
  if (kind.plural === 'pods' && subresource === 'proxy') return proxy(state, request, target);
  if (kind.plural === 'pods' && subresource === 'portforward')
    throw badRequest('unable to upgrade: Upgrade request required');
  if (kind.plural === 'pods' && subresource === 'log') return podLog(state, request, target);
  if (subresource !== undefined && !(subresource === 'status' && kind.status)) throw unknownPath();
  if (verb === 'list') return send(request.response, 200, listObjects(state, request, target));
  if (verb === 'watch') return watch(state, request, target);
  const { code, body } = single(state, request, target, verb);
  send(request.response, code, body);
}

function verbOf({ method, query }: Request, name: string | undefined): string {
  if (method === 'GET')
    return name !== undefined ? 'get' : ['true', '1'].includes(query.get('watch') ?? '') ? 'watch' : 'list';
  return { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method] ?? method.toLowerCase();
}

function proxy({ options }: Server, { response }: Request, { namespace = '', name = '', rest }: Target): void {
  const pod = /^(?:https?:)?([^:]+)(?::\d+)?$/.exec(name)?.[1] ?? '';
  const { code, body } = options.proxy?.(namespace, pod, `/${rest.join('/')}`) ?? {
    code: 503,
    body: 'no endpoints available',
  };
  if (code === 503) throw new ApiError(503, 'ServiceUnavailable', body);
  response
    .writeHead(code, { 'content-type': code === 200 ? 'application/json' : 'text/plain; charset=utf-8' })
    .end(body);
}

/** Only `pods/portforward` is spoken over WebSocket here. */
async function upgrade(state: Server, raw: http.IncomingMessage, socket: Duplex): Promise<void> {
  const url = new URL(raw.url ?? '/', 'http://localhost');
  const user = userOf(state, raw);
  const { kind, namespace = '', name = '', subresource } = targetOf(partsOf(url.pathname));
  if (subresource !== 'portforward') throw unknownPath();
  const right = { user, verb: 'get', group: kind.group, resource: kind.plural, subresource, namespace, name };
  if (!allowed(state, right)) throw forbidden(kind, user, 'get', namespace, name, subresource);
  state.store.get(kind, namespace, name);
  const port = Number(url.searchParams.get('ports'));
  joinPort(raw, socket, port, state.options.portForward?.(namespace, name, port) ?? 'no endpoints available');
}

function refuseUpgrade(socket: Duplex, error: unknown): void {
  const { code, reason } = error instanceof ApiError ? error : { code: 500, reason: 'InternalError' };
  socket.end(`HTTP/1.1 ${code} ${reason}\r\nConnection: close\r\n\r\n`);
}

/** @throws ApiError 401 */
function userOf({ options }: Server, { headers }: http.IncomingMessage): string {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const user = Object.hasOwn(options.tokens, token) ? options.tokens[token] : undefined;
  if (user === undefined) throw unauthorized();
  return user;
}

/** Lines of one container; a pod that does not exist has none. */
function podLog({ options, store }: Server, request: Request, { kind, namespace = '', name = '' }: Target): void {
  store.get(kind, namespace, name);
  const { response, query } = request;
  const log = options.log?.(namespace, name, query.get('container') ?? undefined);
  if (log === undefined) throw new ApiError(503, 'ServiceUnavailable', 'no container runtime');
  const lines = (typeof log === 'string' ? log : log.text()).split('\n').filter(line => line !== '');
  const tail = Number(query.get('tailLines') ?? lines.length);
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.flushHeaders();
  response.write(
    lines
      .slice(Math.max(0, lines.length - tail))
      .map(line => `${line}\n`)
      .join(''),
  );
  if (query.get('follow') !== 'true') response.end();
  else if (typeof log !== 'string')
    response.once(
      'close',
      log.follow(text => response.write(text)),
    );
}

function selected(request: Request, object: StoredObject): boolean {
  const labels = object.metadata.labels ?? {};
  const bySelector = (request.query.get('labelSelector') ?? '')
    .split(',')
    .filter(Boolean)
    .every(term => {
      const [, key = '', operator, value] = /^([^=!]+)(=|==|!=)?(.*)$/.exec(term.trim()) ?? [];
      if (operator === undefined) return labels[key] !== undefined;
      return operator === '!=' ? labels[key] !== value : labels[key] === value?.replace(/^=/, '');
    });
  const byField = (request.query.get('fieldSelector') ?? '')
    .split(',')
    .filter(Boolean)
    .every(term => {
      const [, field = '', value] = /^([\w.]+)==?(.*)$/.exec(term) ?? [];
      return (valueAt(object, field.split('.')) ?? '') === value;
    });
  return bySelector && byField;
}

const valueAt = (value: unknown, [first, ...rest]: readonly string[]): unknown =>
  first === undefined ? value : isObject(value) ? valueAt(value[first], rest) : undefined;

function listObjects({ store }: Server, request: Request, { kind, namespace }: Target): object {
  const objects = store.list(kind, namespace).filter(object => selected(request, object));
  const from = continueFrom(request.query.get('continue'));
  const limit = Number(request.query.get('limit') ?? 0) || objects.length;
  const items = objects.slice(from, from + limit).map(withoutType);
  const more = from + limit < objects.length;
  return {
    apiVersion: apiVersionOf(kind),
    kind: `${kind.kind}List`,
    metadata: {
      resourceVersion: String(store.version()),
      ...(more && {
        continue: Buffer.from(String(from + limit)).toString('base64'),
        remainingItemCount: objects.length - from - limit,
      }),
    },
    items,
  };
}

/** In a list the kind is said once, by the list. */
function withoutType(object: StoredObject): object {
  const { apiVersion: _, kind: __, ...rest } = object;
  return rest;
}

function continueFrom(token: string | null): number {
  if (!token) return 0;
  const from = Number(Buffer.from(token, 'base64').toString());
  if (!Number.isInteger(from)) throw badRequest('continue key is not valid');
  return from;
}

/** A stream of one JSON object a line. A version that is too old is told inside it, as the real API server does. */
function watch(state: Server, request: Request, { kind, namespace }: Target): void {
  const { response, query } = request;
  response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
  // Before the first event a client wants to know that it was let in.
  response.flushHeaders();
  const write = (type: string, object: object): void => void response.write(`${JSON.stringify({ type, object })}\n`);
  const meta = (version: number): object => ({
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: { resourceVersion: String(version), creationTimestamp: null },
  });
  const listener = ({ type, object, before }: WatchEvent): void => {
    if (namespace !== undefined && object.metadata.namespace !== namespace) return;
    const is = selected(request, object);
    const was = before === undefined ? is : selected(request, before);
    // For a selection an object is added and deleted when it enters and leaves.
    if (is) write(was ? type : 'ADDED', object);
    else if (was) write('DELETED', object);
  };
  let unsubscribe = (): void => undefined;
  try {
    unsubscribe = state.store.watch(kind, Number(query.get('resourceVersion') || state.store.version()), listener);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    write('ERROR', error.toStatus());
    response.end();
    return;
  }
  const bookmark = setInterval(
    () => query.get('allowWatchBookmarks') === 'true' && write('BOOKMARK', meta(state.store.version())),
    state.options.bookmarks ?? 30_000,
  );
  const end = (): void => {
    clearInterval(bookmark);
    clearTimeout(timeout);
    unsubscribe();
    state.watches.delete(end);
    response.end();
  };
  const timeout = setTimeout(end, Number(query.get('timeoutSeconds') ?? 1800) * 1000);
  state.watches.add(end);
  response.on('close', end);
}

function single(state: Server, request: Request, target: Target, verb: string): { code: number; body: object } {
  const { store } = state;
  const { kind, namespace, name } = target;
  const dryRun = request.query.get('dryRun') === 'All';
  if (verb === 'create') return { code: 201, body: store.create(kind, created(kind, namespace, request), dryRun) };
  if (name === undefined) throw unknownPath();
  if (verb === 'get') return { code: 200, body: store.get(kind, namespace, name) };
  if (verb === 'delete') requireUid(request, store.get(kind, namespace, name), kind);
  if (verb === 'delete') return { code: 200, body: store.remove(kind, namespace, name, dryRun) };
  const current = currentOf(store, target);
  if (!current && !isApply(request)) throw notFound(kind, name);
  const wanted = verb === 'update' ? (request.body as StoredObject) : patched(request, current, target);
  requireObject(wanted);
  if (wanted.metadata.name !== name)
    throw badRequest(`the name of the object (${wanted.metadata.name}) does not match the name on the URL (${name})`);
  const sent = isApply(request) ? 'apply' : verb === 'update' ? 'object' : 'patch';
  const object = onlyThisPart(
    target,
    current,
    withKnownFields(request, kind, withIdentity(kind, namespace, wanted), sent),
  );
  if (!current)
    return {
      code: 201,
      body: store.create(kind, admitted(kind, object, undefined), dryRun),
    };
  const noted = isApply(request) ? object : noteUpdate(current, object, managerOf(request), seconds(new Date()));
  return {
    code: 200,
    body: store.update(kind, target.subresource === 'status' ? object : admitted(kind, noted, current), dryRun),
  };
}

/** A precondition of a deletion: only that very object. */
function requireUid({ body }: Request, { metadata }: StoredObject, kind: Kind): void {
  const wanted = (body as { preconditions?: { uid?: string } } | undefined)?.preconditions?.uid;
  if (wanted === undefined || wanted === metadata.uid) return;
  throw new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${kind.plural} "${metadata.name}": the UID in the precondition (${wanted}) does not match the UID in record (${metadata.uid ?? ''}). The object might have been deleted and then recreated`,
  );
}

function currentOf(store: Store, { kind, namespace, name = '' }: Target): StoredObject | undefined {
  try {
    return store.get(kind, namespace, name);
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}

const isApply = ({ contentType }: Request): boolean => contentType.startsWith('application/apply-patch+yaml');

const managerOf = ({ query, raw }: Request): string =>
  query.get('fieldManager') ?? (raw.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';

function created(kind: Kind, namespace: string | undefined, request: Request): StoredObject {
  requireObject(request.body);
  const object = withIdentity(kind, namespace, request.body as StoredObject);
  if (!object.metadata?.name) throw badRequest('name is required');
  // A new custom resource has no status, whatever was sent.
  const { status: _, ...rest } = object;
  const clean = withKnownFields(request, kind, kind.custom && kind.status ? rest : object, 'object');
  return noteUpdate(undefined, admitted(kind, clean, undefined), managerOf(request), seconds(new Date()));
}

/** Unknown fields are told in the answer's Warning headers (RFC 7234, 5.5), as far as the request does not refuse them. */
function withKnownFields({ query, response }: Request, kind: Kind, object: StoredObject, sent: Sent): StoredObject {
  const { object: known, warnings } = checkFields(kind, object, query.get('fieldValidation') ?? '', sent);
  if (warnings.length > 0)
    response.setHeader(
      'warning',
      warnings.map(text => `299 - "${text.replaceAll('"', '\\"')}"`),
    );
  return known;
}

function requireObject(body: unknown): void {
  if (!isObject(body)) throw badRequest('the request body is not an object');
  if (!isObject(body['metadata'])) throw badRequest('the object has no metadata');
}

const withIdentity = (kind: Kind, namespace: string | undefined, object: StoredObject): StoredObject => ({
  ...object,
  apiVersion: apiVersionOf(kind),
  kind: kind.kind,
  metadata: { ...object?.metadata, ...(kind.namespaced && namespace !== undefined && { namespace }) },
});

function patched(request: Request, current: StoredObject | undefined, { kind, name = '' }: Target): StoredObject {
  const type = request.contentType.split(';')[0];
  if (isApply(request)) {
    const manager = request.query.get('fieldManager');
    if (!manager) throw badRequest('fieldManager is required for apply patch');
    return applyPatch(
      current,
      request.body as StoredObject,
      manager,
      request.query.get('force') === 'true',
      seconds(new Date()),
    );
  }
  if (!current) throw notFound(kind, name);
  const old = current as unknown as Parameters<typeof mergePatch>[0];
  const patch = request.body as Parameters<typeof mergePatch>[1];
  if (type === 'application/merge-patch+json') return mergePatch(old, patch) as unknown as StoredObject;
  if (type === 'application/json-patch+json') return jsonPatch(current, request.body);
  if (type === 'application/strategic-merge-patch+json' && !kind.custom)
    return mergePatch(old, patch) as unknown as StoredObject;
  throw new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml`,
  );
}

/** The main endpoint does not change `status`, and `/status` changes nothing else. */
function onlyThisPart(
  { kind, subresource }: Target,
  current: StoredObject | undefined,
  wanted: StoredObject,
): StoredObject {
  if (!kind.status || !current) return wanted;
  const { resourceVersion } = wanted.metadata;
  const version = resourceVersion !== undefined && { resourceVersion };
  if (subresource === 'status')
    return { ...current, metadata: { ...current.metadata, ...version }, status: wanted['status'] };
  return { ...wanted, ...(current['status'] !== undefined ? { status: current['status'] } : {}) };
}

function admitted(kind: Kind, object: StoredObject, current: StoredObject | undefined): StoredObject {
  if (kind.kind !== 'Cluster') return object;
  if (!isObject(object['spec'])) throw missingSpec(kind, object.metadata.name);
  const refusal = admitCluster(object as unknown as Cluster, current as unknown as Cluster | undefined);
  if (refusal) throw refusal;
  return object;
}
