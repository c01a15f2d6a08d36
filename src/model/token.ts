/**
 * Demotion token (`status.demotionToken`) and promotion token (`spec.replica.promotionToken`): one string, standard
 * Base64 of a JSON object with six string fields, written by the demoted side and consumed by the promoted one. No
 * secret is in it.
 */
import { parseLsn } from './wal.ts';

export interface PromotionToken {
  latestCheckpointTimelineID: string;
  redoWalFile: string;
  databaseSystemIdentifier: string;
  latestCheckpointREDOLocation: string;
  timeOfLatestCheckpoint: string;
  operatorVersion: string;
}

/** The fields of a token, all of them text. */
export const tokenFields = [
  'latestCheckpointTimelineID',
  'redoWalFile',
  'databaseSystemIdentifier',
  'latestCheckpointREDOLocation',
  'timeOfLatestCheckpoint',
  'operatorVersion',
] as const;

/** @returns the token, or a text that says what is wrong with it */
export function decodeToken(text: string): PromotionToken | string {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return 'It is not standard Base64 on one line.';
  let value: unknown;
  try {
    value = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(text), c => c.charCodeAt(0))),
    );
  } catch {
    return 'What it encodes is not JSON.';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'What it encodes is not a JSON object.';
  const token = value as Record<string, unknown>;
  const missing = tokenFields.filter(field => typeof token[field] !== 'string' || token[field] === '');
  if (missing.length > 0) return `It lacks ${missing.join(', ')}.`;
  return Object.fromEntries(tokenFields.map(field => [field, token[field]])) as unknown as PromotionToken;
}

export const encodeToken = (token: PromotionToken): string => btoa(JSON.stringify(token));

/** Position up to which a replica must have replayed, neither less nor more, to be promoted with this token. */
export const tokenLsn = (token: PromotionToken): bigint | undefined => parseLsn(token.latestCheckpointREDOLocation);
