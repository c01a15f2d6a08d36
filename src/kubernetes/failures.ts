/** What the Kubernetes API or the way to it said, as a `Failure` with a remedy. No header, token or certificate is quoted. */
import { Failure, messageOf } from '../errors.ts';

/** A `Failure` that knows the HTTP status and how long the server wants to be left alone. */
export class ApiFailure extends Failure {
  readonly status: number | undefined;
  /** Milliseconds, from `Retry-After`. */
  readonly retryAfter: number | undefined;

  constructor(
    code: string,
    parts: { what: string; why: string; remedy: string; status?: number; retryAfter?: number },
  ) {
    super(code, parts);
    this.status = parts.status;
    this.retryAfter = parts.retryAfter;
  }
}

const byStatus: Record<number, [code: string, remedy: string]> = {
  400: ['refused', 'Correct what the API server names.'],
  401: ['unauthorized', 'Log in again, or renew the token or certificate of this context.'],
  403: ['forbidden', 'Ask for that right, or use a context of a user who has it.'],
  404: ['not-found', 'Check the name and the namespace.'],
  409: ['conflict', 'The object was changed meanwhile: look again.'],
  410: ['gone', 'Read again from the start.'],
  422: ['refused', 'Correct what the API server names.'],
  429: ['throttled', 'The API server asks for patience: try again later.'],
};

/** An answer that is no success. `body` is what came with it: a `Status` object or anything else. */
export function responseFailure(
  what: string,
  status: number,
  body: string,
  header: (name: string) => string | null,
): ApiFailure {
  // An API server has no pages: a 404 of one does not say that a kind is not installed.
  if (status === 404 && /^text\/html/i.test(header('content-type') ?? ''))
    return garbage(what, `HTTP 404 with a page: ${statusMessage(body)}`);
  const [code, remedy] =
    byStatus[status] ??
    (status >= 500
      ? ['server', 'Try again; if it stays so, look at the API server and at the operator.']
      : ['refused', 'See the message.']);
  const retryAfter = delayAsked(header('retry-after'), Date.now());
  return new ApiFailure(code, {
    what,
    why: `HTTP ${status}: ${statusMessage(body)}`,
    remedy,
    status,
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

/** Longest time for which a server is left alone, in milliseconds: a person may be waiting. */
const longestAsked = 10 * 60_000;

/** Milliseconds of a `Retry-After` (RFC 9110 10.2.3): seconds, or a date. */
export function delayAsked(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  const delay = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isNaN(delay) ? undefined : Math.min(longestAsked, Math.max(0, delay));
}

/** The `message` of a Status object with its causes, else the beginning of the text. */
export function statusMessage(body: string): string {
  try {
    const status = JSON.parse(body) as { message?: unknown };
    if (typeof status.message === 'string') return ended(status.message);
  } catch {
    // Not JSON: a proxy's page, or plain text.
  }
  const text = body.trim().replace(/\s+/g, ' ').slice(0, 300);
  return text === '' ? '(no message).' : ended(text);
}

/** As a sentence. */
export const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const unreachable = 'Check the network, the VPN and the server address of this context.';
const byCode: Record<string, [code: string, remedy: string]> = {
  ECONNREFUSED: ['unreachable', unreachable],
  ECONNRESET: ['unreachable', unreachable],
  ENOTFOUND: ['unreachable', unreachable],
  EAI_AGAIN: ['unreachable', unreachable],
  EHOSTUNREACH: ['unreachable', unreachable],
  ENETUNREACH: ['unreachable', unreachable],
  EPIPE: ['unreachable', unreachable],
  ETIMEDOUT: ['unreachable', unreachable],
  UND_ERR_CONNECT_TIMEOUT: ['unreachable', unreachable],
  UND_ERR_HEADERS_TIMEOUT: ['unreachable', unreachable],
  UND_ERR_BODY_TIMEOUT: ['unreachable', unreachable],
  UND_ERR_SOCKET: ['unreachable', unreachable],
  CERT_HAS_EXPIRED: ['tls', 'Renew the certificate of the API server.'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'tls',
    'The certificate is for another name: correct the server address or tls-server-name.',
  ],
  ENOENT: ['exec-plugin', 'Install the command that the kubeconfig names for logging in.'],
};

/** Anything thrown on the way to an answer. */
export function requestFailure(what: string, thrown: unknown, timedOut: boolean): ApiFailure {
  if (thrown instanceof ApiFailure) return thrown;
  // Logging in failed: that is said as it is.
  if (thrown instanceof Failure) return new ApiFailure(thrown.code, thrown);
  if (timedOut)
    return new ApiFailure('unreachable', { what, why: 'No answer within the time limit.', remedy: unreachable });
  const cause = rootCause(thrown);
  const code = (cause as { code?: string }).code ?? '';
  const [kind, remedy] =
    byCode[code] ??
    (/CERT|SIGNATURE|SELF_SIGNED|SSL|TLS/.test(code)
      ? ['tls', 'Check certificate-authority of this context.']
      : ['unreachable', unreachable]);
  const said = ended(messageOf(cause) || code);
  return new ApiFailure(kind, { what, why: code === '' || said.includes(code) ? said : `${code}: ${said}`, remedy });
}

/** `fetch failed` says nothing; what is behind it does. */
function rootCause(thrown: unknown): unknown {
  let error = thrown;
  for (let depth = 0; depth < 5; depth++) {
    const inner: unknown =
      error instanceof AggregateError ? error.errors[0] : (error as { cause?: unknown } | null)?.cause;
    if (inner === undefined || inner === null) break;
    error = inner;
  }
  return error;
}

export const garbage = (what: string, why: string): ApiFailure =>
  new ApiFailure('garbage', {
    what,
    why,
    remedy: 'Is something else answering at the server address of this context?',
  });
