import fs from 'node:fs';
import path from 'node:path';

/** A folder of the package (`media`, `schemas`), seen from the bundle in `dist/` or from a source file. */
export function projectFolder(...parts: string[]): string {
  const found = ['..', '../..']
    .map(up => path.join(import.meta.dirname, up, ...parts))
    .find(folder => fs.existsSync(folder));
  if (found === undefined) throw new Error(`${parts.join('/')} is missing near ${import.meta.dirname}`);
  return found;
}
