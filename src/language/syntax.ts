/**
 * What is wrong with a text that is no YAML, where the author would look for it. The parser reports where it cannot go on,
 * which is often lines below the mistake.
 */
import type { Scalar } from 'yaml';
import { isScalar, visit } from 'yaml';
import type { Fix } from './edits.ts';
import { fix } from './edits.ts';
import type { ManifestDocument, Range, TextError } from './manifest.ts';
import { rangeOf } from './manifest.ts';

export interface SyntaxFault {
  range: Range;
  message: string;
  fixes: Fix[];
}

/** What follows the first faults of a broken text follows from them. */
const mostFaults = 3;

/** Of errors that make the rest unreadable; in the order of the text, one for each line. */
export function syntaxFaults(document: ManifestDocument, errors: readonly TextError[]): SyntaxFault[] {
  const separate = errors.filter(({ start }, at) => !errors.slice(0, at).some(other => other.start === start));
  const faults = separate.map(error => (explanations[error.code] ?? asReported)(document, error));
  const first = faults.filter(
    ({ range }, at) => !faults.slice(0, at).some(other => other.range.start.line === range.start.line),
  );
  return first.slice(0, mostFaults);
}

type Explanation = (document: ManifestDocument, error: TextError) => SyntaxFault;

const fault = (
  document: ManifestDocument,
  start: number,
  end: number,
  message: string,
  fixes: Fix[] = [],
): SyntaxFault => ({
  range: rangeOf(document, start, Math.max(end, start + 1)),
  message: `${message} The document cannot be read as YAML from here on.`,
  fixes,
});

const asReported: Explanation = (document, { message, start, end }) =>
  fault(document, start, end, `${message.replace(/\.$/, '')}.`);

/** `key:value`, whose colon is part of a text. */
export const missingSpace = /^([\w./-]+):(?=[^\s:/])/;

/** A line that was to be a key with its value, and is read as a text. */
const noKey: Explanation = (document, error) => {
  const { text } = document;
  const end = lineEnd(text, error.start);
  const line = text.slice(error.start, end);
  const key = missingSpace.exec(line)?.[0];
  if (key === undefined) return fault(document, error.start, end, 'This line has no ": " that ends a key.');
  const at = error.start + key.length;
  return fault(
    document,
    error.start,
    end,
    'A space is missing behind ":".',
    fix('Add the space', { range: rangeOf(document, at, at), newText: ' ' }),
  );
};

/** A line whose indentation is that of nothing above it. */
const badIndent: Explanation = (document, error) => {
  if (error.message.startsWith('Flow')) {
    const open = document.text.slice(0, error.start).search(/[[{][^[\]{}]*$/);
    const at = Math.max(open, 0);
    return fault(document, at, at + 1, `This ${document.text[at]} is not closed.`);
  }
  const [start, end] = lineOf(document.text, error.start);
  return fault(document, start, end, 'The indentation of this line is that of nothing above it.');
};

/** `: ` in a value, or deeper lines below a value. */
const nested: Explanation = (document, error) => {
  const { text } = document;
  const end = lineEnd(text, error.start);
  const value = text.slice(error.start, end).replace(/\s+#.*$/, '');
  if (/: |:$/.test(value))
    return fault(
      document,
      error.start,
      error.start + value.length,
      'A text with ": " in it must be in quotes.',
      fix('Put in quotes', {
        range: rangeOf(document, error.start, error.start + value.length),
        newText: JSON.stringify(value),
      }),
    );
  const [start, until] = lineOf(text, end + 1);
  return fault(
    document,
    start,
    until,
    'This line is indented deeper than the one above it, which has a value already.',
  );
};

const notClosed: Explanation = (document, error) => {
  let opening: Scalar | undefined;
  visit(document.yaml, (_, node) => {
    const isQuoted = isScalar(node) && String(node.type).startsWith('QUOTE');
    if (isQuoted && (node.range?.[0] ?? 0) < error.start && (node.range?.[1] ?? 0) >= error.start) opening = node;
  });
  const at = opening?.range?.[0];
  if (at === undefined) return asReported(document, error);
  return fault(document, at, lineEnd(document.text, at), 'The quote that is opened here is not closed.');
};

const explanations: Record<string, Explanation> = {
  MULTILINE_IMPLICIT_KEY: noKey,
  MISSING_CHAR: (document, error) =>
    /map values/.test(error.message)
      ? noKey(document, error)
      : /quote/.test(error.message)
        ? notClosed(document, error)
        : asReported(document, error),
  BAD_INDENT: badIndent,
  BLOCK_AS_IMPLICIT_KEY: nested,
};

const lineEnd = (text: string, from: number): number => {
  const found = /\r?\n/.exec(text.slice(from));
  return found ? from + found.index : text.length;
};

/** What a line says, without its indentation. */
function lineOf(text: string, offset: number): [start: number, end: number] {
  const begin = text.lastIndexOf('\n', offset - 1) + 1;
  const end = lineEnd(text, begin);
  const indent = /^[ \t]*/.exec(text.slice(begin, end))?.[0].length ?? 0;
  return [begin + indent, end];
}
