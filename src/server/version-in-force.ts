/** Which version of CloudNativePG a manifest is checked for. */

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

/** The setting, else what the place serves, else what all connected contexts serve alike, else the newest. */
export function versionInForce({ setting, versions, places, file, connected, nameOf }: VersionFacts): string {
  const newest = versions[0] ?? '';
  if (versions.includes(setting)) return setting;
  if (setting === 'newest') return newest;
  const place = placeOf(places, file);
  if (place !== undefined) return nameOf(place) ?? newest;
  const names = new Set(connected.map(nameOf));
  const hashes = new Set([...names].map(name => name?.split('@').at(-1)));
  return (hashes.size === 1 ? [...names][0] : undefined) ?? newest;
}

/** The context of the nearest folder above the file. */
function placeOf(places: Readonly<Record<string, string>>, file: string): string | undefined {
  const above = Object.keys(places)
    .map(folder => ({ folder, path: folder.replace(/^\.?\/+|\/+$/g, '') }))
    .filter(({ path }) => path === '' || path === '.' || file === path || file.startsWith(`${path}/`))
    .sort((a, b) => b.path.length - a.path.length);
  return above[0] && places[above[0].folder];
}
