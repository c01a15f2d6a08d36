/** What connected contexts have of an object: asked of the client, which follows them, at the moment when somebody wants to know. */
import { setTimeout } from 'node:timers/promises';
import type { Connection } from 'vscode-languageserver/node';
import type { Entry } from '../language/index.ts';
import type { LiveObject } from '../model/live-object.ts';

/** Milliseconds: without an answer a hover says what it can. */
const patience = 500;

/** @returns empty when it is in none of them, or is not known in time */
export function liveReadings(
  connection: Connection,
  { kind, name, namespace, context }: Entry,
): Promise<readonly LiveObject[]> {
  const asked = connection
    .sendRequest<readonly LiveObject[]>('cnpg/liveObjects', { kind, name, namespace, context })
    // A client that does not know the question.
    .catch(() => []);
  return Promise.race([asked, setTimeout(patience, [])]);
}
