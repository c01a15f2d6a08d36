/**
 * What this machine remembers over windows and restarts, each thing a file of its own: the memory that VS Code gives an extension is one value,
 * and when two windows write it at one moment the last one wins.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export interface Records<T> {
  /** In no order. What cannot be read, as when a crash has cut it off or another window just forgets it, is left out. */
  all(): T[];
  /** In place of the one with its key, whole or not at all. @throws what the file system says */
  keep(record: T): void;
  /** The one with this key. */
  of(key: string): T | undefined;
  forget(key: string): void;
}

/**
 * @param folder of this machine, the same for all windows; it is made when there is something to keep
 * @param keyOf what tells two records apart
 */
export function recordsIn<T>(folder: string, keyOf: (record: T) => string): Records<T> {
  const fileOf = (key: string): string => path.join(folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  return {
    all: () => namesIn(folder).flatMap(name => readIn<T>(path.join(folder, name))),
    keep(record) {
      fs.mkdirSync(folder, { recursive: true });
      const file = fileOf(keyOf(record));
      const written = `${file}.${process.pid}`;
      fs.writeFileSync(written, JSON.stringify(record), { mode: 0o600 });
      fs.renameSync(written, file);
    },
    of: key => readIn<T>(fileOf(key))[0],
    forget: key => fs.rmSync(fileOf(key), { force: true }),
  };
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder).filter(name => name.endsWith('.json'));
  } catch {
    return [];
  }
}

function readIn<T>(file: string): T[] {
  try {
    return [JSON.parse(fs.readFileSync(file, 'utf8')) as T];
  } catch {
    return [];
  }
}
