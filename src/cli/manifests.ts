/** All files of a run as one workspace, as the editor has it. */
import path from 'node:path';
import type { Kustomization, ManifestFile, RuleSetting, Workspace } from '../language/index.ts';
import {
  appliedBy,
  contextOf,
  createWorkspace,
  mayBeOurs,
  neighboursIn,
  parseFile,
  rules,
  ruleSettings,
} from '../language/index.ts';
import type { Kustomizations } from '../server/kustomizations.ts';
import { createKustomizations, posix } from '../server/kustomizations.ts';
import { placed } from '../server/workspace-files.ts';
import { standardInput } from './lint-paths.ts';
import { readManifest } from './lint-read.ts';

export interface Manifests {
  workspace: Workspace;
  kustomizations: Kustomizations;
  /** By file; those with nothing of ours are left out. */
  parsed: Map<string, ManifestFile>;
}

/**
 * @param files as they are shown
 * @param places folders with the contexts that their manifests are for, as `cnpg.places`
 */
export function readTogether(files: readonly string[], places: Readonly<Record<string, string>>): Manifests {
  const kustomizations = createKustomizations();
  const folders = new Set(files.filter(file => file !== standardInput).map(file => path.dirname(path.resolve(file))));
  const applied = appliedBy(
    new Map(
      [...folders].flatMap((folder): [string, Kustomization][] => {
        const read = kustomizations.read(folder);
        return read ? [[posix(folder), read]] : [];
      }),
    ),
  );
  const workspace = createWorkspace();
  const parsed = new Map<string, ManifestFile>();
  for (const file of files) {
    const read = readManifest(file);
    const text = 'text' in read ? read.text : '';
    const context = contextOf(places, posix(path.relative('.', file)));
    if (!mayBeOurs(text)) {
      workspace.set({ uri: file, context, neighbours: neighboursIn(text) });
      continue;
    }
    const manifest = parseFile(text);
    parsed.set(file, manifest);
    const role = file === standardInput ? 'whole' : kustomizations.roleOf(path.resolve(file));
    workspace.set(placed(file, manifest, context, role, applied(posix(path.resolve(file)))));
  }
  return { workspace, kustomizations, parsed };
}

/** `--rule CODE=SEVERITY`, each as `cnpg.rules` has it. @throws Error for what has another form */
export function rulesOf(given: readonly string[]): Record<string, RuleSetting> {
  return Object.fromEntries(
    given.map(each => {
      const [code = '', setting] = each.split('=');
      const known = ruleSettings.find(name => name === setting);
      if (!rules.some(rule => rule.code === code)) throw new Error(`--rule ${each}: there is no rule "${code}"`);
      if (known === undefined) throw new Error(`--rule ${each}: it has the form RC304=${ruleSettings.join('|')}`);
      return [code, known];
    }),
  );
}

/** `--place FOLDER=CONTEXT`, each as `cnpg.places` has it. @throws Error for what has another form */
export function placesOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map(each => {
      const at = each.indexOf('=');
      if (at < 1 || at === each.length - 1) throw new Error(`--place ${each}: it has the form FOLDER=CONTEXT`);
      return [posix(path.relative('.', each.slice(0, at))) || '.', each.slice(at + 1)];
    }),
  );
}
