/**
 * What the API server's YAML reader makes of a text before it looks for mappings in it. Source: YAML 1.1, 5.1 and 9.2, and a real
 * API server asked.
 */

/** Something about a stretch of text, with offsets in the document. */
export interface TextError {
  code: string;
  message: string;
  start: number;
  end: number;
}

export interface ReadableText {
  /** As long as the original up to where it ends, so that offsets are the same. */
  text: string;
  errors: TextError[];
  /** What is behind the end marker `...`, where there is more than comments: nobody reads it. */
  ignored: TextError | undefined;
}

export function readable(original: string): ReadableText {
  const end = endOf(original);
  const read = original.slice(0, end);
  return {
    // A carriage return alone ends a line, for the API server as for editors.
    text: read.replace(/\r(?!\n)/g, '\n'),
    errors: [...characterFaults(original), ...versionFaults(read)],
    ignored:
      end < original.length && /^(?!\s*#|\s*$)/m.test(original.slice(end + marker.length)) ? rest(end) : undefined,
  };
}

const marker = '...';

function endOf(text: string): number {
  const found = /^\.\.\.(?=\s|$)/m.exec(text);
  return found ? found.index : text.length;
}

const rest = (start: number): TextError => ({
  code: 'IGNORED',
  message: 'Behind "..." the API server reads nothing: begin another document with "---" instead',
  start,
  end: start + marker.length,
});

/** All that YAML does not call printable; a byte order mark may stand at the start. */
const unprintable = /[^\t\n\r\x20-\x7e\u0085\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

function characterFaults(text: string): TextError[] {
  const from = text.startsWith('\uFEFF') ? 1 : 0;
  const at = text.slice(from).search(unprintable);
  if (at === -1) return [];
  const code = (text.codePointAt(from + at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return [
    {
      code: 'BAD_CHARACTER',
      message: `The control character U+${code} is not allowed in YAML`,
      start: from + at,
      end: from + at + 1,
    },
  ];
}

function versionFaults(text: string): TextError[] {
  const found = /^\uFEFF?%YAML[ \t]+(?!1\.1(?:\s|$))\S+/m.exec(text);
  const isDirective = found && !/^(?!\s*(?:[#%]|$))/m.test(text.slice(0, found.index).replace(/^\uFEFF/, ''));
  if (!isDirective) return [];
  const message = 'The API server reads YAML 1.1 only: remove this line';
  return [{ code: 'BAD_DIRECTIVE', message, start: found.index, end: found.index + found[0].length }];
}
