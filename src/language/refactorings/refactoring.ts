/** The shape of a refactoring, and what they share. */
import type { Edit, MaybeEdit } from '../edits.ts';
import type { Path } from '../manifest.ts';
import type { Side } from '../sides.ts';
import type { Workspace } from '../workspace.ts';

export interface Subject {
  workspace: Workspace;
  /** The Cluster that the cursor is in. */
  side: Side;
  /** Where in it. */
  path: Path;
}

export interface Offer {
  title: string;
  /** Why it cannot be done now. */
  disabled?: string;
}

export interface Refactoring {
  id: string;
  kind: 'refactor.rewrite' | 'refactor.extract';
  /** Has to be quick: it is asked at each move of the cursor. */
  offer: (subject: Subject) => Offer | undefined;
  /** @returns `undefined` when the text is laid out so that no safe edit is known */
  change: (subject: Subject) => Changes | undefined;
}

export interface Changes {
  edits: Map<string, Edit[]>;
  created: { uri: string; text: string }[];
}

/** `undefined` as soon as one of the edits is not known. */
export function changesOf(
  edits: readonly { uri: string; edit: MaybeEdit }[],
  created: Changes['created'] = [],
): Changes | undefined {
  const byFile = new Map<string, Edit[]>();
  for (const { uri, edit } of edits) {
    if (!edit) return undefined;
    byFile.set(uri, [...(byFile.get(uri) ?? []), edit]);
  }
  return { edits: byFile, created };
}

/** The value of `addKey` and `replaceKey` for lines of a mapping below the key. */
export const below = (lines: readonly string[]): string => lines.map(line => `\n  ${line}`).join('');

/** The same for a list of mappings. */
export const listBelow = (items: readonly (readonly string[])[]): string =>
  items.flatMap(lines => lines.map((line, at) => `\n  ${at === 0 ? '- ' : '  '}${line}`)).join('');
