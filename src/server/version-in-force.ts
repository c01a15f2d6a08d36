/** Which version of CloudNativePG a manifest is checked for. */
import { contextOf } from '../language/index.ts';

export interface VersionFacts {
  /** `cnpg.version`: a version, `newest`, or `auto`. */
  setting: string;
  /** Supported versions, newest first. */
  versions: readonly string[];
  /** `cnpg.places`: folders, relative to the workspace folder, with the context that their manifests are for. */
  places: Readonly<Record<string, string>>;
  /** Path of the manifest from the workspace folder, with `/`. */
  file: string;
  /** Contexts that are connected now. */
  connected: readonly string[];
  /** How the schemas know the kinds of a context. */
  nameOf: (context: string) => string | undefined;
}

export interface VersionInForce {
  /** As the schemas know it. */
  version: string;
  /** Why this one, as a sentence. */
  why: string;
}

/** The setting, else what the place serves, else what all connected contexts serve alike, else the newest. */
export function versionInForce(facts: VersionFacts): VersionInForce {
  const { setting, versions, places, file, connected, nameOf } = facts;
  const newest = versions[0] ?? '';
  if (versions.includes(setting)) return { version: setting, why: 'Set by cnpg.version.' };
  if (setting === 'newest') return { version: newest, why: 'The newest version known, set by cnpg.version.' };
  const place = contextOf(places, file);
  if (place !== undefined) {
    const name = nameOf(place);
    if (name !== undefined)
      return { version: name, why: `Served by context ${place}, which cnpg.places names for this folder.` };
    return { version: newest, why: `The newest version known: context ${place} of cnpg.places was never connected.` };
  }
  const names = connected.map(nameOf);
  const [served] = names;
  const alike = new Set(names.map(name => name?.split('@').at(-1))).size === 1;
  if (served !== undefined && alike)
    return {
      version: served,
      why: `Served by ${connected.length === 1 ? 'the connected context' : 'all connected contexts'} (${connected.join(', ')}).`,
    };
  return {
    version: newest,
    why:
      connected.length > 1
        ? 'The newest version known: the connected contexts serve different ones, and cnpg.places names none for this folder.'
        : 'The newest version known.',
  };
}
