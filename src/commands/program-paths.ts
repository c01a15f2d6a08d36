/**
 * Where a program may be, in the order in which a shell looks.
 * @param path value of `PATH`
 * @param extensions value of `PATHEXT`, on Windows
 */
export function programPaths(
  name: string,
  path: string,
  platform: NodeJS.Platform,
  extensions = '.COM;.EXE;.BAT;.CMD',
): string[] {
  const windows = platform === 'win32';
  const names = windows ? extensions.split(';').map(extension => `${name}${extension.toLowerCase()}`) : [name];
  // A relative folder, or an empty one, would be looked up wherever the workspace is.
  const folders = path.split(windows ? ';' : ':').filter(folder => (windows ? /^([a-z]:)?[\\/]/i : /^\//).test(folder));
  return folders.flatMap(folder => names.map(each => `${folder.replace(/[\\/]+$/, '')}${windows ? '\\' : '/'}${each}`));
}
