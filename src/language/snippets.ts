/**
 * Snippets: whole manifests, offered where one can begin. VS Code's own snippets cannot know where that is and are offered
 * inside of values too.
 */
import type { CompletionItem } from 'vscode-languageserver-types';
import { isOurs } from './manifest.ts';
import type { ManifestFile, Position } from './manifest.ts';

/** As in files of snippets of VS Code. */
export interface Snippet {
  prefix: string;
  description: string;
  /** Lines. `$1`, `${1:default}` and `${1|one,another|}` are filled in by the user. */
  body: string[];
}

/** As in the Language Server Protocol. */
const snippetKind = 15;
const snippetFormat = 2;

/** In a document without content, and, with a separator, behind one of CloudNativePG. */
export function snippetsAt(
  file: ManifestFile,
  { line, character }: Position,
  snippets: readonly Snippet[],
): CompletionItem[] {
  const document = file.documents.findLast(({ startLine }) => startLine <= line);
  if (!document || document.template) return [];
  const lines = document.text.split('\n').map(each => each.replace(/\r$/, ''));
  const at = line - document.startLine;
  if (!/^[\w-]*$/.test(lines[at] ?? '') || /^(---|\.\.\.)/.test(lines[at] ?? '')) return [];
  const [above, below] = [lines.slice(0, at), lines.slice(at + 1)].map(part => part.some(isContent));
  // The line itself may have taken the document's words from the parser.
  const ours = isOurs(document) || lines.some(each => /^apiVersion:.*\bcnpg\.io\//.test(each));
  if (below || (above && !ours)) return [];
  return snippets.map(({ prefix, description, body }) => ({
    label: prefix,
    kind: snippetKind,
    detail: description,
    documentation: { kind: 'markdown', value: `\`\`\`yaml\n${withDefaults(body.join('\n'))}\n\`\`\`` },
    // Behind the keys of the document.
    sortText: `~${prefix}`,
    textEdit: {
      range: { start: { line, character: 0 }, end: { line, character } },
      newText: [...(above ? ['---'] : []), ...body].join('\n'),
    },
    insertTextFormat: snippetFormat,
  }));
}

const isContent = (line: string): boolean => !/^(\s*(#.*)?|---(\s+#.*)?|%.*)$/.test(line);

/** The text of a snippet with the default of each placeholder in all its places. */
export function withDefaults(text: string): string {
  const defaults = new Map(
    [...text.matchAll(/\$\{(\d+)(?::([^}]*)|\|([^,|]*)[^|]*\|)\}/g)].map(([, number = '', plain, first]) => [
      number,
      plain ?? first ?? '',
    ]),
  );
  return text.replaceAll(
    /\$(?:\{(\d+)[^}]*\}|(\d+))/g,
    (_, braced?: string, bare?: string) => defaults.get(braced ?? bare ?? '') ?? '',
  );
}
