/** Which files `lint` looks at: what its arguments and the `.cnpglintignore` files say. */
import fs from 'node:fs';
import path from 'node:path';
import ignore from 'ignore';

/** One problem with one path: the run goes on, and ends with code 2. */
export interface PathFault {
  file: string;
  message: string;
}

export interface FoundFiles {
  /** As they are shown: as they were named, or below the folder that was named. Each file is there once. */
  files: string[];
  faults: PathFault[];
  /** Named, but not looked at, in words. */
  notices: string[];
}

export const standardInput = '-';
export const ignoreFile = '.cnpglintignore';
const manifests = /\.(ya?ml|json)$/i;
const skipped = new Set(['node_modules', '.git']);
const wildcards = /[*?[\]{}]/;

/** @param given files, folders, globs, or `-` */
export function findFiles(given: readonly string[]): FoundFiles {
  const found: FoundFiles = { files: [], faults: [], notices: [] };
  const search: Search = { found, seen: new Set(), ignores: new Map() };
  for (const each of given) named(search, each);
  return found;
}

interface Search {
  found: FoundFiles;
  /** Real paths of files and folders, so that nothing is looked at twice and links in a circle end. */
  seen: Set<string>;
  /** What counts in a folder, the nearest first. */
  ignores: Map<string, IgnoreRules[]>;
}

interface IgnoreRules {
  /** The rules are relative to it. */
  folder: string;
  rules: ignore.Ignore;
}

function named(search: Search, given: string): void {
  const { found } = search;
  if (given === standardInput) {
    if (!search.seen.has(given)) found.files.push(given);
    search.seen.add(given);
    return;
  }
  const stat = fs.statSync(given, { throwIfNoEntry: false });
  if (!stat && wildcards.test(given)) {
    matching(search, given);
    return;
  }
  if (!stat) {
    found.faults.push({ file: given, message: 'there is no such file or folder' });
    return;
  }
  const base = baseOf(given, stat.isDirectory());
  if (isIgnored(search, base, path.resolve(given), stat.isDirectory())) {
    found.notices.push(`${given} is left out: ${ignoreFile} names it`);
    return;
  }
  if (stat.isDirectory()) walk(search, given, base);
  else take(search, given, fs.realpathSync(given));
}

/** A pattern takes manifests and folders only, unlike a name. */
function matching(search: Search, pattern: string): void {
  const matches = fs
    .globSync(pattern, { exclude: entry => skipped.has(path.basename(entry)) })
    .flatMap(match => {
      const isFolder = isDirectory(match);
      return isFolder || manifests.test(match) ? [{ match, isFolder }] : [];
    })
    .sort((a, b) => (a.match < b.match ? -1 : 1));
  for (const { match, isFolder } of matches) {
    const base = baseOf(match, isFolder);
    if (isIgnored(search, base, path.resolve(match), isFolder)) continue;
    if (isFolder) walk(search, match, base);
    else linked(search, match);
  }
  if (matches.length === 0) search.found.faults.push({ file: pattern, message: 'no manifest matches this pattern' });
}

function take({ found, seen }: Search, file: string, real: string): void {
  if (seen.has(real)) return;
  seen.add(real);
  found.files.push(file);
}

/** @param base the folder from which on `.cnpglintignore` files count */
function walk(search: Search, folder: string, base: string): void {
  const { found, seen } = search;
  const real = fs.realpathSync(folder);
  if (seen.has(real)) return;
  seen.add(real);
  const before = found.files.length + found.faults.length;
  for (const entry of entriesOf(search, folder)) {
    if (skipped.has(entry.name)) continue;
    const file = folder === '.' ? entry.name : `${folder.replace(/\/+$/, '')}${path.sep}${entry.name}`;
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && isDirectory(file));
    if (!isFolder && !manifests.test(entry.name)) continue;
    if (isIgnored(search, base, path.resolve(file), isFolder)) continue;
    if (isFolder) walk(search, file, base);
    else if (entry.isFile()) take(search, file, path.join(real, entry.name));
    else linked(search, file);
  }
  // Docker makes a folder where a file to be mounted is missing.
  if (manifests.test(folder) && found.files.length + found.faults.length === before)
    found.faults.push({ file: folder, message: 'it is an empty folder with the name of a manifest' });
}

function entriesOf({ found }: Search, folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    found.faults.push({ file: folder, message: `the folder cannot be read: ${reason(error)}` });
    return [];
  }
}

/** A symbolic link, or what is neither a file nor a folder; that is found out when it is read. */
function linked(search: Search, file: string): void {
  try {
    take(search, file, fs.realpathSync(file));
  } catch (error) {
    search.found.faults.push({ file, message: `the link leads nowhere: ${reason(error)}` });
  }
}

const isDirectory = (file: string): boolean => fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;

/** Within the folder that lint runs in it is that folder, elsewhere what was named. */
function baseOf(given: string, isFolder: boolean): string {
  const file = path.resolve(given);
  const own = isFolder ? file : path.dirname(file);
  return isWithin(process.cwd(), own) ? process.cwd() : own;
}

const isWithin = (outer: string, inner: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith(path.sep) ? outer : outer + path.sep);

/** As with `.gitignore`, the file nearest to the path has the last word. */
function isIgnored({ ignores }: Search, base: string, file: string, isFolder: boolean): boolean {
  for (const { folder, rules } of rulesIn(ignores, base, path.dirname(file))) {
    const relative = path.relative(folder, file).split(path.sep).join('/');
    const { ignored, unignored } = rules.test(isFolder ? `${relative}/` : relative);
    if (ignored || unignored) return ignored;
  }
  return false;
}

function rulesIn(ignores: Search['ignores'], base: string, folder: string): IgnoreRules[] {
  if (!isWithin(base, folder)) return [];
  const known = ignores.get(folder);
  if (known) return known;
  const file = path.join(folder, ignoreFile);
  const own = fs.existsSync(file) ? [{ folder, rules: ignore().add(fs.readFileSync(file, 'utf8')) }] : [];
  const all = [...own, ...(folder === base ? [] : rulesIn(ignores, base, path.dirname(folder)))];
  ignores.set(folder, all);
  return all;
}

/** `EACCES: permission denied, open 'x'` → `permission denied`. */
export const reason = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^[A-Z]+: /, '').replace(/, \w+( '.*')?$/, '') : String(error);
