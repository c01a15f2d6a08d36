import type { Readable } from 'node:stream';
import { Failure } from '../errors.ts';

/** The bytes of a stream. Rejects with a `Failure` when there are more than `limit`. */
export async function readAtMost(body: Readable | undefined, limit: number, key: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length <= limit) continue;
    body?.destroy();
    throw new Failure('too-large', {
      what: `${key} is not read`,
      why: `It is larger than ${limit} bytes, which no such file is.`,
      remedy: 'Look at what was stored under that name.',
    });
  }
  return Buffer.concat(chunks);
}
