/** What a Kustomize file says of the files around it: which are patches, and which are whole objects. */
import { parseDocument } from 'yaml';
import type { CheckOptions } from './check.ts';
import { check, isIncomplete } from './check.ts';
import type { ManifestDiagnostic } from './diagnostic.ts';
import type { ManifestFile } from './manifest.ts';
import { isRecord } from './manifest.ts';

/** Names under which Kustomize looks for the file of a folder. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

export interface Kustomization {
  /** Files that it merges into others: `patches[].path`, `patchesStrategicMerge[]`, `patchesJson6902[].path`. */
  patches: string[];
  /** Files and folders that it takes as they are: `resources`, `components`, `bases`, `crds`. */
  resources: string[];
}

/**
 * - `patch`: a kustomization merges it into another object
 * - `unknown`: a kustomization in its folder does not name it; it may be a patch for another one
 * - `whole`: all others
 */
export type KustomizeRole = 'patch' | 'unknown' | 'whole';

/** Completeness is not demanded of a patch, nor of what lacks something and may be one. */
export function checkAs(
  role: KustomizeRole,
  file: ManifestFile,
  options: Omit<CheckOptions, 'isPatch'>,
): ManifestDiagnostic[] {
  const found = check(file, { ...options, isPatch: role === 'patch' });
  return role === 'unknown' && isIncomplete(found) ? check(file, { ...options, isPatch: true }) : found;
}

/**
 * @param text of a `Kustomization` or a `Component`; from a broken one is taken what can be read
 * @param folder where it lies, with `/`; the paths in the result begin with it
 */
export function readKustomization(text: string, folder: string): Kustomization {
  const stated: unknown = parseDocument(text, { logLevel: 'silent', prettyErrors: false }).toJS({ maxAliasCount: 100 });
  const at = (field: string): unknown[] => {
    const value = isRecord(stated) ? stated[field] : undefined;
    return Array.isArray(value) ? value : [];
  };
  const paths = (entries: unknown[]): string[] =>
    entries.filter(entry => typeof entry === 'string' && isPath(entry)).map(entry => resolve(folder, entry as string));
  const pathOf = (entry: unknown): unknown => (isRecord(entry) ? entry['path'] : entry);
  return {
    patches: paths([
      ...at('patches').map(pathOf),
      ...at('patchesStrategicMerge'),
      ...at('patchesJson6902').map(pathOf),
    ]),
    resources: paths([...at('resources'), ...at('components'), ...at('bases'), ...at('crds')]),
  };
}

/** An entry may be the text of a patch itself, or lie elsewhere. */
const isPath = (entry: string): boolean => entry !== '' && !entry.includes('\n') && !/^[\w+.-]+:\/\//.test(entry);

function resolve(folder: string, relative: string): string {
  const parts = relative.startsWith('/') ? [''] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
