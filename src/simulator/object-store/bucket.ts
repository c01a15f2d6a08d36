/** Objects of one bucket in key order, as S3 lists them (UTF-8 binary order). */

export interface StoredFile {
  size: number;
  modified: Date;
  /** `undefined`: the content of a WAL segment or of a base backup, which nobody reads here. */
  body: Buffer | undefined;
}

export interface Bucket {
  put(key: string, content: Buffer | number, modified: Date): void;
  get(key: string): StoredFile | undefined;
  remove(key: string): void;
  /** Up to `limit` keys with the prefix, after `after`. */
  keys(prefix: string, after: string, limit: number): string[];
}

export type Buckets = Map<string, Bucket>;

export function createBucket(): Bucket {
  const files = new Map<string, StoredFile>();
  let sorted: string[] | undefined = [];

  return {
    put(key, content, modified) {
      if (!files.has(key)) sorted = undefined;
      const body = typeof content === 'number' ? undefined : content;
      files.set(key, { size: typeof content === 'number' ? content : content.length, modified, body });
    },
    get: key => files.get(key),
    remove(key) {
      if (files.delete(key)) sorted = undefined;
    },
    keys(prefix, after, limit) {
      sorted ??= [...files.keys()].sort((a, b) => (a < b ? -1 : 1));
      const found: string[] = [];
      for (let at = firstAfter(sorted, after, prefix); at < sorted.length && found.length < limit; at++) {
        const key = sorted[at] ?? '';
        if (!key.startsWith(prefix)) break;
        found.push(key);
      }
      return found;
    },
  };
}

/** Index of the first key that is not below the prefix and comes after `after`. */
function firstAfter(sorted: readonly string[], after: string, prefix: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const key = sorted[middle] ?? '';
    if (key < prefix || key <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
