import fs from 'node:fs';
import path from 'node:path';

/** The folder with `schemas/`, seen from the bundle in `dist/` or from `src/server/`. */
export function projectRoot(): string {
  const here = import.meta.dirname;
  const found = ['..', '../..'].map(up => path.join(here, up)).find(root => fs.existsSync(path.join(root, 'schemas')));
  if (found === undefined) throw new Error(`the schemas are missing near ${here}`);
  return found;
}
