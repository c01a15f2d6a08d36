/** Which rows the user opened or closed: VS Code forgets it with the window, and contexts are connected only later. */
import type { Memento } from 'vscode';

const key = 'cnpg.treeFolding';
/** Rows that are remembered, the latest ones. */
const limit = 500;

export interface Folding {
  /** `undefined`: never touched. */
  isOpen(id: string): boolean | undefined;
  open(): string[];
  set(id: string, open: boolean): void;
}

export function createFolding(memory: Memento): Folding {
  const rows = new Map<string, boolean>(memory.get<[string, boolean][]>(key, []));
  return {
    isOpen: id => rows.get(id),
    open: () => [...rows].flatMap(([id, open]) => (open ? [id] : [])),
    set(id, open) {
      // Set anew, so that the order is that of the last touch.
      rows.delete(id);
      rows.set(id, open);
      for (const oldest of [...rows.keys()].slice(0, Math.max(0, rows.size - limit))) rows.delete(oldest);
      void memory.update(key, [...rows]);
    },
  };
}
