/** The pages about the codes of diagnostics, as the build has put them together. */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './project-root.ts';

/** @returns the address of the page about a code; `undefined` when there is none */
export function loadPages(root = projectRoot()): (code: string) => string | undefined {
  const folder = path.join(root, 'dist', 'rules');
  const names = new Set(fs.existsSync(folder) ? fs.readdirSync(folder) : []);
  return code => {
    const name = `${code.replaceAll('/', '-')}.md`;
    return names.has(name) ? pathToFileURL(path.join(folder, name)).href : undefined;
  };
}
