import fs from 'node:fs';
import path from 'node:path';
import type { Snippet } from '../language/index.ts';
import { projectRoot } from './project-root.ts';

/** @returns those of `media/snippets.json`, read on first use */
export function loadSnippets(root = projectRoot()): () => readonly Snippet[] {
  let found: Snippet[] | undefined;
  return () => (found ??= Object.values(JSON.parse(fs.readFileSync(path.join(root, 'media/snippets.json'), 'utf8'))));
}
