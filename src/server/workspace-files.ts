/** The files of the workspace folders as the index of the language room: read once, then followed. What an editor has open wins. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type {
  Applied,
  Kustomization,
  KustomizeRole,
  ManifestFile,
  Workspace,
  WorkspaceFile,
} from '../language/index.ts';
import { appliedBy, mayBeOurs, neighboursIn, parseFile } from '../language/index.ts';
import type { Kustomizations } from './kustomizations.ts';
import { isKustomization, posix } from './kustomizations.ts';

/** YAML files that are looked at; more are no workspace of manifests. */
const mostFiles = 20_000;
/** Bytes. Larger files hold generated things. */
const largest = 1024 * 1024;
const together = 16;
/** Milliseconds of parsing after which others get a turn. */
const turn = 20;
const manifests = /\.ya?ml$/i;
const skipped = new Set(['node_modules', '.git']);

export interface WorkspaceFiles {
  /**
   * Reads all folders anew.
   *
   * @returns whether everything was read: not when there are too many files, or when it was ended
   */
  readAll(folders: readonly string[], signal: AbortSignal): Promise<boolean>;
  /** A file was made, changed or removed on disk. */
  changed(uri: string): Promise<void>;
  opened(uri: string, file: ManifestFile): void;
  closed(uri: string): Promise<void>;
  /** Those on disk that nobody has open: patches and templates too. */
  unopened(): Known[];
  /** The files of all kustomizations. */
  kustomizations(): string[];
  /** Places or kustomizations are others now. */
  placeAnew(): void;
}

export interface WorkspaceFilesOptions {
  workspace: Workspace;
  kustomizations: Kustomizations;
  /** @param uri of a file @returns the Kubernetes context that it is for, when it is known */
  contextOf: (uri: string) => string | undefined;
  /** Contexts of members by their names. */
  membersOf: (uri: string) => Readonly<Record<string, string>>;
  /** @param file absolute path */
  isExcluded: (file: string, isFolder: boolean) => boolean;
  warn: (message: string) => void;
}

export interface Known {
  uri: string;
  file: ManifestFile;
}

/** A file as the index takes it. */
export const placed = (
  uri: string,
  manifest: ManifestFile,
  context: string | undefined,
  role: KustomizeRole,
  { rewritten, namespace }: Applied,
): WorkspaceFile => ({
  uri,
  ...(role !== 'patch' && { file: manifest }),
  context,
  namespace,
  // What no kustomization of its folder names may be a patch for another one.
  rewritten: rewritten || role === 'unknown',
  neighbours: neighboursIn(manifest.text),
});

