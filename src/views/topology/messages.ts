/** What the picture's host and its webview say to each other. */
import type { Address } from '../../model/kubernetes.ts';
import type { Picture } from './picture.ts';

export type ToWebview = { type: 'picture'; picture: Picture } | { type: 'gone'; words: string };

export type FromWebview =
  | { type: 'ready' }
  | { type: 'promote' | 'fail-over'; address: Address }
  | { type: 'open-archive'; address: Address; archive: 'own' | 'source' };

/** A webview's messages are input from outside: anything unexpected is dropped. */
export function parseFromWebview(value: unknown): FromWebview | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Record<string, unknown>;
  if (message['type'] === 'ready') return { type: 'ready' };
  const address = parseAddress(message['address']);
  if (!address) return undefined;
  if (message['type'] === 'promote' || message['type'] === 'fail-over') return { type: message['type'], address };
  if (message['type'] === 'open-archive')
    return { type: 'open-archive', address, archive: message['archive'] === 'source' ? 'source' : 'own' };
  return undefined;
}

function parseAddress(value: unknown): Address | undefined {
  const { context, namespace, name } = (value ?? {}) as Record<string, unknown>;
  if (typeof context !== 'string' || typeof namespace !== 'string' || typeof name !== 'string') return undefined;
  return { context, namespace, name };
}
