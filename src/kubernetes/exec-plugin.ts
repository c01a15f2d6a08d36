/**
 * Commands of a kubeconfig that log in. Source: Kubernetes manual, "Authenticating", client-go credential plugins. The
 * library's own runner has no time limit, runs once for each request that waits, and tells all of stderr.
 */
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { Failure } from '../errors.ts';

/** `users[].user.exec` of a kubeconfig. */
export interface ExecDefinition {
  apiVersion?: string;
  command?: string;
  args?: string[];
  env?: { name: string; value: string }[];
  installHint?: string;
  provideClusterInfo?: boolean;
}

export interface Credential {
  token?: string;
  /** PEM. */
  certificate?: string;
  key?: string;
}

export interface ExecPlugin {
  /** Of the last run while it is valid, else of a run that all who wait share. Rejects with a `Failure`. */
  credential(): Promise<Credential>;
  /** The credential was refused: the next one is made anew. */
  forget(): void;
  close(): void;
}

/** Milliseconds for one run. */
const runLimit = 30_000;
/** Milliseconds for which a failed run stands for all kinds that want to log in at the same time. */
const failureLasts = 2000;
/** A credential that ends so soon, in milliseconds, is not begun with. */
const leeway = 10_000;
const mostOutput = 1 << 20;

/** @param server address and, for plugins that ask for it, certificate authority of the Kubernetes cluster */
export function createExecPlugin(
  exec: ExecDefinition,
  context: string,
  server: { url: string; caData?: string | undefined; skipVerify?: boolean | undefined },
  limit = runLimit,
): ExecPlugin {
  let running: Promise<Credential> | undefined;
  let last: { outcome: Promise<Credential>; until: number } | undefined;
  let runs = 0;
  const closing = new AbortController();

  async function run(): Promise<{ credential: Credential; expires: number | undefined }> {
    const info = {
      apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        ...(exec.provideClusterInfo === true && {
          cluster: {
            server: server.url,
            ...(server.caData !== undefined && { 'certificate-authority-data': server.caData }),
            ...(server.skipVerify === true && { 'insecure-skip-tls-verify': true }),
          },
        }),
      },
    };
    const output = await outputOf(exec, context, JSON.stringify(info), limit, closing.signal);
    return parse(exec, context, output);
  }

  async function start(): Promise<Credential> {
    const number = ++runs;
    const settle = (outcome: Promise<Credential>, until: number): void => {
      if (number !== runs) return;
      last = { outcome, until };
      running = undefined;
    };
    try {
      const { credential, expires = Number.POSITIVE_INFINITY } = await run();
      settle(Promise.resolve(credential), expires - leeway);
      return credential;
    } catch (error) {
      const outcome = Promise.reject<Credential>(error);
      outcome.catch(() => undefined);
      settle(outcome, Date.now() + failureLasts);
      throw error;
    }
  }

  return {
    credential() {
      if (last && Date.now() < last.until) return last.outcome;
      running ??= start();
      return running;
    },
    // A run that is under way brings a new credential anyhow.
    forget: () => void (last = undefined),
    close: () => closing.abort(),
  };
}

const failure = (exec: ExecDefinition, context: string, why: string, remedy: string): Failure =>
  new Failure('exec-plugin', { what: `Log in to context ${context} by the command ${nameOf(exec)}`, why, remedy });

/** Without its folder: that may name a person. */
const nameOf = ({ command = '' }: ExecDefinition): string => command.split(/[\\/]/).at(-1) ?? command;

const byHand = 'Run the command, or any kubectl command with this context, in a terminal to see what it wants.';

function outputOf(
  exec: ExecDefinition,
  context: string,
  info: string,
  limit: number,
  signal: AbortSignal,
): Promise<string> {
  const { command, args = [], env = [] } = exec;
  return new Promise((resolve, reject) => {
    if (!command) return reject(failure(exec, context, 'The kubeconfig names no command.', 'Correct the kubeconfig.'));
    const child = spawn(command, args, {
      env: { ...process.env, ...Object.fromEntries(env.map(e => [e.name, e.value])), KUBERNETES_EXEC_INFO: info },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(0, mostOutput);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-10_000);
    });
    const end = (result: string | Failure): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
      if (typeof result === 'string') resolve(result);
      else reject(result);
    };
    const kill = (): void => {
      child.kill('SIGKILL');
      // Its own children may hold the pipes open.
      child.stdout.destroy();
      child.stderr.destroy();
      const said = lastLine(errors);
      end(failure(exec, context, `It did not end within ${Math.round(limit / 1000)} s. ${said}`.trim(), byHand));
    };
    const timer = setTimeout(kill, limit);
    signal.addEventListener('abort', kill, { once: true });
    child.once('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT';
      const hint = exec.installHint?.trim().split('\n')[0] ?? 'Install it, or correct the kubeconfig.';
      const why = missing ? 'There is no such command on the PATH of the editor.' : `${error.code ?? error.message}.`;
      end(failure(exec, context, why, missing ? hint : byHand));
    });
    child.once('close', (code, killedBy) => {
      if (code === 0) end(output);
      else
        end(failure(exec, context, `It ended with ${killedBy ?? `code ${code}`}. ${lastLine(errors)}`.trim(), byHand));
    });
  });
}

/** What plugins write last says what is wrong. Anything that looks like a credential is left out. */
export function lastLine(text: string): string {
  const line = stripVTControlCharacters(text).trim().split('\n').at(-1)?.trim() ?? '';
  const safe = line
    .replace(/\b(bearer|basic)\s+\S+/gi, '$1 …')
    .replace(
      /([\w-]*(?:token|secret|passw(?:or)?d|passphrase|code|assertion|credential|key)["']?\s*[=:]\s*)["']?[^\s"',;&]+/gi,
      '$1…',
    )
    .replace(/\bey[\w-]{6,}(?:\.[\w-]*)*/g, '…')
    .replace(/(\w+:\/\/)[^\s/@]+@/g, '$1…@')
    // Long runs that are no words, paths or host names.
    .replace(/(?<![\w+/=-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{24,}/g, '…')
    .slice(0, 300);
  return safe === '' || /[.!?]$/.test(safe) ? safe : `${safe}.`;
}

interface ExecCredential {
  kind?: unknown;
  status?: {
    token?: unknown;
    clientCertificateData?: unknown;
    clientKeyData?: unknown;
    expirationTimestamp?: unknown;
  };
}

function parse(
  exec: ExecDefinition,
  context: string,
  output: string,
): { credential: Credential; expires: number | undefined } {
  const wrong = (): Failure =>
    failure(exec, context, 'What it wrote is no ExecCredential with a token or a certificate.', byHand);
  let written: ExecCredential | null;
  try {
    written = JSON.parse(output) as ExecCredential | null;
  } catch {
    // Not quoted: it may hold a token.
    throw wrong();
  }
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = written?.status ?? {};
  const expires = Date.parse(String(expirationTimestamp));
  const credential = {
    ...(typeof token === 'string' && token !== '' && { token }),
    ...(typeof clientCertificateData === 'string' && { certificate: clientCertificateData }),
    ...(typeof clientKeyData === 'string' && { key: clientKeyData }),
  };
  if (credential.token === undefined && !(credential.certificate && credential.key)) throw wrong();
  return { credential, expires: Number.isNaN(expires) ? undefined : expires };
}