export function createWorkspaceFiles(options: WorkspaceFilesOptions): WorkspaceFiles {
  const { workspace, kustomizations, contextOf, membersOf, isExcluded, warn } = options;
  /** By path; of files with nothing of ours and of no neighbour nothing is kept. */
  const onDisk = new Map<string, ManifestFile>();
  const open = new Map<string, Known>();
  const folders = new Map<string, Kustomization>();
  const kustomizationFiles = new Set<string>();
  let applied: (file: string) => Applied = appliedBy(folders);

  function place(file: string, uri: string, manifest: ManifestFile): void {
    const role = kustomizations.roleOf(file);
    workspace.set({
      ...placed(uri, manifest, contextOf(uri), role, applied(posix(file))),
      members: membersOf(uri),
    });
  }

  /** Of a text that nobody has open. */
  function take(file: string, text: string | undefined): void {
    const ours = text !== undefined && mayBeOurs(text) ? parseFile(text, onDisk.get(file)) : undefined;
    const neighbours = ours || text === undefined ? [] : neighboursIn(text);
    if (ours) onDisk.set(file, ours);
    else onDisk.delete(file);
    const uri = pathToFileURL(file).href;
    if (ours) place(file, uri, ours);
    else workspace.set({ uri, context: neighbours.length > 0 ? contextOf(uri) : undefined, neighbours });
  }

  function forget(uri: string): void {
    onDisk.delete(fileURLToPath(uri));
    workspace.delete(uri);
  }

  function noteKustomization(file: string): void {
    const folder = path.dirname(file);
    const read = kustomizations.read(folder);
    if (read) folders.set(posix(folder), read);
    else folders.delete(posix(folder));
    if (read) kustomizationFiles.add(file);
    else kustomizationFiles.delete(file);
    applied = appliedBy(folders);
  }

  async function read(file: string): Promise<string | undefined> {
    try {
      if ((await fs.stat(file)).size > largest) return undefined;
      return await fs.readFile(file, 'utf8');
    } catch {
      return undefined;
    }
  }

  async function find(folder: string, found: string[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // A folder that cannot be read has nothing to say.
    const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const file = path.join(folder, entry.name);
      if (found.length > mostFiles || skipped.has(entry.name) || isExcluded(file, entry.isDirectory())) continue;
      if (entry.isDirectory()) await find(file, found, signal);
      else if (manifests.test(entry.name) || isKustomization(entry.name)) found.push(file);
    }
  }

  return {
    async readAll(given, signal) {
      const found: string[] = [];
      folders.clear();
      kustomizationFiles.clear();
      for (const folder of given) await find(folder, found, signal);
      for (const file of found.filter(each => isKustomization(each))) noteKustomization(file);
      const wanted = found.filter(file => manifests.test(file)).slice(0, mostFiles);
      const there = new Set([
        ...wanted.map(file => pathToFileURL(file).href),
        ...[...open.values()].map(({ uri }) => uri),
      ]);
      for (const uri of workspace.uris()) if (uri.startsWith('file:') && !there.has(uri)) forget(uri);
      let began = performance.now();
      for (let at = 0; at < wanted.length; at += together) {
        const files = wanted.slice(at, at + together);
        const texts = await Promise.all(files.map(read));
        signal.throwIfAborted();
        for (const [index, file] of files.entries()) if (!open.has(file)) take(file, texts[index]);
        if (performance.now() - began > turn) {
          await letOthersRun();
          began = performance.now();
        }
      }
      // Their kustomizations are known only now.
      for (const [file, { uri, file: manifest }] of open) place(file, uri, manifest);
      const isAll = found.length <= mostFiles;
      if (!isAll) warn(`The workspace has more than ${mostFiles} YAML files: what it lacks is not reported.`);
      return isAll;
    },
    async changed(uri) {
      const file = pathOf(uri);
      if (file === undefined || isExcluded(file, false)) return;
      if (isKustomization(file)) {
        kustomizations.forget();
        noteKustomization(file);
        this.placeAnew();
      }
      if (!manifests.test(file) || open.has(file)) return;
      const text = await read(file);
      if (!open.has(file)) take(file, text);
    },
    opened(uri, manifest) {
      const file = pathOf(uri);
      if (file === undefined) {
        workspace.set({ uri, file: manifest, neighbours: neighboursIn(manifest.text) });
        return;
      }
      const onDiskAs = pathToFileURL(file).href;
      if (onDiskAs !== uri) workspace.delete(onDiskAs);
      const known = open.get(file);
      if (known?.file === manifest) return;
      open.set(file, { uri, file: manifest });
      onDisk.delete(file);
      place(file, uri, manifest);
    },
    async closed(uri) {
      const file = pathOf(uri);
      workspace.delete(uri);
      if (file === undefined) return;
      open.delete(file);
      if (!isExcluded(file, false)) await this.changed(uri);
    },
    unopened: () => [...onDisk].map(([file, manifest]) => ({ uri: pathToFileURL(file).href, file: manifest })),
    kustomizations: () => [...kustomizationFiles],
    placeAnew() {
      for (const [file, manifest] of onDisk) place(file, pathToFileURL(file).href, manifest);
      for (const [file, { uri, file: manifest }] of open) place(file, uri, manifest);
    },
  };
}

/** Only files on disk have a path. */
const pathOf = (uri: string): string | undefined => (uri.startsWith('file:') ? fileURLToPath(uri) : undefined);
