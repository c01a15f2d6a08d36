/** Demotion tokens: JSON in base64. Source: the operator's manual, "Replica Clusters", and tokens of real operators. */

import { tokenFields } from '../../model/token.ts';
import { isRecord } from '../manifest.ts';

/** @returns what is wrong with it */
export function readToken(token: string): string | undefined {
  const text = decodeBase64(token.replace(/[\r\n]/g, ''));
  if (text === undefined) return 'it is not base64';
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return 'there is no JSON in it';
  }
  content ??= {};
  if (!isRecord(content)) return 'there is no JSON object in it';
  // Go takes the names of fields in any case.
  const fields = new Map(Object.entries(content).map(([name, value]) => [name.toLowerCase(), value]));
  const values = tokenFields.map(name => ({ name, value: fields.get(name.toLowerCase()) ?? '' }));
  const odd = values.find(({ value }) => typeof value !== 'string');
  if (odd) return `${odd.name} is no text`;
  const missing = values.find(({ value }) => value === '');
  return missing && `it lacks ${missing.name}`;
}

function decodeBase64(text: string): string | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  return new TextDecoder().decode(Uint8Array.from(atob(text), byte => byte.charCodeAt(0)));
}
