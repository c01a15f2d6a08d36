/** Finds out what Kustomize makes of a file, from the kustomization files in its folder and the folders above. */
import fs from 'node:fs';
import path from 'node:path';
import type { Kustomization, KustomizeRole } from '../language/index.ts';
import { kustomizationNames, readKustomization } from '../language/index.ts';

export interface Kustomizations {
  /** @param file absolute */
  roleOf(file: string): KustomizeRole;
  /** @param folder absolute */
  read(folder: string): Kustomization | undefined;
  /** Looks at the files again, when one may have changed. */
  forget(): void;
}

/** Kustomize refuses files outside the folder of a kustomization, so that only folders above can name a file. */
const mostFolders = 40;

/** @param trustedFor milliseconds for which a file is not looked at again */
export function createKustomizations(trustedFor = Number.POSITIVE_INFINITY): Kustomizations {
  const known = new Map<string, { looked: number; stamp: string; read: Kustomization | undefined }>();

  function inFolder(folder: string): Kustomization | undefined {
    const before = known.get(folder);
    const now = Date.now();
    if (before && now - before.looked < trustedFor) return before.read;
    const file = kustomizationNames.map(name => path.join(folder, name)).find(isFile);
    const stamp = file === undefined ? '' : `${file} ${fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs}`;
    const read = before?.stamp === stamp ? before.read : file && readIn(folder, file);
    known.set(folder, { looked: now, stamp, read: read || undefined });
    return read || undefined;
  }

  return {
    roleOf(file) {
      const own = inFolder(path.dirname(file));
      const name = posix(file);
      const above = foldersAbove(path.dirname(file)).flatMap(folder => inFolder(folder) ?? []);
      const all = own ? [own, ...above] : above;
      if (all.some(({ patches }) => patches.includes(name))) return 'patch';
      return own && !all.some(({ resources }) => resources.includes(name)) ? 'unknown' : 'whole';
    },
    read: inFolder,
    forget: () => known.clear(),
  };
}

function foldersAbove(folder: string): string[] {
  const folders: string[] = [];
  for (let at = path.dirname(folder); folders.length < mostFolders && at !== folders.at(-1); at = path.dirname(at))
    folders.push(at);
  return folders;
}

/** What cannot be read says nothing; Kustomize itself will complain. */
function readIn(folder: string, file: string): Kustomization | undefined {
  try {
    return readKustomization(fs.readFileSync(file, 'utf8'), posix(folder));
  } catch {
    return undefined;
  }
}

/** By its name alone. */
export const isKustomization = (file: string): boolean =>
  (kustomizationNames as readonly string[]).includes(path.basename(file));

const isFile = (file: string): boolean => fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;

export const posix = (file: string): string => file.split(path.sep).join('/');
