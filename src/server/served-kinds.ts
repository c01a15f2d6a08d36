/**
 * The kinds that the user's clusters serve. The extension hands them in when a context is connected; they are kept in a folder,
 * so that manifests are checked by them also when no cluster can be reached.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { publishedKinds } from './published.ts';
import type { LoadedSchemas } from './schemas.ts';

/** An OpenAPI v3 document of a group and version; the API server's hash changes with its content. */
export interface ServedDocument {
  groupVersion: string;
  hash: string;
  text?: string;
}

interface Stored {
  context: string;
  documents: Required<ServedDocument>[];
}

export interface ServedKinds {
  /** @returns those without text whose content is not known yet; nothing is taken in before all are */
  take(context: string, documents: readonly ServedDocument[]): string[];
  /** By which name the schemas know the kinds of a context, in the place of a version; `undefined` when they are not known. */
  nameOf: (context: string) => string | undefined;
}

/** @param folder `undefined`: nothing is kept. What cannot be read or written there is logged and does without */
export function createServedKinds(
  schemas: LoadedSchemas,
  folder: string | undefined,
  log: (message: string) => void,
): ServedKinds {
  const known = new Map<string, Stored & { name: string }>();

  function add(stored: Stored): void {
    const { context, documents } = stored;
    const kinds = documents.flatMap(({ groupVersion, text }) => {
      try {
        return publishedKinds(text);
      } catch (error) {
        log(`${context}: the schemas of ${groupVersion} cannot be read: ${String(error)}`);
        return [];
      }
    });
    const name = `${context}@${shortHash(documents.map(({ hash }) => hash).join())}`;
    schemas.importKinds(name, `context ${context}`, kinds);
    known.set(context, { ...stored, name });
  }

  for (const stored of folder === undefined ? [] : readAll(folder, log)) add(stored);

  return {
    take(context, documents) {
      const old = known.get(context)?.documents ?? [];
      const whole = documents.map(({ groupVersion, hash, text }) => ({
        groupVersion,
        hash,
        text: text ?? old.find(each => each.groupVersion === groupVersion && each.hash === hash)?.text,
      }));
      const wanted = whole.filter(({ text }) => text === undefined).map(({ groupVersion }) => groupVersion);
      if (wanted.length > 0) return wanted;
      const stored = { context, documents: whole as Required<ServedDocument>[] };
      if (stored.documents.every(({ hash }, at) => hash === old[at]?.hash) && old.length === whole.length) return [];
      add(stored);
      if (folder !== undefined) write(folder, stored, log);
      return [];
    },
    nameOf: context => known.get(context)?.name,
  };
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Names of contexts are no file names. */
const fileOf = (folder: string, context: string): string => path.join(folder, `${shortHash(context)}.json`);

function readAll(folder: string, log: (message: string) => void): Stored[] {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder).flatMap(name => {
    try {
      return [JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as Stored];
    } catch (error) {
      log(`${name} cannot be read: ${String(error)}`);
      return [];
    }
  });
}

function write(folder: string, stored: Stored, log: (message: string) => void): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
    const file = fileOf(folder, stored.context);
    // Another window may read it meanwhile.
    fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(stored));
    fs.renameSync(`${file}.${process.pid}`, file);
  } catch (error) {
    log(`the schemas of ${stored.context} cannot be kept: ${String(error)}`);
  }
}
