/** The manifests on the pages of rules. */
import fs from 'node:fs';
import path from 'node:path';
import type { ManifestDocument } from '../../src/language/manifest.ts';
import { isOurs, parseFile } from '../../src/language/manifest.ts';

/** @param root folder of the project */
export function exampleManifests(root: string): ManifestDocument[] {
  const pages = fs.globSync('src/language/{schema,webhook,rules}/*.md', { cwd: root });
  const texts = pages.flatMap(page =>
    [...fs.readFileSync(path.join(root, page), 'utf8').matchAll(/```yaml[^\n]*\n([\s\S]*?)```/g)].map(
      ([, text = '']) => text,
    ),
  );
  return texts.flatMap(manifestsIn);
}

/** Those that can be read and are ours. */
export const manifestsIn = (text: string): ManifestDocument[] =>
  parseFile(text).documents.filter(each => isOurs(each) && !each.template && each.errors.length === 0);
