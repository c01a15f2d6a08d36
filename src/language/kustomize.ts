/** What a Kustomize file says of the files around it: which are patches, and which are whole objects. */
import { parseDocument } from 'yaml';
import type { CheckOptions } from './check.ts';
import { check, isIncomplete, ownKinds } from './check.ts';
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
  /** It changes names or contents of what it takes in ways that only Kustomize works out. */
  rewrites: boolean;
  /** Where it puts all that it takes. */
  namespace: string | undefined;
}

/** What becomes of the objects of a file before they are applied. */
export interface Applied {
  rewritten: boolean;
  namespace: string | undefined;
}

/**
 * @param kustomizations by their folders
 * @returns what the kustomizations that take a file, directly or with its folder, make of it
 */
export function appliedBy(kustomizations: ReadonlyMap<string, Kustomization>): (file: string) => Applied {
  const takers = new Map<string, string[]>();
  for (const [folder, { resources }] of kustomizations)
    for (const resource of resources) takers.set(resource, [...(takers.get(resource) ?? []), folder]);
  return file => {
    const folders = [...(takers.get(file) ?? [])];
    for (const folder of folders)
      for (const outer of takers.get(folder) ?? []) if (!folders.includes(outer)) folders.push(outer);
    const all = folders.flatMap(folder => kustomizations.get(folder) ?? []);
    const namespaces = new Set(all.flatMap(({ namespace }) => namespace ?? []));
    return {
      rewritten: namespaces.size > 1 || all.some(({ rewrites }) => rewrites),
      namespace: namespaces.size === 1 ? [...namespaces][0] : undefined,
    };
  };
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
    rewrites:
      rewriters.some(field => at(field).some(mayTouchOurs)) ||
      ['namePrefix', 'nameSuffix'].some(field => isRecord(stated) && !!stated[field]),
    namespace: isRecord(stated) && typeof stated['namespace'] === 'string' ? stated['namespace'] : undefined,
  };
}

const rewriters = ['patches', 'patchesStrategicMerge', 'patchesJson6902', 'replacements', 'transformers', 'components'];

/** Unless it says that it is for objects of other products. */
function mayTouchOurs(entry: unknown): boolean {
  const target = isRecord(entry) ? entry['target'] : undefined;
  const kind = isRecord(target) ? target['kind'] : undefined;
  return typeof kind !== 'string' || ownKinds.has(kind);
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
