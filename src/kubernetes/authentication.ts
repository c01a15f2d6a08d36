/**
 * Who we are for one kubeconfig context: headers and connections for the next request. The kubeconfig and the files that it
 * names are read again when they change on disk and when the API server refuses what was read.
 */
import fs from 'node:fs';
import tls from 'node:tls';
import type { Cluster, Context, KubeConfig, User } from '@kubernetes/client-node';
import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import { Agent } from 'undici';
import { Failure, messageOf } from '../errors.ts';
import type { ConnectOptions } from './contract.ts';
import type { ExecPlugin } from './exec-plugin.ts';
import { createExecPlugin } from './exec-plugin.ts';
import type { UserWithTokenFile } from './kubeconfig.ts';
import { loadKubeconfig, runsCommand } from './kubeconfig.ts';
import { proxyFor } from './proxy.ts';
import type { Times } from './times.ts';

export interface Authenticated {
  server: string;
  headers: Record<string, string>;
  dispatcher: Dispatcher;
  /** With the credentials in it, for what speaks another protocol than HTTP. */
  config: KubeConfig;
  /** Goes up with each renewal. */
  generation: number;
}

export interface Authentication {
  /** Of the kubeconfig as read last. */
  readonly server: string;
  /** Host and port of the proxy in between, without its credentials. */
  readonly proxy: string | undefined;
  /** Of the context when it was opened. */
  readonly namespace: string;
  /** Rejects with a `Failure`. */
  now(): Promise<Authenticated>;
  /**
   * The API server refused what this generation had: everything is read and made anew for the next request.
   * @returns false when that was done a moment ago, so that it would change nothing
   */
  renew(generation: number): boolean;
  /** The next request opens a new connection; what is under way goes on. */
  reconnect(): void;
  close(): void;
}

/** Certificates and proxies of a context are read again after this time, in milliseconds. */
const dispatcherAge = 10 * 60_000;

/** Milliseconds between two looks at the files, for which credentials serve all requests. */
const lookEvery = 250;

interface Selected {
  config: KubeConfig;
  server: string;
  proxy: string | undefined;
  namespace: string;
  user: User | null;
  plugin: ExecPlugin | undefined;
  /** What the files were like when they were read. */
  fingerprint: string;
  /** Files besides the kubeconfig. */
  named: string[];
}

/** Reads the kubeconfig; contacts nothing. @throws Failure when the context is not in it, or may not be used */
export function authenticationOf(options: ConnectOptions, times: Times): Authentication {
  let selected = select(options);
  let generation = 0;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let outdated = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let made: { value: Authenticated; at: number } | undefined;
  let dispatcher: { value: Dispatcher; since: number } | undefined;

  function drop(): void {
    // Waits for requests that are under way.
    dispatcher?.value.close().catch(() => undefined);
    dispatcher = undefined;
  }

  function readAgain(): void {
    // Hundreds of instances may be asked in a second.
    if (!outdated && times.now() - lookedAt < lookEvery) return;
    lookedAt = times.now();
    if (!outdated && fingerprintOf(options.files) + fingerprintOf(selected.named) === selected.fingerprint) return;
    const problems = loadKubeconfig(options.files).problems;
    // Somebody is just writing it: what was read before is used until it is whole.
    if (problems.length > 0 && !outdated) return;
    const before = selected;
    try {
      selected = select(options);
    } catch (error) {
      if (problems.length > 0) return;
      throw error;
    }
    outdated = false;
    before.plugin?.close();
    generation++;
    drop();
    if (before.server !== selected.server)
      options.log(`${options.context}: the kubeconfig now names another API server`);
  }

  return {
    get server() {
      return selected.server;
    },
    get proxy() {
      return selected.proxy;
    },
    namespace: selected.namespace,
    async now() {
      readAgain();
      const { config, server, user, plugin } = selected;
      const of = generation;
      const recent = made && made.at + lookEvery > times.now() ? made.value : undefined;
      if (recent?.generation === of && recent.dispatcher === dispatcher?.value) return recent;
      if (plugin && user) giveTo(user, await plugin.credential());
      const request = new RequestContext(server, HttpMethod.GET);
      await config.applySecurityAuthentication(request);
      const fresh = request.getDispatcher();
      if (dispatcher && times.now() - dispatcher.since > dispatcherAge) drop();
      if (!dispatcher) dispatcher = { value: fresh ?? plainAgent(), since: times.now() };
      else fresh?.close().catch(() => undefined);
      const headers = request.getHeaders();
      made = { value: { server, headers, dispatcher: dispatcher.value, config, generation: of }, at: times.now() };
      return made.value;
    },
    renew(of) {
      if (of !== generation) return true;
      if (times.now() - renewedAt < times.renewal) return false;
      renewedAt = times.now();
      outdated = true;
      generation++;
      selected.plugin?.forget();
      drop();
      return true;
    },
    reconnect: drop,
    close() {
      selected.plugin?.close();
      dispatcher?.value.destroy().catch(() => undefined);
    },
  };
}

