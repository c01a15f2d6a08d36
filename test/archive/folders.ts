/** Archive folders in memory. */
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { ObjectStoreFolder, StoredObject } from '../../src/archive/contract.ts';
import { formatSegment } from '../../src/model/wal.ts';

export interface MemoryFolder extends ObjectStoreFolder {
  /** Requests under way at the same time, at most. */
  mostInFlight(): number;
}

/** A folder in memory; the value is the content, or the size. */
export function folderOf(
  objects: Record<string, string | number>,
  { pageSize = 1000, latency = 0, modified = new Date(0) } = {},
): MemoryFolder {
  const all = Object.keys(objects).sort((a, b) => (a < b ? -1 : 1));
  let inFlight = 0;
  let most = 0;
  const request = async (): Promise<void> => {
    most = Math.max(most, ++inFlight);
    await (latency > 0 ? new Promise(resolve => setTimeout(resolve, latency)) : Promise.resolve());
    inFlight--;
  };
  const stored = (key: string): StoredObject => {
    const value = objects[key];
    return { key, size: typeof value === 'number' ? value : (value ?? '').length, modified };
  };
  return {
    pageSize,
    mostInFlight: () => most,
    async *list({ prefix, after = '', until }) {
      const found = all.filter(key => key.startsWith(prefix) && key > after && (until === undefined || key <= until));
      for (let at = 0; at === 0 || at < found.length; at += pageSize) {
        await request();
        yield found.slice(at, at + pageSize).map(stored);
      }
    },
    async *directory(prefix) {
      const below = all.filter(key => key.startsWith(prefix));
      const cut = (key: string): string => key.slice(0, key.indexOf('/', prefix.length) + 1);
      const folders = [...new Set(below.filter(key => key.includes('/', prefix.length)).map(cut))];
      const direct = below.filter(key => !key.includes('/', prefix.length)).map(stored);
      for (let at = 0; at === 0 || at < folders.length; at += pageSize) {
        await request();
        yield { folders: folders.slice(at, at + pageSize), objects: at === 0 ? direct : [] };
      }
    },
    async read(key) {
      const text = objects[key];
      assert.ok(typeof text === 'string', `read ${key}`);
      await request();
      return key.endsWith('.gz') ? gzipSync(text) : new TextEncoder().encode(text);
    },
    close: () => undefined,
  };
}

export const keyOf = (timeline: number, number: number, size?: number): string => {
  const name = formatSegment({ timeline, number: BigInt(number) }, size);
  return `wals/${name.slice(0, 16)}/${name}`;
};

/** Keys of consecutive segments, both ends included. */
export const segments = (
  timeline: number,
  from: number,
  to: number,
  suffix = '',
  size?: number,
): Record<string, number> =>
  Object.fromEntries(
    Array.from({ length: to - from + 1 }, (_, index) => [
      keyOf(timeline, from + index, size) + suffix,
      suffix === '' ? (size ?? 16 * 1024 * 1024) : 1,
    ]),
  );

export const info = (lines: Record<string, string | number>): string =>
  Object.entries(lines)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
