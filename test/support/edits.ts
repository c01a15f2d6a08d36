interface Place {
  line: number;
  character: number;
}

/** The text after the edits of a fix. */
export function apply(text: string, edits: { range: { start: Place; end: Place }; newText: string }[]): string {
  const starts = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), match => match.index + match[0].length)];
  const offset = ({ line, character }: Place): number => (starts[line] ?? text.length) + character;
  return edits
    .toSorted((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce((at, { range, newText }) => at.slice(0, offset(range.start)) + newText + at.slice(offset(range.end)), text);
}
