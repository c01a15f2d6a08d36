/** Expiry of a Cluster's certificates, as its status tells. */
import type { Cluster } from './cluster.ts';

export interface CertificateExpiry {
  secret: string;
  /** Milliseconds since the epoch; `undefined`: the text is no time. */
  expires: number | undefined;
  /** Text of the status. */
  text: string;
}

/** The operator renews its own 7 days before; a copy on the other side is nobody's to renew. */
export const expiryWarning = 14 * 86_400_000;

/** The one that expires first comes first. */
export const certificatesOf = ({ status }: Cluster): CertificateExpiry[] =>
  Object.entries(status?.certificates?.expirations ?? {})
    .map(([secret, text]) => ({ secret, text, expires: parseGoTime(text) }))
    .sort((a, b) => (a.expires ?? 0) - (b.expires ?? 0) || a.secret.localeCompare(b.secret));

/** `2027-02-21 09:43:30 +0000 UTC`: Go's `Time.String()`. */
export function parseGoTime(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d\d)(\d\d)/.exec(text);
  const time = match ? Date.parse(`${match[1]}T${match[2]}${match[3]}:${match[4]}`) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
