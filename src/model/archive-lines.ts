/** The lines of a listing (`archive-listing-text.ts`) read again, for what an editor does with a document. */

export interface Section {
  title: string;
  /** Zero-based, both included. */
  from: number;
  to: number;
  /** What stands out in it: gaps, base backups. */
  parts: { title: string; kind: 'gap' | 'run' | 'backup' | 'finding'; line: number }[];
}

const part: readonly [RegExp, Section['parts'][number]['kind']][] = [
  [/^GAP ([0-9A-F]{16,24} \.\. [0-9A-F]{16,24}) /, 'gap'],
  [/^([0-9A-F]{24} \.\. [0-9A-F]{24}) /, 'run'],
  [/^(\d{8}T\d{6}) /, 'backup'],
  [/^((?:error|warning|info) [a-z-]+): /, 'finding'],
];

/** The sections below the title, in order. */
export function sectionsOf(lines: readonly string[]): Section[] {
  const sections: Section[] = [];
  for (const [line, text] of lines.entries()) {
    const current = sections.at(-1);
    if (text.startsWith('## ')) sections.push({ title: text.slice(3), from: line, to: line, parts: [] });
    else if (current && text !== '') {
      current.to = line;
      for (const [shape, kind] of part) {
        const title = shape.exec(text)?.[1];
        if (title !== undefined) current.parts.push({ title: kind === 'gap' ? `GAP ${title}` : title, kind, line });
      }
    }
  }
  return sections;
}

/** Zero-based line that is about a segment (its run, its gap, itself as partial) or about a base backup. */
export function lineAbout(about: string, lines: readonly string[]): number | undefined {
  const found = lines.findIndex(text => {
    const range = /^(?:GAP )?([0-9A-F]{24}) \.\. ([0-9A-F]{24}) /.exec(text);
    if (range) return (range[1] ?? '') <= about && about <= (range[2] ?? '') && about.length === 24;
    return text === `partial ${about}` || text.startsWith(`${about} `);
  });
  return found === -1 ? undefined : found;
}

/** The word at a column that {@link ask} can answer: a segment, an LSN, a base backup. */
export function wordAt(text: string, column: number): { word: string; from: number; to: number } | undefined {
  for (const match of text.matchAll(/\b(?:[0-9A-F]{24}|[0-9A-F]{1,8}\/[0-9A-F]{1,8}|\d{8}T\d{6})\b/g)) {
    const [from, to] = [match.index, match.index + match[0].length];
    if (from <= column && column <= to) return { word: match[0], from, to };
  }
  return undefined;
}