/** As the library makes it for servers with a certificate authority; without one it would take what is shared by all. */
const plainAgent = (): Dispatcher => new Agent({ connect: { keepAlive: true, keepAliveInitialDelay: 30_000 } });

/** The library takes tokens and certificates of a kubeconfig from these fields. */
function giveTo(user: User, { token, certificate, key }: Awaited<ReturnType<ExecPlugin['credential']>>): void {
  const entry = user as { token?: string; certData?: string; keyData?: string };
  if (token !== undefined) entry.token = token;
  if (certificate !== undefined) entry.certData = Buffer.from(certificate).toString('base64');
  if (key !== undefined) entry.keyData = Buffer.from(key).toString('base64');
}

function select({ context, files, allowExecPlugins }: ConnectOptions): Selected {
  // Before reading: a change in between is seen as one.
  const fingerprint = fingerprintOf(files);
  const { config, problems } = loadKubeconfig(files);
  const found = config.getContextObject(context);
  const cluster = found && config.getCluster(found.cluster);
  const user: UserWithTokenFile | null = found && config.getUser(found.user);
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
  const { exec } = (user ?? {}) as { exec?: object };
  const url = cluster.server;
  const plugin =
    exec && createExecPlugin(exec, context, { url, caData: cluster.caData, skipVerify: cluster.skipTLSVerify });
  const { proxyUrl } = asOnThisMachine(cluster);
  // The command is run by the plugin above: the library must not run it as well.
  if (user && exec) delete (user as { exec?: object }).exec;
  if (user?.tokenFile) giveTo(user, { token: tokenIn(user.tokenFile, context) });
  const named = [cluster.caFile, user?.certFile, user?.keyFile, user?.tokenFile].filter(
    file => file !== undefined && file !== '',
  ) as string[];
  return {
    config,
    server: url,
    proxy: URL.parse(proxyUrl ?? '')?.host,
    namespace: found.namespace ?? 'default',
    user: user ?? null,
    plugin: plugin || undefined,
    fingerprint: fingerprint + fingerprintOf(named),
    named,
  };
}

/** The library knows only what the kubeconfig says; kubectl asks the environment and the system as well. */
function asOnThisMachine(cluster: Cluster): Pick<Cluster, 'proxyUrl'> {
  const proxyUrl = cluster.proxyUrl ?? proxyFor(cluster.server, process.env);
  const namesAuthority = cluster.caData || cluster.caFile || cluster.skipTLSVerify;
  return Object.assign(cluster, {
    ...(proxyUrl !== undefined && { proxyUrl }),
    ...(!namesAuthority && { caData: Buffer.from(trustedAuthorities()).toString('base64') }),
  });
}

let trusted: string | undefined;

/** Certificates in PEM. Node by itself goes by its own list and not by that of the system, where companies add theirs. */
function trustedAuthorities(): string {
  trusted ??= [...new Set((['default', 'system'] as const).flatMap(store => tls.getCACertificates(store)))].join('\n');
  return trusted;
}

function tokenIn(file: string, context: string): string {
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Failure('no-context', {
      what: `Context "${context}" cannot be opened`,
      why: `Its token cannot be read: ${messageOf(error)}.`,
      remedy: 'Correct tokenFile in the kubeconfig, or the file.',
    });
  }
}

function missingPart(found: Context | null, cluster: unknown, files: readonly string[]): string {
  const where = files.join(', ');
  if (!found) return `It is not in ${where}.`;
  return cluster
    ? `It names user "${found.user}", which is not in ${where}.`
    : `It names cluster "${found.cluster}", which is not in ${where}.`;
}

/** Changes when one of the files is written or replaced. */
const fingerprintOf = (files: readonly string[]): string =>
  files
    .map(file => {
      try {
        const { mtimeMs, size, ino } = fs.statSync(file);
        return `${mtimeMs} ${size} ${ino}\n`;
      } catch {
        return 'none\n';
      }
    })
    .join('');
