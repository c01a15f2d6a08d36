/** Which Kubernetes context a file is for, by the folders that `cnpg.places` names. */

/** @param file path from the workspace folder, with `/` @returns the context of the nearest folder above it */
export function contextOf(places: Readonly<Record<string, string>>, file: string): string | undefined {
  const above = Object.keys(places)
    .map(folder => ({ folder, path: folder.replace(/^(?:\.?\/)+|\/+$/g, '') }))
    .filter(({ path }) => path === '' || path === '.' || file === path || file.startsWith(`${path}/`))
    .sort((a, b) => b.path.length - a.path.length);
  return above[0] && places[above[0].folder];
}
